import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detector, type DetectorOptions } from '../../../analyzer/detect/detector.ts';
import type { CallEvent } from '../../../analyzer/detect/event.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import type { Finding } from '../../../analyzer/finding.ts';
import { callOf, compileText, randomOf, rulesOf } from './rules-of.ts';

const t0 = 1_772_589_600_000_000; // 2026-03-04 02:00 UTC
const second = 1_000_000;

const base = (name: string, selection: string) =>
  `{title: ${name}, name: ${name}, logsource: {product: apiris, service: call}, detection: {s: ${selection}, condition: s}}`;
const correlation = (name: string, body: string, more = '') =>
  `{title: ${name}, name: ${name}, correlation: {${body}}${more === '' ? '' : `, ${more}`}}`;
const failed = base('failed', '{success: false}');
const passed = base('passed', '{success: true}');

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
    const rules = [failed, passed, correlation('c', body)];
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

const everything = [
  failed,
  passed,
  base('slow', '{durationUs|gte: 500000}'),
  ...cases.map(([, body], i) => correlation(`c${i}`, body)),
  correlation(
    'd',
    'type: deviation, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, factor: 2, floor: 5, history: 2}',
  ),
  correlation('in', 'type: temporal_ordered, rules: [c0, passed], group-by: [account], timespan: 5m'),
];

function randomCalls(count: number, seed: number): CallEvent[] {
  const random = randomOf(seed);
  let time = t0;
  return Array.from({ length: count }, (_, i) => {
    time += random(12) * second;
    // Now and then one comes late.
    const shown = random(20) === 0 ? time - random(100) * second : time;
    return callOf({
      uid: `${i.toString(16).padStart(16, '0')}-1`,
      ts: shown - 1000,
      completedTs: shown,
      account: `${'abcdef'[random(6)]}***#1`,
      client: `10.0.0.${random(5)}`,
      session: `${'abc'[random(3)]}***#1`,
      apiId: `${'ab'[random(2)]}`.repeat(16),
      success: random(3) > 0,
      persons: random(40),
      completeness: 1 - random(3) / 10,
      durationUs: random(1_000_000),
    });
  });
}

/** Rows by id: the last of each stays, as in a store. */
function store(rows: Map<string, Finding>, findings: readonly Finding[]): void {
  for (const finding of findings) rows.set(finding.id, finding);
}

const rowsOf = (rows: Map<string, Finding>) => [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

test('however the calls are cut into batches, the findings are the same', () => {
  const rules = rulesOf(...everything);
  const calls = randomCalls(3000, 5);
  const results = [1, 7, 100, 3000].map((size) => {
    const rows = new Map<string, Finding>();
    const detector = new Detector(rules);
    calls.forEach((call, i) => {
      detector.call(call);
      if ((i + 1) % size === 0) {
        // A tick between batches says no more than the calls did.
        detector.advance(call.completedTs);
        store(rows, detector.changed());
      }
    });
    detector.advance(t0 + 10 ** 12);
    store(rows, detector.changed());
    return rowsOf(rows);
  });
  assert.ok(results[0].length > 100);
  assert.ok(new Set(results[0].map((finding) => finding.rule)).size >= 10);
  for (const result of results.slice(1)) assert.deepEqual(result, results[0]);
});

test('a snapshot in between changes nothing', () => {
  const rules = rulesOf(...everything);
  const calls = randomCalls(600, 9);
  const whole = new Detector(rules, { mostGroups: 4, mostEntries: 200, mostFindings: 30 });
  const rows = new Map<string, Finding>();
  for (const call of calls) whole.call(call);
  store(rows, whole.changed());
  const random = randomOf(3);
  for (const cut of [0, 1, 599, ...Array.from({ length: 12 }, () => random(600))]) {
    const first = new Detector(rules, { mostGroups: 4, mostEntries: 200, mostFindings: 30 });
    for (const call of calls.slice(0, cut)) first.call(call);
    const text = JSON.stringify(first.snapshot());
    const second = new Detector(rules, { mostGroups: 4, mostEntries: 200, mostFindings: 30 });
    second.restore(JSON.parse(text));
    for (const call of calls.slice(cut)) second.call(call);
    assert.deepEqual(second.changed(), rowsOf(rows), `cut at ${cut}`);
    assert.deepEqual(second.snapshot(), whole.snapshot());
  }
});

test('memory is bounded by groups, entries and findings, and each loss is counted', () => {
  const rules = rulesOf(
    failed,
    correlation('c', 'type: event_count, rules: [failed], group-by: [account], timespan: 1h, condition: {gte: 4}'),
    correlation(
      'v',
      'type: value_count, rules: [failed], group-by: [client], timespan: 1h, condition: {field: account, gte: 2}',
    ),
  );
  const detector = new Detector(rules, { mostGroups: 50, mostEntries: 300, mostFindings: 20 });
  for (let i = 0; i < 20_000; i++) {
    const time = t0 + i * 1000;
    detector.call(callOf({ ...no, ts: time, completedTs: time, account: `a${i % 5000}`, client: `c${i % 700}` }));
    if (i % 1000 === 0) detector.changed();
  }
  const { correlators, findings } = detector.snapshot();
  for (const { groups } of Object.values(correlators)) {
    assert.ok(groups.length <= 50);
    const entries = groups.reduce(
      (sum, { body }) => sum + ('last' in body ? body.last.length : 'hits' in body ? body.hits.length : 0),
      0,
    );
    assert.ok(entries <= 300);
  }
  assert.ok(findings.open.length <= 20);
  assert.ok(detector.evicted.groups > 10_000);
});

test('groups go when their window has passed', () => {
  const rules = rulesOf(
    failed,
    correlation('c', 'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 4}'),
  );
  const detector = new Detector(rules);
  for (let i = 0; i < 5000; i++) {
    const time = t0 + i * second;
    detector.call(callOf({ ...no, ts: time, completedTs: time, account: `a${i}` }));
  }
  assert.equal(detector.evicted.groups, 0);
  const [{ groups }] = Object.values(detector.snapshot().correlators);
  assert.ok(groups.length <= 62, `${groups.length}`);
});

test('what can not be grouped is counted', () => {
  const rules = rulesOf(
    failed,
    correlation('c', 'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 1}'),
  );
  const detector = new Detector(rules);
  detector.call(callOf(no));
  assert.deepEqual([detector.changed(), detector.counts.ungrouped], [[], 1]);
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
