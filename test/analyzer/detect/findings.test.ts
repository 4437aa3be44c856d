import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detector } from '../../../analyzer/detect/detector.ts';
import { fields } from '../../../analyzer/detect/fields.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import { callOf, compileText, rulesOf } from './rules-of.ts';

const t0 = 1_772_589_600_000_000;
const minute = 60e6;

const event =
  '{title: T, title_zh: 题, name: e, logsource: {product: apiris, service: call}, detection: {s: {success: false}, condition: s}, cooldown: 10m, level: high, dimension: account, scenarios: [brute-force], tags: [owasp.api2.2023, spec.8.2f, attack.t1110], advice: A, advice_zh: 议}';
const weakness =
  '{title: W, name: w, logsource: {product: apiris, service: call}, detection: {s: {passwordForm: plaintext}, ok: {passwordForm: encrypted}, condition: s}, kind: weakness, fixed: {condition: ok, count: 3}}';

test('an event lasts while hits come, and a new one begins after its cooldown', () => {
  const detector = new Detector(rulesOf(event));
  const hit = (minutes: number) => {
    const time = t0 + minutes * minute;
    detector.call(callOf({ ts: time, completedTs: time, success: false, account: 'a***#1', completeness: 0.5 }));
  };
  for (const minutes of [0, 9, 18]) hit(minutes);
  const [first] = detector.changed();
  assert.deepEqual([first.count, first.firstSeen, first.lastSeen], [3, t0, t0 + 18 * minute]);
  assert.deepEqual(detector.changed(), []);
  hit(29);
  const [second] = detector.changed();
  assert.equal(second.count, 1);
  assert.notEqual(second.id, first.id);
  const { titleZh, advice, adviceZh, owasp, clauses, level, dimension, scenarios, kind, status } = first;
  assert.deepEqual(
    { titleZh, advice, adviceZh, owasp, clauses, level, dimension, scenarios, kind, status },
    {
      ...{ titleZh: '题', advice: 'A', adviceZh: '议', owasp: ['API2:2023'], clauses: ['8.2f'], level: 'high' },
      ...{ dimension: 'account', scenarios: ['brute-force'], kind: 'event', status: 'unconfirmed' },
    },
  );
});

test('the id is of rule, key and begin: another run has the same, another account another', () => {
  const ids = ['a***#1', 'a***#1', 'b***#2'].map((account) => {
    const detector = new Detector(rulesOf(event));
    detector.call(callOf({ ts: t0, completedTs: t0, success: false, account }));
    return detector.changed()[0].id;
  });
  assert.match(ids[0], /^[0-9a-f]{16}$/);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[0], ids[2]);
});

test('a weakness stays, is shown fixed by sound calls in a row, and comes back', () => {
  const detector = new Detector(rulesOf(weakness));
  let time = t0;
  const call = (passwordForm: string, template = '/login') => {
    time += 24 * 60 * minute;
    detector.call(callOf({ ts: time, completedTs: time, passwordForm, template, apiId: template }));
  };
  call('plaintext');
  const [open] = detector.changed();
  for (const form of ['encrypted', 'encrypted', 'plaintext', 'encrypted', 'encrypted']) call(form);
  for (let i = 0; i < 5; i++) call('encrypted', '/other');
  const [same] = detector.changed();
  assert.deepEqual([same.id, same.status, same.count], [open.id, 'unconfirmed', 2]);
  call('encrypted');
  assert.deepEqual(
    detector.changed().map((each) => each.status),
    ['fixed'],
  );
  call('encrypted');
  assert.deepEqual(detector.changed(), []);
  call('plaintext');
  assert.deepEqual(
    detector.changed().map((each) => [each.id, each.status, each.count]),
    [[open.id, 'reopened', 3]],
  );
});

test('of several keys each is fixed by its own calls, also after a snapshot', () => {
  const keyed = weakness.replace('kind: weakness', 'kind: weakness, key: [app, apiId]');
  let detector = new Detector(rulesOf(keyed));
  let time = t0;
  const call = (passwordForm: string, apiId: string) => {
    time += minute;
    const later = new Detector(rulesOf(keyed));
    later.restore(JSON.parse(JSON.stringify(detector.snapshot())));
    detector = later;
    detector.call(callOf({ ts: time, completedTs: time, passwordForm, apiId }));
  };
  const told = () => detector.changed().map(({ apiId, status }) => `${apiId} ${status}`);
  for (const apiId of ['a', 'b', 'a']) call('plaintext', apiId);
  assert.deepEqual(told().sort(), ['a unconfirmed', 'b unconfirmed']);
  for (let i = 0; i < 3; i++) for (const apiId of ['c', 'b']) call('encrypted', apiId);
  assert.deepEqual(told(), ['b fixed']);
  call('plaintext', 'b');
  assert.deepEqual(told(), ['b reopened']);
  for (let i = 0; i < 3; i++) for (const apiId of ['a', 'b']) call('encrypted', apiId);
  assert.deepEqual(told().sort(), ['a fixed', 'b fixed']);
});

