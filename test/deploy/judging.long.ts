/** Judging whose store dies at every moment there is, and goes on from what was stored. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { CallPacker } from '../../analyzer/call-batch.ts';
import { ContentId } from '../../deploy/content-id.ts';
import { JudgeMemory } from '../../deploy/judge-memory.ts';
import { Judging } from '../../deploy/judging.ts';
import type { Pace } from '../../deploy/pace.ts';
import { unpackJson } from '../../deploy/packed-json.ts';
import type { ShardMessage } from '../../deploy/shard.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { C } from '../../sensor/ledger.ts';
import type { Row } from '../../storage/store/store.ts';
import { inOrder, RandomCalls } from '../analyzer/random-calls.ts';
import { equipment } from '../equipment.ts';
import { Death, MemoryStore } from './memory-store.ts';

/** Everything is stored as soon as it can be. */
const eager: Pace = { rows: 20, octets: 1 << 20, insertEveryMs: 0, saveEveryMs: 0, saveRest: 0 };
const shards = 2;
const nothing = new Float64Array(0);

/** What two shards post for some calls, in batches of some size. */
function messagesOf(calls: readonly ApiCall[], seed: number): [number, ShardMessage][] {
  const random = new Random(seed);
  const packers = [new CallPacker(64), new CallPacker(64)];
  const messages: [number, ShardMessage][] = [];
  const post = (shard: number, watermark: number): void => {
    const packed = packers[shard]!.take();
    messages.push([
      shard,
      {
        calls: packed,
        digest: null,
        records: [],
        handshakes: [],
        watermark,
        last: false,
        flows: 0,
        minutes: [],
        ledger: nothing,
        weird: nothing,
      },
    ]);
  };
  for (const call of inOrder(calls)) {
    const shard = random.below(shards);
    if (packers[shard]!.full || random.chance(0.05)) post(shard, call.completedTs);
    packers[shard]!.add(call);
  }
  for (let shard = 0; shard < shards; shard++) post(shard, Number.POSITIVE_INFINITY);
  return messages;
}

interface Stream {
  readonly source: string;
  readonly calls: readonly ApiCall[];
  readonly again?: boolean;
}

/** The beginning of a run, as the appliance does it. */
async function begun(store: MemoryStore, { source, again = true }: Stream): Promise<Judging> {
  const memory = await JudgeMemory.open(store);
  const judging = new Judging(store, memory, { source, again, shards, pace: eager, judge: equipment.judge });
  await judging.restore();
  await store.insert('sources', [{ id: source, state: 'reading', version: memory.nextVersion() }]);
  return judging;
}

/** The rest of it. Batches carry memory that is transferred, so each run packs its own. `atOnce`: no batch waits. */
async function finished(store: MemoryStore, judging: Judging, stream: Stream, atOnce = false): Promise<void> {
  const taking: Promise<void>[] = [];
  for (const [shard, message] of messagesOf(stream.calls, 1)) {
    taking.push(judging.take(shard, message));
    if (!atOnce) await taking.pop();
  }
  await Promise.all(taking);
  await judging.flush({ isOver: true });
  await judging.end([{ id: stream.source, state: 'finished', version: Date.now() * 1000 + store.inserts }]);
}

async function run(store: MemoryStore, stream: Stream): Promise<Judging> {
  const judging = await begun(store, stream);
  await finished(store, judging, stream);
  return judging;
}

/** All that is stored, but versions: they are times of day. */
function stored(store: MemoryStore): object {
  const plain = (table: 'calls' | 'apis' | 'profiles' | 'sources') =>
    store.rows(table).map((row) => ({ ...row, version: 0, source: '' }));
  const judge = unpackJson(String(store.rows('snapshots').find(({ name }) => name === 'judge')?.['payload']));
  return {
    ...{ calls: plain('calls'), apis: plain('apis'), profiles: plain('profiles'), sources: plain('sources') },
    judge: { ...judge, sources: [] },
  };
}

/** The same without sources, and of calls without what judging adds: it knows more when it meets them again. */
function facts(store: MemoryStore): object {
  const { calls, ...rest } = stored(store) as { calls: Row[] };
  const judged = ['success', 'account', 'accountHash', 'session', 'functions', 'labelsRequest', 'labelsResponse'];
  const plain = calls.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !judged.includes(name))));
  return { ...rest, calls: plain, sources: [] };
}

/** It was read to its end before its process died: coming again, its calls meet a judge that knows them. */
function wasRead(store: MemoryStore): boolean {
  return store.rows('snapshots').some(({ name }) => name === 'judge');
}

function callsOf(seed: number, count: number): ApiCall[] {
  return new RandomCalls(new Random(seed)).many(count);
}

const one: Stream = { source: 'one', calls: callsOf(1, 160) };
const another: Stream = { source: 'other', calls: callsOf(2, 100) };

async function after(...streams: readonly Stream[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const stream of streams) await run(store, stream);
  return store;
}

