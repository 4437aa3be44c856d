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
