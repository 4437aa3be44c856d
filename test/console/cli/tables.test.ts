/** Tables as people see them, at 100 columns, in both languages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textWidth } from '../../../console/cli/width.ts';
import {
  alone,
  api,
  apps,
  call,
  golden,
  graphql,
  ledgerOf,
  runCommand,
  someTime,
  somewhere,
  summaryOf,
} from './fakes.ts';
import { findingAnswers, findingServices, weakness } from './finding-fakes.ts';

const day = 86_400e6;
const detail = {
  ...api,
  ...{ successes: 4300, failures: 21 },
  ...{ firstSuccess: someTime - 50 * day, lastSuccess: someTime, newestCall: someTime },
  revivals: [{ silentSince: someTime - 45 * day, at: someTime - 10 * day }],
  ...{ newPeriod: 7 * day, inactivePeriod: 30 * day, revivedPeriod: 7 * day },
  statuses: [
    [200, 4300],
    [404, 20],
    [0, 1],
  ],
  topClients: [
    ['10.0.0.7', 4000],
    ['10.0.0.8', 321],
  ],
  hours: [[someTime, 4321]],
  days: [[someTime, 4321]],
};
const damage = [{ input: 'monday.pcap', offset: 123_456, reason: 'the file ends inside a packet' }];
const sources = [
  {
    id: 'a1',
    name: 'monday.pcap',
    size: 180_000,
    state: 'read',
    packets: 1000,
    firstTs: someTime,
    lastTs: someTime,
    damage: JSON.stringify(damage),
    version: 1,
  },
];
const weird = [{ name: 'http_bare_lf', count: 3 }];
const ledger = ledgerOf({ gapBytes: 5000, gaps: 2, messagesPaired: 38, requestsAlone: 2 });
const answers = {
  ...{
    apps,
    apis: [api, graphql],
    calls: [call, alone],
    api: [detail],
    newest: [{ ts: someTime }],
    ledger,
    weird,
    sources,
    sheddings: [
      { ts: someTime + 20e6, source: 'live eth1 2026-11-21T00:00:00.000Z', fromStep: 1, step: 0, fill: 0.012 },
      { ts: someTime, source: 'live eth1 2026-11-21T00:00:00.000Z', fromStep: 0, step: 1, fill: 0.375 },
    ],
    bindings: [
      { app: call.app, calls: 4321, carrying: 4000, bound: 3960, logins: 27 },
      { app: 'quote.example', calls: 90, carrying: 0, bound: 0, logins: 0 },
      { app: '', calls: 3, carrying: 2, bound: 0, logins: 0 },
    ],
  },
  summary: [{ exchanges: 20, applications: 2, apis: 2, assets: 31, candidates: 1 }],
  stats: [
    {
      key: api.id,
      bucket: someTime,
      calls: 4321,
      errors: 21,
      methods: { GET: 4321 },
      p50Us: 12_340,
      p95Us: 250_000,
      requestBytes: 1000,
      responseBytes: 2_000_000,
    },
  ],
};
const services = { replay: async () => summaryOf({ damage, weird, ledger }) };

const cases: Readonly<Record<string, readonly string[]>> = {
  apps: ['apps', ...somewhere],
  apis: ['apis', ...somewhere],
  api: ['api', '3f9a01c2be', ...somewhere],
  calls: ['calls', ...somewhere],
  stats: ['stats', '--by', 'api', '--every', '1h', ...somewhere],
  health: ['health', ...somewhere],
  replay: ['replay', 'monday.pcap'],
  demo: ['demo', ...somewhere],
};

for (const language of ['en', 'zh-CN'] as const) {
  for (const [name, argv] of Object.entries(cases)) {
    test(`${name} reads well at 100 columns in ${language}`, async () => {
      const run = await runCommand([...argv, '--lang', language], { answers, services, stdoutTerminal: true });
      const damaged = name === 'replay' || name === 'demo';
      assert.equal(run.code, damaged ? 3 : 0, run.stderr);
      const { expected, actual } = golden(`${name}.${language}.txt`, run.stdout + run.stderr);
      assert.equal(actual, expected);
      for (const line of actual.split('\n')) {
        assert.ok(textWidth(line) <= 100, `${textWidth(line)} columns: ${line}`);
        assert.equal(line, line.trimEnd(), 'no blanks at the end of a line');
      }
    });
  }
}

/** Commands about findings: beside the cases above, whose stores know of none. */
const findingCases: Readonly<Record<string, readonly string[]>> = {
  findings: ['findings', ...somewhere],
  finding: ['finding', '7c0d', ...somewhere],
  'finding-decided': ['finding', '11aa', ...somewhere],
  'trace-value': ['trace', '--value', '10000000000', ...somewhere],
  'trace-account': ['trace', '--account', '138****5678#3f9a01c2be', ...somewhere],
  'profile-account': ['profile', 'account', '138****5678#3f9a01c2be', ...somewhere],
  'profile-api': ['profile', 'api', '3f9a', ...somewhere],
  overview: ['overview', ...somewhere],
  'rules-list': ['rules', 'list'],
  'rules-test': ['rules', 'test'],
  'demo-findings': ['demo', ...somewhere],
};

for (const language of ['en', 'zh-CN'] as const) {
  for (const [name, argv] of Object.entries(findingCases)) {
    test(`${name} reads well at 100 columns in ${language}`, async () => {
      const decided = name === 'finding-decided' ? { finding: [weakness], 'calls-by-uid': [] } : {};
      const run = await runCommand([...argv, '--lang', language], {
        answers: { ...answers, ...findingAnswers, ...decided },
        services: { ...services, ...findingServices },
        stdoutTerminal: true,
      });
      assert.equal(run.code, name === 'rules-test' ? 1 : name === 'demo-findings' ? 3 : 0, run.stderr);
      const { expected, actual } = golden(`${name}.${language}.txt`, run.stdout + run.stderr);
      assert.equal(actual, expected);
      for (const line of actual.split('\n')) {
        assert.ok(textWidth(line) <= 100, `${textWidth(line)} columns: ${line}`);
        assert.equal(line, line.trimEnd(), 'no blanks at the end of a line');
      }
    });
  }
}

test('a wide terminal shows more, a narrow one less, neither is exceeded', async () => {
  for (const columns of [60, 80, 160]) {
    const run = await runCommand(['calls', ...somewhere], { answers, stdoutTerminal: true, columns });
    const widest = Math.max(...run.stdout.split('\n').map(textWidth));
    assert.ok(widest <= columns, `${widest} > ${columns}`);
    assert.ok(run.stdout.includes('.json'), 'the end of a long path stays');
    assert.equal(run.stdout.includes('…'), columns < 160);
  }
});
