import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { emptyPacket } from '../../../sensor/capture/packet.ts';
import { openSource } from '../../../sensor/capture/source.ts';
import { readOctets, temporaryFolder } from './collect.ts';
import { type Frame, pcapFile, seededRandom } from './made-captures.ts';

const random = seededRandom(11);
const frames: readonly Frame[] = Array.from({ length: 400 }, (_, i) => ({
  time: [1_700_000_000 + i, 0],
  data: Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 64))),
}));
const capture = pcapFile('le', frames);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a gzip capture is the capture, in one member or in several', (t) => {
  const reference = readOctets(t, capture);
  assert.equal(reference.packets.length, frames.length);
  const third = Math.floor(capture.length / 3);
  const parts = [capture.subarray(0, third), capture.subarray(third, 2 * third), capture.subarray(2 * third)];
  for (const octets of [gzipSync(capture), Buffer.concat(parts.map((part) => gzipSync(part)))]) {
    for (const bufferSize of [undefined, 7, 1000]) {
      const reading = readOctets(t, octets, bufferSize);
      assert.deepEqual(reading.packets, reference.packets);
      assert.deepEqual(reading.damage, []);
      assert.equal(reading.bytesRead, octets.length);
    }
  }
});

test('a cut gzip capture keeps what came before the cut', (t) => {
  const octets = gzipSync(capture);
  const reference = readOctets(t, capture).packets;
  for (const part of [0.3, 0.6, 0.9]) {
    const { packets, damage } = readOctets(t, octets.subarray(0, Math.floor(octets.length * part)));
    assert.ok(packets.length > reference.length * (part - 0.2), `${packets.length} of ${reference.length} at ${part}`);
    assert.deepEqual(packets, reference.slice(0, packets.length));
    assert.equal(damage.length, 1);
    assert.match(damage[0].reason, /gzip data is cut/);
  }
  const withoutTrailer = readOctets(t, octets.subarray(0, -8));
  assert.deepEqual(withoutTrailer.packets, reference);
  assert.equal(withoutTrailer.damage.length, 1);
});

test('a gzip capture damaged in the middle keeps what came before', (t) => {
  const octets = gzipSync(capture);
  octets.fill(0xff, octets.length >> 1, (octets.length >> 1) + 500);
  const { packets, damage } = readOctets(t, octets);
  assert.ok(packets.length > 0 && packets.length < frames.length);
  assert.equal(damage.length, 1);
});

test('much out of little: 64 MiB of records without content out of 64 KiB', (t) => {
  const count = 4_194_304;
  const path = join(temporaryFolder(t), 'zeros.gz');
  writeFileSync(path, gzipSync(Buffer.concat([pcapFile('le', []), Buffer.alloc(16 * count)])));
  const before = process.memoryUsage();
  const source = openSource([path]);
  const packet = emptyPacket();
  let peak = 0;
  while (source.read(packet)) {
    if (packet.number % 100_000 !== 0) continue;
    // What is held counts, not what was let go and lies there until somebody collects it.
    collect();
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before.arrayBuffers);
  }
  source.close();
  assert.equal(packet.number, count);
  assert.equal(source.clamped, count);
  assert.ok(peak < 60_000_000, `${peak} octets of buffers`);
});
