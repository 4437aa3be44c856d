import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandFailure, UsageFault } from '../../../console/cli/faults.ts';
import {
  readTemplateDecision,
  storeTemplateDecision,
  type TemplateDecisionOptions,
  withoutTemplateActions,
} from '../../../console/cli/template-decision.ts';
import { en } from '../../../console/cli/text/en.ts';
import { type Row, type Store, StoreError } from '../../../storage/store/store.ts';

const who = { by: 'li.lei', note: 'seen in the source' };
const api = { id: 'a1', app: 'x', method: 'GET', operation: '', template: '/users/{userId}' };
const parts = [
  { id: 'b1', template: '/users/search' },
  { id: 'b2', template: '/users/raven' },
];

function stored(
  options: TemplateDecisionOptions,
  other = { ...api, id: 'c1', template: '/users/list' },
  words: Row[] = [],
) {
  const rows: Record<string, Row[]> = { decisions: [], apiAliases: [] };
  const store = {
    ask: async (question: string) => (question === 'api-parts' ? parts : words),
    insert: async (table: string, inserted: readonly Row[]) => void rows[table]!.push(...inserted),
  } as unknown as Store;
  const decision = readTemplateDecision({ ...who, ...options }, en)!;
  const done = storeTemplateDecision(store, api, decision, async () => other, en, 7);
  return done.then((shown) => ({
    shown,
    said: JSON.parse(String(rows.decisions![0]!.value)),
    aliases: rows.apiAliases!,
  }));
}

test('half a decision, several at once, and what is no path or id are refused', () => {
  const refused = (options: TemplateDecisionOptions) =>
    assert.throws(() => readTemplateDecision(options, en), UsageFault);
  assert.equal(readTemplateDecision({ ...who, takeBack: 'grade' }, en), null);
  refused({ lock: true });
  refused({ lock: true, by: 'li' });
  refused({ ...who, lock: true, split: '/x' });
  refused({ ...who, split: 'users' });
  refused({ ...who, merge: 'not an id' });
  assert.equal(withoutTemplateActions('lock, grade'), ' grade');
  assert.equal(withoutTemplateActions('lock,merge'), undefined);
});

test('a lock is a word on the template as it is', async () => {
  const { said, aliases } = await stored({ lock: true });
  assert.deepEqual([said.action, said.template, said.parts, aliases], ['lock', '/users/{userId}', [], []]);
});

test('what is separated is named, and earlier calls are its own at once', async () => {
  const { said, aliases } = await stored({ split: '/users/s*' });
  assert.deepEqual([said.action, said.template, said.parts], ['split', '/users/s*', [parts[0]]]);
  assert.deepEqual(aliases, [{ alias: 'b1', id: 'b1', template: '/users/search', reason: 'person', version: 7 }]);
  await assert.rejects(stored({ split: '/users/zzz' }), CommandFailure);
});

test('what is put together has one template, and what was part of the parts is part of it', async () => {
  const { said, aliases } = await stored({ merge: 'c1c1' });
  assert.equal(said.template, '/users/{userId}');
  assert.deepEqual(
    aliases.map(({ alias, id }) => [alias, id]),
    ['b1', 'b2', 'c1', 'a1'].map((alias) => [alias, 'a1']),
  );
  await assert.rejects(stored({ merge: 'c1c1' }, { ...api, id: 'c1', app: 'y' }), CommandFailure);
  await assert.rejects(stored({ merge: 'c1c1' }, { ...api, id: 'c1', template: '/users' }), CommandFailure);
});

test('what was put together is taken back part by part; nothing to take back is said', async () => {
  const word = { action: 'merge', api: 'a1', template: '/users/{name}', taken: 0, parts: [parts[0]!] };
  const { said, aliases } = await stored({ takeBack: 'merge' }, undefined, [word as unknown as Row]);
  assert.deepEqual([said.taken, said.template, aliases[0]!.alias, aliases[0]!.id], [true, '/users/{name}', 'b1', 'b1']);
  await assert.rejects(stored({ takeBack: 'lock' }), CommandFailure);
});

test('parts of the API that was merged are its parts again when the merge is taken back', async () => {
  const aliases = new Map([
    ['d1', 'c1'],
    ['d2', 'c1'],
    ['b1', 'a1'],
  ]);
  const words: Row[] = [];
  const store = {
    ask: async (question: string, { ids = '' }: { ids?: string } = {}) =>
      question === 'template-words'
        ? words
        : [...aliases]
            .filter(([alias, id]) => alias !== id && ids.split(',').includes(id))
            .map(([id, at]) => ({ id, api: at, template: `/users/${id}` })),
    async insert(table: string, rows: readonly Row[]) {
      if (table === 'apiAliases') for (const { alias, id } of rows) aliases.set(String(alias), String(id));
      else words.push({ api: 'a1', taken: 0, ...JSON.parse(String(rows[0]!['value'])) } as Row);
    },
  } as unknown as Store;
  const decide = (options: TemplateDecisionOptions) => {
    const decision = readTemplateDecision({ ...who, ...options }, en)!;
    const other = { ...api, id: 'c1', template: '/users/{name}' };
    return storeTemplateDecision(store, api, decision, async () => other, en, 7);
  };
  await decide({ merge: 'c1c1' });
  assert.deepEqual([...new Set(aliases.values())], ['a1']);
  await decide({ takeBack: 'merge' });
  assert.deepEqual(Object.fromEntries(aliases), { d1: 'c1', d2: 'c1', b1: 'a1', c1: 'c1', a1: 'a1' });
});

test('beside a running appliance the decision is stored, and shows later', async () => {
  const store = {
    ask: async () => parts,
    insert: async (table: string) => {
      if (table !== 'decisions') throw new StoreError('failed', 'readonly');
    },
  } as unknown as Store;
  const decision = readTemplateDecision({ ...who, split: '/users/*' }, en)!;
  assert.equal(await storeTemplateDecision(store, api, decision, async () => api, en, 7), false);
});