test('a weakness that rests is fixed no sooner than its rule says', () => {
  const quiet = weakness.replace('count: 3', 'count: 3, quiet: 1d');
  const detector = new Detector(rulesOf(quiet));
  const call = (passwordForm: string, hours: number) => {
    const time = t0 + hours * 60 * minute;
    detector.call(callOf({ ts: time, completedTs: time, passwordForm }));
    return detector.changed().map(({ status }) => status);
  };
  assert.deepEqual(call('plaintext', 0), ['unconfirmed']);
  for (const hours of [1, 2, 3, 23]) assert.deepEqual(call('encrypted', hours), []);
  assert.deepEqual(call('encrypted', 24), ['fixed']);
});

const refusal =
  '{title: R, name: refusal, logsource: {product: apiris, service: call}, detection: {s: {status: 401, credentialPresent: false}, condition: s}}';
const open =
  '{title: O, name: open, logsource: {product: apiris, service: call}, detection: {s: {success: true, credentialPresent: false}, condition: s}}';
const correlated =
  '{title: C, name: c, kind: weakness, correlation: {type: value_count, rules: [open], group-by: [app, apiId], timespan: 7d, condition: {field: client, gte: 2}}, fixed: {rule: refusal, count: 3}}';

test('what another rule finds shows the weakness of a correlation fixed, and is no finding itself', () => {
  const detector = new Detector(rulesOf(open, refusal, correlated));
  let n = 0;
  const call = (success: boolean, apiId = 'a') => {
    const time = t0 + n++ * minute;
    const answer = { success, status: success ? 200 : 401, credentialPresent: false };
    detector.call(callOf({ ts: time, completedTs: time, client: `10.0.0.${n}`, apiId, ...answer }));
  };
  const told = () => detector.changed().map(({ rule, status }) => `${rule} ${status}`);
  for (const success of [false, true, true, false, false]) call(success);
  for (let i = 0; i < 3; i++) call(false, 'b');
  assert.deepEqual(told(), ['c unconfirmed']);
  const later = new Detector(rulesOf(open, refusal, correlated));
  later.restore(JSON.parse(JSON.stringify(detector.snapshot())));
  for (const each of [detector, later]) {
    const time = t0 + 100 * minute;
    each.call(
      callOf({ ts: time, completedTs: time, apiId: 'a', success: false, status: 401, credentialPresent: false }),
    );
    assert.deepEqual(
      each.changed().map(({ rule, status }) => `${rule} ${status}`),
      ['c fixed'],
    );
  }
  n = 101;
  call(true);
  assert.deepEqual(told(), ['c reopened']);
});

test('a proof that can not be is told with its place', () => {
  for (const [wrong, what] of [
    [correlated.replace('rule: refusal', 'rule: refusals'), /fixed names "refusals", .*did you mean "refusal"/],
    [correlated.replace('kind: weakness, ', ''), /fixed needs a weakness, a rule and a count/],
    [correlated.replace('count: 3', 'count: 3, quiet: long'), /quiet is not a time span/],
    [correlated.replace('rule: refusal', 'rule: c'), /fixed names "c", which is no rule in force/],
  ] as const) {
    const { problems, correlations } = compileText(open, refusal, wrong);
    assert.equal(correlations.length, 0);
    assert.match(problems.map(describeProblem).join('\n'), new RegExp(`^rule2.yml:1:\\d+: ${what.source}`));
  }
});

test('names and evidence are bounded: first, strongest, last', () => {
  const rule = event.replace('level: high', 'level: high, key: [app]');
  const detector = new Detector(rulesOf(rule));
  const uids: string[] = [];
  for (let i = 0; i < 1000; i++) {
    const call = callOf({
      ...{
        ts: t0 + i,
        completedTs: t0 + i,
        success: false,
        client: `10.0.${i >> 8}.${i & 255}`,
        account: `a${i}***#1`,
      },
      ...{ persons: i === 500 ? 900 : 1, records: 2, completeness: i === 7 ? 0.25 : 1, apiId: i < 999 ? 'x' : 'y' },
    });
    uids.push(call.uid);
    detector.call(call);
  }
  const [finding] = detector.changed();
  assert.deepEqual([finding.count, finding.clients.length, finding.accounts.length], [1000, 100, 100]);
  assert.deepEqual([finding.client, finding.account, finding.apiId], [undefined, undefined, undefined]);
  assert.deepEqual(finding.evidence, [...uids.slice(0, 5), uids[500], ...uids.slice(-5)]);
  assert.deepEqual([finding.completeness, finding.completenessLeast], [0.99925, 0.25]);
  assert.deepEqual(finding.impact, { accounts: 100, persons: 900, records: 2000, clients: 100 });
  assert.deepEqual(JSON.parse(JSON.stringify(finding)), finding);
});

test('the same call at another place in time counts as of now', () => {
  const detector = new Detector(rulesOf(event));
  for (const minutes of [5, 0, 6]) {
    const time = t0 + minutes * minute;
    detector.call(callOf({ ts: time, completedTs: time, success: false }));
  }
  const [finding] = detector.changed();
  assert.deepEqual([finding.count, detector.counts.late], [3, 1]);
  assert.deepEqual([finding.firstSeen, finding.lastSeen], [t0, t0 + 6 * minute]);
});

