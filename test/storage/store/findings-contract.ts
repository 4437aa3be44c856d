/** Findings come back as they went in, under the status that counts, and by every filter. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Row, Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';
import { apiRow, callRow, decisionRow, findingRow } from './rows.ts';

const statuses = ['unconfirmed', 'confirmed', 'fixing', 'to-verify', 'fixed', 'reopened', 'false-positive', 'ignored'];
const hex = (digit: string) => digit.repeat(16);

export function findingsContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: findings`, () => {
    const call = callRow(7);
    const other: Row = { ...callRow(8), app: 'other.example.com', apiId: hex('9'), client: '10.9.9.9' };
    const high = findingRow(hex('a'), call);
    const critical = findingRow(hex('b'), other, {
      ...{
        level: 'critical',
        kind: 'weakness',
        rule: 'executable-sql',
        scenarios: ['executable-sql', 'sql-injection'],
      },
      ...{ account: undefined, accounts: ['z***#9876543210', 'y***#9876500000'], client: undefined },
      ...{ clients: ['10.9.9.9', '10.9.9.10'], measured: undefined, parameter: undefined, usual: undefined },
      ...{ lastSeen: Number(call.ts) - 1e6 },
    });
    const low = findingRow(hex('c'), call, { level: 'low', lastSeen: Number(call.ts) - 2e6 });
    let opened: OpenedStore;
    let store: Store;
    const ids = async (parameters: Record<string, string | number>) =>
      (await store.ask('findings', parameters)).map((row) => String(row.id)[0]).join('');
    before(async () => {
      opened = await open();
      store = opened.store;
      await store.insert('calls', [call, other]);
      await store.insert('apis', [apiRow(call), apiRow(other)]);
      await store.insert('findings', [low, high, critical]);
    });
    after(() => opened.dispose());

    it('keeps every field, and what is absent as nothing', async () => {
      const [row] = await store.ask('finding', { id: 'aaa' });
      const { v, version, ...told } = high;
      assert.deepEqual(row, {
        ...told,
        engineStatus: 'unconfirmed',
        ...{ decidedStatus: '', decidedBy: '', decidedNote: '', decidedTs: 0, decidedUntil: 0, decidedFor: '' },
      });
      const [bare] = await store.ask('finding', { id: hex('b') });
      assert.deepEqual([bare!.client, bare!.account, bare!.parameter], ['', '', '']);
      assert.deepEqual(bare!.measured, { name: '', value: 0, threshold: null });
      assert.deepEqual(bare!.usual, { median: 0, p95: 0, n: 0 });
      assert.deepEqual(await store.ask('finding', { id: '' }), []);
    });

    it('answers the worst first, then the latest, in pages and by every filter', async () => {
      assert.equal(await ids({}), 'bac');
      assert.equal(await ids({ limit: 1, offset: 1 }), 'a');
      assert.equal(await ids({ level: 'low' }), 'c');
      assert.equal(await ids({ kind: 'weakness' }), 'b');
      assert.equal(await ids({ rule: 'data-traversal' }), 'ac');
      assert.equal(await ids({ scenario: 'sql-injection' }), 'b');
      assert.equal(await ids({ app: 'other.example.com' }), 'b');
      assert.equal(await ids({ apiId: '999' }), 'b');
      assert.equal(await ids({ client: '10.9.9.10' }), 'b');
      assert.equal(await ids({ account: 'c***1#0123456789' }), 'ac');
      assert.equal(await ids({ accountHash: '0123456789abcdef' }), 'ac');
      assert.equal(await ids({ accountHash: '9876543210' }), 'b');
      assert.equal(await ids({ since: Number(call.ts) - 1e6 }), 'ba');
      assert.equal(await ids({ until: Number(high.firstSeen) }), '');
      assert.equal(await ids({ status: 'open' }), 'bac');
      for (const hostile of ["' OR 1=1 --", "\\'", '%']) assert.equal(await ids({ rule: hostile }), '');
    });

    it('lets the newest version stand, and the id an API has become', async () => {
      await store.insert('findings', [{ ...high, count: 95, version: 3 }]);
      await store.insert('findings', [{ ...high, count: 91, version: 2 }]);
      assert.equal((await store.ask('finding', { id: hex('a') }))[0]!.count, 95);
      await store.insert('apiAliases', [{ alias: hex('9'), id: hex('8'), version: 1 }]);
      assert.equal((await store.ask('finding', { id: hex('b') }))[0]!.apiId, hex('8'));
    });

    it('puts a person before the engine, the latest word first', async () => {
      const status = async (id: string) => (await store.ask('finding', { id }))[0]!.status;
      let n = 0;
      const decide = (value: Row, ts = ++n) => store.insert('decisions', [decisionRow(`d${n}`, hex('c'), ts, value)]);
      for (const decided of statuses.filter((each) => each !== 'unconfirmed' && each !== 'reopened')) {
        await decide({ status: decided });
        assert.equal(await status(hex('c')), decided);
        const [row] = await store.ask('finding', { id: hex('c') });
        assert.deepEqual([row!.decidedBy, row!.decidedNote, row!.decidedTs], ['li', 'seen', n]);
        const isOpen = !['fixed', 'false-positive', 'ignored'].includes(decided);
        assert.equal((await ids({ status: 'open' })).includes('c'), isOpen, decided);
        assert.equal(await ids({ status: decided }), 'c');
      }
      await store.insert('decisions', [decisionRow('earlier', hex('c'), 0, { status: 'fixing' })]);
      assert.equal(await status(hex('c')), 'ignored', 'a word that is older changes nothing');
      await store.insert('decisions', [{ ...decisionRow('other', hex('c'), 99, { status: 'fixing' }), kind: 'lock' }]);
      assert.equal(await status(hex('c')), 'ignored', 'nor does a decision about something else');
      await store.insert('decisions', [{ ...decisionRow('broken', hex('c'), 99, {}), value: 'no JSON' }]);
      assert.equal(await status(hex('c')), 'ignored', 'nor one that says nothing');
      assert.equal(await status(hex('a')), 'unconfirmed');
    });

    it('reopens what a person called fixed when traffic shows it again, and ends what was for a time', async () => {
      const seen = Number(low.lastSeen);
      const status = async () => (await store.ask('finding', { id: hex('c') }))[0]!.status;
      await store.insert('decisions', [decisionRow('f', hex('c'), 100, { status: 'fixed', seen })]);
      assert.equal(await status(), 'fixed');
      await store.insert('findings', [{ ...low, status: 'reopened', version: 2 }]);
      assert.equal(await status(), 'fixed', 'the engine said so before the person did');
      await store.insert('findings', [{ ...low, status: 'reopened', lastSeen: seen + 1, version: 3 }]);
      assert.equal(await status(), 'reopened');
      await store.insert('decisions', [decisionRow('g', hex('c'), 101, { status: 'fixed' })]);
      assert.equal(await status(), 'reopened');
      const newest = Math.max(Number(call.ts), Number(other.ts));
      await store.insert('decisions', [decisionRow('i', hex('c'), 102, { status: 'ignored', until: newest + 1 })]);
      assert.equal(await status(), 'ignored');
      await store.insert('decisions', [decisionRow('j', hex('c'), 103, { status: 'ignored', until: newest })]);
      assert.equal(await status(), 'reopened');
    });

    it('counts what is open by level, events by day, and APIs by state', async () => {
      const open = await store.ask('findings-by-level');
      assert.deepEqual(open, [
        { kind: 'event', level: 'high', findings: 1 },
        { kind: 'event', level: 'low', findings: 1 },
        { kind: 'weakness', level: 'critical', findings: 1 },
      ]);
      const day = Math.floor((Number(high.firstSeen) + 28_800e6) / 86_400e6) * 86_400e6 - 28_800e6;
      assert.deepEqual(await store.ask('findings-by-day', { offsetSeconds: 28_800 }), [
        { day, level: 'high', findings: 1 },
        { day, level: 'low', findings: 1 },
      ]);
      assert.deepEqual(await store.ask('findings-by-day', { since: Number(call.ts) }), []);
      assert.deepEqual(await store.ask('api-names', { ids: [String(call.apiId), 'unknown'] }), [
        { id: call.apiId, app: call.app, method: call.method, template: call.template, operation: '' },
      ]);
      assert.deepEqual(await store.ask('apis-by-state'), [{ state: 'new', apis: 1 }]);
    });

    it('calls what the same rule finds of the same subject at the same API a false alarm too, and nothing else', async () => {
      const { rule, app, apiId, account } = high;
      const scope = [rule, app, apiId, account].join('\n');
      const again = { ...high, id: hex('e'), version: 9 };
      const others = [
        { ...again, id: hex('1'), account: 'x***#1111111111' },
        { ...again, id: hex('2'), rule: 'other-rule' },
        { ...again, id: hex('3'), app: 'x.example' },
        { ...again, id: hex('4'), apiId: hex('7') },
      ];
      await store.insert('findings', [again, ...others]);
      const row = async (id: string) => (await store.ask('finding', { id }))[0]!;
      const decide = (n: string, value: Row) =>
        store.insert('decisions', [decisionRow(n, hex('a'), 200 + Number(n), value)]);
      await decide('1', { status: 'false-positive', scope });
      const { status, decidedBy, decidedFor } = await row(again.id);
      assert.deepEqual([status, decidedBy, decidedFor], ['false-positive', 'li', hex('a')]);
      assert.equal((await row(hex('a'))).decidedFor, '');
      for (const { id } of others) assert.equal((await row(id)).status, 'unconfirmed', id);
      // A word of its own wins; taken back, the other one ends with it; so it does at its time.
      await store.insert('decisions', [decisionRow('own', again.id, 1, { status: 'confirmed' })]);
      assert.equal((await row(again.id)).status, 'confirmed');
      await store.insert('findings', [{ ...again, id: hex('5') }]);
      assert.equal((await row(hex('5'))).status, 'false-positive');
      await decide('2', { status: 'confirmed' });
      assert.equal((await row(hex('5'))).status, 'unconfirmed');
      const newest = Math.max(Number(call.ts), Number(other.ts));
      await decide('3', { status: 'false-positive', scope, until: newest + 1 });
      assert.equal((await row(hex('5'))).status, 'false-positive');
      await decide('4', { status: 'false-positive', scope, until: newest });
      assert.equal((await row(hex('5'))).status, 'unconfirmed');
    });
  });
}
