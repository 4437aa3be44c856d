/** JSON, NDJSON and CSV: the contract with scripts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone, api, apps, call, graphql, ledgerOf, runCommand, someTime, somewhere } from './fakes.ts';

const answers = { apps, apis: [api, graphql], calls: [call, alone], newest: [{ ts: someTime }] };

test('json is one array, and the default where stdout is no terminal', async () => {
  const run = await runCommand(['apps', ...somewhere], { answers });
  assert.equal(run.code, 0);
  assert.equal(run.stderr, '');
  assert.deepEqual(JSON.parse(run.stdout)[0], {
    app: 'trade.example.com',
    apis: 12,
    calls: 12_345,
    errors: 67,
    clients: 40,
    accounts: 25,
    boundCalls: 12_000,
    ...{ owner: 'li.lei', department: '经纪业务部', grades: { high: 2, medium: 0, low: 0, none: 1 } },
    ...{ dailyCalls: 4115, outsideCalls: 30, persons: 40, watch: ['much-data'], servers: ['10.20.30.40'] },
    labels: ['mobile'],
    given: [{ label: 'mobile', count: 120_000 }],
    methods: ['GET', 'POST'],
    requestBytes: 1_234_567,
    responseBytes: 98_765_432,
    firstSeen: '2026-11-21T01:22:33.000123Z',
    lastSeen: '2026-11-21T02:22:33.000123Z',
  });
});

test('nothing at all is an empty array, no lines, a lone CSV header', async () => {
  const out = async (format: string) => (await runCommand(['apis', '--format', format, ...somewhere])).stdout;
  assert.deepEqual(JSON.parse(await out('json')), []);
  assert.equal(await out('ndjson'), '');
  assert.match(await out('csv'), /^id,app,[^\r\n]*\r\n$/);
});

test('an API has the fields of the contract, and leaves out what is not known', async () => {
  const run = await runCommand(['apis', '--format', 'ndjson', ...somewhere], { answers });
  const [first, second] = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(first, {
    id: '3f9a01c2be774455',
    app: 'trade.example.com',
    method: 'GET',
    template: '/api/v1/accounts/{id}/orders',
    format: 'REST',
    functions: ['query'],
    labels: {
      request: [],
      response: [
        { label: 'mobile', count: 12, masked: 0 },
        { label: 'name', count: 12, masked: 12 },
      ],
    },
    persons: 20,
    ...{ exposure: ['exposing'], caller: 'human', auth: ['session', 'none'], grade: 'high', level: 'S2' },
    confidence: { exposure: 0.95, caller: 0.9, auth: 0.9, grade: 0.95, level: 0.9 },
    decided: { grade: { value: 'high', by: 'li.lei', note: '客户持仓', ts: '2026-11-21T02:22:33.000123Z' } },
    proposals: [
      { trait: 'grade', value: 'none', reason: 'nothing', since: '2026-11-21T01:22:33.000123Z' },
      { trait: 'grade', value: 'medium', reason: 'gives mobile,name', since: '2026-11-21T02:22:33.000123Z' },
    ],
    state: 'active',
    discovery: 'confirmed',
    calls: 4321,
    errors: 21,
    clients: 17,
    accounts: 9,
    p50Us: 12_340,
    p95Us: 250_000,
    requestBytes: 1000,
    responseBytes: 2_000_000,
    firstSeen: '2026-11-21T01:22:33.000123Z',
    lastSeen: '2026-11-21T02:22:33.000123Z',
    reasons: {
      ...{ template: 'id=number', format: 'JSON response', functions: { query: 'method GET' } },
      ...{ exposure: 'gives mobile,name', caller: 'agents people 98%', auth: 'session 90%; anonymous 10%' },
      ...{ grade: '客户持仓', level: 'personal mobile,name' },
    },
  });
  assert.equal(second.operation, 'query 查询客户持仓明细');
  assert.equal('p50Us' in second, false);
  assert.equal(second.state, 'revived');
  for (const trait of ['grade', 'level', 'exposure', 'auth', 'decided']) {
    assert.equal(trait in second, false, `${trait} is not known yet and must not be invented`);
  }
});

test('a call has the fields of the contract', async () => {
  const run = await runCommand(['calls', ...somewhere], { answers });
  const [first, second] = JSON.parse(run.stdout);
  assert.deepEqual(first, {
    uid: '00ff00ff00ff00ff-1',
    ts: '2026-11-21T02:22:33.000123Z',
    app: 'trade.example.com',
    apiId: '3f9a01c2be774455',
    method: 'GET',
    template: '/api/v1/accounts/{id}/orders',
    format: 'REST',
    path: '/api/v1/accounts/8800****/orders',
    query: 'name=张*&page=1',
    status: 200,
    success: true,
    client: '10.0.0.7',
    account: '138****5678#3f9a01c2be',
    session: '00000000000000aa',
    userAgent: '=cmd|x',
    functions: ['query'],
    labels: {
      request: [],
      response: [
        { label: 'mobile', count: 12, masked: 0, distinct: 10, sample: '138****5678' },
        { label: 'name', count: 12, masked: 12, distinct: 11, sample: '张*' },
      ],
    },
    persons: 20,
    requestBytes: 300,
    responseBytes: 2048,
    durationUs: 1500,
    completeness: 1,
    pairing: 'paired',
    weird: ['http_bare_lf'],
  });
  assert.equal('account' in second, false);
  assert.deepEqual([second.status, second.success, second.unpaired], [0, false, 'end-of-input']);
});

