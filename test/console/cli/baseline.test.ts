/** `apiris baseline`: whom one word means, and what is said of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Learnt } from '../../../analyzer/analyzer.ts';
import { textWidth } from '../../../console/cli/width.ts';
import type { LearntSubject } from '../../../deploy/baselines.ts';
import { runCommand, someTime, somewhere } from './fakes.ts';
import { finding, findingAnswers, findingServices } from './finding-fakes.ts';

const account = 'z***#3f9a01c2be';
const learnt: Learnt[] = [
  {
    ...{ measure: 'rate-account', quantity: 'calls', app: 'trade.example.com', id: account, window: 60e6 },
    ...{ since: 1_780_000_000_000_000, isLearnt: true, median: 5, highShare: 0.999, high: 11, threshold: 100, last: 3 },
    lessons: [{ what: 'days', has: 9, needs: 3 }],
  },
  {
    ...{ measure: 'persons', quantity: 'persons', app: 'trade.example.com', id: account, window: 86_400e6 },
    ...{ since: 1_780_000_000_000_000, isLearnt: false, threshold: 499, last: 12 },
    lessons: [{ what: 'days', has: 2, needs: 5 }],
  },
];
const answers = {
  'known-app': ({ app }: Record<string, unknown>) => (app === 'trade.example.com' ? [{ app }] : []),
  'known-apis': ({ id }: Record<string, unknown>) =>
    ['3f9a01c2be774455', '3f9a01ffffffffff']
      .filter((each) => each.startsWith(String(id)))
      .map((each) => ({ id: each })),
  'api-parts': [{ id: 'ffff000011112222' }],
};

async function asked(id: string, ...more: string[]) {
  const subjects: LearntSubject[] = [];
  const readLearnt = async (_store: unknown, _config: unknown, subject: LearntSubject) => {
    subjects.push(subject);
    return { state: 'known' as const, learnt };
  };
  const run = await runCommand(['baseline', 'show', id, ...more, ...somewhere], { answers, services: { readLearnt } });
  return { ...run, subject: subjects[0] as (LearntSubject & { kind: string; id: string }) | undefined };
}

test('one word is an account, a client, an application or an API', async () => {
  const of = async (id: string) => {
    const { subject } = await asked(id);
    return [subject?.kind, subject?.id, subject?.ids, subject?.suffix, subject?.isApp];
  };
  assert.deepEqual(await of(account), ['account', '3f9a01c2be', [], '#3f9a01c2be', false]);
  assert.deepEqual(await of('zhang.san'), ['account', '3f9a01c2be', [], '#3f9a01c2be', false]);
  assert.deepEqual(await of('2001:db8::7'), ['client', '2001:db8::7', ['2001:db8::7'], '', false]);
  assert.deepEqual(await of('Trade.example.com'), ['app', 'trade.example.com', ['trade.example.com'], '', true]);
  const parts = ['3f9a01c2be774455', 'ffff000011112222'];
  assert.deepEqual(await of('3f9a01c2'), ['api', '3f9a01c2be774455', parts, '', false]);
  const two = await asked('3f9a01');
  assert.equal(two.code, 1);
  assert.equal((await asked('00000000000000aa')).code, 1);
});

test('what is usual has the fields of the contract, and reads well in both languages', async () => {
  const json = JSON.parse((await asked(account)).stdout);
  assert.deepEqual([json.kind, json.id], ['account', account]);
  assert.deepEqual(json.baselines[0], {
    ...{ measure: 'rate-account', quantity: 'calls', app: 'trade.example.com', windowSeconds: 60 },
    ...{ since: '2026-05-28T20:26:40.000000Z', learnt: true, lessons: learnt[0]!.lessons, median: 5 },
    ...{ high: 11, highShare: 0.999, threshold: 100, toldWhen: 'above', last: 3 },
  });
  assert.equal('median' in json.baselines[1], false);
  const english = (await asked(account, '--format', 'table')).stdout;
  assert.match(english, /calls a minute +learnt +5 +11 +> 100 +3/);
  assert.match(english, /different persons a day +needs 3 days +— +— +> 499 +12/);
  const chinese = (await asked(account, '--format', 'table', '--lang', 'zh-CN')).stdout;
  assert.match(chinese, /不同客户数 每天 +还需3 天/);
  for (const line of `${english}${chinese}`.split('\n')) assert.ok(textWidth(line) <= 100, line);
});

test('that nothing is known is said, and why', async () => {
  const say = async (state: 'known' | 'empty' | 'other-version') => {
    const readLearnt = async () => ({ state, learnt: [] });
    return runCommand(['baseline', 'show', '10.0.0.7', ...somewhere], { answers, services: { readLearnt } });
  };
  for (const [state, words] of [
    ['known', /Nothing was learnt of 10\.0\.0\.7/],
    ['empty', /no capture was read to its end/],
    ['other-version', /another version/],
  ] as const) {
    const run = await say(state);
    assert.equal(run.code, 1);
    assert.match(run.stderr, words);
  }
});

test('a freeze is a row with who and why, shown from then on, and taken back by another', async () => {
  const said: object[] = [];
  const words = () => said;
  const readLearnt = async () => ({ state: 'known' as const, learnt });
  const services = { readLearnt };
  const run = (...line: string[]) =>
    runCommand(['baseline', ...line, ...somewhere], { answers: { ...answers, 'baseline-words': words }, services });
  const frozen = await run('freeze', account, '--by', 'li.lei', '--note', 'audit');
  assert.equal(frozen.code, 0, frozen.stderr);
  const [{ table, rows }] = frozen.store.inserted as [{ table: string; rows: Record<string, unknown>[] }];
  assert.equal(table, 'decisions');
  const { kind, subject, value, by, note } = rows[0]!;
  assert.deepEqual([kind, subject, by, note], ['baseline', '3f9a01c2be', 'li.lei', 'audit']);
  assert.deepEqual(JSON.parse(String(value)), { kind: 'account', id: '3f9a01c2be', action: 'freeze' });
  said.push({
    kind: 'account',
    id: '3f9a01c2be',
    action: 'freeze',
    by: 'li.lei',
    note: 'audit',
    ts: 1e15,
    relearnt: 0,
  });
  const shown = JSON.parse((await run('show', account)).stdout);
  assert.deepEqual(shown.frozen, { since: '2001-09-09T01:46:40.000000Z', by: 'li.lei', note: 'audit' });
  assert.match((await run('show', account, '--format', 'table')).stdout, /Frozen since 2001-09-09 09:46 by li\.lei/);
  const back = await run('freeze', account, '--clear', '--by', 'li.lei', '--note', 'over');
  assert.equal(JSON.parse(String(back.store.inserted[0]!.rows[0]!['value'])).action, 'clear');
  said.length = 0;
  const nothing = await run('freeze', account, '--clear', '--by', 'li.lei', '--note', 'over');
  assert.deepEqual([nothing.code, nothing.store.inserted.length], [1, 0]);
  assert.match(nothing.stderr, /is not frozen/);
  for (const half of [['--by', 'li.lei'], ['--note', 'why'], []]) {
    const refused = await run('relearn', account, ...half);
    assert.deepEqual([refused.code, refused.store.inserted.length], [2, 0]);
  }
  const anew = await run('relearn', 'trade.example.com', '--by', 'li.lei', '--note', 'moved');
  assert.equal(JSON.parse(String(anew.store.inserted[0]!.rows[0]!['value'])).action, 'relearn');
});

test('findings that were compared with a frozen baseline say so, and so does the portrait', async () => {
  const word = { action: 'freeze', by: 'li.lei', note: 'audit', ts: 1e15, relearnt: 0 };
  const words = [
    { ...word, kind: 'account', id: '3f9a01c2be' },
    { ...word, kind: 'client', id: '10.99.99.99' },
    { ...word, kind: 'app', id: finding.app, action: 'relearn', relearnt: 1e15 },
  ];
  const told = { ...findingAnswers, newest: [{ ts: someTime }], 'baseline-words': words };
  const run = async (answered: object, ...line: string[]) => {
    const done = await runCommand([...line, ...somewhere], { answers: answered as never, services: findingServices });
    assert.equal(done.code, 0, done.stderr);
    return done.stdout;
  };
  const json = JSON.parse(await run(told, 'finding', finding.id));
  const since = '2001-09-09T01:46:40.000000Z';
  assert.deepEqual(json.frozen, [{ kind: 'account', id: '3f9a01c2be', since, by: 'li.lei', note: 'audit' }]);
  const page = await run(told, 'finding', finding.id, '--format', 'table');
  assert.match(page, /learning +Frozen since 2001-09-09 09:46 by li\.lei \(audit\)/);
  // What was compared with nothing rests on nothing.
  const alone = { ...told, finding: [{ ...finding, usual: { median: 0, p95: 0, n: 0 } }] };
  assert.equal('frozen' in JSON.parse(await run(alone, 'finding', finding.id)), false);
  const profile = JSON.parse(await run(told, 'profile', 'account', 'z***#3f9a01c2be'));
  assert.deepEqual(profile.frozen, { since, by: 'li.lei', note: 'audit' });
  assert.match(await run(told, 'profile', 'account', 'z***#3f9a01c2be', '--format', 'table'), /Frozen since/);
});

test('what is missing is told in full at a hundred columns', async () => {
  const lessons = [
    { what: 'days' as const, has: 0, needs: 3 },
    { what: 'windows' as const, has: 1, needs: 30 },
  ];
  const many = ['quote.brokerage.example', 'trade.brokerage.example'].map(
    (app): Learnt => ({
      ...learnt[0]!,
      app,
      window: 3600e6,
      slot: 'off-session',
      isLearnt: false,
      lessons,
      threshold: 48_000,
    }),
  );
  const readLearnt = async () => ({ state: 'known' as const, learnt: many });
  const line = ['baseline', 'show', account, '--format', 'table', ...somewhere];
  const { stdout } = await runCommand(line, { answers, services: { readLearnt } });
  assert.match(stdout, /needs 3 days, 29 windows +5 +11 +> 48,000 +3/);
  for (const text of stdout.split('\n')) assert.ok(textWidth(text) <= 100, text);
});
