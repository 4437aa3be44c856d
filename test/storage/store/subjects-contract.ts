/** Who did what, and who got which value: the questions behind `trace` and `profile`. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { byTimeThenFlow, callRows, hex16, labelsIn, sum } from './rows.ts';

/** A value row for a call. */
function valueRow(valueHash: string, call: Row, more: Row = {}): Row {
  const { ts, app, uid } = call;
  return { valueHash, ts, app, uid, direction: 'response', label: 'mobile', place: 'body.data[].mobile', ...more };
}

export function subjectsContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: subjects and values`, () => {
    const rows = callRows(0, 2000);
    const known = rows.find((row) => row.account !== '')!;
    const zone = { offsetSeconds: 28_800 };
    let opened: OpenedStore;
    let store: Store;
    before(async () => {
      opened = await open();
      store = opened.store;
      await store.insert('calls', rows);
    });
    after(() => opened.dispose());

    it('stats by account: each with its calls, and those of nobody known under no key', async () => {
      const answer = await store.ask<{ key: string; calls: number }>('stats', { by: 'account' });
      const wanted = new Map<string, number>();
      for (const { account } of rows) wanted.set(String(account), (wanted.get(String(account)) ?? 0) + 1);
      assert.ok(wanted.has('') && wanted.size > 2);
      assert.deepEqual(new Map(answer.map(({ key, calls }) => [key, calls])), wanted);
    });

    it('tells how much a subject did', async () => {
      const subjects: readonly (readonly [Record<string, string | number>, (row: Row) => boolean])[] = [
        [{}, () => true],
        [{ app: String(known.app) }, (row) => row.app === known.app],
        [{ client: String(known.client) }, (row) => row.client === known.client],
        [{ apiId: String(known.apiId).slice(0, 12) }, (row) => row.apiId === known.apiId],
        [{ account: String(known.account) }, (row) => row.account === known.account],
        [{ accountHash: String(known.accountHash).slice(0, 10) }, (row) => row.account === known.account],
        [{ since: Number(rows[500]!.ts) }, (row) => Number(row.ts) >= Number(rows[500]!.ts)],
      ];
      for (const [parameters, test] of subjects) {
        const own = rows.filter(test);
        const count = (field: string) => new Set(own.map((row) => row[field]).filter((each) => each !== '')).size;
        const [row] = await store.ask('subject', parameters);
        const { accountShown, errors, ...told } = row!;
        assert.deepEqual(
          told,
          {
            calls: own.length,
            accounts: count('accountHash'),
            boundCalls: own.filter((call) => call.accountHash !== '').length,
            clients: count('client'),
            sessions: count('session'),
            apps: count('app'),
            apis: count('apiId'),
            mostPersons: Math.max(...own.map((call) => Number(call.persons))),
            personCalls: own.filter((call) => Number(call.persons) > 0).length,
            requestBytes: sum(own, 'requestBytes'),
            responseBytes: sum(own, 'responseBytes'),
            firstSeen: Math.min(...own.map((call) => Number(call.ts))),
            lastSeen: Math.max(...own.map((call) => Number(call.ts))),
          },
          JSON.stringify(parameters),
        );
        const parts = await store.ask('subject-parts', { ...parameters, ...zone });
        for (const [kind, field] of Object.entries({
          account: 'account',
          client: 'client',
          api: 'apiId',
          app: 'app',
        })) {
          const part = parts.filter((each) => each.kind === kind);
          assert.deepEqual(
            new Set(part.map((each) => each.key)),
            new Set(own.map((call) => call[field]).filter((each) => each !== '')),
            kind,
          );
        }
        for (const kind of ['day', 'hour']) {
          assert.equal(
            sum(
              parts.filter((each) => each.kind === kind),
              'calls',
            ),
            own.length,
            kind,
          );
        }
        assert.ok(
          parts.some((each) => each.kind === 'hour' && each.key === '09'),
          'hours are those of the zone',
        );
        const labels = await store.ask('subject-labels', parameters);
        for (const [direction, side] of [
          ['request', 'labelsRequest'],
          ['response', 'labelsResponse'],
        ] as const) {
          const found = own.flatMap((call) => labelsIn(call, side));
          const answer = labels.filter((each) => each.direction === direction);
          assert.equal(sum(answer, 'values'), sum(found, 'count'));
          assert.equal(sum(answer, 'calls'), found.length);
        }
      }
      assert.equal((await store.ask('subject', { client: 'nobody' }))[0]!.calls, 0);
      assert.equal((await store.ask('subject-parts', { limit: 3 })).filter((each) => each.kind === 'app').length, 3);
    });

    it('finds calls by uid', async () => {
      const wanted = [rows[3]!, rows[900]!, rows[1500]!];
      const uids = wanted.map((row) => String(row.uid));
      const found = async (parameters: Row) =>
        (await store.ask('calls-by-uid', parameters as Record<string, string[]>)).map((row) => row.uid);
      assert.deepEqual(
        await found({ uids }),
        [...wanted].sort(byTimeThenFlow).map((row) => row.uid),
      );
      assert.deepEqual(await found({ uids, since: wanted[1]!.ts }), uids.slice(1));
      assert.deepEqual(await found({ uids: ['nonsense', "' OR 1=1"] }), []);
    });

    it('traces a value to the calls that carried it, each once', async () => {
      const [one, two, three] = [rows[10]!, rows[20]!, rows[30]!];
      const mobile = hex16(1);
      const card = hex16(2);
      const values = [
        valueRow(mobile, one, { direction: 'request', place: 'query.mobile' }),
        valueRow(mobile, one),
        valueRow(mobile, two),
        valueRow(card, three, { label: 'bank-card', place: 'body.card' }),
        ...rows.slice(100, 1100).map((row, i) => valueRow(hex16(1000 + i), row)),
      ];
      await store.insert('values', values);
      await store.insert('values', values);
      const answer = await store.ask('trace-by-hash', { hashes: [mobile] });
      assert.deepEqual(
        answer.map((row) => [row.uid, row.matched]),
        [
          [
            one.uid,
            [
              ['mobile', 'request', 'query.mobile'],
              ['mobile', 'response', 'body.data[].mobile'],
            ],
          ],
          [two.uid, [['mobile', 'response', 'body.data[].mobile']]],
        ],
      );
      assert.deepEqual([answer[0]!.account, answer[0]!.labelsResponse], [one.account, one.labelsResponse]);
      const both = async (more: Record<string, number>) =>
        (await store.ask('trace-by-hash', { hashes: [mobile, card], ...more })).map((row) => row.uid);
      assert.deepEqual(await both({}), [one.uid, two.uid, three.uid]);
      assert.deepEqual(await both({ since: Number(two.ts) }), [two.uid, three.uid]);
      assert.deepEqual(await both({ limit: 1, offset: 1 }), [two.uid]);
      assert.deepEqual(await store.ask('trace-by-hash', { hashes: [] }), []);
      const parts = await store.ask('trace-parts', { hashes: [mobile, card], ...zone });
      const expected = [one, two, three];
      assert.equal(
        sum(
          parts.filter((each) => each.kind === 'day'),
          'calls',
        ),
        3,
      );
      for (const part of parts.filter((each) => each.kind === 'app')) {
        const own = expected.filter((row) => row.app === part.key);
        assert.deepEqual(
          [part.calls, part.responseBytes, part.first],
          [own.length, sum(own, 'responseBytes'), Math.min(...own.map((row) => Number(row.ts)))],
        );
      }
      const every = rows.slice(100, 1100).map((_, i) => hex16(1000 + i));
      assert.equal((await store.ask('trace-by-hash', { hashes: every })).length, 1000);
      for await (const row of store.stream('trace-by-hash', { hashes: [card] })) assert.equal(row.uid, three.uid);
    });
  });
}
