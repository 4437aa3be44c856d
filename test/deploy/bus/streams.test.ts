/** Streams of sensors: each call once and in its order, whatever comes twice, stops, or begins anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import { CallPacker } from '../../../analyzer/call-batch.ts';
import type { DueCall } from '../../../deploy/bus/keeping.ts';
import { Streams, type StreamsState } from '../../../deploy/bus/streams.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import type { CallsRecord } from '../../../storage/bus/calls.ts';
import { RandomCalls } from '../../analyzer/random-calls.ts';

const PARTITIONS = 4;
const LAG = 10e6;

interface Sent {
  readonly partition: number;
  readonly offset: number;
  readonly record: CallsRecord;
}

/** What sensors publish, in the order of each partition. */
class Topic {
  readonly sent: Sent[][] = Array.from({ length: PARTITIONS }, () => []);

  publish(partition: number, record: CallsRecord): void {
    this.sent[partition]!.push({ partition, offset: this.sent[partition]!.length, record });
  }
}

interface Told {
  readonly partition: number;
  readonly ts: number;
}

const shape = new RandomCalls(new Random(1)).any();

function callOf(stream: string, number: number, ts: number): ApiCall {
  const uid = `${Buffer.from(`${stream}-${ts}`).toString('hex').padEnd(16, '0').slice(0, 16)}-${number + 1}`;
  return { ...shape, uid, ts, completedTs: ts };
}

/** A sensor that reads `calls` of its stream, `upTo` of them, some in each batch; ended when that is all. */
function publish(topic: Topic, stream: string, calls: readonly Told[], upTo: number, isLive: boolean, random: Random) {
  const first = new Array<number>(PARTITIONS).fill(0);
  const common = { sensor: `tap ${stream}`, stream, isLive, keys: 'k', report: null };
  for (let from = 0; from < upTo; ) {
    const end = Math.min(upTo, from + 1 + random.below(30));
    const watermark = calls[end]?.ts ?? calls.at(-1)!.ts;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const packer = new CallPacker(64);
      for (let i = from; i < end; i++) {
        const { ts } = calls[i]!;
        if (calls[i]!.partition === partition) packer.add(callOf(stream, i, ts));
      }
      const { size } = packer;
      if (size === 0 && random.chance(0.3)) continue;
      const batch = size === 0 ? null : packer.take();
      topic.publish(partition, { ...common, first: first[partition]!, calls: batch, watermark });
      first[partition]! += size;
    }
    from = end;
  }
  if (upTo < calls.length) return;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    topic.publish(partition, { ...common, first: first[partition]!, calls: null, watermark: Number.POSITIVE_INFINITY });
  }
}

function makeCalls(random: Random, many: number): Told[] {
  let ts = 1_767_576_600_000_000;
  return Array.from({ length: many }, () => {
    ts += 1 + random.below(3000);
    return { partition: random.below(PARTITIONS), ts };
  });
}

/** Reads the topic in a random interleaving from where `state` ends; `crashAfter` records it is gone. */
class Reader {
  readonly judged: string[] = [];
  kept: StreamsState | null = null;
  readonly streams: Streams;

  constructor(
    private readonly topic: Topic,
    state: StreamsState | null,
  ) {
    this.streams = new Streams(
      PARTITIONS,
      LAG,
      0,
      state === null ? null : (JSON.parse(JSON.stringify(state)) as StreamsState),
    );
  }

  apply(due: readonly DueCall[]): void {
    for (const call of due) {
      const { uid, completedTs } = call.unpack();
      this.judged.push(`${completedTs} ${uid}`);
      call.applied();
    }
    this.streams.finish();
  }

  run(random: Random, crashAfter: number, keepEvery: number): void {
    const next = Array.from({ length: PARTITIONS }, (_, partition) => this.streams.positions.get(partition)!);
    for (let taken = 0; taken < crashAfter; ) {
      const open = next.flatMap((offset, partition) =>
        offset < this.topic.sent[partition]!.length ? [partition] : [],
      );
      if (open.length === 0) return;
      const partition = random.pick(open);
      for (let burst = 1 + random.below(6); burst > 0; burst--) {
        const sent = this.topic.sent[partition]![next[partition]!];
        if (sent === undefined) break;
        next[partition]!++;
        this.apply(this.streams.take(partition, sent.offset, sent.record, 0, () => {}));
        if (++taken % keepEvery === 0) this.keep();
      }
    }
  }

  /** What is judged before it is stored with it: a reader that goes on from here has it. */
  keep(): void {
    this.kept = this.streams.keep().state;
    this.lasting = this.judged.length;
  }
  /** Calls that what was kept speaks of. */
  lasting = 0;
}

