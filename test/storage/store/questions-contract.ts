/** Every question answers what the rows that went in say. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isPrivate } from '../../../analyzer/private-address.ts';
import { type Row, type Store, StoreError } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, byTimeThenFlow, callRows, firstTs, labelsIn, sum } from './rows.ts';

const isError = (row: Row) => Number(row.status) >= 400 || (row.success === 0 && Number(row.status) > 0);

export function questionsContract(name: string, open: () => Promise<OpenedStore>): void {
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
      for (const { given, grades, servers, days, ...row } of answer) {
        const own = rows.filter((call) => call.app === row.app);
        const clear = (label: string) =>
          own.flatMap((call) => labelsIn(call, 'labelsResponse').filter((each) => each.label === label));
        for (const { label, count } of given as { label: string; count: number }[]) {
          assert.equal(
            count,
            clear(label).reduce((all, each) => all + each.count - each.masked, 0),
          );
        }
        assert.ok(Number(days) >= 1 && typeof grades === 'object');
        assert.deepEqual(servers, [...new Set(own.map((call) => call.server))].sort().slice(0, 8));
        assert.deepEqual(row, {
          persons: Math.max(...own.map((call) => Number(call.persons))),
          outsideCalls: own.filter((call) => !isPrivate(String(call.client))).length,
          decided: '',
          app: row.app,
          apis: new Set(own.map((call) => call.apiId)).size,
          calls: own.length,
          errors: own.filter(isError).length,
          clients: new Set(own.map((call) => call.client)).size,
          accounts: new Set(own.map((call) => call.accountHash).filter((hash) => hash !== '')).size,
          boundCalls: own.filter((call) => call.accountHash !== '').length,
          labels: [
            ...new Set(own.flatMap((call) => labelsIn(call, 'labelsResponse').map(({ label }) => label))),
          ].sort(),
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
        assert.equal(row.persons, Math.max(...own.map((call) => Number(call.persons))));
        for (const side of ['labelsRequest', 'labelsResponse'] as const) {
          const found = own.flatMap((call) => labelsIn(call, side));
          const names = [...new Set(found.map(({ label }) => label))].sort();
          assert.deepEqual(
            row[side],
            names.map((label) => {
              const same = found.filter((each) => each.label === label);
              return { label, count: sum(same, 'count'), masked: sum(same, 'masked') };
            }),
          );
        }
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
      const known = rows.find((row) => row.account !== '')!;
      await fits({ account: String(known.account) }, (row) => row.account === known.account);
      await fits({ accountHash: String(known.accountHash).slice(0, 10) }, (row) => row.account === known.account);
      await fits({ label: 'name' }, (row) => labelsIn(row, 'labelsResponse').some(({ label }) => label === 'name'));
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
}
