/** Rows come back as they went in, once, and the newest version of what has versions. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Row } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, byTimeThenFlow, callRow, callRows, firstTs, sum } from './rows.ts';

export function rowsContract(name: string, open: () => Promise<OpenedStore>): void {
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
        'findings',
        'findings-by-level',
        'findings-by-day',
        'apis-by-state',
        'subject-parts',
        'subject-labels',
        'ledger',
        'weird',
        'sources',
        'decisions',
        'dump-calls',
      ]) {
        assert.deepEqual(await store.ask(question), [], question);
      }
      assert.deepEqual(await store.ask('api', { id: 'ab' }), []);
      assert.deepEqual(await store.ask('finding', { id: 'ab' }), []);
      assert.deepEqual(await store.ask('trace-by-hash', { hashes: ['00000000000000ab'] }), []);
      assert.deepEqual(await store.ask('trace-parts', { hashes: ['00000000000000ab'] }), []);
      assert.deepEqual(await store.ask('calls-by-uid', { uids: ['00000000000000ab-1'] }), []);
      assert.equal((await store.ask('subject'))[0]!.calls, 0);
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

    it('stores a row once that comes twice in one insert, alone in its month or not', async () => {
      const { store } = opened;
      // Months of their own, one with a single insert; several granules of rows.
      for (const [app, from, inserts] of [
        ['twice-alone', Date.UTC(2031, 0, 1), 1],
        ['twice-more', Date.UTC(2032, 0, 1), 3],
      ] as const) {
        for (let i = 0; i < inserts; i++) {
          const rows = callRows(i * 12_000, 12_000).map((row, n) => ({ ...row, app, ts: from * 1000 + i * 1e9 + n }));
          await store.insert('calls', [...rows, ...rows]);
        }
        for (const question of ['apps', 'calls', 'dump-calls', 'stats', 'summary']) {
          const parameters =
            question === 'dump-calls' || question === 'summary'
              ? {}
              : { since: from * 1000, until: from * 1000 + 1e10 };
          const answer = await store.ask(question, parameters);
          if (question === 'calls') assert.equal(answer.length, inserts * 12_000);
          if (question === 'apps') assert.equal(answer[0]!.calls, inserts * 12_000);
          if (question === 'stats') assert.equal(sum(answer, 'calls'), inserts * 12_000);
          if (question === 'dump-calls')
            assert.equal(new Set(answer.map((row) => row.uid + String(row.app))).size, answer.length);
          if (question === 'summary') assert.equal(answer[0]!.exchanges, (await store.ask('dump-calls')).length);
        }
      }
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

    it('keeps steps of shedding, each once, and knows which are in force', async () => {
      const { store } = opened;
      const step = (source: string, number: number, to: number, fromStep = to - 1) => ({
        ...{ ts: 5e15 + number, source, number, fromStep, step: to, fill: 0.25 },
      });
      const steps = [step('taps', 1, 1), step('taps', 2, 2), step('halls', 1, 1), step('halls', 3, 0, 1)];
      await store.insert('sheddings', steps);
      await store.insert('sheddings', [steps[1]!, steps[2]!]);
      const newest = await store.ask('sheddings', { limit: 3 });
      assert.deepEqual(
        newest.map(({ source, fromStep, step }) => [source, fromStep, step]),
        [
          ['halls', 1, 0],
          ['taps', 1, 2],
          ['halls', 0, 1],
        ],
      );
      assert.deepEqual(await store.ask('shedding-steps'), [{ source: 'taps', step: 2 }]);
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