test('every field is documented and known somewhere', () => {
  for (const [name, field] of fields) {
    assert.ok(field.doc.length > 3, name);
    assert.ok(field.clear ?? field.call ?? field.observation, name);
  }
});

test('what known clients do on purpose is informational, until somebody else does it too', () => {
  const rule =
    '{title: S, name: s, logsource: {product: apiris, service: call}, detection: {s: {success: false}, condition: s}, key: [app], level: medium, expected_of: [scanner, monitor]}';
  const kindsOf = (client: string) =>
    client === '10.9.0.1' ? (['scanner'] as const) : client === '10.9.0.2' ? (['job'] as const) : [];
  const levelAfter = (...clients: string[]) => {
    const detector = new Detector(rulesOf(rule), { kindsOf });
    for (const client of clients) detector.call(callOf({ ts: t0, completedTs: t0, success: false, client }));
    return detector.changed()[0]!.level;
  };
  assert.equal(levelAfter('10.9.0.1'), 'informational');
  assert.equal(levelAfter('10.9.0.1', '203.0.113.7'), 'medium');
  assert.equal(levelAfter('10.9.0.2'), 'medium', 'a job is no scanner');
  const all = new Detector(rulesOf(rule), { kindsOf: (client) => (client.startsWith('10.9.') ? ['scanner'] : []) });
  const from = (client: string) => all.call(callOf({ ts: t0, completedTs: t0, success: false, client }));
  for (let i = 0; i < 99; i++) from(`10.9.1.${i}`);
  assert.equal(all.changed()[0]!.level, 'informational');
  from('10.9.1.99');
  from('203.0.113.7');
  assert.equal(all.changed()[0]!.level, 'medium', 'of a full list nobody knows whether a stranger was left out');
  assert.equal(levelAfter('203.0.113.7'), 'medium');
  // A weakness is one, whoever shows it.
  const flaw = new Detector(rulesOf(rule.replace('key: [app]', 'key: [app], kind: weakness')), { kindsOf });
  flaw.call(callOf({ ts: t0, completedTs: t0, success: false, client: '10.9.0.1' }));
  assert.equal(flaw.changed()[0]!.level, 'medium');
  const { problems } = compileText(rule.replace('scanner, monitor', 'scaner'));
  assert.match(describeProblem(problems[0]!), /"scaner" is no kind of client.*monitor, scanner, crawler, job/);
});

test('a finding names the parameter that was measured: two of one API are two findings, of an event it is the strongest', () => {
  const rules = rulesOf(
    '{title: W, name: w, logsource: {product: apiris, service: observation}, detection: {s: {measure: guessable}, condition: s}, kind: weakness, key: [app, apiId, parameter]}',
    '{title: E, name: e, logsource: {product: apiris, service: observation}, detection: {s: {measure: walked}, condition: s}, key: [app, subject.id]}',
  );
  const detector = new Detector(rules);
  const observe = (measure: string, value: number, parameter?: string) =>
    detector.observe({
      ...{ v: 1, measure, subject: { kind: 'account', id: 'z***#1' }, app: 'a.example', apiId: 'a'.repeat(16) },
      ...{ begin: t0, end: t0 + value, window: minute, value, numbers: {}, samples: [`u${value}`], clients: [] },
      ...{ accounts: ['z***#1'], completeness: 1 },
      ...(parameter === undefined ? {} : { parameter }),
    } as Observation);
  const told = () =>
    detector
      .changed()
      .map(({ rule, parameter, measured }) => [rule, parameter, measured!.value])
      .sort();
  observe('guessable', 1, 'path.id');
  observe('guessable', 2, 'body.client_no');
  assert.deepEqual(told(), [
    ['w', 'body.client_no', 2],
    ['w', 'path.id', 1],
  ]);
  observe('walked', 3, 'path.id');
  observe('walked', 9, 'query.no');
  observe('walked', 4, 'body.client_no');
  assert.deepEqual(told(), [['e', 'query.no', 9]]);
  observe('walked', 10);
  const [[, parameter]] = told() as [[string, string]];
  assert.equal(parameter, 'query.no');
});

test('several APIs behind one address leave the address, several addresses nothing', () => {
  const detector = new Detector(rulesOf(event.replace('name: e,', 'name: e, key: [app],')));
  let time = t0;
  const where = (apiId: string, template: string) => {
    time += minute;
    detector.call(callOf({ ts: time, completedTs: time, success: false, method: 'POST', apiId, template }));
    const [{ apiId: id, method, template: told }] = detector.changed();
    return [id, method, told];
  };
  assert.deepEqual(where('a', '/ws'), ['a', 'POST', '/ws']);
  assert.deepEqual(where('b', '/ws'), [undefined, 'POST', '/ws']);
  assert.deepEqual(where('b', '/ws'), [undefined, 'POST', '/ws']);
  assert.deepEqual(where('c', '/other'), [undefined, undefined, undefined]);
  assert.deepEqual(where('a', '/ws'), [undefined, undefined, undefined]);
});
