/** The chain over restarts, repeats, retention and lost files. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import { compare } from '../../../deploy/audit/verify-blocks.ts';
import { keepWithin } from '../../../deploy/retention.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { callRows } from '../../storage/store/rows.ts';
import { folderOf } from '../replaying.ts';
import { blockRows, decisionRow, findingRow, rowsABlock } from './sealed-folder.ts';

test('what a process stored and did not live to seal is named, and adopted by the next one', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const first = await sealed(raw, data, {});
  await first.store.insert('calls', blockRows(0));
  const block = first.chain.nextBlock();
  await raw.insert(
    'calls',
    blockRows(1).map((row) => ({ ...row, block })),
  );
  await raw.insert('findings', [findingRow('f1', Date.now() * 1000)]);
  await raw.insert('decisions', [decisionRow('d1')]);
  const tail = await verifyAudit(raw, { data });
  assert.deepEqual(tail.problems, [], 'it is no tampering');
  assert.deepEqual([tail.calls.unsealed, tail.findings.unsealed, tail.decisions.unsealed], [rowsABlock, 1, 1]);

  // The last line of the anchor was not written whole either.
  const anchor = readFileSync(join(data, 'audit.anchor'), 'utf8').trimEnd();
  writeFileSync(join(data, 'audit.anchor'), anchor.slice(0, -20));
  const second = await sealed(raw, data, {});
  const adopted = await verifyAudit(raw, { data });
  assert.deepEqual(adopted.problems, []);
  assert.deepEqual(adopted.anchor.damaged.length, 1);
  assert.deepEqual([adopted.calls.sealed, adopted.calls.unsealed, adopted.adopted], [2 * rowsABlock, 0, 3]);
  assert.ok(second.chain.nextBlock() > block);
});

test('calls that come again take the place of those that were there, and the chain says so', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const first = await sealed(raw, data, {});
  await first.store.insert('calls', blockRows(0));
  await first.store.insert('calls', blockRows(1));
  await first.store.insert('calls', blockRows(2));
  // As a run that goes on from a cursor: part of a block again, judged otherwise, and calls beside them.
  const { store } = await sealed(raw, data, {});
  const again = blockRows(1)
    .slice(40)
    .map((row) => ({ ...row, account: 'l***#0123456789' }));
  await store.insert('calls', again);
  await store.insert('calls', blockRows(3));
  const report = await verifyAudit(raw, { data });
  assert.deepEqual(report.problems, []);
  assert.equal(report.calls.sealed, 4 * rowsABlock);

  // A row that is changed before others take their places is not hidden by it.
  const [changed] = blockRows(0);
  const [{ block } = { block: 0 }] = await raw.ask<{ block: number }>('call-blocks');
  await raw.insert('calls', [{ ...changed, block, status: 418 }]);
  const third = await sealed(raw, data, {});
  await third.store.insert('calls', blockRows(0).slice(60));
  const { problems } = await verifyAudit(raw, { data });
  assert.ok(problems.some(({ kind }) => kind === 'unproven'));
  assert.ok(problems.some(({ kind, row }) => kind === 'altered' && row.startsWith(String(changed!['uid']))));
});

test('retention closes months; a second key begins a chain that names the first; a copy of the anchor proves the end', async (t) => {
  const data = join(folderOf(t), 'data');
  const raw = await openEmbeddedStore(data);
  t.after(() => raw.close());
  const { store, chain } = await sealed(raw, data, {});
  const old = callRows(0, 50).map((row) => ({ ...row, ts: Number(row['ts']) - 90 * 86_400e6 }));
  // One insert, two months.
  await store.insert('calls', [...old, ...blockRows(0)]);
  const months: string[] = [];
  await keepWithin(store, { calls: 30, values: 30 }, async (_, gone) => {
    months.push(...gone);
    for (const month of gone) await chain.close(Number(month));
  });
  assert.deepEqual(months, ['202402']);
  const kept = await verifyAudit(raw, { data });
  assert.deepEqual([kept.problems, kept.closed, kept.calls.sealed], [[], [202402], rowsABlock]);

  const key = readFileSync(join(data, 'audit.pub'), 'utf8');
  writeFileSync(join(data, 'put-aside.pub'), key);
  rmSync(join(data, 'audit.key'));
  const second = await sealed(raw, data, {});
  await second.store.insert('calls', blockRows(1));
  const both = await verifyAudit(raw, { data });
  assert.deepEqual([both.problems, both.writers.length, both.calls.sealed], [[], 2, 2 * rowsABlock]);
  const pinned = await verifyAudit(raw, { data, key: join(data, 'put-aside.pub') });
  assert.deepEqual([pinned.problems, pinned.keyFrom], [[], 'file']);

  // A copy that has more than the store: its end was cut off. One that has less: nobody expects it to have more.
  const path = join(data, 'audit.anchor');
  const lines = readFileSync(path, 'utf8');
  writeFileSync(join(data, 'earlier'), `${lines.split('\n').slice(0, 3).join('\n')}\n`);
  assert.deepEqual((await verifyAudit(raw, { data, anchor: join(data, 'earlier') })).problems, []);
  const last = JSON.parse(lines.trimEnd().split('\n').at(-1)!) as { number: number };
  writeFileSync(join(data, 'later'), lines);
  appendFileSync(join(data, 'later'), `${JSON.stringify({ ...last, number: last.number + 1 })}\n`);
  const cut = await verifyAudit(raw, { data, anchor: join(data, 'later') });
  assert.deepEqual(
    cut.problems.map(({ kind, where }) => [kind, where]),
    [['truncated', 'seal']],
  );
  rmSync(path);
  assert.deepEqual((await verifyAudit(raw, { data })).problems[0]?.kind, 'truncated');
});

test('the first row that does not fit is told from its neighbours', () => {
  const calls = ['aa', 'bb', 'cc', 'dd'].map((check, index) => ({ uid: `f-${index}`, ts: 0, app: 'a', check }));
  const checks = calls.map(({ check }) => check);
  const at = (index: number) => calls[index]!;
  assert.deepEqual(compare(checks, [at(0), { ...at(1), check: 'xx' }, at(2), at(3)]).kind, 'altered');
  const missing = compare(checks, [at(0), at(1), at(3)]);
  assert.deepEqual([missing.kind, missing.rows], ['missing', 1]);
  assert.match(missing.between![0], /^f-1 /);
  assert.match(missing.between![1], /^f-3 /);
  assert.equal(compare(checks, []).rows, 4);
  assert.equal(compare(checks, [at(0), at(2), at(1), at(3)]).kind, 'reordered');
  const more = compare(checks, [...calls.slice(0, 3), { uid: 'g-1', ts: 0, app: 'a', check: 'ee' }, at(3)]);
  assert.deepEqual([more.kind, more.rows], ['inserted', 1]);
  assert.match(more.row, /^g-1 /);
});