test('every call is stored once, in order, and the ledger says so', async () => {
  const store = new MemoryStore();
  const { ledger } = await run(store, one);
  assert.equal(store.rows('calls').length, 160);
  const counts = (
    ['callsToJudge', 'callsJudged', 'callsKnown', 'callsToStore', 'callsStored', 'callsOutOfOrder'] as const
  ).map((name) => ledger.counts[C[name]]);
  assert.deepEqual(counts, [160, 160, 0, 160, 160, 0]);
});

test('what is saved on the way stands until the stream is over, whenever the clock had it saved', async () => {
  const store = new MemoryStore();
  const underWay = () => store.rows('snapshots').find(({ name }) => name === 'judge-open')?.['payload'];
  const judging = await begun(store, one);
  for (const [shard, message] of messagesOf(one.calls.slice(0, 120), 1)) await judging.take(shard, message);
  await judging.flush();
  assert.notEqual(underWay() ?? '', '');
  const again = await begun(store, one);
  await finished(store, again, one);
  assert.equal(underWay(), '');
  assert.equal((await after(one)).rows('snapshots').length, 2);
});

test('a run that dies at any insert, and comes again: as if it had not died', async () => {
  const undisturbed = await after(one);
  for (let life = 0; life <= undisturbed.inserts; life++) {
    const store = new MemoryStore();
    store.life = life;
    await assert.rejects(run(store, one), Death).catch((error) => {
      if (life < undisturbed.inserts) throw error;
    });
    const before = store.rows('calls');
    const look = wasRead(store) ? facts : stored;
    store.life = Number.POSITIVE_INFINITY;
    await run(store, one);
    assert.deepEqual(look(store), look(undisturbed), `died at insert ${life}`);
    assert.ok(before.length <= store.rows('calls').length);
  }
});

test('it goes on from where it was, also with a clock that was set back', async (t) => {
  const undisturbed = await after(one);
  const store = new MemoryStore();
  const known: number[] = [];
  for (const share of [0.4, 0.4, 1]) {
    store.life = share === 1 ? Number.POSITIVE_INFINITY : store.inserts + Math.floor(share * undisturbed.inserts);
    const judging = await begun(store, one);
    await finished(store, judging, one).catch((error) => assert.ok(error instanceof Death, String(error)));
    known.push(judging.ledger.counts[C.callsKnown]!);
    t.mock.method(Date, 'now', () => 1000);
  }
  assert.equal(known[0], 0);
  assert.ok(known[1]! > 0 && known[2]! > known[1]!, String(known));
  assert.deepEqual(stored(store), stored(undisturbed));
});

test('one insert that fails while others go through: no state is saved beyond it', async () => {
  const undisturbed = await after(one);
  for (let failing = 1; failing < undisturbed.inserts; failing++) {
    const store = new MemoryStore();
    store.failing = failing;
    await assert.rejects(
      begun(store, one).then((judging) => finished(store, judging, one, true)),
      Death,
    );
    const look = wasRead(store) ? facts : stored;
    await run(store, one);
    assert.deepEqual(look(store), look(undisturbed), `insert ${failing} failed`);
  }
});

test('it may die again and again', async () => {
  const undisturbed = await after(one);
  const random = new Random(7);
  for (let trial = 0; trial < 20; trial++) {
    const store = new MemoryStore();
    for (let deaths = 0; deaths < 5; deaths++) {
      store.life = store.inserts + random.below(undisturbed.inserts);
      await run(store, one).catch((error) => assert.ok(error instanceof Death, String(error)));
    }
    store.life = Number.POSITIVE_INFINITY;
    const look = wasRead(store) ? facts : stored;
    await run(store, one);
    assert.deepEqual(look(store), look(undisturbed), `trial ${trial}`);
  }
});

for (const again of [true, false]) {
  const other: Stream = { ...another, again };
  test(`another stream, ${again ? 'a file' : 'a pipe'}, between death and return: neither is counted twice`, async () => {
    const undisturbed = await after(other, one);
    const alone = await after(one);
    for (let life = 0; life < alone.inserts; life++) {
      const store = new MemoryStore();
      store.life = life;
      await assert.rejects(run(store, one), Death);
      store.life = Number.POSITIVE_INFINITY;
      // All but its last mark was stored: it counts as read, though its own process did not get to say so.
      const read = store.rows('snapshots').some(({ name }) => name === 'judge');
      await run(store, other);
      if (!read) await run(store, one);
      const { judge: _judge, ...others } = stored(store) as { judge: unknown };
      const { judge: _wanted, ...wanted } = stored(read ? await after(one, other) : undisturbed) as { judge: unknown };
      assert.deepEqual(others, wanted, `died at insert ${life}`);
    }
  });
}

test('the same captures and more of them after a death: nothing is counted twice', async () => {
  const both: Stream = { source: 'both', calls: [...one.calls, ...another.calls] };
  const undisturbed = await after(both);
  const alone = await after(one);
  for (let life = 1; life < alone.inserts - 1; life++) {
    const store = new MemoryStore();
    store.life = life;
    await assert.rejects(run(store, one), Death);
    store.life = Number.POSITIVE_INFINITY;
    await run(store, both);
    const { sources: _sources, ...others } = stored(store) as { sources: unknown };
    const { sources: _wanted, ...wanted } = stored(undisturbed) as { sources: unknown };
    assert.deepEqual(others, wanted, `died at insert ${life}`);
  }
});

