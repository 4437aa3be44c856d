import assert from 'node:assert/strict';
import test from 'node:test';
import { EARLIEST } from '../../../sensor/capture/packet-time.ts';
import { readOctets } from './collect.ts';
import {
  block,
  describedInterface,
  enhancedPacket,
  type Frame,
  halves,
  type Order,
  obsoletePacket,
  option,
  section,
  simplePacket,
  u32,
} from './made-captures.ts';

const orders: readonly Order[] = ['le', 'be'];
const T = 1_700_000_000_123_456n;

function frameAt(units: bigint, text: string): Frame {
  return { time: halves(units), data: Buffer.from(text) };
}

function offsetOption(order: Order, seconds: bigint): Buffer {
  const value = Buffer.alloc(8);
  if (order === 'le') value.writeBigInt64LE(seconds);
  else value.writeBigInt64BE(seconds);
  return option(order, 14, value);
}

/** One section with every kind of packet block and with blocks to be passed over. */
function richSection(order: Order): Buffer {
  return Buffer.concat([
    section(order),
    describedInterface(order, 1, 5),
    describedInterface(order, 113, 0, option(order, 2, Buffer.from('eth1')), option(order, 9, Buffer.from([9]))),
    block(order, 5, Buffer.alloc(20)),
    enhancedPacket(order, 1, frameAt(T * 1000n + 999n, 'nano'), option(order, 2, Buffer.alloc(4)), u32(order, 0)),
    block(order, 0x7fff1234, Buffer.alloc(100_000, 0x0a)),
    obsoletePacket(order, 0, frameAt(T + 1n, 'obsolete')),
    simplePacket(order, 9, Buffer.from('simpl')),
    describedInterface(order, 101, 0, option(order, 9, Buffer.from([0x80 | 20])), offsetOption(order, 1_600_000_000n)),
    enhancedPacket(order, 2, { ...frameAt(100n << 20n, 'binary'), originalLength: 77 }),
  ]);
}

const richPackets = [
  { ts: Number(T), linkType: 113, text: 'nano', originalLength: 4 },
  { ts: Number(T) + 1, linkType: 1, text: 'obsolete', originalLength: 8 },
  // No time of its own: that of the packet before. Cut by interface 0's snap length.
  { ts: Number(T) + 1, linkType: 1, text: 'simpl', originalLength: 9 },
  { ts: 1_600_000_100_000_000, linkType: 101, text: 'binary', originalLength: 77 },
];

function expectPackets(times: number) {
  return Array.from({ length: times }, () => richPackets)
    .flat()
    .map(({ text, ...rest }, i) => ({ ...rest, hex: Buffer.from(text).toString('hex'), number: i + 1, input: 0 }));
}

for (const order of orders) {
  test(`${order}: every kind of packet block, resolutions and offsets; other blocks are passed over`, (t) => {
    for (const bufferSize of [undefined, 1, 13, 4096]) {
      const { packets, damage, clamped } = readOctets(t, richSection(order), bufferSize);
      assert.deepEqual(damage, []);
      assert.deepEqual(packets, expectPackets(1));
      assert.equal(clamped, 0);
    }
  });

  test(`${order}: a cut at any octet keeps the blocks before it`, (t) => {
    const head = Buffer.concat([section(order), describedInterface(order)]);
    const packet = enhancedPacket(order, 0, frameAt(T, 'frame'));
    const whole = Buffer.concat([head, packet, packet]);
    for (let cut = head.length; cut <= whole.length; cut++) {
      const { packets, damage } = readOctets(t, whole.subarray(0, cut));
      const complete = Math.floor((cut - head.length) / packet.length);
      assert.equal(packets.length, complete, `cut at ${cut}`);
      assert.equal(damage.length, (cut - head.length) % packet.length === 0 ? 0 : 1, `cut at ${cut}`);
    }
  });
}

test('sections follow each other in either byte order, each with interfaces of its own', (t) => {
  const octets = Buffer.concat([richSection('le'), richSection('be'), section('be'), richSection('le')]);
  const { packets, damage } = readOctets(t, octets);
  assert.deepEqual(damage, []);
  assert.deepEqual(packets, expectPackets(3));
});

