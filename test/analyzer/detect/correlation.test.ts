import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detector, type DetectorOptions } from '../../../analyzer/detect/detector.ts';
import type { CallEvent } from '../../../analyzer/detect/event.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import type { Finding } from '../../../analyzer/finding.ts';
import { callOf, compileText, rulesOf } from './rules-of.ts';

const t0 = 1_772_589_600_000_000; // 2026-03-04 02:00 UTC
const second = 1_000_000;

const base = (name: string, selection: string) =>
  `{title: ${name}, name: ${name}, logsource: {product: apiris, service: call}, detection: {s: ${selection}, condition: s}}`;
const correlation = (name: string, body: string, more = '') =>
  `{title: ${name}, name: ${name}, correlation: {${body}}${more === '' ? '' : `, ${more}`}}`;
const failed = base('failed', '{success: false}');
const passed = base('passed', '{success: true}');
const slow = base('slow', '{durationUs|gte: 500000}');

type Step = readonly [seconds: number, call: Partial<CallEvent>];

function run(rules: readonly string[], steps: readonly Step[], options: DetectorOptions = {}): Finding[] {
  const detector = new Detector(rulesOf(...rules), options);
  for (const [seconds, call] of steps) {
    detector.call(
      callOf({ account: 'a***#1', ...call, ts: t0 + seconds * second, completedTs: t0 + seconds * second }),
    );
  }
  return detector.changed();
}

const no = { success: false };
const yes = { success: true };
const at = (call: Partial<CallEvent>, ...seconds: number[]): Step[] => seconds.map((each) => [each, call]);

/** Correlation over `failed` and `passed`, then streams that fire and that do not. */
const cases: readonly (readonly [string, string, readonly (readonly Step[])[], readonly (readonly Step[])[]])[] = [
  [
    'event_count',
    'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 3}',
    [at(no, 0, 30, 59)],
    [at(no, 0, 30, 60), at(no, 0, 30), [...at(no, 0, 1), ...at({ ...no, account: 'b' }, 2)], at(yes, 0, 1, 2)],
  ],
  [
    'event_count with gt',
    'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gt: 3}',
    [at(no, 0, 1, 2, 3)],
    [at(no, 0, 1, 2)],
  ],
  [
    'event_count judged when the window has ended',
    'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 2, lt: 4}',
    [[...at(no, 0, 1, 2), ...at(yes, 61)]],
    [[...at(no, 0, 1, 2, 3), ...at(yes, 61)], at(no, 0, 1, 2), [...at(no, 0), ...at(yes, 61)]],
  ],
  [
    'event_count with eq',
    'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {eq: 2}',
    [[...at(no, 0, 1), ...at(yes, 60)]],
    [[...at(no, 0, 1, 2), ...at(yes, 60)]],
  ],
  [
    'value_count',
    'type: value_count, rules: [failed], group-by: [client], timespan: 1m, condition: {field: account, gte: 3}',
    [
      [
        [0, { ...no, account: 'a' }],
        [1, { ...no, account: 'b' }],
        [2, { ...no, account: 'c' }],
      ],
    ],
    [
      [
        [0, { ...no, account: 'a' }],
        [1, { ...no, account: 'b' }],
        [2, { ...no, account: 'a' }],
      ],
      [
        [0, { ...no, account: 'a' }],
        [1, { ...no, account: 'b' }],
        [60, { ...no, account: 'c' }],
      ],
    ],
  ],
  [
    'value_count of several fields together',
    'type: value_count, rules: [failed], group-by: [app], timespan: 1m, condition: {field: [account, client], gte: 2}',
    [
      [
        [0, { ...no, client: '10.0.0.1' }],
        [1, { ...no, client: '10.0.0.2' }],
      ],
    ],
    [at(no, 0, 1, 2)],
  ],
  [
    'value_sum',
    'type: value_sum, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, gte: 100}',
    [at({ ...yes, persons: 50 }, 0, 59)],
    [at({ ...yes, persons: 50 }, 0, 60), at({ ...yes, persons: 33 }, 0, 1, 2), at(yes, 0, 1)],
  ],
  [
    'value_avg',
    'type: value_avg, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, gt: 10}',
    [
      [
        [0, { ...yes, persons: 5 }],
        [1, { ...yes, persons: 16 }],
      ],
    ],
    [
      [
        [0, { ...yes, persons: 5 }],
        [1, { ...yes, persons: 15 }],
      ],
    ],
  ],
  [
    'value_percentile',
    'type: value_percentile, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, percentile: 75, gte: 9}',
    [[1, 2, 9, 9].map((persons, i): Step => [i, { ...yes, persons }])],
    [[1, 2, 3, 9].map((persons, i): Step => [i + 1, { ...yes, persons }])],
  ],
  [
    'temporal',
    'type: temporal, rules: [failed, passed], group-by: [account], timespan: 1m',
    [
      [...at(yes, 0), ...at(no, 30)],
      [...at(no, 0), ...at(yes, 59)],
    ],
    [[...at(no, 0), ...at(yes, 60)], at(no, 0, 1, 2), [...at(no, 0), ...at({ ...yes, account: 'b' }, 1)]],
  ],
  [
    'temporal_ordered',
    'type: temporal_ordered, rules: [failed, passed], group-by: [account], timespan: 1m',
    [
      [...at(no, 0), ...at(yes, 30)],
      [...at(yes, 0), ...at(no, 1), ...at(yes, 2)],
    ],
    [
      [...at(yes, 0), ...at(no, 30)],
      [...at(no, 0), ...at(yes, 60)],
    ],
  ],
  [
    'temporal_ordered takes two events, not one twice',
    'type: temporal_ordered, rules: [failed, slow], group-by: [account], timespan: 1m',
    [at({ ...no, durationUs: 900_000 }, 0, 1)],
    [at({ ...no, durationUs: 900_000 }, 0)],
  ],
  [
    'aliases',
    'type: temporal, rules: [failed, passed], group-by: [who], aliases: {who: {failed: account, passed: session}}, timespan: 1m',
    [
      [
        [0, { ...no, account: 'x' }],
        [1, { ...yes, session: 'x' }],
      ],
    ],
    [
      [
        [0, { ...no, account: 'x' }],
        [1, { ...yes, session: 'y', account: 'x' }],
      ],
    ],
  ],
];

