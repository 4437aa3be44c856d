/** What is said to be told from there on is what the measures and the shipped rules tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules } from '../../../analyzer/detect/compile.ts';
import { Detector } from '../../../analyzer/detect/detector.ts';
import { Distinct } from '../../../analyzer/distinct.ts';
import { weekCalendar } from '../../../analyzer/judging/calendar.ts';
import { type LearntEntry, learntFrom } from '../../../analyzer/judging/learnt.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import { type Answer, ResponseSize } from '../../../analyzer/observe/response-size.ts';
import { loadRules, shippedRules } from '../../../deploy/content/rules.ts';

const options = {
  zoneOffset: 0,
  limits: new Map([['b.example', 40]]),
  hour: -1,
  calendar: weekCalendar,
  apps: new Set<string>(),
};
const rules = compileRules(loadRules([shippedRules()]).files.flatMap(({ documents }) => documents));
const day = 86_400e6;

/** As persons.ts keeps it: windows that are over came to `past`. */
function volume(part: LearntEntry['part'], past: readonly number[], app = 'a.example'): LearntEntry {
  const state = {
    ...{ window: 1, since: 5, begin: 0, distinct: new Distinct().snapshot(), unnamed: 0, calls: 0, records: 0 },
    ...{ largest: 0, due: 0, end: 0, completeness: 0, first: [], last: [], past, apis: [], clients: [], accounts: [] },
  };
  return { part, entry: [JSON.stringify([app, 'account', 'z***#1']), state] };
}

/** Whether a rule makes anything of so many persons. */
function isTold(measure: string, value: number, past: readonly number[], numbers: Observation['numbers']): boolean {
  const sorted = [...past].sort((a, b) => a - b);
  const p95 = sorted[Math.max(0, Math.ceil(0.95 * sorted.length) - 1)] ?? 0;
  const detector = new Detector(rules, { zoneOffset: 0 });
  detector.observe({
    ...{ v: 1, measure, subject: { kind: 'account', id: 'z***#1' }, app: 'a.example', begin: 0, end: day, window: day },
    ...{ value, numbers: { persons: value, share: 0, inOne: 0, isSet: 0, ...numbers }, samples: ['u'], clients: [] },
    ...{ usual: { median: p95, p95, n: past.length }, accounts: ['z***#1'], completeness: 1 },
  } as Observation);
  return detector.changed().length > 0;
}

test('the threshold of a volume is where the shipped rules begin to tell', () => {
  for (const [part, measure] of [
    ['persons', 'persons'],
    ['exported', 'exported-persons'],
    ['offHours', 'off-hours'],
    ['abroad', 'persons-abroad'],
  ] as const)
    for (const past of [[], [10], [300, 320, 310], [10, 12, 9, 14, 11], [400, 420, 390, 410, 405, 400]]) {
      const [learnt] = learntFrom([volume(part, past)], options);
      const { threshold, since } = learnt!;
      assert.equal(since, 5);
      const told = (value: number) => isTold(measure, value, past, { ofLimit: value / 500 });
      assert.deepEqual([told(threshold), told(threshold + 1)], [false, true], `${measure} ${past} ${threshold}`);
    }
});

test('a limit that somebody set is the threshold, whatever is usual', () => {
  const [learnt] = learntFrom([volume('persons', [10, 10, 10, 10, 10], 'b.example')], options);
  assert.deepEqual([learnt!.threshold, learnt!.isLearnt], [39, true]);
});

test('the size of answers is told from the threshold that is shown', () => {
  const sizes = new ResponseSize();
  const answer = (persons: number): Answer => ({
    ...{
      time: 7,
      uid: 'u',
      app: 'a.example',
      client: '192.0.2.1',
      completeness: 1,
      apiId: 'a'.repeat(16),
      method: 'GET',
    },
    ...{ template: '/x', subject: { kind: 'account', id: 'z***#1' }, account: 'z***#1', persons, records: persons },
  });
  for (let i = 0; i < 60; i++) sizes.take(answer(50));
  const entries = sizes.snapshot().apis.young.map((entry) => ({ part: 'sizes' as const, entry }));
  const [learnt] = learntFrom(entries, options);
  assert.deepEqual(
    [learnt!.median, learnt!.high, learnt!.threshold, learnt!.isLearnt, learnt!.last, learnt!.since],
    [50, 50, 249, true, 50, 7],
  );
  assert.ok(sizes.take(answer(250)) !== undefined);
  assert.equal(sizes.take(answer(249)), undefined);
});
