/** The detector as a whole: batches, snapshots, bounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detector } from '../../../analyzer/detect/detector.ts';
import type { CallEvent } from '../../../analyzer/detect/event.ts';
import type { Finding } from '../../../analyzer/finding.ts';
import { callOf, randomOf, rulesOf } from './rules-of.ts';

const t0 = 1_772_589_600_000_000; // 2026-03-04 02:00 UTC
const second = 1_000_000;
const no = { success: false };

const base = (name: string, selection: string) =>
  `{title: ${name}, name: ${name}, logsource: {product: apiris, service: call}, detection: {s: ${selection}, condition: s}}`;
const correlation = (name: string, body: string) => `{title: ${name}, name: ${name}, correlation: {${body}}}`;
const failed = base('failed', '{success: false}');
const passed = base('passed', '{success: true}');

/** One of each kind. */
const bodies = [
  'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 3}',
  'type: event_count, rules: [failed], group-by: [account], timespan: 1m, condition: {gte: 2, lt: 4}',
  'type: event_count, rules: [failed], group-by: [client], timespan: 1m, condition: {eq: 2}',
  'type: value_count, rules: [failed], group-by: [client], timespan: 1m, condition: {field: account, gte: 3}',
  'type: value_count, rules: [failed], group-by: [client], timespan: 1m, condition: {field: account, lte: 2}',
  'type: value_sum, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, gte: 100}',
  'type: value_avg, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, gt: 25}',
  'type: value_percentile, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, percentile: 75, gte: 30}',
  'type: temporal, rules: [failed, passed, slow], group-by: [account], timespan: 1m',
  'type: temporal_ordered, rules: [failed, passed, slow], group-by: [account], timespan: 1m',
  'type: deviation, rules: [passed], group-by: [account], timespan: 1m, condition: {field: persons, factor: 2, floor: 5, history: 2}',
  'type: temporal, rules: [failed, passed], group-by: [who], aliases: {who: {failed: account, passed: session}}, timespan: 1m',
  'type: temporal_ordered, rules: [c0, passed], group-by: [account], timespan: 5m',
];
const everything = [
  failed,
  passed,
  base('slow', '{durationUs|gte: 500000}'),
  ...bodies.map((body, i) => correlation(`c${i}`, body)),
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
  assert.ok(results[0].length > 40);
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
    const snapshot = first.snapshot();
    const text = JSON.stringify(snapshot);
    const second = new Detector(rules, { mostGroups: 4, mostEntries: 200, mostFindings: 30 });
    second.restore(snapshot);
    for (const call of calls.slice(cut)) second.call(call);
    assert.deepEqual(second.changed(), rowsOf(rows), `cut at ${cut}`);
    assert.deepEqual(second.snapshot(), whole.snapshot());
    for (const call of calls.slice(cut)) first.call(call);
    assert.equal(JSON.stringify(snapshot), text, 'what goes on changes what was taken');
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

test('a finding begins with the first event that counted, also behind correlations over correlations', () => {
  const rules = rulesOf(
    failed,
    correlation('often', 'type: event_count, rules: [failed], group-by: [app], timespan: 1d, condition: {gte: 3}'),
    correlation(
      'widely',
      'type: value_count, rules: [failed], group-by: [app], timespan: 1d, condition: {field: client, gte: 2}',
    ),
    correlation('both', 'type: temporal, rules: [often, widely], group-by: [app], timespan: 1d'),
  );
  const detector = new Detector(rules);
  const clients = ['a', 'a', 'a', 'a', 'a', 'b', 'a'];
  const uids = clients.map((client, hour) => {
    const time = t0 + hour * 3600 * second;
    const call = callOf({ ...no, ts: time, completedTs: time, client });
    detector.call(call);
    return call.uid;
  });
  const [finding] = detector.changed();
  assert.deepEqual([finding.rule, finding.count, finding.firstSeen], ['both', 7, t0]);
  assert.deepEqual(finding.evidence.toSorted(), uids.toSorted());
});

test('of the same value all events are told, not the last alone, and none beyond the window', () => {
  const rules = rulesOf(
    failed,
    correlation(
      'c',
      'type: value_count, rules: [failed], group-by: [app], timespan: 1h, condition: {field: client, gte: 2}',
    ),
  );
  const detector = new Detector(rules);
  [0, 50, 70, 80].forEach((minute, i) => {
    const time = t0 + minute * 60 * second;
    detector.call(callOf({ ...no, ts: time, completedTs: time, client: i < 3 ? 'a' : 'b' }));
  });
  const [finding] = detector.changed();
  assert.deepEqual([finding.count, finding.firstSeen], [3, t0 + 50 * 60 * second]);
});
