import assert from 'node:assert/strict';
import test from 'node:test';
import { EARLIEST, LATEST } from '../../../sensor/capture/packet-time.ts';
import { readOctets } from './collect.ts';
import {
  type Frame,
  MICROSECOND,
  MODIFIED,
  NANOSECOND,
  type Order,
  pcapFile,
  pcapHeader,
  pcapRecord,
  seededRandom,
  u32,
} from './made-captures.ts';

const orders: readonly Order[] = ['le', 'be'];
const frames: readonly Frame[] = [
  { time: [1_700_000_000, 123_456], data: Buffer.from('first') },
  { time: [1_700_000_000, 999_999], data: Buffer.alloc(0), originalLength: 60 },
  { time: [1_700_000_001, 0], data: Buffer.alloc(90, 0xab) },
];

for (const order of orders) {
  test(`${order}: microseconds, nanoseconds and Kuznetzov's records`, (t) => {
    for (const magic of [MICROSECOND, NANOSECOND, MODIFIED]) {
      const { packets, damage, clamped } = readOctets(t, pcapFile(order, frames, magic));
      assert.deepEqual(damage, []);
      assert.equal(clamped, 0);
      const unit = magic === NANOSECOND ? 1000 : 1;
      assert.deepEqual(
        packets,
        frames.map(({ time, data, originalLength = data.length }, i) => ({
          ts: time[0] * 1_000_000 + Math.floor(time[1] / unit),
          linkType: 1,
          hex: Buffer.from(data).toString('hex'),
          originalLength,
          number: i + 1,
          input: 0,
        })),
      );
    }
  });

  test(`${order}: the upper half of the network field is no part of the link type`, (t) => {
    const { packets } = readOctets(t, pcapFile(order, frames, MICROSECOND, 0x24000071));
    assert.deepEqual(new Set(packets.map((p) => p.linkType)), new Set([113]));
  });

  test(`${order}: a cut at any octet keeps the packets before it and is told`, (t) => {
    const whole = pcapFile(order, frames);
    const ends = [24, 24 + 16 + 5, 24 + 16 + 5 + 16, whole.length];
    for (let cut = 24; cut <= whole.length; cut++) {
      const { packets, damage } = readOctets(t, whole.subarray(0, cut), 64);
      const expected = ends.filter((end) => end > 24 && end <= cut).length;
      assert.equal(packets.length, expected, `cut at ${cut}`);
      assert.equal(damage.length, ends.includes(cut) ? 0 : 1, `cut at ${cut}`);
      if (damage.length > 0) assert.equal(damage[0].offset, Math.max(...ends.filter((end) => end <= cut)));
    }
  });

  test(`${order}: a record that claims more than a frame can have ends the file there`, (t) => {
    for (const claim of [1_048_577, 0x7fffffff, 0xffffffff]) {
      const good = pcapRecord(order, frames[0]);
      const bad = Buffer.concat([u32(order, 1_700_000_000, 0, claim, claim), Buffer.alloc(2_000_000)]);
      const { packets, damage } = readOctets(t, Buffer.concat([pcapHeader(order), good, bad, good]));
      assert.equal(packets.length, 1);
      assert.equal(damage.length, 1);
      assert.equal(damage[0].offset, 24 + good.length);
      assert.match(damage[0].reason, new RegExp(`record 2 claims ${claim} octets`));
    }
  });
}

test('a frame of the largest size is read through a smaller buffer', (t) => {
  const data = Buffer.alloc(1_048_576, 0x5a);
  const octets = pcapFile('le', [frames[0], { time: [1_700_000_000, 0], data }, frames[2]]);
  const { packets, damage } = readOctets(t, octets, 4096);
  assert.deepEqual(damage, []);
  assert.deepEqual(
    packets.map((p) => p.hex.length / 2),
    [5, 1_048_576, 90],
  );
});

test('times outside the years are moved to the nearest one and counted', (t) => {
  const times: [number, number][] = [
    [0, 5],
    [946_684_799, 999_999],
    [946_684_800, 0],
    [4_102_444_799, 999_999],
    [4_102_444_800, 0],
    [0xffffffff, 0xffffffff],
  ];
  const octets = pcapFile(
    'le',
    times.map((time) => ({ time, data: Buffer.from('x') })),
  );
  const { packets, clamped } = readOctets(t, octets);
  assert.deepEqual(
    packets.map((p) => p.ts),
    [EARLIEST, EARLIEST, EARLIEST, LATEST, LATEST, LATEST],
  );
  assert.equal(clamped, 4);
});

test('whatever the buffer, the same packets', (t) => {
  const random = seededRandom(7);
  const many: Frame[] = [];
  for (let i = 0; i < 300; i++) {
    const data = Buffer.from(
      Array.from({ length: Math.floor(random() ** 3 * 3000) }, () => Math.floor(random() * 256)),
    );
    many.push({ time: [1_700_000_000 + i, Math.floor(random() * 1e6)], data, originalLength: data.length + (i % 3) });
  }
  for (const order of orders) {
    const octets = pcapFile(order, many);
    const reference = readOctets(t, octets);
    assert.equal(reference.packets.length, many.length);
    assert.equal(reference.bytesRead, octets.length);
    for (const bufferSize of [1, 15, 16, 17, 64, 4095, 5000, octets.length - 1, octets.length + 1]) {
      const reading = readOctets(t, octets, bufferSize);
      assert.deepEqual(reading.packets, reference.packets, `buffer of ${bufferSize}`);
      assert.deepEqual(reading.damage, []);
      assert.equal(reading.bytesRead, octets.length);
    }
  }
});
