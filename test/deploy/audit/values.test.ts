/** Who was given what, held by the seals of the calls: what was added, taken away or changed is told. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { replay } from '../../../deploy/appliance.ts';
import { recordOperation, sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { config, folderOf, mixIn } from '../replaying.ts';
import { blockRows, rowsABlock } from './sealed-folder.ts';

test('what a replay stores is proven, and a month by itself', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  await replay({ inputs: [mixIn(folder, { exchanges: 120 })], data, config, environment: {}, shards: 1 });
  const store = await openEmbeddedStore(data);
  t.after(() => store.close());
  const report = await verifyAudit(store, { data, values: true });
  assert.deepEqual(report.problems, []);
  const { rows, calls, before, strangers } = report.values!;
  assert.ok(rows > 100, String(rows));
  assert.deepEqual([calls, before, strangers], [report.calls.sealed, 0, 0]);
  const months = await store.ask<{ month: number; calls: number }>('value-months');
  const [first] = months;
  const one = await verifyAudit(store, { data, month: first!.month, values: true });
  assert.deepEqual([one.problems, one.calls.sealed], [[], first!.calls]);
  assert.equal((await verifyAudit(store, { data, month: 203_001 })).calls.sealed, 0);
});

test('a value more, a value less and another value are told, by their call', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const { store } = await sealed(raw, data, {});
  const calls = blockRows(0).map((row, i) => ({
    ...row,
    valuesSaid: i < 3 ? 2 : i < 6 ? 0 : 1,
    valuesHigh: 0,
    valuesLow: i < 3 ? 7 : 0,
  }));
  const value = (call: object, low: number) => {
    const { ts, app, uid } = call as { ts: number; app: string; uid: string };
    return {
      valueHash: low.toString(16).padStart(16, '0'),
      ts,
      app,
      uid,
      direction: 'response',
      label: 'mobile',
      place: 'body.m',
    };
  };
  await store.insert(
    'values',
    calls.slice(0, 3).map((call) => value(call, 7)),
  );
  await store.insert('calls', calls);
  const sound = await verifyAudit(raw, { data, values: true });
  assert.deepEqual(sound.problems, []);
  assert.deepEqual(sound.values, { rows: 3, calls: rowsABlock - 3, before: 3, strangers: 0, unproven: [] });

  await raw.insert('values', [value(calls[40]!, 9), value({ ...calls[1], uid: '00000000000000ff-1' }, 7)]);
  const { problems, values } = await verifyAudit(raw, { data, values: true });
  assert.deepEqual(
    problems.map(({ kind, where, rows, row }) => [kind, where, rows, row.split(' ')[0]]),
    [['altered', 'values', 1, String((calls[40] as { uid?: string }).uid)]],
  );
  assert.equal(values!.strangers, 1);
  await raw.insert('values', [value(calls[0]!, 8)]);
  assert.equal((await verifyAudit(raw, { data, values: true })).problems[0]!.rows, 2);
});

test('who may insert a row does not switch the proof off: only what the appliance sealed itself drops a month', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const { store, chain } = await sealed(raw, data, {});
  const [first, ...more] = blockRows(0);
  const { ts, app, uid } = first as { ts: number; app: string; uid: string };
  const month = Number(new Date(ts / 1000).toISOString().slice(0, 7).replace('-', ''));
  await store.insert('calls', [{ ...first, valuesSaid: 2, valuesHigh: 0, valuesLow: 7 }, ...more]);
  const other = {
    ts,
    app,
    uid,
    direction: 'response',
    label: 'mobile',
    place: 'body.m',
    valueHash: `${'0'.repeat(15)}9`,
  };
  await raw.insert('values', [other]);
  const retention = { kind: 'retention', subject: 'values', value: JSON.stringify({ months: [String(month)] }) };
  const word = (id: string, value = retention.value) => ({
    ...retention,
    ...{ id, value, by: 'x', note: '', ts: Date.now() * 1000 },
  });
  await raw.insert('decisions', [word('feedfacefeedface'), word('feedfacefeedfacd', 'no JSON')]);
  const told = async () => {
    const { problems, values } = await verifyAudit(raw, { data, values: true });
    return [problems.map(({ kind, where, row }) => [kind, where, where === 'values' ? '' : row]), values!.unproven];
  };
  const both = [
    ['inserted', 'decisions', `retention values ${month}`],
    ['altered', 'values', ''],
  ];
  assert.deepEqual(await told(), [both, []]);
  await chain.adoptRows('decisions');
  assert.deepEqual(await told(), [both, []]);
  await recordOperation(store, { ...retention, value: { months: [String(month)] } });
  assert.deepEqual(await told(), [[], [{ month, values: 1 }]]);
});
