/** `apiris rules try`: what is found, what is refused and with which exit code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleTrial } from '../../../deploy/rule-trial.ts';
import { runCommand, someTime, somewhere } from './fakes.ts';
import { finding } from './finding-fakes.ts';

const answers = { newest: [{ ts: someTime }] };
const found = { ...finding, v: 1, status: 'unconfirmed' } as unknown as Awaited<
  ReturnType<RuleTrial['run']>
>['findings'][number];
const refused = [{ rule: 'text', fields: ['uri.path', 'uri.query'] }];

function trialOf(trial: Partial<RuleTrial>, periods: object[] = []): RuleTrial {
  return {
    ...{ tried: ['mine'], refused: [], problems: [] },
    run: async (_store, period) => {
      periods.push(period);
      return { findings: [found], beyond: 0, calls: 12_345 };
    },
    ...trial,
  };
}

test('findings as the list of findings has them; what was read is told beside them', async () => {
  const periods: object[] = [];
  const services = { tryRules: () => trialOf({}, periods) };
  const line = ['rules', 'try', 'mine.yml', '--since', '2h', ...somewhere];
  const json = await runCommand(line, { answers, services });
  assert.equal(json.code, 0);
  const [row] = JSON.parse(json.stdout);
  assert.deepEqual([row.id, row.rule, row.status], [finding.id, finding.rule, 'unconfirmed']);
  assert.match(json.stderr, /12,345 calls tried in 1\.0 s \(12,345 a second\): 1 findings\. Nothing was stored/);
  assert.deepEqual(periods, [{ since: someTime - 7200e6, until: 0 }]);
  const table = await runCommand([...line, '--lang', 'zh-CN'], { answers, services, stdoutTerminal: true });
  assert.match(table.stdout, /逐个读取客户数据/);
  assert.match(table.stderr, /试运行了 12,345 次调用/);
});

test('a rule that is refused is named with its fields and another way; the others are tried', async () => {
  const part = { tryRules: () => trialOf({ refused }) };
  const some = await runCommand(['rules', 'try', 'mine.yml', ...somewhere], { answers, services: part });
  assert.equal(some.code, 1);
  assert.equal(JSON.parse(some.stdout).length, 1);
  assert.match(some.stderr, /text can't be tried: stored calls have no uri\.path, uri\.query/);
  assert.match(some.stderr, /replay CAPTURE --rules mine\.yml/);
  const none = { tryRules: () => trialOf({ refused, tried: [], problems: ['mine.yml:1:1: odd; mend it'] }) };
  const all = await runCommand(['rules', 'try', 'mine.yml', ...somewhere], { answers, services: none });
  assert.equal(all.code, 2);
  assert.equal(all.stdout, '');
  for (const text of [/mine\.yml:1:1: odd/, /uri\.query/, /--rules/]) assert.match(all.stderr, text);
  const empty = { tryRules: () => trialOf({ tried: [] }) };
  const nothing = await runCommand(['rules', 'try', 'mine.yml', ...somewhere], { answers, services: empty });
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /no rule in it/);
});

test('a replay takes rules that are in force for it alone', async () => {
  const taken: (readonly string[])[] = [];
  const replay = async ({ config }: { config: { rules: readonly string[] } }) => {
    taken.push(config.rules);
    throw Object.assign(new Error('enough'), { name: 'CaptureError' });
  };
  const services = { replay: replay as never };
  await runCommand(['replay', 'a.pcap', '--rules', 'a.yml', '--rules', 'b.yml', ...somewhere], { services });
  assert.deepEqual(taken, [['a.yml', 'b.yml']]);
});
