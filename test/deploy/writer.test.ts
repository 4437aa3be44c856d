import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { assertFree, type HoldOptions, holdStore } from '../../deploy/writer.ts';
import type { DirectSettings, Setting } from '../../storage/store/engine.ts';
import type { StoreError } from '../../storage/store/store.ts';

/** `settings` of a store: of rows of one name the highest version stands. */
function settingsOf(writer?: object) {
  const rows: Setting[] = [];
  const newest = () => rows.reduce((best, row) => (row.version >= best.version ? row : best));
  const put = (value: object) =>
    void rows.push({ value: JSON.stringify(value), version: rows.length === 0 ? 1 : newest().version + 1 });
  if (writer !== undefined) put(writer);
  const settings: DirectSettings = {
    read: async () => (rows.length === 0 ? null : newest()),
    write: async (_, row) => void rows.push(row),
  };
  const last = () => JSON.parse(newest().value) as { pid: number; at: number };
  return { settings, put, last, rows };
}

const now = () => Date.now() * 1000;
const elsewhere = { host: 'another', data: '/data', pid: 77, id: 'x' };

function hold(settings: DirectSettings, more: Partial<HoldOptions> = {}) {
  return holdStore(settings, { data: './data', place: 'http://store', onLost: () => {}, ...more });
}

test('the first who writes holds the store, and lets go of it', async () => {
  const { settings, last } = settingsOf();
  const held = await hold(settings);
  assert.equal(last().pid, process.pid);
  assert.ok(now() - last().at < 10e6);
  assert.equal(held.confirm(), null);
  await held.end();
  assert.equal(last().at, 0);
});

test('another who writes now is named; one that ended or said nothing for a minute is not in the way', async () => {
  const { settings, rows } = settingsOf({ ...elsewhere, at: now() - 30e6 });
  const refusal = {
    name: 'StoreError',
    code: 'locked',
    message: /Process 77 on another .*http:\/\/store.*one process/,
  };
  await assert.rejects(hold(settings), refusal);
  await assert.rejects(assertFree(settings, './data', 'http://store'), refusal);
  assert.equal(rows.length, 1, 'nothing was written');
  await assertFree(settingsOf().settings, './data', 'http://store');
  for (const at of [0, now() - 61e6]) {
    const { settings, last } = settingsOf({ ...elsewhere, at });
    await assertFree(settings, './data', 'http://store');
    await (await hold(settings)).end();
    assert.equal(last().pid, process.pid);
  }
});

test('a row that does not say who writes refuses, and says what to do', async () => {
  for (const value of ['', '{', 'null', '[]', '{"host":"another"}', JSON.stringify({ ...elsewhere, at: 'now' })]) {
    const { settings, rows } = settingsOf();
    rows.push({ value, version: 1 });
    const refusal = {
      name: 'StoreError',
      code: 'failed',
      message: /row «\w+» of the table settings .*http:\/\/store.*delete it/,
    };
    await assert.rejects(assertFree(settings, './data', 'http://store'), refusal, value);
    await assert.rejects(hold(settings), refusal, value);
    assert.equal(rows.length, 1, 'nothing was written');
  }
});

test('after a crash the same data folder on the same machine goes on at once, unless the other still runs', async () => {
  const here = { host: hostname(), data: resolve('./data'), id: 'x' };
  // No process has this number: the kernel's highest is 2^22.
  const { settings } = settingsOf({ ...here, pid: 2 ** 30, at: now() });
  await (await hold(settings)).end();
  const running = settingsOf({ ...here, pid: process.ppid, at: now() });
  await assert.rejects(hold(running.settings), { code: 'locked' });
  // Number 1 of another container is not us, nor is one that we cannot see gone.
  for (const pid of [process.pid, 2 ** 30]) {
    const other = settingsOf({ ...here, data: '/another', pid, at: now() });
    await assert.rejects(hold(other.settings), { code: 'locked' });
  }
});

test('of two that start at once one is refused', async () => {
  const { settings, put } = settingsOf();
  const write = settings.write.bind(settings);
  // The other writes right after us.
  settings.write = async (name, row) => {
    await write(name, row);
    put({ ...elsewhere, at: now() });
  };
  await assert.rejects(hold(settings), { code: 'locked', message: /Process 77/ });
});

test('who was taken over learns it at the next look, is told once, writes nothing more and leaves the other be', async () => {
  const { settings, put, last } = settingsOf();
  const lost: StoreError[] = [];
  const held = await hold(settings, { onLost: (error) => lost.push(error), renew: 5 });
  put({ ...elsewhere, at: now() });
  for (let i = 0; i < 400 && lost.length === 0; i++) await wait(5);
  await wait(30);
  assert.equal(lost.length, 1);
  assert.match(lost[0]!.message, /Process 77 on another .* took over .*This one writes nothing more/);
  assert.throws(() => held.confirm(), { code: 'locked' });
  await held.end();
  assert.equal(last().pid, 77);
});

test('a process that stood still looks before it writes: a server that was away may have let another in', async () => {
  const { settings, put } = settingsOf();
  let clock = 0;
  const held = await hold(settings, { now: () => clock });
  clock = 39_000;
  assert.equal(held.confirm(), null);
  clock = 41_000;
  await held.confirm();
  assert.equal(held.confirm(), null, 'and is sure for another while');
  clock = 90_000;
  settings.read = () => Promise.reject(new Error('away'));
  await assert.rejects(held.confirm()!, /away/);
  settings.read = settingsOf({ ...elsewhere, at: now() }).settings.read;
  await assert.rejects(held.confirm()!, { code: 'locked' });
  put(elsewhere);
  await held.end();
});