for (const [name, body, fires, rests] of cases) {
  test(name, () => {
    const rules = [failed, passed, slow, correlation('c', body)];
    for (const steps of fires) {
      const findings = run(rules, steps).filter((finding) => finding.rule === 'c');
      assert.equal(findings.length, 1, JSON.stringify(steps));
    }
    for (const steps of rests) {
      const findings = run(rules, steps).filter((finding) => finding.rule === 'c');
      assert.equal(findings.length, 0, JSON.stringify(steps));
    }
  });
}

test('a finding has all hits of the window once, and goes on while they come', () => {
  const rule = correlation(
    'c',
    'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 3}',
  );
  const [finding, ...more] = run([failed, rule], at(no, 0, 1, 2, 3, 4, 63));
  assert.deepEqual(more, []);
  // The last one came when the others had left the window.
  assert.equal(finding.count, 5);
  assert.deepEqual(finding.measured, { name: 'event_count', value: 5, threshold: 3 });
  assert.deepEqual([finding.firstSeen, finding.lastSeen], [t0, t0 + 4 * second]);
  assert.equal(finding.account, 'a***#1');
});

test('rules that a correlation names are silent unless it says generate', () => {
  const body = (generate: boolean) =>
    `type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 2}, generate: ${generate}`;
  assert.deepEqual(
    run([failed, correlation('c', body(false))], at(no, 0, 1)).map((each) => each.rule),
    ['c'],
  );
  const both = run([failed, correlation('c', body(true))], at(no, 0, 1)).map((each) => each.rule);
  assert.deepEqual(both.sort(), ['c', 'failed']);
});

test('a correlation of correlations', () => {
  const rules = [
    failed,
    passed,
    correlation('many', 'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 3}'),
    correlation(
      'in',
      'type: temporal_ordered, rules: [many, passed], group-by: [account], timespan: 5m',
      'level: critical',
    ),
  ];
  const [finding] = run(rules, [...at(no, 0, 1, 2), ...at(yes, 100)]);
  assert.deepEqual([finding.rule, finding.level], ['in', 'critical']);
  assert.deepEqual(run(rules, [...at(no, 0, 1), ...at(yes, 100)]), []);
});