test('the same calls from another source are taken back', async () => {
  const store = await after(one, another);
  const before = facts(store);
  for (const stream of [
    { ...one, source: 'one in another form' },
    { ...one, source: 'pipe', again: false },
    { ...another, source: 'other in another form' },
  ]) {
    await run(store, stream);
    assert.deepEqual(facts(store), before, stream.source);
    assert.ok(store.rows('sources').every(({ state }) => state === 'finished'));
  }
});

test('a pipe never goes on from where another one was', async () => {
  const undisturbed = await after({ ...another, source: 'pipe', again: false });
  const store = new MemoryStore();
  store.life = 12;
  await assert.rejects(run(store, { ...one, source: 'pipe', again: false }), Death);
  store.life = Number.POSITIVE_INFINITY;
  await run(store, { ...another, source: 'pipe', again: false });
  assert.equal(store.rows('calls').filter(({ uid }) => another.calls.some((call) => call.uid === uid)).length, 100);
  const judge = (from: MemoryStore) => (stored(from) as { judge: object }).judge;
  assert.deepEqual(judge(store), judge(undisturbed));
});

test('a clock that was set back does not make old rows stand', async (t) => {
  const store = new MemoryStore();
  await run(store, one);
  t.mock.method(Date, 'now', () => 1000);
  await run(store, another);
  const undisturbed = await after(one, another);
  assert.deepEqual(stored(store), stored(undisturbed));
});

test('few rows are stored without waiting for more once they take much room', async () => {
  const inserts = async (octets: number) => {
    const store = new MemoryStore();
    const never = 1e9;
    const pace = { rows: never, octets, insertEveryMs: never, saveEveryMs: never, saveRest: 0 };
    const { source, calls } = one;
    const memory = await JudgeMemory.open(store);
    const judging = new Judging(store, memory, { source, again: true, shards, pace, judge: equipment.judge });
    await judging.restore();
    for (const [shard, message] of messagesOf(calls.slice(0, 120), 1)) await judging.take(shard, message);
    const stored = judging.ledger.counts[C.callsStored];
    await judging.flush();
    assert.equal(store.rows('calls').length, 120);
    return stored;
  };
  // The store of this test counts a row as an octet.
  assert.equal(await inserts(1e9), 0);
  assert.ok((await inserts(10))! > 60);
});

test('after the store failed no batch is taken, and the failure is told', async () => {
  const store = new MemoryStore();
  const judging = new Judging(store, await JudgeMemory.open(store), {
    source: 's',
    again: true,
    shards,
    pace: eager,
    judge: equipment.judge,
  });
  await judging.restore();
  store.life = 1;
  const messages = messagesOf(one.calls, 1);
  let taken = 0;
  await assert.rejects(async () => {
    for (const [shard, message] of messages) {
      await judging.take(shard, message);
      taken++;
    }
  }, Death);
  assert.ok(taken < messages.length);
  for (const [shard, message] of messages.slice(-2)) await assert.rejects(judging.take(shard, message), Death);
  await assert.rejects(judging.flush(), Death);
});

test('more calls at one moment than fit: all are judged and stored, and counted as out of order', async () => {
  const moment = one.calls[0]!.completedTs;
  const many = callsOf(3, 300).map((call, i) => ({
    ...call,
    completedTs: moment,
    uid: `${call.uid.slice(0, 16)}-${i + 1}`,
  }));
  const store = new MemoryStore();
  const judging = new Judging(store, await JudgeMemory.open(store), {
    source: 's',
    again: true,
    shards,
    pace: eager,
    maxWaiting: 40,
    judge: equipment.judge,
  });
  await judging.restore();
  for (const [shard, message] of messagesOf(many, 3)) await judging.take(shard, message);
  await judging.flush();
  assert.equal(store.rows('calls').length, 300);
  const { counts } = judging.ledger;
  assert.deepEqual([counts[C.callsJudged], counts[C.callsKnown], counts[C.callsStored]], [300, 0, 300]);
  assert.ok(counts[C.callsOutOfOrder]! > 0);
  // A cursor would pass over those that come later: none is saved.
  assert.equal(store.rows('snapshots').length, 0);
});

test('a stream is named by its calls in their order', () => {
  const idOf = (calls: readonly ApiCall[]) => {
    const id = new ContentId();
    for (const call of calls) id.add(call.completedTs, call.uid);
    return id.value;
  };
  const [a, b] = one.calls as [ApiCall, ApiCall];
  assert.equal(idOf([]), null);
  const ids = [[a], [b], [a, b], [b, a], [a, a], one.calls, one.calls.slice(1), another.calls].map(idOf);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(idOf([...one.calls]), idOf(one.calls));
});

test('a memory without a judge, as the first versions wrote it, is none', async () => {
  const store = new MemoryStore();
  await store.insert('snapshots', [{ name: 'judge', version: 7, payload: '{"inventory":{}}' }]);
  await run(store, one);
  assert.deepEqual(stored(store), stored(await after(one)));
});