test('packets of an interface that was never described are passed over and told once', (t) => {
  const order = 'le';
  const octets = Buffer.concat([
    section(order),
    describedInterface(order),
    enhancedPacket(order, 0, frameAt(T, 'a')),
    enhancedPacket(order, 3, frameAt(T, 'b')),
    enhancedPacket(order, 0, frameAt(T, 'c')),
    section(order),
    simplePacket(order, 4, Buffer.from('none')),
  ]);
  const { packets, damage } = readOctets(t, octets);
  assert.deepEqual(
    packets.map((p) => [p.hex, p.number]),
    [
      ['61', 1],
      ['63', 3],
    ],
  );
  assert.equal(damage.length, 1);
  assert.match(damage[0].reason, /^2 packets of interfaces that were never described/);
});

test('custom blocks and journal entries take a frame number, as in Wireshark', (t) => {
  const order = 'be';
  const blocks = [0xbad, 0x40000bad, 9, 10].map((type) => block(order, type, Buffer.alloc(8)));
  const head = [section(order), describedInterface(order)];
  const { packets } = readOctets(t, Buffer.concat([...head, ...blocks, enhancedPacket(order, 0, frameAt(T, 'x'))]));
  assert.deepEqual(
    packets.map((p) => p.number),
    [4],
  );
});

test('a length without the padding that is in the file is understood', (t) => {
  const order = 'le';
  const body = Buffer.concat([u32(order, 0, ...halves(T), 5, 5), Buffer.from('abcde\0\0\0')]);
  const sloppy = Buffer.concat([u32(order, 6, 12 + 20 + 5), body, u32(order, 12 + 20 + 5)]);
  const octets = Buffer.concat([section(order), describedInterface(order), sloppy, sloppy]);
  const { packets, damage } = readOctets(t, octets);
  assert.deepEqual(damage, []);
  assert.equal(packets.length, 2);
});

test('a first packet without a time, and times before 1970, begin with the earliest year', (t) => {
  const order = 'le';
  const head = [section(order), describedInterface(order)];
  const negative = enhancedPacket(order, 0, frameAt(0xffff_ffff_ff00_0000n, 'x'));
  const { packets, clamped } = readOctets(
    t,
    Buffer.concat([...head, simplePacket(order, 1, Buffer.from('y')), negative]),
  );
  assert.deepEqual(
    packets.map((p) => p.ts),
    [EARLIEST, EARLIEST],
  );
  assert.equal(clamped, 2);
});

test('what makes no sense ends the file there, with what came before kept', (t) => {
  const order = 'le';
  const good = enhancedPacket(order, 0, frameAt(T, 'good'));
  const head = Buffer.concat([section(order), describedInterface(order), good]);
  const unequal = Buffer.from(good);
  unequal.writeUInt32LE(99, unequal.length - 4);
  const overlong = Buffer.from(good);
  overlong.writeUInt32LE(400, 8 + 12);
  const cases: [string, Buffer, RegExp][] = [
    ['two lengths', unequal, /two different lengths/],
    ['frame longer than its block', overlong, /of 36 octets claims a frame of 400/],
    ['zero length', Buffer.concat([u32(order, 6, 0), Buffer.alloc(40)]), /claims 0 octets, fewer than a block has/],
    ['huge packet block', Buffer.concat([u32(order, 6, 0xfffffff0), Buffer.alloc(5000)]), /more than it can have/],
    [
      'huge unknown block',
      Buffer.concat([u32(order, 77, 0xfffffff0), Buffer.alloc(5000)]),
      /the file ends inside the block/,
    ],
    ['short packet block', block(order, 6, Buffer.alloc(8)), /shorter than its fixed fields/],
    ['short simple block', block(order, 3, Buffer.alloc(0)), /shorter than its fixed fields/],
    ['bad interface options', describedInterface(order, 1, 0, u32(order, 0xffff0009)), /options that do not fit/],
    ['empty resolution', describedInterface(order, 1, 0, option(order, 9, Buffer.alloc(0))), /options that do not fit/],
    ['another major version', section(order, 2), /pcapng version 2\.0/],
    ['section without a mark', block(order, 0x0a0d0d0a, Buffer.alloc(16)), /no byte-order mark/],
  ];
  for (const [name, bad, reason] of cases) {
    const { packets, damage } = readOctets(t, Buffer.concat([head, bad, good]));
    assert.equal(packets.length, 1, name);
    assert.equal(damage.length, 1, name);
    assert.match(damage[0].reason, reason, name);
    if (name !== 'huge unknown block') assert.equal(damage[0].offset, head.length, name);
  }
});
