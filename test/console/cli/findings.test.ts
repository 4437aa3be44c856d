/** Findings, the closed loop, traces, profiles and rules: the contract with scripts, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, ledgerOf, runCommand, someTime, somewhere, summaryOf } from './fakes.ts';
import { finding, findingAnswers, findingServices, rules, weakness } from './finding-fakes.ts';

const answers = { ...findingAnswers, newest: [{ ts: someTime }] };
const services = findingServices;
/** Eleven digits stand for a value that must not come back. */
const clear = '10000000000';

test('a finding has the fields of the contract, in both languages, and leaves out what is not known', async () => {
  const run = await runCommand(['findings', '--format', 'ndjson', ...somewhere], { answers });
  const [first, second] = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(first, {
    ...{ id: finding.id, kind: 'event', rule: 'data-traversal', title: finding.title, titleZh: '逐个读取客户数据' },
    ...{ scenarios: ['data-traversal'], dimension: 'leak', level: 'critical', status: 'unconfirmed' },
    ...{ engineStatus: 'unconfirmed', app: 'trade.example.com', apiId: '3f9a01c2be774455', method: 'GET' },
    ...{ template: '/api/v1/accounts/{id}/orders', client: '10.0.0.7', clients: ['10.0.0.7'] },
    ...{ account: '138****5678#3f9a01c2be', accounts: ['138****5678#3f9a01c2be'] },
    ...{ firstSeen: '2026-11-21T02:09:59.000123Z', lastSeen: '2026-11-21T02:22:33.000123Z', count: 1240 },
    measured: { name: 'distinct(path.id)', value: 1187, threshold: 50 },
    parameter: 'path.id',
    usual: { median: 2, p95: 4, n: 37 },
    ...{ evidence: finding.evidence, completeness: 0.998, completenessLeast: 0.5 },
    ...{ advice: finding.advice, adviceZh: finding.adviceZh, owasp: ['API1:2023'], clauses: ['7.1.3'] },
    impact: { accounts: 1, persons: 1187, records: 2374, clients: 1 },
  });
  for (const absent of ['apiId', 'method', 'template', 'client', 'account', 'measured', 'usual']) {
    assert.equal(absent in second, false, absent);
  }
  assert.deepEqual(second.decision, {
    ...{ status: 'ignored', by: '李雷', note: 'until the new gateway', ts: '2026-11-21T03:22:33.000123Z' },
    until: '2026-12-21T02:22:33.000123Z',
  });
  const csv = await runCommand(['findings', '--format', 'csv', ...somewhere], { answers });
  const columns = csv.stdout.split('\r\n')[0]!.split(',');
  for (const field of Object.keys({ ...first, ...second })) assert.ok(columns.includes(field), field);
});

test('what was lost in the minutes of a finding stands beside it', async () => {
  const span = (lost: number) => ({
    minutes: 2,
    names: ['packetsRead', 'packetsDelivered', 'droppedByKernel'],
    values: [1000, 1000 - lost, lost],
  });
  const shown = (format: string, spans: readonly object[]) =>
    runCommand(['finding', finding.id, '--format', format, ...somewhere], {
      answers: { ...answers, 'ledger-span': spans },
    });
  assert.match((await shown('table', [span(100)])).stdout, /lost meanwhile +dropped by the kernel.*\(10 %\)/);
  assert.match((await shown('table', [span(0)])).stdout, /lost meanwhile/);
  assert.doesNotMatch((await shown('table', [])).stdout, /lost meanwhile/);
  const { loss } = JSON.parse((await shown('json', [span(100)])).stdout);
  assert.deepEqual(loss, { minutes: 2, losses: [{ name: 'droppedByKernel', value: 100, share: 0.1 }] });
});

test('filters of findings reach the question as the store wants them', async () => {
  const line = '--level HIGH --kind event --rule r --scenario s --app A.com --api 3F --client 10.0.0.7 --status open';
  const argv = ['findings', ...line.split(' '), '--account', 'z***#3f9a01c2be', '--since', '2h', '--limit', '1'];
  const run = await runCommand([...argv, '--offset', '4', ...somewhere], { answers, stdoutTerminal: true });
  assert.deepEqual(run.store.asked.find((each) => each.question === 'findings')!.parameters, {
    ...{ level: 'high', kind: 'event', rule: 'r', scenario: 's', app: 'a.com', apiId: '3f', client: '10.0.0.7' },
    ...{ status: 'open', accountHash: '3f9a01c2be', since: someTime - 7200e6, until: 0 },
    ...{ limit: 2, offset: 4 },
  });
  const short = await runCommand(['findings', '--limit', '1', ...somewhere], { answers, stdoutTerminal: true });
  assert.match(short.stderr, /The first 1 are shown/);
  assert.equal(short.stdout.trimEnd().split('\n').length, 2);
});