test('deviation: against its own past, from a floor on', () => {
  const rules = [
    passed,
    correlation(
      'd',
      'type: deviation, rules: [passed], group-by: [account], timespan: 1d, condition: {field: persons, factor: 3, floor: 50, history: 5}',
    ),
  ];
  const day = 86_400;
  const days = (...persons: number[]): Step[] => persons.map((count, i) => [i * day, { ...yes, persons: count }]);
  const [finding] = run(rules, days(20, 22, 18, 20, 21, 90));
  assert.deepEqual(finding.measured, { name: 'deviation persons', value: 90, threshold: 66 });
  assert.deepEqual(finding.usual, { median: 20, p95: 22, n: 5 });
  assert.deepEqual(run(rules, days(20, 22, 18, 20, 21, 60)), []);
  // Little is never too much, and nothing is unusual before five days.
  assert.deepEqual(run(rules, days(1, 1, 1, 1, 1, 40)), []);
  assert.deepEqual(run(rules, days(20, 20, 20, 20, 900)), []);
  // What deviated teaches no more than its limit: two days later the same is still too much.
  assert.equal(run(rules, days(20, 20, 20, 20, 20, 500, 500)).length, 2);
  const unlearned = rules[1].replace('history: 5', 'history: 5, unlearned: 300');
  assert.equal(run([passed, unlearned], days(400)).length, 1);
});

test('days begin at local midnight', () => {
  const rule = correlation(
    'd',
    'type: deviation, rules: [passed], group-by: [account], timespan: 1d, condition: {factor: 2, floor: 2, history: 1, unlearned: 2}',
  );
  // 2026-03-04 10:00 at Shanghai; 14 hours later is the next day there, and the same in UTC.
  const steps = at(yes, 13.9 * 3600, 14.1 * 3600);
  assert.equal(run([passed, rule], steps).length, 0);
  assert.equal(run([passed, rule], steps, { zoneOffset: 0 }).length, 1);
});

test('mistakes in correlations', () => {
  for (const [body, expected] of [
    [
      'type: event_cont, rules: [failed], timespan: 1m, condition: {gte: 1}',
      /type "event_cont" is unknown; did you mean/,
    ],
    [
      'type: event_count, rules: [faild], timespan: 1m, condition: {gte: 1}',
      /names "faild", which is not in force; did you mean "failed"/,
    ],
    ['type: event_count, rules: [failed], timespan: 1x, condition: {gte: 1}', /timespan is not a time span/],
    ['type: event_count, rules: [failed], timespan: 1m', /event_count has no condition/],
    ['type: event_count, rules: [failed], timespan: 1m, condition: {gte: 100000}', /beyond what is held/],
    ['type: event_count, rules: [failed], timespan: 1m, condition: {field: account, gte: 1}', /takes no field/],
    ['type: value_count, rules: [failed], timespan: 1m, condition: {gte: 1}', /value_count without a field/],
    [
      'type: value_sum, rules: [failed], timespan: 1m, condition: {field: account, gte: 1}',
      /needs one field of numbers/,
    ],
    ['type: temporal, rules: [failed], timespan: 1m', /temporal of one rule/],
    [
      'type: event_count, rules: [failed], group-by: [acount], timespan: 1m, condition: {gte: 1}',
      /unknown field "acount"/,
    ],
    [
      'type: event_count, rules: [failed], group-by: [cs-cookie], timespan: 1m, condition: {gte: 1}',
      /cookie is not known of calls/,
    ],
    ['type: event_count, rules: [c], timespan: 1m, condition: {gte: 1}', /not in force|refers to itself/],
    ['type: deviation, rules: [failed], timespan: 1d, condition: {floor: 1}', /deviation needs a factor/],
    [
      'type: event_count, rules: [failed], timspan: 1m, condition: {gte: 1}',
      /unknown key "timspan" in correlation; did you mean/,
    ],
  ] as const) {
    const { problems, correlations, rules } = compileText(failed, correlation('c', body));
    assert.match(problems.map(describeProblem).join('\n'), expected);
    // The rule it names stays in force, and reports.
    assert.deepEqual([correlations.length, rules.length, rules[0].reports], [0, 1, true]);
  }
});
