/** The operators' log says who changed which threshold, list, rule and recognizer: what it was before, and what it is. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordConfiguration, sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { folderOf } from '../replaying.ts';

interface Entry {
  readonly kind: string;
  readonly by: string;
  readonly value: string;
}

interface Change {
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

const identity = Buffer.alloc(16, 7);

test('a list, a threshold, a rule and a recognizer that change stand in the log once, sealed', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const file = join(folder, 'apiris.yml');
  const [rules, labels] = [join(folder, 'rules'), join(folder, 'labels')];
  for (const place of [rules, labels]) mkdirSync(place);
  const store = await openEmbeddedStore(data);
  t.after(() => store.close());
  const audited = (await sealed(store, data, {})).store;
  const asked = async () => (await store.ask<Entry>('operations')).filter(({ kind }) => kind !== 'begun');
  const changesOf = ({ value }: Entry) => (JSON.parse(value) as { changes: Change[] }).changes;
  const record = async (digest: string, text: string) => {
    writeFileSync(file, `rules: [rules]\nlabels: [labels]\n${text}`);
    await recordConfiguration(audited, loadConfig(file, {}), digest, identity);
    return asked();
  };
  writeFileSync(join(rules, 'own.yml'), 'title: one\n');
  const begun = await record('a1', 'blockedSources: [10.0.0.0/8]\n');
  assert.deepEqual(
    begun.map(({ kind, by }) => [kind, by]),
    [
      ['configuration', userInfo().username],
      ['rules', userInfo().username],
    ],
  );
  assert.equal((await record('a1', 'blockedSources: [10.0.0.0/8]\n')).length, 2, 'nothing has changed');

  const lists = await record('a1', 'blockedSources: [10.0.0.0/8, 192.0.2.0/24]\nlifecycle: {inactive: 60}\n');
  assert.deepEqual(changesOf(lists.at(-1)!), [
    { key: 'blockedSources', from: ['10.0.0.0/8'], to: ['10.0.0.0/8', '192.0.2.0/24'] },
    { key: 'lifecycle.inactive', from: 30, to: 60 },
  ]);

  writeFileSync(join(rules, 'own.yml'), 'title: two\n');
  writeFileSync(join(labels, 'staff.yml'), 'name: staff\n');
  const changed = await record('b2', 'blockedSources: [10.0.0.0/8, 192.0.2.0/24]\nlifecycle: {inactive: 60}\n');
  assert.equal(changed.length, 4);
  const contents = changesOf(changed.at(-1)!);
  assert.deepEqual(
    contents.map(({ key, from, to }) => [key.slice(folder.length + 1), from === null, to === null]),
    [
      ['labels/staff.yml', true, false],
      ['rules/own.yml', false, false],
    ],
  );
  rmSync(join(rules, 'own.yml'));
  const gone = await record('c3', 'blockedSources: [10.0.0.0/8, 192.0.2.0/24]\nlifecycle: {inactive: 60}\n');
  assert.deepEqual(
    changesOf(gone.at(-1)!).map(({ to }) => to),
    [null],
  );
  const rest = 'blockedSources: [10.0.0.0/8, 192.0.2.0/24]\nlifecycle: {inactive: 60}\n';
  await record('c3', `${rest}blocked: [{account: zhao.yun}]\n`);
  const other = await record('c3', `${rest}blocked: [{account: zhang.wei}]\n`);
  assert.match(JSON.stringify(changesOf(other.at(-1)!)), /"z\*\*\*#\w{10}".*"z\*\*\*#\w{10}"/);
  const { problems, decisions } = await verifyAudit(store, { data });
  assert.deepEqual([problems, decisions.sealed], [[], 7]);
});
