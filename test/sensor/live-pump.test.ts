/** Packets that come by themselves: nothing waits for a shard, and time goes on in silence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyPacket, type Packet } from '../../sensor/capture/packet.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import { RingReader } from '../../sensor/decode/segment-ring.ts';
import { C, imbalances } from '../../sensor/ledger.ts';
import { createRing, Pump } from '../../sensor/sensor.ts';

/** A TCP segment with 1000 octets of payload. */
function tcpPacket(): Packet {
  const data = Buffer.alloc(14 + 20 + 20 + 1000);
  data.writeUInt16BE(0x0800, 12);
  data[14] = 0x45;
  data.writeUInt16BE(1040, 16);
  data[23] = 6;
  data.writeUInt32BE(0x0a000001, 26);
  data.writeUInt32BE(0x0a000002, 30);
  data[46] = 0x50;
  return { ...emptyPacket(), ts: 1e15, linkType: 1, data, end: data.length, originalLength: data.length };
}

const source = { inputs: ['eth0'], read: () => false };

test('a full ring costs segments, each counted, and the rest comes through', () => {
  const ring = createRing(1 << 20);
  const pump = new Pump(source, [ring]);
  const packet = tcpPacket();
  for (let i = 0; i < 3000; i++) pump.take(packet);
  const dropped = pump.ledger.counts[C.segmentsDropped]!;
  assert.ok(dropped > 1500 && dropped < 2500, `${dropped}`);
  pump.publish();
  const reader = new RingReader(ring);
  const segment = new Segment();
  reader.refresh();
  let taken = 0;
  while (reader.next(segment)) taken++;
  reader.release();
  assert.equal(taken + dropped, 3000);
  pump.take(packet);
  assert.equal(pump.ledger.counts[C.segmentsDropped], dropped, 'there is room again');
  const counts = Float64Array.from(pump.ledger.counts);
  counts[C.segmentsTaken] = counts[C.segmentsToTrack] = counts[C.segmentsWithPayload] = taken + 1;
  assert.deepEqual(imbalances(counts), []);
  assert.deepEqual(pump.extents, [{ packets: 3001, firstTs: 1e15, lastTs: 1e15 }]);
});

test('a tick raises the clock for every shard, and never sets it back', () => {
  const rings = [createRing(1 << 20), createRing(1 << 20)];
  const pump = new Pump(source, rings);
  const readers = rings.map((ring) => new RingReader(ring));
  const clocks = () =>
    readers.map((reader) => {
      reader.refresh();
      return reader.clock;
    });
  pump.publish(5e14);
  assert.deepEqual(clocks(), [5e14, 5e14]);
  pump.take(tcpPacket());
  pump.publish(6e14);
  assert.equal(pump.clock, 1e15);
});

test('who takes the place of a reader that died leaves what it may have had, and knows how many that were', () => {
  const ring = createRing(1 << 20);
  const pump = new Pump(source, [ring]);
  const packet = tcpPacket();
  const segment = new Segment();
  const dead = new RingReader(ring);
  const take = (reader: RingReader, count: number) => {
    reader.refresh();
    let taken = 0;
    while (taken < count && reader.next(segment)) taken++;
    return taken;
  };
  // Round the ring's end, more than once.
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 700; i++) pump.take(packet);
    pump.publish();
    assert.equal(take(dead, 700), 700);
    dead.release();
  }
  for (let i = 0; i < 700; i++) pump.take(packet);
  pump.publish();
  assert.equal(take(dead, 100), 100);
  const next = new RingReader(ring);
  assert.equal(next.takeOver(512), 5 * 700 + 512);
  assert.equal(take(next, 1000), 188);
  next.release();
  assert.equal(new RingReader(ring).takeOver(512), 6 * 700, 'nothing is left to leave');
});
