/** Rules tried over stored calls find what they find when they are in force, and what they can't see is refused. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tryRules } from '../../deploy/rule-trial.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Store } from '../../storage/store/store.ts';
import { brokerage, config, folderOf, replayed } from './replaying.ts';

const call = 'logsource: { product: apiris, service: call }';
const rules = `title: Refused
name: try-refused
${call}
detection: { sel: { status|gte: 400 }, condition: sel }
---
title: Personal data in clear
name: try-clear
kind: weakness
level: low
${call}
detection:
  sel: { success: true, labels.response.level|gte: 2, labels.response.clear|contains: mobile }
  condition: sel
---
title: Many refusals of one client
name: try-many
level: high
correlation: { type: event_count, rules: [try-refused], group-by: [app, client], timespan: 1h, condition: { gte: 3 } }
---
title: Many interfaces of one account
name: try-wide
correlation: { type: value_count, rules: [try-read], group-by: [account], timespan: 10m, condition: { field: apiId, gte: 4 } }
---
title: Read
name: try-read
${call}
detection: { sel: { success: true, function: query }, condition: sel }
`;

const beyond = `title: Text as sent
name: try-text
logsource: { category: webserver }
detection: { sel: { cs-uri-query|contains: union, sc-status: 200 }, condition: sel }
---
title: A measure
name: try-measure
logsource: { product: apiris, service: observation }
detection: { sel: { measure: persons, value|gte: 5 }, condition: sel }
---
title: On top of it
name: try-top
correlation: { type: event_count, rules: [try-measure], group-by: [app], timespan: 1h, condition: { gte: 1 } }
---
title: A password
name: try-password
${call}
detection: { sel: { passwordForm: plaintext, method: POST }, condition: sel }
`;

const compared = ['id', 'rule', 'level', 'firstSeen', 'lastSeen', 'count', 'clients', 'accounts', 'evidence', 'apiId'];

function pick(rows: Iterable<object>): unknown[] {
  return [...rows]
    .map((row) => Object.fromEntries(compared.map((name) => [name, (row as Record<string, unknown>)[name] || ''])))
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
}

async function opened<T>(data: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openEmbeddedStore(data);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test('what is tried over stored calls is what a replay with the rules in force stores', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'mine.yml');
  writeFileSync(file, rules);
  const { stored } = await replayed(join(folder, 'data'), [brokerage], { config: { ...config, rules: [file] } });
  const trial = await tryRules(config, file);
  assert.deepEqual([trial.refused, trial.problems], [[], []]);
  assert.deepEqual([...trial.tried].sort(), ['try-clear', 'try-many', 'try-wide']);
  await opened(join(folder, 'data'), async (store) => {
    const before = await store.ask<{ rule: string }>('findings');
    const real = before.filter(({ rule }) => rule.startsWith('try-'));
    const run = await trial.run(store, { since: 0, until: 0 });
    assert.deepEqual([run.calls, run.beyond], [stored, 0]);
    for (const name of trial.tried)
      assert.ok(
        real.some(({ rule }) => rule === name),
        name,
      );
    assert.deepEqual(pick(run.findings), pick(real));
    assert.deepEqual(await store.ask('findings'), before, 'nothing was stored');
    // A part of the time has a part of the calls; two parts have all of them.
    const [{ minute }] = (await store.ask<{ minute: number }>('call-minutes')) as [{ minute: number }];
    const middle = Number(minute) + 60e6;
    const [first, second] = [
      await trial.run(store, { since: 0, until: middle }),
      await trial.run(store, { since: middle, until: 0 }),
    ];
    assert.ok(first.calls > 0 && second.calls > 0);
    assert.equal(first.calls + second.calls, stored);
  });
});

test('a rule on what is not stored is refused by the names of its fields, with what refers to it', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'mine.yml');
  writeFileSync(file, `${beyond}---\n${rules}`);
  const { refused, tried } = await tryRules(config, folder);
  assert.deepEqual(
    [...refused].sort((a, b) => (a.rule < b.rule ? -1 : 1)),
    [
      { rule: 'try-measure', fields: ['measure', 'value'] },
      { rule: 'try-password', fields: ['passwordForm'] },
      { rule: 'try-text', fields: ['uri.query'] },
      { rule: 'try-top', fields: ['measure', 'value'] },
    ],
  );
  assert.deepEqual([...tried].sort(), ['try-clear', 'try-many', 'try-wide']);
});

test('mistakes are told with their line, and a rule that is in force may be referred to and tried', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'mine.yml');
  writeFileSync(file, `title: Odd\n${call}\ndetection: { sel: { statos: 1 }, condition: sel }\n---\n${rules}`);
  const trial = await tryRules(config, file);
  assert.equal(trial.problems.length, 1);
  assert.match(trial.problems[0]!, /mine\.yml:3:\d+: unknown field "statos"; did you mean "status"\?/);
  const absent = await tryRules(config, join(folder, 'absent.yml'));
  assert.deepEqual(absent.tried, []);
  assert.match(absent.problems[0]!, /ENOENT/);
});

test('calls are asked for in spans that follow on one another, and a busy minute in parts', async (t) => {
  const file = join(folderOf(t), 'mine.yml');
  writeFileSync(file, rules);
  const asked: { since: number; until: number }[] = [];
  const minutes = [
    { minute: 60e6, calls: 40_000 },
    { minute: 120e6, calls: 50_000 },
    { minute: 300e6, calls: 20_000 },
    { minute: 360e6, calls: 250_000 },
    { minute: 420e6, calls: 5000 },
  ];
  const store = {
    stream: async function* (question: string, parameters: { since: number; until: number }) {
      if (question === 'call-minutes') yield* minutes;
      else asked.push(parameters);
    },
    ask: async () => [],
  } as unknown as Store;
  const trial = await tryRules(config, file);
  await trial.run(store, { since: 90e6, until: 430e6 });
  assert.deepEqual(asked, [
    { since: 90e6, until: 180e6 },
    { since: 300e6, until: 360e6 },
    { since: 360e6, until: 380e6 },
    { since: 380e6, until: 400e6 },
    { since: 400e6, until: 430e6 },
  ]);
});
