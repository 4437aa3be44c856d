import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge } from '../../deploy/traffic/disturb.ts';
import { Random } from '../../deploy/traffic/random.ts';
import type { Packet, PacketSource } from '../../sensor/capture/packet.ts';
import { C, imbalances, Ledger } from '../../sensor/ledger.ts';
import { RecordSink, type TransactionRecord } from '../../sensor/record.ts';
import { createRing, defaultSensorLimits, Pump, runShard, Sensor } from '../../sensor/sensor.ts';
import { weirdIndex } from '../../sensor/weird.ts';
import { disguise } from './disguise.ts';
import { type Captured, sense, startOfTime } from './sense.ts';
import { converse } from './talk.ts';

function sourceOf(packets: readonly Captured[]): PacketSource {
  let next = 0;
  return {
    inputs: ['made'],
    damage: [],
    bytesRead: 0,
    read(packet: Packet): boolean {
      const one = packets[next];
      if (one === undefined) return false;
      packet.ts = one.ts;
      packet.linkType = 1;
      packet.data = one.frame;
      packet.start = 0;
      packet.end = one.frame.length;
      packet.originalLength = one.frame.length;
      packet.number = ++next;
      packet.input = 0;
      return true;
    },
    close() {},
  };
}

function traffic(seed: number): Captured[] {
  const random = new Random(seed);
  const flows = Array.from({ length: 20 }, (_, i) =>
    converse(
      random,
      {
        client: `10.0.${seed}.${i}:${random.between(1024, 60_000)}`,
        server: `10.1.0.${random.between(1, 5)}:80`,
        ts: startOfTime + random.below(700e6),
        gapUs: random.pick([100, 20_000, 3e6]),
      },
      {
        manner: random.pick(['lockstep', 'batches']),
        exchanges: random.between(1, 5),
        close: random.pick(['fin', 'rst', 'none']),
      },
    )
      .packets()
      .filter(() => random.chance(0.98)),
  );
  return merge(...flows);
}

test('one shard or several: the same records in the same order, and one balanced ledger', () => {
  for (let seed = 0; seed < 4; seed++) {
    const packets = seed < 2 ? traffic(seed) : disguise(traffic(seed), new Random(seed));
    const expected = sense(packets);
    for (const shards of [1, 2, 5]) {
      const rings = Array.from({ length: shards }, () => createRing(64 << 20));
      const pump = new Pump(sourceOf(packets), rings);
      pump.run(() => true);
      const total = new Ledger();
      total.add(pump.ledger.counts);
      const done: { completed: number; record: TransactionRecord }[] = [];
      let busy = 0;
      for (const ring of rings) {
        let watermark = 0;
        const sink = new RecordSink({ maxBody: 1 << 20, clear: true }, (record, completed) => {
          assert.ok(completed >= watermark, 'completed before the watermark');
          done.push({ completed, record });
        });
        const sensor = new Sensor(defaultSensorLimits, sink);
        runShard(ring, sensor, (passed) => {
          assert.ok(passed >= watermark, 'the watermark went back');
          watermark = passed;
        });
        if (sensor.ledger.counts[C.segmentsToTrack]! > 0) busy++;
        total.add(sensor.ledger.counts);
      }
      assert.ok(busy > shards / 2);
      const key = (one: (typeof done)[number]): string =>
        `${String(one.completed).padStart(20)} ${one.record.uid.replace(/-(\d+)$/, (_, depth: string) => `-${depth.padStart(9)}`)}`;
      done.sort((a, b) => (key(a) < key(b) ? -1 : 1));
      const sorted = expected.records.map((record, i) => ({ completed: expected.order[i]![0], record }));
      sorted.sort((a, b) => (key(a) < key(b) ? -1 : 1));
      assert.deepEqual(done, sorted, `seed ${seed}, ${shards} shards`);
      assert.equal(total.counts[C.packetsRead], packets.length);
      assert.deepEqual(
        imbalances(total.counts).filter((line) => !/read|judge|store|exchangesEmitted →/i.test(line)),
        [],
      );
      assert.deepEqual(pump.extents, [
        { packets: packets.length, firstTs: packets[0]!.ts, lastTs: packets.at(-1)!.ts },
      ]);
      assert.equal(pump.clock, packets.at(-1)!.ts);
    }
  }
});

test('tunnels and fragments change nothing but the name of the tunnel', () => {
  for (let seed = 20; seed < 24; seed++) {
    const plain = traffic(seed);
    const expected = sense(plain);
    const packets = disguise(plain, new Random(seed));
    const found = sense(packets);
    assert.deepEqual(
      found.records.map(({ tunnel: _, ...record }) => record),
      expected.records,
    );
    const names = new Set(found.records.map(({ tunnel }) => tunnel));
    for (const name of names) assert.match(`${name}`, /^(vxlan:5001|geneve:12|erspan:3|gre:7|gre|4in6|undefined)$/);
    assert.ok(names.size > 4, `${[...names]}`);
    assert.equal(found.count('tcpSegments'), plain.length);
    assert.equal(found.count('fragmentsJoined'), packets.length - plain.length);
    assert.ok(packets.length > plain.length);
  }
});

test('a pump counts the fragments that wait at the end, and tells its oddities', () => {
  const frames = disguise(traffic(30), new Random(30));
  const fragment = frames.find(({ frame }) => frame.readUInt16BE(12) === 0x0800 && (frame[20]! & 0x20) !== 0)!;
  const twice = [fragment, { ts: fragment.ts, frame: Buffer.from(fragment.frame) }];
  twice[1]!.frame[40]! ^= 1;
  for (const [packets, counter, weird] of [
    [[fragment], 'fragmentsIncomplete', 0],
    [twice, 'fragmentsConflicting', 1],
  ] as const) {
    const ring = createRing(1 << 20);
    const pump = new Pump(sourceOf(packets), [ring]);
    pump.run(() => true);
    assert.equal(pump.ledger.counts[C[counter]], packets.length);
    assert.equal(pump.weird.counts[weirdIndex.fragment_inconsistency], weird);
    assert.deepEqual(imbalances(pump.ledger.counts), []);
  }
});

test('a pump stops early when it is told to, and what it passed on is still whole', () => {
  const packets = traffic(9);
  const ring = createRing(64 << 20);
  const pump = new Pump(sourceOf(packets), [ring]);
  let told = 0;
  pump.run(() => ++told < 2);
  assert.equal(pump.packets, Math.min(packets.length, 2048));
  let records = 0;
  const sensor = new Sensor(defaultSensorLimits, new RecordSink({ maxBody: 0, clear: false }, () => records++));
  runShard(ring, sensor, () => {});
  assert.equal(sensor.ledger.counts[C.segmentsTaken], pump.ledger.counts[C.segmentsToShards]);
  assert.equal(records, sensor.ledger.counts[C.exchangesEmitted]);
});
