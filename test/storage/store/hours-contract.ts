/** What is summed up by the hour answers as the calls do, whatever came twice, late, or while it was summed up. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallHours } from '../../../storage/store/call-hours.ts';
import type { Parameters, Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, callRows } from './rows.ts';

export type SummingStore = Store & { readonly hours: Pick<CallHours, 'roll' | 'forget'> };

/** 2024-06-08 00:00 UTC */
const begin = Date.UTC(2024, 5, 8) * 1000;
const hour = 3600e6;
const months = ['202405', '202406'];

/** Calls of twelve days about the turn of a month, some hours without any. */
export function spreadRows(from: number, count: number): Row[] {
  return callRows(from, count).map((row, index) => {
    const at = begin - 12 * 24 * hour + ((index * 7919) % 600) * (hour / 2) + ((index * 104_729) % hour);
    return { ...row, ts: at, completedTs: at + Number(row.durationUs) };
  });
}

const eight = { offsetSeconds: 28_800 };
const odd = { since: begin - 200.7 * hour, until: begin - 11.2 * hour };
const asked: readonly (readonly [string, Parameters])[] = [
  ...['', 'api', 'method', 'client'].flatMap((by) =>
    [0, 1800, 86_400].map((every) => ['stats', { by, every, ...eight }] as const),
  ),
  ['stats', { by: 'api', every: 3600, offsetSeconds: 19_800, ...odd }],
  ['stats', { by: 'app', every: 0, ...odd }],
  ['stats', { by: 'app', every: 86_400, ...eight, since: begin - 30.5 * hour, until: begin - 30.1 * hour }],
  ['apps', eight],
  ['apps', { offsetSeconds: 19_800, ...odd }],
  ['apps', { ...eight, ...odd }],
  ['apis', { includeAssets: 1, state: 'all' }],
];

/** All answers that sums may be a part of. */
export async function answers(store: Store): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const [question, parameters] of asked)
    all[`${question} ${JSON.stringify(parameters)}`] = await store.ask(question, parameters);
  for (const app of (await store.ask<{ app: string }>('apps')).map((row) => row.app).slice(0, 3)) {
    for (const offsetSeconds of [28_800, 19_800])
      all[`days ${app} ${offsetSeconds}`] = await store.ask('app-days', { app, offsetSeconds });
  }
  return all;
}

/** The same from the calls alone. Leaves everything to be summed up again. */
export async function fromCalls(store: SummingStore): Promise<Record<string, Row[]>> {
  const gone = await store.hours.forget(months);
  const plain = await answers(store);
  gone();
  return plain;
}

export function hoursContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: calls summed up by the hour`, () => {
    const rows = spreadRows(0, 2400);
    let opened: OpenedStore;
    let store: SummingStore;
    before(async () => {
      opened = await open();
      store = opened.store as SummingStore;
      await store.insert('calls', rows.slice(0, 2000));
      await store.insert('apis', [...new Map(rows.map((row) => [row.apiId, apiRow(row)])).values()]);
    });
    after(() => opened.dispose());

    it('answers the same as the calls', async () => {
      const plain = await answers(store);
      await store.hours.roll();
      assert.deepEqual(await answers(store), plain);
      assert.ok(Object.values(plain).every((answer) => answer.length > 0));
    });

    it('counts once what comes twice, and takes in what comes late', async () => {
      await store.insert('calls', rows.slice(500, 900));
      const gathering = store.gather('calls');
      for (const row of rows.slice(1900)) gathering.add(row);
      await gathering.take()();
      const changed = rows.slice(100, 140).map((row) => ({ ...row, status: 503, apiId: 'f'.repeat(16), persons: 99 }));
      await store.insert('calls', changed);
      const mixed = await answers(store);
      await store.hours.roll();
      const summed = await answers(store);
      const plain = await fromCalls(store);
      assert.deepEqual(mixed, plain);
      assert.deepEqual(summed, plain);
      assert.equal(plain['stats {"by":"","every":0,"offsetSeconds":28800}']![0]!.calls, rows.length);
    });

    it('follows what people say, and what APIs have become', async () => {
      await store.hours.roll();
      const [one, other] = [...new Set(rows.map((row) => String(row.apiId)))];
      await store.insert('apiAliases', [{ alias: one, id: other, template: '/x/{y}', reason: '', version: 1 }]);
      const label = { direction: 'response', field: 'a', label: 'mobile', marked: true, history: true };
      const mark = { kind: 'api-field', subject: other, value: JSON.stringify(label), by: 'li', note: 'n', ts: 1 };
      await store.insert('decisions', [{ id: 'm', ...mark }]);
      const summed = await answers(store);
      assert.deepEqual(summed, await fromCalls(store));
    });

    it('holds when the store is opened again', async () => {
      await store.hours.roll();
      const summed = await answers(store);
      store = (await opened.reopen()) as SummingStore;
      assert.deepEqual(await answers(store), summed);
      await store.insert(
        'calls',
        rows.slice(0, 50).map((row) => ({ ...row, status: 500 })),
      );
      const mixed = await answers(store);
      assert.notDeepEqual(mixed, summed);
      assert.deepEqual(mixed, await fromCalls(store));
    });
  });
}
