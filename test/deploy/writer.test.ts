import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { holdStore } from '../../deploy/writer.ts';
import type { Store } from '../../storage/store/store.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly version: number;
}

/** `settings` of a store: of rows of one name the highest version stands. */
function settings(writer?: object) {
  const rows: Setting[] = [];
  if (writer !== undefined) rows.push({ name: 'writer', value: JSON.stringify(writer), version: 1 });
  const newest = () => rows.reduce((best, row) => (row.version >= best.version ? row : best));
  const store = {
    ask: async () => (rows.length === 0 ? [] : [newest()]),
    insert: async (_: string, more: readonly Setting[]) => void rows.push(...more),
  } as unknown as Store;
  return { store, last: () => JSON.parse(newest().value) as { pid: number; at: number } };
}

const now = () => Date.now() * 1000;
const elsewhere = { host: 'another', data: '/data', pid: 77 };

test('the first who writes holds the store, and lets go of it', async () => {
  const { store, last } = settings();
  const held = await holdStore(store, './data', 'http://store');
  assert.equal(last().pid, process.pid);
  assert.ok(now() - last().at < 10e6);
  await held.end();
  assert.equal(last().at, 0);
});

test('another who writes now is named; one that ended or said nothing for a minute is not in the way', async () => {
  await assert.rejects(holdStore(settings({ ...elsewhere, at: now() - 30e6 }).store, './data', 'http://store'), {
    name: 'StoreError',
    code: 'locked',
    message: /Process 77 on another .*http:\/\/store.*one process/,
  });
  for (const at of [0, now() - 61e6]) {
    const { store, last } = settings({ ...elsewhere, at });
    await (await holdStore(store, './data', 'http://store')).end();
    assert.equal(last().pid, process.pid);
  }
});

test('after a crash the same machine goes on at once, unless the other still runs', async () => {
  const here = { host: hostname(), data: '/data' };
  // No process has this number: the kernel's highest is 2^22.
  const { store } = settings({ ...here, pid: 2 ** 30, at: now() });
  await (await holdStore(store, './data', 'http://store')).end();
  const running = settings({ ...here, pid: process.ppid, at: now() });
  await assert.rejects(holdStore(running.store, './data', 'http://store'), { code: 'locked' });
});

test('of two that start at once one is refused', async () => {
  const { store } = settings();
  const insert = store.insert.bind(store);
  // The other writes right after us.
  store.insert = async (table, rows) => {
    await insert(table, rows);
    const value = JSON.stringify({ ...elsewhere, at: now() });
    await insert('settings', [{ name: 'writer', value, version: Number.MAX_SAFE_INTEGER }]);
  };
  await assert.rejects(holdStore(store, './data', 'http://store'), { code: 'locked', message: /Process 77/ });
});