test('csv quotes by RFC 4180 and defuses what a spreadsheet would run', async () => {
  const evil = { ...call, path: '/a,"b"\r\nc', userAgent: '@SUM(A1)', referer: '-2+3' };
  const run = await runCommand(['calls', '--format', 'csv', ...somewhere], { answers: { calls: [evil] } });
  const [header, ...rest] = run.stdout.split('\r\n');
  assert.equal(header!.split(',').length, 32);
  const row = rest.join('\r\n');
  assert.ok(row.includes(',"/a,""b""\r\nc",'));
  assert.ok(row.includes(",'@SUM(A1),'-2+3,"));
  assert.ok(run.stdout.endsWith('\r\n'));
});

test('an API id that fits several lists them on stderr and fails; one that fits none says so', async () => {
  const detail = {
    ...{ statuses: [], topClients: [], hours: [], days: [], successes: 1, failures: 0 },
    ...{ firstSuccess: 0, lastSuccess: 0, revivals: [] },
  };
  const several = { api: [api, graphql].map((each) => ({ ...each, ...detail })) };
  const two = await runCommand(['api', '3F9A', ...somewhere], { answers: several });
  assert.deepEqual([two.code, two.stdout], [1, '']);
  assert.ok(two.stderr.includes(api.id) && two.stderr.includes(graphql.id));
  assert.equal(two.store.asked.find((each) => each.question === 'api')?.parameters['id'], '3f9a');
  assert.equal(two.store.closed, 1);
  const none = await runCommand(['api', 'ff', ...somewhere]);
  assert.deepEqual([none.code, none.stdout], [1, '']);
  assert.match(none.stderr, /no API has an id that begins with ff/);
});

test('health in json: state, reasons and the ledger; in csv the counters', async () => {
  const ledger = ledgerOf();
  const json = await runCommand(['health', ...somewhere], { answers: { ledger, newest: [{ ts: someTime }] } });
  const health = JSON.parse(json.stdout);
  assert.equal(health.state, 'complete');
  assert.equal(health.newest, '2026-11-21T02:22:33.000123Z');
  assert.deepEqual(health.reasons, []);
  assert.deepEqual(
    health.stages.find((stage: { stage: string }) => stage.stage === 'decoded'),
    { stage: 'decoded', unit: 'packets', in: 1000, out: 950, skipped: 50, lost: 0, balanced: true },
  );
  const csv = await runCommand(['health', '--format', 'csv', ...somewhere], { answers: { ledger } });
  assert.ok(csv.stdout.includes('decoded,packets,notIp,skipped,20\r\n'));
});

test('statistics by account: as it is shown, and left out where it is not known', async () => {
  const plain = {
    bucket: 0,
    errors: 0,
    methods: { GET: 5 },
    p50Us: null,
    p95Us: null,
    requestBytes: 1,
    responseBytes: 2,
  };
  const rows = [
    { ...plain, key: call.account, calls: 5 },
    { ...plain, key: '', calls: 3 },
  ];
  for (const [lang, header] of [['en', 'account'] as const, ['zh-CN', '账号'] as const]) {
    const asked = ['stats', '--by', 'account', '--lang', lang, ...somewhere];
    const json = JSON.parse((await runCommand(asked, { answers: { stats: rows } })).stdout);
    assert.deepEqual(
      [json[0].account, json[0].calls, 'account' in json[1], json[1].calls],
      [call.account, 5, false, 3],
    );
    const table = (await runCommand(asked, { answers: { stats: rows }, stdoutTerminal: true })).stdout.split('\n');
    assert.match(table[0]!, new RegExp(`^${header} `));
    assert.match(table[1]!, /^138\*{4}5678#3f9a01c2be +5 /);
    assert.match(table[2]!, /^— +3 /);
  }
});

test('statistics name their subject as calls do, and buckets by their start', async () => {
  const row = {
    ...{ key: api.id, bucket: someTime, calls: 5, errors: 1, methods: { GET: 5 }, p50Us: null, p95Us: null },
    ...{ requestBytes: 10, responseBytes: 20 },
  };
  const asked = ['stats', '--by', 'api', '--every', '1d', ...somewhere];
  const run = await runCommand(asked, { answers: { ...answers, stats: [row] } });
  assert.deepEqual(JSON.parse(run.stdout), [
    {
      ts: '2026-11-21T02:22:33.000123Z',
      apiId: api.id,
      app: 'trade.example.com',
      method: 'GET',
      template: '/api/v1/accounts/{id}/orders',
      calls: 5,
      errors: 1,
      methods: { GET: 5 },
      requestBytes: 10,
      responseBytes: 20,
    },
  ]);
  const { parameters } = run.store.asked.find((each) => each.question === 'stats')!;
  assert.deepEqual([parameters['by'], parameters['every'], parameters['offsetSeconds']], ['api', 86_400, 28_800]);
});
