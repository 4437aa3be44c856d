/** Sums by the hour beside inserts, months that go, and what is read of them. What they answer: hours-contract.ts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { partsOf } from '../../../storage/store/call-hours.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { Row } from '../../../storage/store/store.ts';
import { answers, fromCalls, type SummingStore, spreadRows } from './hours-contract.ts';
import { findingRow } from './rows.ts';

async function opened(t: TestContext): Promise<EmbeddedStore & SummingStore> {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-hours-'));
  const store = await openEmbeddedStore(join(folder, 'data'));
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store as EmbeddedStore & SummingStore;
}

/** Rows of a table that a question over all time must read. */
async function estimate(store: EmbeddedStore, table: string): Promise<number> {
  const sums =
    'SELECT app, sum(calls) FROM callSums(since = 0, until = 0, offset = 0, every = 86400, byApi = 0) GROUP BY app';
  const { chunks } = await store.engine.question(`EXPLAIN ESTIMATE ${sums}`, {}, 'JSONEachRow');
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  const lines = text.trim().split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as { table: string; rows: number });
  return rows.filter((row) => row.table === table).reduce((sum, row) => sum + row.rows, 0);
}

/** Sums of hours before a time. */
async function kept(store: EmbeddedStore, end: number): Promise<number> {
  const { chunks } = await store.engine.question(
    `SELECT count() AS n FROM callHours WHERE hour < ${end}`,
    {},
    'JSONEachRow',
  );
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return Number((JSON.parse(text) as { n: number }).n);
}

test('what is summed up at once is of one day, and not too much unless it is one hour', () => {
  const hours = [0, 1, 2, 23, 24, 25, 60].map((n) => ({ hour: n * 3600e6, calls: n === 2 ? 900 : 40 }));
  const parts = (most: number) => partsOf(hours, most).map((part) => part.map((hour) => hour / 3600e6));
  assert.deepEqual(parts(1e6), [[0, 1, 2, 23], [24, 25], [60]]);
  assert.deepEqual(parts(100), [[0, 1], [2], [23], [24, 25], [60]]);
  assert.deepEqual(parts(40), [[0], [1], [2], [23], [24], [25], [60]]);
  assert.deepEqual(partsOf([]), []);
});

test('without APIs told apart calls that were not summed up are fewer sums, and tell the same', async (t) => {
  const store = await opened(t);
  await store.insert('calls', spreadRows(0, 2000));
  const ask = async (byApi: number) => {
    const sums = `FROM callSums(since = 0, until = 0, offset = 0, every = 86400, byApi = ${byApi})`;
    const query = `SELECT count() AS sums, sum(calls) AS calls, uniqExactMerge(clients) AS clients ${sums}`;
    const { chunks } = await store.engine.question(query, {}, 'JSONEachRow');
    let text = '';
    for await (const chunk of chunks) text += Buffer.from(chunk).toString();
    return JSON.parse(text) as { sums: number; calls: number; clients: number };
  };
  const [together, apart] = [await ask(0), await ask(1)];
  assert.ok(together.sums < apart.sums, `${together.sums} of ${apart.sums}`);
  assert.deepEqual({ ...together, sums: 0 }, { ...apart, sums: 0 });
});

test('fewer rows are read once hours are summed up', async (t) => {
  const store = await opened(t);
  const back = (row: Row, months: number) => Number(row.ts) - months * 31 * 86_400e6;
  const rows = Array.from({ length: 8 }, (_, n) =>
    spreadRows(n * 5000, 5000).map((row) => ({ ...row, ts: back(row, n) })),
  ).flat();
  await store.insert('calls', rows);
  const before = await estimate(store, 'calls');
  await store.hours.roll();
  const [calls, hours] = [await estimate(store, 'calls'), await estimate(store, 'callHours')];
  t.diagnostic(`rows read: ${before} calls before; ${calls} calls and ${hours} sums after`);
  assert.equal(before, rows.length);
  assert.ok(calls <= rows.length / 4, `${calls} calls are read beside the sums`);
});

test('calls that come while hours are summed up are in the answers', async (t) => {
  const store = await opened(t);
  const rows = spreadRows(0, 6000);
  const work: Promise<unknown>[] = [];
  // Twenty inserts of rows all over the days, with sums begun between them and not waited for.
  for (let part = 0; part < 20; part++) {
    work.push(
      store.insert(
        'calls',
        rows.filter((_, index) => index % 20 === part),
      ),
    );
    if (part % 3 === 1) work.push(store.hours.roll());
    if (part % 5 === 4) await work.at(-1);
  }
  await Promise.all(work);
  const mixed = await answers(store);
  await store.hours.roll();
  const summed = await answers(store);
  const plain = await fromCalls(store);
  assert.deepEqual(mixed, plain);
  assert.deepEqual(summed, plain);
  assert.equal(plain['stats {"by":"","every":0,"offsetSeconds":28800}']![0]!.calls, rows.length);
});

test('more months go at once than hours can be told of: they are in no sum, and nothing of them is kept', async (t) => {
  const store = await opened(t);
  const back = (row: Row, months: number) => Number(row.ts) - months * 31 * 86_400e6;
  const rows = Array.from({ length: 12 }, (_, n) =>
    spreadRows(n * 200, 200).map((row) => ({ ...row, ts: back(row, n) })),
  ).flat();
  await store.insert('calls', rows);
  await store.hours.roll();
  const end = Date.UTC(2024, 5, 1) * 1000;
  await store.engine.dropMonthsBefore('calls', end);
  const left = rows.filter(({ ts }) => Number(ts) >= end).length;
  const total = async () => Number((await store.ask('stats', { by: '', every: 0 }))[0]?.calls);
  assert.equal(await total(), left);
  await store.hours.roll();
  assert.equal(await total(), left);
  assert.equal(await kept(store, end), 0);
});

test('nothing is summed up between the word that months go and their going', async (t) => {
  const store = await opened(t);
  const rows = spreadRows(0, 600);
  await store.insert('calls', rows);
  const gone = await store.hours.forget(['202405', '202406']);
  let isRolled = false;
  const rolled = store.hours.roll().then(() => (isRolled = true));
  assert.equal(Number((await store.ask('stats', { by: '', every: 0 }))[0]?.calls), rows.length);
  assert.equal(isRolled, false);
  gone();
  await rolled;
  assert.deepEqual(await answers(store), await fromCalls(store));
});

test('months that go are in no sum any more, and evidence that stays is', async (t) => {
  const store = await opened(t);
  const rows = spreadRows(0, 1200);
  await store.insert('calls', rows);
  await store.hours.roll();
  const may = rows.filter(({ ts }) => Number(ts) < Date.UTC(2024, 5, 1) * 1000);
  const evidence = [String(may[3]!.uid)];
  await store.insert('findings', [findingRow('f', may[3]!, { evidence })]);
  await store.engine.thinning.thin('calls', '202405');
  const total = async () => Number((await store.ask('stats', { by: '', every: 0 }))[0]?.calls);
  assert.equal(await total(), rows.length - may.length + 1);
  await store.hours.roll();
  assert.equal(await total(), rows.length - may.length + 1);
  await store.engine.dropMonthsBefore('calls', Date.UTC(2024, 5, 1) * 1000);
  assert.equal(await total(), rows.length - may.length);
  await store.hours.roll();
  assert.equal(await total(), rows.length - may.length);
  assert.deepEqual(await answers(store), await fromCalls(store));
});
