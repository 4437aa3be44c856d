import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Random } from '../../../deploy/traffic/random.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { createRing, RingReader, RingWriter } from '../../../sensor/decode/segment-ring.ts';
import { digest, makeSegment, newDigest } from './ring-traffic.ts';
import type { RingReport } from './ring-worker.ts';

function describe(s: Segment): string {
  const hash = newDigest();
  digest(hash, s);
  return hash.digest('hex');
}

test('a ring is a power of two, at least 1 MiB', () => {
  assert.equal(createRing(1).records.byteLength, 1 << 20);
  assert.equal(createRing(1 << 20).records.byteLength, 1 << 20);
  assert.equal(createRing((1 << 20) + 1).records.byteLength, 1 << 21);
});

test('what goes in comes out, in order, over many wraps', () => {
  const random = new Random(1);
  const memory = createRing(1 << 20);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const segment = new Segment();
  const out = new Segment();
  const expected: string[] = [];
  let written = 0;
  let read = 0;
  let full = 0;
  const drain = (most: number): void => {
    reader.refresh();
    for (let i = 0; i < most && reader.next(out); i++) {
      assert.equal(describe(out), expected[read], `segment ${read}`);
      read++;
    }
    reader.release();
  };
  // The announced clock keeps an empty refresh from waiting.
  for (let clock = 1; written < 4000; clock++) {
    for (let burst = random.below(60); burst > 0; burst--) {
      makeSegment(segment, random, random.chance(0.1) ? 60_000 : 1500);
      segment.clock = clock;
      if (!writer.write(segment)) {
        full++;
        break;
      }
      expected.push(describe(segment));
      written++;
    }
    writer.publish();
    writer.announce(clock);
    drain(random.below(50));
  }
  while (read < written) {
    writer.announce(1e6 + read);
    drain(1e6);
  }
  assert.ok(full > 0, 'the ring was full at times');
});

test('nothing is seen before it is published, and no clock before it is announced', () => {
  const memory = createRing(1 << 20);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const segment = new Segment();
  makeSegment(segment, new Random(2), 100);
  segment.clock = 70;
  writer.write(segment);
  assert.ok(writer.unpublished > 0);
  writer.announce(60);
  assert.equal(reader.refresh(), 'idle');
  assert.equal(reader.clock, 60);
  assert.equal(reader.next(new Segment()), false);
  writer.publish();
  assert.equal(writer.unpublished, 0);
  assert.equal(reader.refresh(), 'more');
  assert.equal(reader.clock, 60);
  assert.equal(reader.next(new Segment()), true);
  assert.equal(reader.next(new Segment()), false);
  writer.write(segment);
  writer.end(80);
  assert.equal(reader.refresh(), 'more', 'the end comes after what precedes it');
  assert.equal(reader.next(new Segment()), true);
  assert.equal(reader.refresh(), 'ended');
  assert.equal(reader.clock, 80);
});

test('a full ring takes no more until the reader gives back what it has read', () => {
  const memory = createRing(1 << 20);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const segment = new Segment();
  makeSegment(segment, new Random(3), 0);
  segment.data = Buffer.alloc(10_000);
  segment.start = 0;
  segment.end = segment.wireLength = 10_000;
  let fitted = 0;
  while (writer.write(segment)) fitted++;
  assert.ok(fitted >= 100 && fitted <= 104, `${fitted}`);
  assert.equal(writer.write(segment), false);
  writer.publish();
  reader.refresh();
  const out = new Segment();
  for (let i = 0; i < 50; i++) assert.equal(reader.next(out), true);
  assert.equal(writer.write(segment), false, 'read is not yet given back');
  while (reader.next(out));
  reader.release();
  assert.equal(writer.write(segment), true);
});

test('a payload beyond a quarter of the ring is left out and reads as a cut frame', () => {
  const memory = createRing(1 << 20);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const segment = new Segment();
  segment.data = Buffer.alloc(300_000, 7);
  segment.end = segment.wireLength = 300_000;
  assert.equal(writer.write(segment), true);
  writer.publish();
  reader.refresh();
  const out = new Segment();
  reader.next(out);
  assert.deepEqual([out.end - out.start, out.wireLength], [1 << 18, 300_000]);
});

test('positions go on past 2^32', () => {
  const memory = createRing(1 << 20);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const segment = new Segment();
  const out = new Segment();
  segment.data = Buffer.alloc(1 << 18, 9);
  segment.end = segment.wireLength = 1 << 18;
  for (let octets = 0; octets < 4.4e9; octets += 1 << 18) {
    segment.sequence = octets % 0x100000000;
    assert.equal(writer.write(segment), true, `at ${octets}`);
    writer.publish();
    reader.refresh();
    assert.equal(reader.next(out), true, `at ${octets}`);
    assert.deepEqual([out.sequence, out.end - out.start, out.data[out.end - 1]], [segment.sequence, 1 << 18, 9]);
    reader.release();
  }
});

test('a thread reads while another writes', { timeout: 60_000 }, async () => {
  const memory = createRing(1 << 20);
  const worker = new Worker(new URL('./ring-worker.js', import.meta.url), { workerData: memory });
  const report = new Promise<RingReport>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const random = new Random(4);
  const writer = new RingWriter(memory);
  const segment = new Segment();
  const hash = newDigest();
  let clock = 1_700_000_000_000_000;
  const publish = (): void => {
    writer.publish();
    writer.announce(clock);
  };
  const count = 20_000;
  for (let i = 0; i < count; i++) {
    makeSegment(segment, random, random.chance(0.02) ? 50_000 : 1460);
    clock += random.below(100);
    segment.clock = clock;
    while (!writer.write(segment)) {
      publish();
      writer.waitForSpace(50);
    }
    digest(hash, segment);
    if (random.chance(0.01)) publish();
  }
  clock += 5;
  publish();
  writer.end(clock);
  assert.deepEqual(await report, { segments: count, sha1: hash.digest('hex'), late: 0, backwards: 0, clock });
  await worker.terminate();
});
