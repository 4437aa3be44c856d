/** Judging of what runs until it is told to end: it keeps what it learns as it goes, and waits for nobody for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { CallPacker } from '../../analyzer/call-batch.ts';
import { JudgeMemory } from '../../deploy/judge-memory.ts';
import { Judging } from '../../deploy/judging.ts';
import { unpackJson } from '../../deploy/packed-json.ts';
import type { ShardMessage } from '../../deploy/shard.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { C } from '../../sensor/ledger.ts';
import { inOrder, RandomCalls } from '../analyzer/random-calls.ts';
import { equipment } from '../equipment.ts';
import { MemoryStore } from './memory-store.ts';

const nothing = new Float64Array(0);
const eager = { rows: 20, octets: 1 << 20, insertEveryMs: 0, saveEveryMs: 0, saveRest: 0 };

function messageOf(calls: readonly ApiCall[], watermark: number): ShardMessage {
  const packer = new CallPacker(64);
  for (const call of calls) packer.add(call);
  const packed = calls.length === 0 ? null : packer.take();
  return {
    calls: packed,
    handshakes: [],
    digest: null,
    records: [],
    watermark,
    last: false,
    flows: 0,
    minutes: [],
    ledger: nothing,
    weird: nothing,
  };
}

async function liveJudging(store: MemoryStore, source: string, shards: number): Promise<Judging> {
  const memory = await JudgeMemory.open(store);
  const judging = new Judging(store, memory, {
    ...{ source, again: false, live: true, maxLag: 10e6, shards, pace: eager, judge: equipment.judge },
  });
  await judging.restore();
  return judging;
}

interface Kept {
  readonly judge: { readonly inventory: unknown };
  readonly streams: readonly { readonly source: string; readonly firstTs: number; readonly lastTs: number }[];
}

function kept(store: MemoryStore): Kept {
  return unpackJson<Kept>(store.rows('snapshots').find((row) => row['name'] === 'judge')!['payload'] as string);
}

test('what a process that was killed had learnt, the next one knows', async () => {
  const store = new MemoryStore();
  const calls = inOrder(new RandomCalls(new Random(7)).many(300));
  const killed = await liveJudging(store, 'live a', 1);
  for (let from = 0; from < calls.length; from += 50) {
    const some = calls.slice(from, from + 50);
    await killed.take(0, messageOf(some, some.at(-1)!.completedTs + 1));
  }
  // One more, so that what was handed on before has been stored.
  await killed.take(0, messageOf([], calls.at(-1)!.completedTs + 2));
  await killed.take(0, messageOf([], calls.at(-1)!.completedTs + 3));
  const { judge, streams } = kept(store);
  assert.ok(store.rows('calls').length >= 250 && store.rows('bindings').length > 0);
  assert.deepEqual(
    streams.map(({ source }) => source),
    ['live a'],
  );
  assert.equal(streams[0]!.firstTs, Math.min(...calls.map(({ ts }) => ts)));

  const next = await liveJudging(store, 'live b', 1);
  await next.flush();
  await next.end([{ id: 'live b', state: 'finished', firstTs: 0, lastTs: 0 }]);
  assert.deepEqual(kept(store).judge.inventory, judge.inventory);
});

test('a shard that says nothing is waited for so long; what it brings then is judged late, and counted', async () => {
  const store = new MemoryStore();
  const calls = inOrder(new RandomCalls(new Random(3)).many(60));
  const judging = await liveJudging(store, 'live a', 2);
  const last = calls.at(-1)!.completedTs;
  await judging.take(0, messageOf(calls.slice(10), last + 1));
  assert.equal(judging.judged, 0);
  await judging.take(0, messageOf([], last + 10e6 + 2));
  assert.equal(judging.judged, 50);
  await judging.take(1, messageOf(calls.slice(0, 10), last + 10e6 + 3));
  assert.equal(judging.judged, 60);
  assert.equal(judging.ledger.counts[C.callsOutOfOrder], 10);
});
