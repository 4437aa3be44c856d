/** Where APIs are in their life, what they do and why, and what is usual of subjects. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Lifecycle, type LifecyclePeriods, stateAt, usualPeriods } from '../../../analyzer/discover/lifecycle.ts';
import type { Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, callRow, hex16 } from './rows.ts';

const day = 86_400e6;
const newest = Date.UTC(2026, 5, 1) * 1000;

/** Lives that come to every state, at the limits too. */
const lives: readonly Lifecycle[] = [0, 1, 6.9, 7, 7.1, 29, 30, 31, 90].flatMap((age) =>
  [0, 3, 7, 29.9, 30, 45].map((silent): Lifecycle => {
    const last = newest - silent * day;
    return {
      first: last - age * day,
      last,
      revivals: age > 20 ? [{ silentSince: last - 60 * day, at: last - day }] : [],
    };
  }),
);

const ids = lives.map((_, i) => hex16(i));

function rowOf({ first, last, revivals }: Lifecycle, i: number): Row {
  const functions = [{ name: 'export', reason: 'word "export"' }];
  const life = { firstSuccess: first, lastSuccess: last, revivals };
  return apiRow({ ...callRow(1), apiId: ids[i] }, { ...life, functions });
}

export function lifeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: lives and profiles`, () => {
    let opened: OpenedStore;
    let store: Store;
    before(async () => {
      opened = await open();
      store = opened.store;
      const scanned = apiRow({ ...callRow(1), apiId: 'c'.repeat(16) }, { state: 'candidate', successes: 0 });
      const old = apiRow({ ...callRow(1), apiId: 'd'.repeat(16) }, { firstSeen: newest - 8 * day, lastSeen: newest });
      await store.insert('calls', [{ ...callRow(1), ts: newest, apiId: ids[0] }]);
      await store.insert('apis', [...lives.map(rowOf), scanned, old]);
    });
    after(() => opened.dispose());

    const statesBy = async (periods: LifecyclePeriods) => {
      const rows = await store.ask('apis');
      const found = new Map(rows.map((row) => [row.id, row.lifecycle]));
      const expected = lives.map((life) => stateAt(life, newest, periods));
      assert.deepEqual(
        ids.map((id) => found.get(id)),
        expected,
      );
      return expected;
    };

    it('the store says of an API what the engine would, whatever the periods', async () => {
      const usual = await statesBy(usualPeriods);
      assert.deepEqual([...new Set(usual)].sort(), ['active', 'inactive', 'new', 'revived']);
      const short = { new: 2 * day, inactive: 5 * day, revived: day / 2 };
      await store.insert('settings', [
        { name: 'lifecycle', value: '{}', version: 1 },
        { name: 'lifecycle', value: JSON.stringify(short), version: 2 },
      ]);
      await statesBy(short);
      assert.deepEqual(await store.ask('setting', { name: 'lifecycle' }), [
        { value: JSON.stringify(short), version: 2 },
      ]);
      await store.insert('settings', [{ name: 'lifecycle', value: JSON.stringify(usualPeriods), version: 3 }]);
      await statesBy(usualPeriods);
    });

    it('filters by it, counts by it, and leaves candidates apart', async () => {
      const all = await store.ask('apis');
      assert.equal(all.length, lives.length + 1);
      const counts: Row[] = [];
      for (const state of ['new', 'active', 'revived', 'inactive']) {
        const some = await store.ask('apis', { state });
        assert.deepEqual(
          some.map((row) => row.id),
          all.filter((row) => row.lifecycle === state).map((row) => row.id),
        );
        counts.push({ state, apis: some.length });
      }
      const candidates = await store.ask('apis', { state: 'candidate' });
      assert.deepEqual(
        candidates.map((row) => [row.state, row.lifecycle]),
        [['candidate', '']],
      );
      assert.equal((await store.ask('apis', { state: 'confirmed' })).length, all.length);
      assert.deepEqual(await store.ask('apis-by-state'), [...counts, { state: 'candidate', apis: 1 }]);
    });

    it('tells one life in full; of a row from before, by when it was seen', async () => {
      const i = lives.findIndex(({ revivals }) => revivals.length > 0);
      const { first, last, revivals } = lives[i]!;
      const [row] = await store.ask('api', { id: ids[i]! });
      assert.deepEqual(
        [row!.firstSuccess, row!.lastSuccess, row!.revivals, row!.newestCall],
        [first, last, revivals, newest],
      );
      assert.deepEqual(
        [row!.newPeriod, row!.inactivePeriod, row!.revivedPeriod],
        [usualPeriods.new, usualPeriods.inactive, usualPeriods.revived],
      );
      const [old] = await store.ask('api', { id: 'd'.repeat(16) });
      assert.deepEqual(
        [old!.lifecycle, old!.firstSuccess, old!.lastSuccess, old!.revivals],
        ['active', newest - 8 * day, newest, []],
      );
    });

    it('says what an API does and why; where the engine has not said, what its calls say', async () => {
      const [row] = await store.ask('api', { id: ids[1]! });
      assert.deepEqual([row!.functions, row!.functionReasons], [['export'], { export: 'word "export"' }]);
      const silent = { ...callRow(1), uid: callRow(2).uid, apiId: 'd'.repeat(16), functions: ['login', 'query'] };
      await store.insert('calls', [silent]);
      const [listed] = (await store.ask('apis')).filter(({ id }) => id === silent.apiId);
      const [shown] = await store.ask('api', { id: silent.apiId });
      for (const each of [listed, shown]) {
        assert.deepEqual([each!.functions, each!.functionReasons], [silent.functions, {}]);
      }
    });

    it('gives the newest profile of a subject, in each application', async () => {
      const account = 'z***#0123456789';
      const profile = (kind: string, app: string, id: string, calls: number): Row => ({
        ...{ kind, app, id, payload: JSON.stringify({ calls }), version: calls },
      });
      await store.insert('profiles', [
        ...[
          profile('account', 'a', account, 2),
          profile('account', 'a', account, 9),
          profile('account', 'b', account, 4),
        ],
        ...[profile('account', 'a', 'y***#9876543210', 1), profile('client', 'a', '10.0.0.1', 5)],
        ...[profile('api', '', ids[0]!, 7), profile('api', '', ids[1]!, 3)],
      ]);
      const asked = async (parameters: Record<string, string>) =>
        (await store.ask('profile', parameters)).map(({ app, payload }) => [app, JSON.parse(String(payload)).calls]);
      const both = [
        ['a', 9],
        ['b', 4],
      ];
      assert.deepEqual(await asked({ kind: 'account', id: account }), both);
      assert.deepEqual(await asked({ kind: 'account', accountHash: '0123456789abcdef' }), both);
      assert.deepEqual(await asked({ kind: 'client', id: '10.0.0.1' }), [['a', 5]]);
      assert.deepEqual(await asked({ kind: 'client', id: '10.0.0' }), []);
      assert.deepEqual(await asked({ kind: 'api', id: ids[0]!.slice(0, 9) }), [['', 7]]);
      assert.deepEqual(await asked({ kind: 'api' }), []);
    });

    it('how much has an owner: the newest figures of each application, most calls first', async () => {
      const rates = (calls: number, bound: number) => ({ calls, carrying: calls - 1, bound, logins: 1 });
      await store.insert('bindings', [
        { app: 'a.example', ...rates(10, 4), version: 1 },
        { app: 'b.example', ...rates(99, 9), version: 1 },
      ]);
      await store.insert('bindings', [{ app: 'a.example', ...rates(20, 8), version: 2 }]);
      assert.deepEqual(await store.ask('bindings'), [
        { app: 'b.example', ...rates(99, 9) },
        { app: 'a.example', ...rates(20, 8) },
      ]);
    });
  });
}