const expected = (streams: readonly (readonly [string, readonly Told[]])[]) =>
  streams
    .flatMap(([stream, calls]) => calls.map(({ ts }, i) => callOf(stream, i, ts)))
    .sort((a, b) => a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : 1))
    .map(({ completedTs, uid }) => `${completedTs} ${uid}`);

test('calls of several sensors come in one order, each once, however partitions are read', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new Random(seed);
    const topic = new Topic();
    const [a, b] = [makeCalls(random, 400), makeCalls(random, 300)];
    // Both are known before anything is due.
    const begin = { sensor: '', isLive: false, keys: 'k', first: 0, calls: null, watermark: 0, report: null };
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const stream of ['a', 'b']) topic.publish(partition, { ...begin, stream });
    }
    const reader = new Reader(topic, null);
    for (const { partition, offset, record } of topic.sent.flat()) {
      reader.apply(reader.streams.take(partition, offset, record, 0, () => {}));
    }
    reader.keep();
    publish(topic, 'a', a, a.length, false, random);
    publish(topic, 'b', b, b.length, false, random);
    reader.run(random, Number.POSITIVE_INFINITY, 1e9);
    assert.deepEqual(
      reader.judged,
      expected([
        ['a', a],
        ['b', b],
      ]),
      `seed ${seed}`,
    );
  }
});

test('a reader that is killed anywhere and begins anew judges each call once, in the same order', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = new Random(seed);
    const topic = new Topic();
    const calls = makeCalls(random, 500);
    publish(topic, 'a', calls, calls.length, seed % 2 === 0, random);
    const judged: string[] = [];
    let state: StreamsState | null = null;
    for (let round = 0; round < 12; round++) {
      const reader: Reader = new Reader(topic, state);
      reader.run(random, round === 11 ? Number.POSITIVE_INFINITY : random.below(25), 1 + random.below(9));
      if (round === 11) reader.keep();
      // What was judged since it was kept is judged again: rows are replaced, and memory never had it.
      judged.push(...reader.judged.slice(0, reader.lasting));
      state = reader.kept ?? state;
    }
    assert.deepEqual(judged, expected([['a', calls]]), `seed ${seed}`);
  }
});

test('a file that a killed sensor reads anew, and one that is read a second time, count once', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new Random(seed);
    const topic = new Topic();
    const calls = makeCalls(random, 300);
    for (const upTo of [random.below(300), random.below(300), 300, 300])
      publish(topic, 'a', calls, upTo, false, random);
    const reader = new Reader(topic, null);
    reader.run(random, Number.POSITIVE_INFINITY, 7);
    assert.deepEqual(reader.judged, expected([['a', calls]]), `seed ${seed}`);
    assert.ok(reader.streams.repeated >= 300 && reader.streams.lost === 0);
  }
});

test('calls that never came are counted as lost, and those behind them go on', () => {
  const random = new Random(3);
  const topic = new Topic();
  const calls = makeCalls(random, 300);
  publish(topic, 'a', calls, 300, false, random);
  const gone = topic.sent[2]!.splice(1, 2).reduce((sum, { record }) => sum + (record.calls?.size ?? 0), 0);
  assert.ok(gone > 0);
  const reader = new Reader(topic, null);
  reader.run(random, Number.POSITIVE_INFINITY, 5);
  assert.equal(reader.streams.lost, gone);
  assert.equal(reader.judged.length, 300 - gone);
  assert.deepEqual(reader.streams.keep().state.ended, ['a']);
});

test('a sensor that falls silent holds the others up for a minute, not for ever', () => {
  const random = new Random(4);
  const topic = new Topic();
  const [a, b] = [makeCalls(random, 200), makeCalls(random, 200)];
  publish(topic, 'a', a, 100, false, random);
  publish(topic, 'b', b, 200, false, random);
  const reader = new Reader(topic, null);
  reader.run(random, Number.POSITIVE_INFINITY, 1e9);
  const before = reader.judged.length;
  assert.ok(before < 300, `${before}`);
  assert.deepEqual(reader.streams.passOver(59_000).away, []);
  const { due, away } = reader.streams.passOver(61_000);
  reader.apply(due);
  assert.deepEqual(away, ['tap a']);
  assert.equal(reader.judged.length, 300);
  // It comes back, and reads its file anew.
  publish(topic, 'a', a, 200, false, random);
  reader.run(random, Number.POSITIVE_INFINITY, 1e9);
  assert.equal(new Set(reader.judged).size, reader.judged.length);
});