test('a clear account is hashed where there is a key, and never repeated', async () => {
  const withKey = await runCommand(['trace', '--account', clear, ...somewhere], { answers, services });
  assert.deepEqual(JSON.parse(withKey.stdout).query, { by: 'account', account: '138****5678#3f9a01c2be' });
  assert.equal(
    withKey.store.asked.find((each) => each.question === 'calls')!.parameters['accountHash'],
    '3f9a01c2be000000',
  );
  assert.ok(!JSON.stringify([withKey.stdout, withKey.stderr, withKey.store.asked]).includes(clear));
});

test('an account named by its digits is shown as the store shows it, whatever was typed before them', async () => {
  for (const format of ['json', 'table']) {
    const asked = ['trace', '--account', `${clear}#3f9a01c2be`, '--format', format, ...somewhere];
    const run = await runCommand(asked, { answers, services });
    assert.equal(run.code, 0, run.stderr);
    assert.ok(!JSON.stringify([run.stdout, run.stderr, run.store.asked]).includes(clear), run.stdout);
    if (format === 'json') {
      assert.deepEqual(JSON.parse(run.stdout).query, { by: 'account', account: '138****5678#3f9a01c2be' });
    }
  }
  const unknown = await runCommand(['trace', '--account', `${clear}#0000000000`, ...somewhere], { answers, services });
  assert.deepEqual(JSON.parse(unknown.stdout).query, { by: 'account', account: '#0000000000' });
});

test('a mask alone names nobody, and what was typed does not come back', async () => {
  for (const argv of [
    ['trace', '--account'],
    ['calls', '--account'],
    ['findings', '--account'],
    ['profile', 'account'],
  ]) {
    const run = await runCommand([...argv, `${clear}*`, ...somewhere], { answers, services });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /a mask alone may be several accounts/);
    assert.ok(!run.stderr.includes(clear), run.stderr);
  }
});

test('a trace by value says when values were met that could not be kept', async () => {
  const ledger = ledgerOf({ valuesOverLimit: 1200, identifiersOverLimit: 3, factsOverLimit: 7 });
  const asked = ['trace', '--value', clear, ...somewhere];
  const json = await runCommand(asked, { answers: { ...answers, ledger }, services });
  assert.deepEqual(JSON.parse(json.stdout).mayMiss, { values: 1200, finds: 3 });
  const table = await runCommand(asked, { answers: { ...answers, ledger }, services, stdoutTerminal: true });
  assert.match(table.stderr, /There may be more: .* \(1,200\), and values found .* \(3\), cannot be traced\./);
  for (const options of [
    { answers: { ...answers, ledger: ledgerOf() }, services },
    // Places and masks are no values.
    { answers: { ...answers, ledger: ledgerOf({ factsOverLimit: 7 }) }, services },
    { answers, services },
  ]) {
    assert.equal('mayMiss' in JSON.parse((await runCommand(asked, options)).stdout), false);
    assert.doesNotMatch((await runCommand(asked, { ...options, stdoutTerminal: true })).stderr, /There may be more/);
  }
});

test('a decision needs an author and a reason, and only what people may say', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['--set confirmed --note x', /--set needs --by NAME/],
    ['--set confirmed --by li', /--set needs --note TEXT/],
    ['--by li --note x', /--by belongs to a decision/],
    ['--note x', /--note belongs to a decision/],
    ['--until 2027-01-01', /--until belongs to a decision/],
    ['--set reopened --by li --note x', /«reopened» is what the traffic says.*confirmed, fixing/],
    ['--set unconfirmed --by li --note x', /«unconfirmed» is what the traffic says/],
    ['--set done --by li --note x', /--set cannot be «done»; it is one of confirmed/],
    ['--set fixed --by li --note x --until 2027-01-01', /--until goes with --set ignored/],
    ['--set ignored --by li --note x --until tomorrow', /--until must be/],
    ['--set ignored --by li --note x --until 2026-11-21', /--until must lie after the newest packet/],
  ];
  for (const [line, expected] of cases) {
    const run = await runCommand(['finding', '7c0d', ...line.split(' '), ...somewhere], { answers });
    assert.deepEqual([run.code, run.stdout], [2, ''], line);
    assert.match(run.stderr, expected, line);
    assert.deepEqual(run.store.inserted, [], line);
  }
  const blank = await runCommand(['finding', '7c0d', '--set', 'fixed', '--by', ' ', '--note', 'x', ...somewhere]);
  assert.match(blank.stderr, /--set needs --by NAME/);
});

