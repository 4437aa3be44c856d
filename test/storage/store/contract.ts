/** What every Store must do. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Row, type Store, StoreError } from '../../../storage/store/store.ts';
import { callRow, callRows, firstTs } from './rows.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again. */
  reopen(): Promise<Store>;
  /** Closes it and removes everything. */
  dispose(): Promise<void>;
}

function apiRow(call: Row, more: Row = {}): Row {
  return {
    id: call.apiId,
    app: call.app,
    method: call.method,
    template: call.template,
    operation: '',
    format: 'REST',
    templateReason: '4=integer',
    formatReason: 'JSON both ways',
    state: 'confirmed',
    successes: 3,
    failures: 1,
    firstSeen: call.ts,
    lastSeen: call.ts,
    version: 1,
    ...more,
  };
}

const isError = (row: Row) => Number(row.status) >= 400 || (row.success === 0 && Number(row.status) > 0);
const sum = (rows: Row[], field: string) => rows.reduce((total, row) => total + Number(row[field]), 0);
const byTimeThenFlow = (a: Row, b: Row) => Number(a.ts) - Number(b.ts) || (String(a.uid) < String(b.uid) ? -1 : 1);

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: questions`, () => {
    const rows = callRows(0, 3000);
    const apis = [...new Map(rows.map((row) => [row.apiId, apiRow(row)])).values()];
    let opened: OpenedStore;
    let store: Store;
    before(async () => {
      opened = await open();
      store = opened.store;
      await store.insert('calls', rows);
      await store.insert('apis', apis);
    });
    after(() => opened.dispose());

    it('apps: one row an application, most calls first', async () => {
      const answer = await store.ask('apps');
      const counts = answer.map((row) => Number(row.calls));
      assert.deepEqual(
        counts,
        [...counts].sort((a, b) => b - a),
      );
      for (const row of answer) {
        const own = rows.filter((call) => call.app === row.app);
        assert.deepEqual(row, {
          app: row.app,
          apis: new Set(own.map((call) => call.apiId)).size,
          calls: own.length,
          errors: own.filter(isError).length,
          clients: new Set(own.map((call) => call.client)).size,
          methods: [...new Set(own.map((call) => call.method))].sort(),
          requestBytes: sum(own, 'requestBytes'),
          responseBytes: sum(own, 'responseBytes'),
          firstSeen: Math.min(...own.map((call) => Number(call.ts))),
          lastSeen: Math.max(...own.map((call) => Number(call.ts))),
        });
      }
      assert.equal(answer.length, new Set(rows.map((row) => row.app)).size);
    });

    it('apps: since is inclusive, until exclusive', async () => {
      const since = Number(rows[1000]!.ts);
      const until = Number(rows[2000]!.ts);
      const answer = await store.ask('apps', { since, until });
      const inside = rows.filter((row) => Number(row.ts) >= since && Number(row.ts) < until);
      assert.equal(sum(answer, 'calls'), inside.length);
    });

    it('apis: inventory joined with calls, latencies exact for few calls', async () => {
      const answer = await store.ask('apis', { app: String(rows[0]!.app) });
      assert.ok(answer.length > 10);
      for (const row of answer) {
        const own = rows.filter((call) => call.apiId === row.id);
        assert.equal(row.calls, own.length);
        assert.equal(row.errors, own.filter(isError).length);
        const times = own.filter((call) => call.pairing === 'paired').map((call) => Number(call.durationUs));
        times.sort((a, b) => a - b);
        const middle = (times.length - 1) / 2;
        const median = (times[Math.floor(middle)]! + times[Math.ceil(middle)]!) / 2;
        assert.ok(Math.abs(Number(row.p50Us) - median) <= 0.5, `${row.p50Us} is not the median ${median}`);
      }
      const keys = answer.map((row) => `${row.app} ${row.template} ${row.method} ${row.operation}`);
      assert.deepEqual(keys, [...keys].sort());
    });

    it('apis: filters, pages, search', async () => {
      const all = await store.ask('apis');
      assert.equal(all.length, apis.length);
      const gets = await store.ask('apis', { method: 'GET' });
      assert.equal(gets.length, apis.filter((api) => api.method === 'GET').length);
      assert.deepEqual(await store.ask('apis', { limit: 7, offset: 5 }), all.slice(5, 12));
      const found = await store.ask('apis', { search: 'SECTION7' });
      assert.deepEqual(
        found,
        all.filter((row) => String(row.template).includes('section7')),
      );
      assert.deepEqual(await store.ask('apis', { format: 'SOAP' }), []);
    });

    it('api: by id or its beginning, with statuses, clients, hours and days', async () => {
      const id = String(apis[0]!.id);
      const own = rows.filter((call) => call.apiId === id);
      const [row, ...others] = await store.ask<Record<string, [number, number][]>>('api', { id: id.slice(0, 9) });
      assert.deepEqual(others, []);
      assert.equal(row!.id, id);
      const statuses = [...new Set(own.map((call) => Number(call.status)))].sort((a, b) => a - b);
      assert.deepEqual(
        row!.statuses,
        statuses.map((status) => [status, own.filter((call) => call.status === status).length]),
      );
      for (const field of ['hours', 'days']) {
        assert.equal(
          row![field]!.reduce((total, [, calls]) => total + calls, 0),
          own.length,
          field,
        );
        assert.ok(row![field]!.every(([start]) => start % 3_600_000_000 === 0));
      }
      const [client, calls] = row!.topClients![0]!;
      assert.equal(calls, own.filter((call) => String(call.client) === String(client)).length);
      assert.deepEqual(await store.ask('api', { id: '' }), []);
    });

    it('calls: in order, newest first, paged, and by every filter', async () => {
      const inOrder = [...rows].sort(byTimeThenFlow).map((row) => row.uid);
      const uids = async (parameters: Record<string, string | number>) =>
        (await store.ask('calls', parameters)).map((row) => row.uid);
      assert.deepEqual(await uids({}), inOrder);
      assert.deepEqual(await uids({ newestFirst: 1, limit: 10, offset: 3 }), [...inOrder].reverse().slice(3, 13));
      const fits = async (parameters: Record<string, string | number>, test: (row: Row) => boolean) => {
        const expected = rows
          .filter(test)
          .sort(byTimeThenFlow)
          .map((row) => row.uid);
        assert.ok(expected.length > 0, JSON.stringify(parameters));
        assert.deepEqual(await uids(parameters), expected, JSON.stringify(parameters));
      };
      const sample = rows[77]!;
      await fits({ app: String(sample.app) }, (row) => row.app === sample.app);
      await fits({ apiId: String(sample.apiId).slice(0, 12) }, (row) => row.apiId === sample.apiId);
      await fits({ client: String(sample.client) }, (row) => row.client === sample.client);
      await fits({ method: 'PUT' }, (row) => row.method === 'PUT');
      await fits({ status: 404 }, (row) => row.status === 404);
      await fits({ status: 5 }, (row) => row.status === 500);
      await fits({ status: 600 }, (row) => row.status === 0);
      await fits({ pairing: 'no-response' }, (row) => row.pairing === 'no-response');
      await fits({ search: 'SECTION12' }, (row) => String(row.path).includes('section12'));
      await fits({ since: firstTs + 9000, until: firstTs + 90_000 }, (row) => {
        const ts = Number(row.ts) - firstTs;
        return ts >= 9000 && ts < 90_000;
      });
    });

    it('stats: by each key and in buckets', async () => {
      for (const [by, field] of Object.entries({
        app: 'app',
        api: 'apiId',
        client: 'client',
        method: 'method',
        status: 'status',
      })) {
        const answer = await store.ask('stats', { by });
        assert.deepEqual(new Set(answer.map((row) => row.key)), new Set(rows.map((row) => String(row[field]))), by);
        assert.equal(sum(answer, 'calls'), rows.length);
        assert.ok(answer.every((row) => row.bucket === 0));
      }
      const [first] = await store.ask<{ methods: Record<string, number>; calls: number }>('stats', { by: 'app' });
      assert.equal(
        Object.values(first!.methods).reduce((a, b) => a + b),
        first!.calls,
      );
      const buckets = await store.ask('stats', { every: 1 });
      assert.equal(sum(buckets, 'calls'), rows.length);
      assert.deepEqual(
        [...new Set(buckets.map((row) => row.bucket))],
        [...new Set(rows.map((row) => Math.floor(Number(row.ts) / 1e6) * 1e6))].sort((a, b) => a - b),
      );
      const [day] = await store.ask('stats', { every: 86_400, offsetSeconds: 28_800 });
      assert.equal(day!.bucket, Date.UTC(2024, 4, 5, 16) * 1000);
    });

    it('summary, newest and dump-calls agree with what went in', async () => {
      const [summary] = await store.ask('summary');
      assert.deepEqual(summary, {
        exchanges: rows.length,
        applications: new Set(rows.map((row) => row.app)).size,
        apis: apis.length,
        assets: 0,
        candidates: 0,
        withoutResponse: rows.filter((row) => row.pairing === 'no-response').length,
        withoutRequest: 0,
        errors: rows.filter(isError).length,
        clients: new Set(rows.map((row) => row.client)).size,
        firstTs: Math.min(...rows.map((row) => Number(row.ts))),
        lastTs: Math.max(...rows.map((row) => Number(row.ts))),
      });
      assert.deepEqual(await store.ask('newest'), [{ ts: summary!.lastTs }]);
      const dumped = await store.ask('dump-calls');
      assert.deepEqual(
        dumped.map(({ provisionalApiId, ...row }) => row),
        [...rows].sort(byTimeThenFlow),
      );
    });

    it('streams the same rows, several streams at once, with questions between and a reader that leaves', async () => {
      const all = await store.ask('calls');
      const one = store.stream('calls')[Symbol.asyncIterator]();
      const two = store.stream('calls', { method: 'PUT' })[Symbol.asyncIterator]();
      const [a, b, asked] = [
        await one.next(),
        await two.next(),
        await store.ask('calls', { method: 'DELETE', limit: 1 }),
      ];
      assert.deepEqual(a.value, all[0]);
      assert.deepEqual(
        b.value,
        all.find((row) => row.method === 'PUT'),
      );
      assert.deepEqual(
        asked[0],
        all.find((row) => row.method === 'DELETE'),
      );
      await two.return?.(undefined);
      const rest = [];
      for (let next = await one.next(); !next.done; next = await one.next()) rest.push(next.value);
      assert.deepEqual(rest, all.slice(1));
      const again: Row[] = [];
      for await (const row of store.stream('calls')) again.push(row);
      assert.deepEqual(again, all);
    });

    it('takes what is asked as values, never as SQL', async () => {
      const hostile = ["' OR 1=1 --", "\\' OR 1=1 --", "'); DROP TABLE calls; --", '{app:String}', 'a\tb\nc\\'];
      for (const app of hostile) {
        assert.deepEqual(await store.ask('calls', { app }), [], app);
        assert.deepEqual(await store.ask('apis', { search: app }), [], app);
        for await (const row of store.stream('calls', { app })) assert.fail(JSON.stringify(row));
      }
      assert.equal((await store.ask('summary'))[0]!.exchanges, rows.length);
    });

    it('names a question, a parameter, a table or a column it does not know', async () => {
      await assert.rejects(store.ask('nothing'), { name: 'StoreError', message: /no question 'nothing'/ });
      await assert.rejects(store.ask('apps', { sinc: 1 }), {
        name: 'StoreError',
        message: /no parameter 'sinc'.*since/,
      });
      await assert.rejects(store.insert('fruit' as 'calls', [{}]), { name: 'StoreError', message: /no table 'fruit'/ });
      await assert.rejects(store.insert('calls', [{ ...rows[0], colour: 'red' }]), {
        message: /calls has no column colour/,
      });
      await assert.rejects(store.insert('calls', [{ ...rows[0], status: 70_000 }]), {
        message: /calls\.status .*65535/,
      });
      await assert.rejects(store.insert('calls', [{ ...rows[0], uid: 'nonsense' }]), StoreError);
      assert.equal((await store.ask('summary'))[0]!.exchanges, rows.length);
    });
  });

  describe(`${name}: rows`, () => {
    let opened: OpenedStore;
    before(async () => {
      opened = await open();
    });
    after(() => opened.dispose());

    it('answers every question of an empty store', async () => {
      const { store } = opened;
      for (const question of [
        'apps',
        'apis',
        'calls',
        'stats',
        'ledger',
        'weird',
        'sources',
        'decisions',
        'dump-calls',
      ]) {
        assert.deepEqual(await store.ask(question), [], question);
      }
      assert.deepEqual(await store.ask('api', { id: 'ab' }), []);
      assert.deepEqual(await store.ask('snapshot', { name: 'state' }), []);
      assert.deepEqual(await store.ask('newest'), [{ ts: 0 }]);
      assert.deepEqual((await store.ask('summary'))[0]!.exchanges, 0);
    });

    it('keeps every kind of value', async () => {
      const { store } = opened;
      const odd: Row[] = [
        {
          ...callRow(1),
          uid: '0000000000000001-1',
          path: '/证券/账户/😀/ä',
          query: '',
          userAgent: '\u0000\t\n\\\'"',
          app: 'a',
        },
        {
          ...callRow(1),
          uid: 'ffffffffffffffff-4294967295',
          path: 'x'.repeat(70_000),
          referer: 'é'.repeat(40),
          app: 'a',
        },
        {
          ...callRow(1),
          uid: '00ff00ff00ff00ff-2',
          responseBytes: Number.MAX_SAFE_INTEGER,
          completeness: 1 / 3,
          app: 'a',
        },
        {
          ...callRow(1),
          uid: '1234567890abcdef-3',
          vlan: 0,
          tunnel: '',
          unpaired: '',
          weird: ['a', '', '中'],
          app: 'a',
        },
        { ...callRow(1), uid: '1234567890abcdef-4', vlan: null, tunnel: null, unpaired: null, weird: [], app: 'a' },
        { ...callRow(1), uid: 'abcdefabcdefabcd-1', ts: Date.UTC(2000, 0, 1) * 1000, path: 'é'.repeat(47), app: 'a' },
        { ...callRow(1), uid: 'abcdefabcdefabcd-2', ts: Date.UTC(2099, 11, 31) * 1000, path: 'é'.repeat(48), app: 'a' },
      ];
      await store.insert('calls', odd);
      const stored = await store.ask('dump-calls');
      assert.deepEqual(
        stored.map(({ provisionalApiId, ...row }) => row).sort(byTimeThenFlow),
        [...odd].sort(byTimeThenFlow),
      );
      await store.insert('calls', [{ uid: '00000000000000aa-1', ts: 5, app: 'bare' }]);
      const [bare] = await store.ask('calls', { app: 'bare' });
      assert.equal(bare!.path, '');
      assert.equal(bare!.vlan, null);
      assert.deepEqual(bare!.weird, []);
    });

    it('stores a row once however often it comes', async () => {
      const { store } = opened;
      const rows = callRows(50_000, 500);
      await store.insert('calls', rows);
      await Promise.all([store.insert('calls', rows.slice(100)), store.insert('calls', rows.slice(0, 300))]);
      const count = async () =>
        (await store.ask('calls', { since: firstTs + 50_000 * 211 - 1, until: firstTs * 2 })).length;
      const before = await count();
      const store2 = await opened.reopen();
      await store2.insert('calls', rows);
      assert.equal(
        (await store2.ask('calls', { app: String(rows[0]!.app), apiId: String(rows[0]!.apiId) })).length,
        rows.filter((row) => row.apiId === rows[0]!.apiId).length,
      );
      opened = { ...opened, store: store2 };
      assert.equal(
        (await opened.store.ask('calls', { since: firstTs + 50_000 * 211 - 1, until: firstTs * 2 })).length,
        before,
      );
    });

    it('splits a large insert and keeps every row of it', async () => {
      const { store } = opened;
      const rows = Array.from({ length: 150_000 }, (_, i) => ({
        source: 'large',
        stage: 'large',
        unit: 'u',
        name: `n${i}`,
        kind: 'note',
        value: i,
      }));
      await store.insert('ledger', rows);
      const answer = await store.ask('ledger', { source: 'large' });
      assert.equal(answer.length, rows.length);
      assert.equal(sum(answer, 'value'), (149_999 * 150_000) / 2);
    });

    it('lets the newest version of an API, a source, a snapshot and a ledger entry stand', async () => {
      const { store } = opened;
      const call = callRow(9);
      const path = { template: '/v/{id}', app: 'versions', id: 'feedfacefeedface' };
      await store.insert('apis', [apiRow(call, { ...path, state: 'candidate', version: 1 })]);
      assert.deepEqual(await store.ask('apis', { app: 'versions' }), []);
      assert.equal((await store.ask('apis', { app: 'versions', state: 'candidate' })).length, 1);
      await store.insert('apis', [apiRow(call, { ...path, state: 'confirmed', version: 3 })]);
      await store.insert('apis', [apiRow(call, { ...path, state: 'provisional', version: 2 })]);
      assert.deepEqual(
        (await store.ask('apis', { app: 'versions' })).map((row) => row.state),
        ['confirmed'],
      );
      await store.insert('apis', [apiRow(call, { ...path, format: 'asset', version: 4 })]);
      assert.deepEqual(await store.ask('apis', { app: 'versions' }), []);
      assert.equal((await store.ask('apis', { app: 'versions', includeAssets: true })).length, 1);
      assert.equal((await store.ask('apis', { app: 'versions', format: 'asset' })).length, 1);

      const source = {
        id: 's1',
        name: 'a.pcap',
        size: 10,
        state: 'reading',
        packets: 1,
        firstTs: 1,
        lastTs: 2,
        damage: '[]',
      };
      await store.insert('sources', [{ ...source, version: 1 }]);
      const finished = { ...source, state: 'finished', packets: 9, lastTs: 4e15, version: 2 };
      await store.insert('sources', [finished]);
      assert.deepEqual(await store.ask('sources'), [finished]);
      assert.deepEqual(await store.ask('newest'), [{ ts: 4_102_358_400_000_000 }]);

      await store.insert('snapshots', [{ name: 'judge', version: 2, payload: '{"n":2}' }]);
      await store.insert('snapshots', [{ name: 'judge', version: 1, payload: '{"n":1}' }]);
      assert.deepEqual(await store.ask('snapshot', { name: 'judge' }), [{ version: 2, payload: '{"n":2}' }]);

      const entry = { source: 's1', stage: 'stored', unit: 'calls', name: 'callsStored', kind: 'out' };
      const weird = { source: 's1', stage: 'weird', unit: 'times', name: 'tcp_gap', kind: 'note', value: 3 };
      await store.insert('ledger', [{ ...entry, value: 5 }, weird]);
      await store.insert('ledger', [{ ...entry, value: 7 }]);
      await store.insert('ledger', [{ ...entry, source: 's2', value: 10 }]);
      const { source: _, ...told } = entry;
      assert.deepEqual(await store.ask('ledger', { source: 's1' }), [{ ...told, value: 7 }]);
      assert.deepEqual(
        (await store.ask('ledger')).filter((row) => row.stage === 'stored'),
        [{ ...told, value: 17 }],
      );
      assert.deepEqual(await store.ask('weird', { source: 's1' }), [{ name: 'tcp_gap', count: 3 }]);
    });

    it('keeps decisions in order', async () => {
      const { store } = opened;
      const decision = { id: 'd2', kind: 'lock', subject: 'x', value: '{"a":"中"}', by: 'li', note: '', ts: 20 };
      await store.insert('decisions', [decision]);
      await store.insert('decisions', [{ ...decision, id: 'd1', ts: 10 }]);
      assert.deepEqual(
        (await store.ask('decisions', { subject: 'x' })).map((row) => row.id),
        ['d1', 'd2'],
      );
    });

    it('answers under the id an API has become', async () => {
      const { store } = opened;
      const call = { ...callRow(60_000), app: 'renamed', apiId: 'aaaaaaaaaaaaaaaa' };
      const kept = { ...callRow(60_001), app: 'renamed', apiId: 'bbbbbbbbbbbbbbbb' };
      await store.insert('calls', [call, kept]);
      await store.insert('apis', [apiRow(call), apiRow(kept)]);
      await store.insert('apiAliases', [{ alias: 'aaaaaaaaaaaaaaaa', id: 'bbbbbbbbbbbbbbbb', version: 1 }]);
      const apis = await store.ask('apis', { app: 'renamed' });
      assert.deepEqual(
        apis.map((row) => [row.id, row.calls]),
        [['bbbbbbbbbbbbbbbb', 2]],
      );
      assert.equal((await store.ask('api', { id: 'bbbb' }))[0]!.calls, 2);
      assert.equal((await store.ask('calls', { apiId: 'bbbbbbbbbbbbbbbb' })).length, 2);
      assert.deepEqual(
        (await store.ask('stats', { by: 'api', app: 'renamed' })).map((row) => row.key),
        ['bbbbbbbbbbbbbbbb'],
      );
      for await (const row of store.stream('calls', { app: 'renamed' })) assert.equal(row.apiId, 'bbbbbbbbbbbbbbbb');
    });

    it('refuses work once it is closed', async () => {
      const again = await opened.reopen();
      await again.close();
      await again.close();
      await assert.rejects(again.ask('apps'), { name: 'StoreError', message: /closed/ });
      await assert.rejects(again.insert('calls', callRows(0, 1)), { name: 'StoreError', message: /closed/ });
    });
  });
}
