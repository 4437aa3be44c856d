/** Two marks of a disk: told below the first, thinned below the second, and what open findings point to stays. */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordOperation, sealed, verifyAudit } from '../../deploy/audit/audit.ts';
import { octetsOf } from '../../deploy/config/disk.ts';
import { DiskWatch, type Volume } from '../../deploy/disk.ts';
import { DiskReserve } from '../../deploy/disk-reserve.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { ThinnedTable, Thinning } from '../../storage/store/engine.ts';
import { callRows } from '../storage/store/rows.ts';
import { folderOf } from './replaying.ts';

const config = { warn: '15 %', drop: '5 %' };

interface Played {
  readonly watch: DiskWatch;
  readonly log: string[];
  free: number;
}

/** A disk of 100 octets; each month that goes gives two. */
function play(months: Record<ThinnedTable, string[]> | null, { drop } = config): Played {
  const log: string[] = [];
  const thinning: Thinning = {
    thinnable: async (table) => months![table],
    thin: async (table) => {
      played.free += 2;
      log.push(`thin ${table} ${months![table].shift()}`);
      return 0;
    },
    finish: async () => {},
  };
  const watch = new DiskWatch({
    ...{ measure: async (): Promise<Volume> => ({ free: played.free, size: 100 }), config: { ...config, drop } },
    thinning: months === null ? null : thinning,
    reserve: { hold: async (free) => void log.push(`hold ${free}`), release: () => false },
    before: async (table, month) => void log.push(`before ${table} ${month}`),
    after: async (month) => void log.push(`after ${month}`),
    tell: () => {},
    changed: ({ mark, isStuck }) => log.push(`mark ${mark}${isStuck ? ' stuck' : ''}`),
  });
  const played: Played = { watch, log, free: 50 };
  return played;
}

test('marks are shares of the disk or sizes', () => {
  assert.equal(octetsOf('15 %', 200), 30);
  assert.equal(octetsOf('2.5%', 200), 5);
  assert.equal(octetsOf('20 GiB', 1), 20 * 2 ** 30);
});

test('room is held only where something may go for want of it, and is to spare', async (t) => {
  const played = play({ values: [], calls: [] });
  await played.watch.look();
  assert.deepEqual(played.log, ['hold 50']);
  const never = play({ values: [], calls: [] }, { ...config, drop: '0 %' });
  for (const free of [50, 0]) {
    never.free = free;
    await never.watch.look();
  }
  assert.deepEqual(never.log, ['mark 1'], 'a full disk is not filled again and again');
  const data = folderOf(t);
  const reserve = new DiskReserve(data, 1);
  await reserve.hold(2 ** 21 - 1);
  assert.deepEqual([readdirSync(data), reserve.release()], [[], false]);
  await reserve.hold(2 ** 21);
  assert.equal(statSync(join(data, 'reserve')).size, 2 ** 20);
  assert.deepEqual([reserve.release(), readdirSync(data)], [true, []]);
});

test('below the first mark it is told once; below the second values go first, then calls, then nothing', async () => {
  const played = play({ values: ['202601'], calls: ['202601', '202602'] });
  const { watch, log } = played;
  const looks = async (free: number, times = 1) => {
    played.free = free;
    for (let look = 0; look < times; look++) await watch.look();
    return log.splice(0).filter((line) => !line.startsWith('hold'));
  };
  assert.deepEqual(await looks(50, 2), []);
  assert.deepEqual(await looks(10, 2), ['mark 1']);
  assert.deepEqual(await looks(1), ['mark 2', 'before values 202601', 'thin values 202601']);
  assert.deepEqual(await looks(1, 2), [
    ...['before calls 202601', 'thin calls 202601', 'after 202601'],
    ...['before calls 202602', 'thin calls 202602', 'after 202602'],
  ]);
  assert.deepEqual(await looks(1, 3), ['mark 2 stuck']);
  assert.equal(watch.state.dropped, 3);
  assert.deepEqual(await looks(50), ['mark 0']);
});

test('a look goes no further than the mark, and what is elsewhere is left alone', async () => {
  const played = play({ values: ['202601', '202602'], calls: [] });
  played.free = 4;
  for (let look = 0; look < 4; look++) await played.watch.look();
  assert.equal(played.watch.state.dropped, 1, 'the first month gave room enough');
  const elsewhere = play(null);
  elsewhere.free = 1;
  await elsewhere.watch.look();
  assert.deepEqual(elsewhere.log, ['mark 2 stuck']);
});