test('a decision is stored with what was seen, and the finding is shown as it stands then', async () => {
  let asked = 0;
  const decided = {
    ...answers,
    finding: () => (asked++ === 0 ? [finding] : [{ ...weakness, id: finding.id }]),
  };
  const argv = [
    'finding',
    '7C0D',
    '--set',
    'Ignored',
    '--by',
    'li.lei',
    '--note',
    ' our own job ',
    '--until',
    '2026-12-01',
  ];
  const run = await runCommand([...argv, '--format', 'json', ...somewhere], { answers: decided });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(JSON.parse(run.stdout).status, 'ignored');
  const [{ table, rows } = assert.fail('nothing was stored')] = run.store.inserted;
  const { id, value, ...row } = rows[0]!;
  assert.equal(table, 'decisions');
  assert.match(String(id), /^[0-9a-f]{16}$/);
  assert.deepEqual(row, {
    ...{ kind: 'finding-status', subject: finding.id, by: 'li.lei', note: 'our own job', ts: someTime + 86_400e6 },
  });
  const until = Date.UTC(2026, 10, 30, 16) * 1000;
  assert.deepEqual(JSON.parse(String(value)), { status: 'ignored', seen: finding.lastSeen, until });
});

test('a finding that is not there, or not one alone, is told; nothing is decided about it', async () => {
  const set = ['--set', 'fixed', '--by', 'li', '--note', 'x'];
  const none = await runCommand(['finding', 'ff', ...set, ...somewhere]);
  assert.deepEqual([none.code, none.store.inserted], [1, []]);
  assert.match(none.stderr, /no finding has an id that begins with ff/);
  const several = { ...answers, finding: [finding, weakness] };
  const two = await runCommand(['finding', '1', ...set, ...somewhere], { answers: several });
  assert.deepEqual([two.code, two.stdout, two.store.inserted], [1, '', []]);
  assert.ok(two.stderr.includes(finding.id) && two.stderr.includes(weakness.id));
  const bad = await runCommand(['finding', 'hello', ...somewhere]);
  assert.deepEqual([bad.code, bad.stderr.includes('«hello» is no finding id')], [2, true]);
});

test('a trace has the fields of the contract, and nothing of the value', async () => {
  const run = await runCommand(['trace', '--value', clear, '--since', '1h', ...somewhere], { answers, services });
  assert.equal(run.code, 0, run.stderr);
  const { query, calls, accounts, clients, apis, days } = JSON.parse(run.stdout);
  assert.deepEqual(query, { by: 'value', labels: ['customer-number', 'mobile'] });
  assert.equal(calls.length, 1);
  assert.deepEqual(calls[0].matched, [
    { by: 'value', label: 'mobile', direction: 'response', place: 'body.data[].mobile' },
  ]);
  for (const field of ['uid', 'ts', 'app', 'apiId', 'method', 'template', 'client', 'account', 'userAgent', 'labels']) {
    assert.ok(field in calls[0], field);
  }
  const time = { first: '2026-11-21T02:09:59.000123Z', last: '2026-11-21T02:22:33.000123Z' };
  assert.deepEqual(accounts, [{ account: call.account, calls: 1200, ...time }]);
  assert.deepEqual(clients, [{ client: '10.0.0.7', calls: 1240, ...time }]);
  const named = { app: call.app, method: 'GET', template: call.template };
  assert.deepEqual(apis[0], { apiId: call.apiId, ...named, calls: 1240, ...time });
  assert.deepEqual(days, [
    { day: '2026-11-20', calls: 247 },
    { day: '2026-11-21', calls: 1000 },
  ]);
  const asked = run.store.asked.find((each) => each.question === 'trace-by-hash')!;
  assert.deepEqual(asked.parameters, {
    ...{ hashes: ['00000000000000a1', '00000000000000b2'], since: someTime - 3600e6, until: 0, limit: 0 },
  });
  const nothing = await runCommand(['trace', '--value', clear, ...somewhere], { services });
  assert.deepEqual(JSON.parse(nothing.stdout).calls, []);
  for (const each of [run, nothing]) assert.ok(!JSON.stringify([each.stdout, each.stderr, each.store]).includes(clear));
});

test('whatever is mistyped, the value does not come back', async () => {
  const lines = [
    ['trace', '--valeu', clear],
    ['trace', `--valeu=${clear}`],
    ['trace', clear],
    ['trace', '--value', clear, '--values-file', clear],
    ['trace', '--value', clear, '--frmat=x'],
    ['trace', '--value', `${clear}x`],
  ];
  for (const line of lines) {
    const run = await runCommand([...line, ...somewhere], { answers, services });
    assert.equal(run.code, 2, line.join(' '));
    assert.ok(!(run.stdout + run.stderr).includes(clear), line[1]);
  }
});

test('a trace wants one thing', async () => {
  for (const line of [[], ['--value', '13912345678', '--values-file', 'y']]) {
    const run = await runCommand(['trace', ...line, ...somewhere], { answers });
    assert.equal(run.code, 2);
    assert.match(
      run.stderr,
      /name what to trace: one of --value, --values-file, --account, --client, --api, .*--device;/,
    );
  }
  const client = await runCommand(['trace', '--client', '10.0.0.7', '--format', 'csv', ...somewhere], {
    answers: { ...answers, calls: [call] },
  });
  const rows = client.stdout.trimEnd().split('\r\n');
  assert.equal(rows.length, 2);
  assert.ok(rows[1]!.endsWith('"[{""by"":""client""}]"'), rows[1]);
});

test('subjects that are named together narrow the trace', async () => {
  const asked = [
    '--client',
    '10.0.0.7',
    '--api',
    '3F',
    '--label',
    'mobile',
    '--user-agent',
    'curl',
    '--referer',
    'mail',
  ];
  const line = ['trace', ...asked, '--session', 'ab12', '--offset', '20', '--format', 'json', ...somewhere];
  const run = await runCommand(line, { answers: { ...answers, calls: [call] } });
  assert.equal(run.code, 0, run.stderr);
  const filters = {
    client: '10.0.0.7',
    apiId: '3f',
    label: 'mobile',
    userAgent: 'curl',
    referer: 'mail',
    session: 'ab12',
  };
  assert.deepEqual(JSON.parse(run.stdout).query, { by: 'client', ...filters });
  for (const question of ['calls', 'subject-parts']) {
    const { parameters } = run.store.asked.find((each) => each.question === question)!;
    assert.deepEqual({ ...parameters, ...filters }, parameters, question);
  }
  assert.equal(run.store.asked.find(({ question }) => question === 'calls')!.parameters['offset'], 20);
});

test('a profile has counts, kinds of data, and whom it shares; an unknown subject fails', async () => {
  const run = await runCommand(['profile', 'account', 'z***#3f9a01c2be', ...somewhere], { answers });
  const profile = JSON.parse(run.stdout);
  assert.deepEqual([profile.kind, profile.id, profile.calls], ['account', call.account, 1247]);
  assert.equal('accountShown' in profile, false);
  assert.deepEqual(
    profile.labels.request.map((row: { label: string }) => row.label),
    ['password'],
  );
  assert.deepEqual(profile.hours, [
    { hour: 9, calls: 347 },
    { hour: 10, calls: 900 },
  ]);
  assert.deepEqual(profile.topApis[0].template, call.template);
  for (const [kind, id, filter] of [
    ['app', 'Trade.Example.com', { app: 'trade.example.com' }],
    ['client', '10.0.0.7', { client: '10.0.0.7' }],
    ['api', '3F9A', { apiId: '3f9a' }],
  ] as const) {
    const other = await runCommand(['profile', kind, id, ...somewhere], { answers });
    assert.deepEqual(other.store.asked.find((each) => each.question === 'subject')!.parameters, {
      ...{ ...filter, since: 0, until: 0 },
    });
  }
  const empty = { ...answers, subject: [{ calls: 0, accountShown: '' }], 'subject-parts': [], 'subject-labels': [] };
  const none = await runCommand(['profile', 'client', '10.9.9.9', ...somewhere], { answers: empty });
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.match(none.stderr, /no call of client 10\.9\.9\.9/);
  assert.equal((await runCommand(['profile', 'user', 'x', ...somewhere])).code, 2);
});