test('a log that cannot be written does not keep the room from coming', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const gone: string[] = [];
  const watch = new DiskWatch({
    ...{ measure: async () => ({ free: 1, size: 100 }), config },
    thinning: {
      thinnable: async () => ['202601'],
      thin: async (table, month) => gone.push(`${table} ${month}`),
      finish: async () => {},
    },
    before: () => new Promise(() => {}),
    ...{ after: async () => {}, tell: () => {}, changed: () => {} },
  });
  const looking = watch.look();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(10_000);
  await looking;
  assert.deepEqual(gone, ['values 202601']);
});

const dayUs = 86_400e6;

/** Calls of 2024-05, and of months before it by age in days. */
function monthRows(age: number, from: number): Record<string, unknown>[] {
  return callRows(from, 80).map((row) => ({
    ...row,
    ...{ ts: Number(row['ts']) - age * dayUs, completedTs: Number(row['completedTs']) - age * dayUs },
  }));
}

test('months are thinned to what open findings point to, and the log stays proven', async (t) => {
  const data = join(folderOf(t), 'data');
  let raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const { store, chain } = await sealed(raw, data, {});
  const [old, older] = [monthRows(40, 80), monthRows(70, 160)];
  for (const rows of [monthRows(0, 0), old, older]) {
    await store.insert('calls', rows);
    const values = rows.map(({ uid, ts, app }) => ({
      ...{ valueHash: '00000000000000aa', ts, app, uid, direction: 'response', label: 'mobile', place: 'body.mobile' },
    }));
    await store.insert('values', values);
  }
  const finding = { kind: 'event', rule: 'r', level: 'high', status: 'unconfirmed', app: 'a', version: 1 };
  const evidence = [old[3], old[5]].map((row) => String(row!['uid']));
  await store.insert('findings', [
    { ...finding, id: 'open', evidence },
    { ...finding, id: 'done', evidence: [String(older[1]!['uid'])] },
  ]);
  const value = JSON.stringify({ status: 'false-positive' });
  await store.insert('decisions', [{ id: 'd', kind: 'finding-status', subject: 'done', value, ts: 1 }]);

  const { thinning } = raw.engine;
  assert.deepEqual(await thinning.thinnable('values'), ['202402', '202403'], 'never the newest');
  const told: string[] = [];
  const watch = new DiskWatch({
    ...{ measure: async () => ({ free: 1, size: 100 }), config, thinning },
    before: async (table, month) => {
      await recordOperation(store, { kind: 'retention', subject: table, value: { months: [month], reason: 'disk' } });
      if (table === 'calls') await chain.close(Number(month));
    },
    after: (month) => chain.sealLeft(Number(month)),
    tell: (sentence) => told.push(sentence),
    changed: () => {},
  });
  for (let look = 0; look < 6; look++) await watch.look();
  assert.equal(watch.state.isStuck, true);
  assert.equal(told.filter((each) => each.includes(' went')).length, 4);
  assert.match(told.at(-1)!, /nothing more may go/);
  const left = await raw.ask<{ uid: string }>('calls', { limit: 1000 });
  assert.equal(left.length, 80 + evidence.length);
  for (const uid of evidence) assert.ok(left.some((call) => call.uid === uid));
  const log = await raw.ask<{ kind: string; subject: string; value: string }>('operations', { kind: 'retention' });
  assert.deepEqual(log.map(({ subject, value: what }) => `${subject} ${JSON.parse(what).months}`).sort(), [
    ...['calls 202402', 'calls 202403', 'values 202402', 'values 202403'],
  ]);
  const proven = await verifyAudit(raw, { data, values: true });
  assert.deepEqual([proven.problems, proven.closed], [[], [202402, 202403]]);
  assert.equal(proven.calls.sealed, 80 + evidence.length, 'what stayed is proven as it stayed');

  // What stayed cannot be changed unseen either.
  await raw.close();
  raw = await openEmbeddedStore(data);
  const [call] = left.filter(({ uid }) => uid === evidence[0]);
  const [block] = (await raw.ask<{ block: number; month: number }>('call-blocks')).filter((b) => b.month === 202403);
  await raw.insert('calls', [{ ...old[3], uid: call!.uid, block: block!.block, status: 418 }]);
  assert.equal((await verifyAudit(raw, { data })).problems[0]?.kind, 'altered');
});