test('a finding in json has the calls of its evidence, masked; a profile what is usual', async () => {
  const run = await runCommand(['finding', '7c0d', ...somewhere], { answers });
  const { calls, evidence } = JSON.parse(run.stdout);
  assert.deepEqual(
    calls.map(({ uid }: { uid: string }) => uid),
    evidence,
  );
  assert.deepEqual([calls[0].path, calls[0].query], [call.path, call.query]);
  assert.equal(calls[0].labels.response[0].sample, '138****5678');
  const profile = JSON.parse((await runCommand(['profile', 'client', '10.0.0.7', ...somewhere], { answers })).stdout);
  const [first, second] = profile.usual;
  assert.deepEqual(
    [first.app, first.stillLearning, first.perDay.calls, first.today.calls, first.durationUs.median],
    [call.app, false, { median: 80, p95: 200, n: 5 }, 1000, 1536],
  );
  assert.deepEqual(first.accounts, [
    { id: call.account, calls: 1200, first: '2026-11-21T02:09:59.000123Z', last: '2026-11-21T02:22:33.000123Z' },
  ]);
  assert.equal(second.stillLearning, true);
  const app = await runCommand(['profile', 'app', call.app, ...somewhere], { answers });
  assert.deepEqual(JSON.parse(app.stdout).usual, [], 'nothing is learnt of a whole application');
});

test('the overview in json: inventory, data, open findings, days, health', async () => {
  const run = await runCommand(['overview', ...somewhere], { answers });
  const overview = JSON.parse(run.stdout);
  assert.deepEqual(overview.apis, { new: 2, active: 10, candidate: 3 });
  assert.deepEqual(
    [overview.weaknesses, overview.events, overview.checks],
    [{ medium: 4 }, { critical: 1, high: 2 }, {}],
  );
  assert.deepEqual(overview.days, [
    { day: '2026-11-20', events: { high: 2 } },
    { day: '2026-11-21', events: { critical: 1 } },
  ]);
  assert.deepEqual(
    overview.labels.map((row: { label: string }) => row.label),
    ['mobile', 'some-new-label'],
  );
  assert.equal(overview.health.state, 'blind');
  const { parameters } = run.store.asked.find((each) => each.question === 'findings-by-day')!;
  assert.equal(parameters['since'], Date.UTC(2026, 10, 14, 16) * 1000);
  const empty = await runCommand(['overview', ...somewhere], { stdoutTerminal: true });
  assert.deepEqual([empty.code, empty.stdout], [0, 'The store is empty.\n']);
});

test('a failed check of a rule fails the command', async () => {
  let file: string | undefined = 'none yet';
  const testRules = (_config: unknown, given?: string) => {
    file = given;
    return rules.filter((row) => row.ok);
  };
  const fine = await runCommand(['rules', 'test', 'x.yml'], { services: { ...services, testRules } });
  assert.deepEqual([fine.code, file], [0, 'x.yml']);
  assert.deepEqual(JSON.parse(fine.stdout), [rules[0]]);
  const failing = await runCommand(['rules', 'test', '--format', 'csv'], { services });
  assert.equal(failing.code, 1);
  assert.ok(failing.stdout.startsWith('file,rule,kind,ok,message\r\n'));
  assert.match(failing.stderr, /brute-force\.yml:41: the example must pass/);
  assert.equal((await runCommand(['rules', 'list'], { services })).code, 0);
});

test('what is not in force is told beside a replay, whatever its format', async () => {
  const notices = ['own.yml:4:7: unknown field "metod"; did you mean "method"?', 'The trace key is another.'];
  const told = { replay: async () => summaryOf({ notices }) };
  for (const format of ['table', 'json']) {
    const run = await runCommand(['replay', 'monday.pcap', '--format', format], { services: told });
    assert.equal(run.code, 0);
    assert.equal(run.stderr, notices.map((notice) => `apiris: ${notice}\n`).join(''));
    if (format === 'json') assert.deepEqual(JSON.parse(run.stdout).notices, notices);
  }
});
