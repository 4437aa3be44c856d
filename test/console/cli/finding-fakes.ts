/** Findings, traces and profiles that a store would answer. Nothing in them but masked values. */
import type { Profile } from '../../../analyzer/analyzer.ts';
import type { FindingRow } from '../../../console/cli/finding-rows.ts';
import type { Parameters } from '../../../storage/store/store.ts';
import { alone, api, call, graphql, someTime } from './fakes.ts';

const account = call.account;

export const finding: FindingRow = {
  ...{ id: '7c0de5a1b2c3d4e5', kind: 'event', rule: 'data-traversal', title: 'Customer data read one by one' },
  ...{ titleZh: '逐个读取客户数据', scenarios: ['data-traversal'], dimension: 'leak', level: 'critical' },
  ...{ status: 'unconfirmed', engineStatus: 'unconfirmed' },
  ...{ decidedStatus: '', decidedBy: '', decidedNote: '', decidedTs: 0, decidedUntil: 0, decidedFor: '' },
  ...{ app: call.app, apiId: api.id, method: 'GET', template: api.template, client: '10.0.0.7', clients: ['10.0.0.7'] },
  ...{ account, accounts: [account], firstSeen: someTime - 754e6, lastSeen: someTime, count: 1240 },
  measured: { name: 'distinct(path.id)', value: 1187, threshold: 50 },
  parameter: 'path.id',
  usual: { median: 2, p95: 4, n: 37 },
  evidence: [call.uid, alone.uid],
  ...{ completeness: 0.998, completenessLeast: 0.5 },
  advice:
    "Check on the server that the object belongs to the session's own account, use random identifiers of at least 64 bits, and limit how many objects one session may read in a minute.",
  adviceZh:
    '在服务端校验所访问的对象属于当前会话的账号；对象编号改用不少于 64 位的随机值；限制单个会话每分钟可读取的对象数量，并对超出者告警。',
  ...{ owasp: ['API1:2023'], clauses: ['7.1.3'] },
  impact: { accounts: 1, persons: 1187, records: 2374, clients: 1 },
};

export const weakness: FindingRow = {
  ...finding,
  ...{
    id: '11aa22bb33cc44dd',
    kind: 'weakness',
    rule: 'token-in-url',
    title: 'Session token in the URL',
    level: 'medium',
  },
  ...{ titleZh: '会话令牌置于 URL', scenarios: ['token-in-url'], dimension: 'account', status: 'ignored' },
  ...{ engineStatus: 'unconfirmed', decidedStatus: 'ignored', decidedBy: '李雷', decidedNote: 'until the new gateway' },
  ...{ decidedTs: someTime + 3600e6, decidedUntil: someTime + 30 * 86_400e6 },
  ...{ account: '', accounts: Array.from({ length: 12 }, (_, i) => `z***${i}#00000000${String(i).padStart(2, '0')}`) },
  ...{ client: '', clients: ['10.0.0.7', '10.0.0.8'], apiId: '', method: '', template: '', count: 3 },
  ...{
    measured: { name: '', value: 0, threshold: null },
    parameter: 'query.token',
    usual: { median: 0, p95: 0, n: 0 },
  },
  ...{
    completeness: 1,
    completenessLeast: 1,
    evidence: ['4444444444444444-1'],
    advice: '',
    adviceZh: '',
    owasp: [],
    clauses: [],
  },
  impact: { accounts: 100, persons: 0, records: 0, clients: 2 },
};

const parted = { calls: 1240, errors: 3, responseBytes: 2_000_000, first: someTime - 754e6, last: someTime };

const parts = [
  { kind: 'account', key: account, ...parted, calls: 1200 },
  { kind: 'api', key: api.id, ...parted },
  { kind: 'api', key: graphql.id, ...parted, calls: 7, errors: 0 },
  { kind: 'app', key: call.app, ...parted },
  { kind: 'client', key: '10.0.0.7', ...parted },
  { kind: 'day', key: '2026-11-21', ...parted, calls: 1000 },
  { kind: 'day', key: '2026-11-20', ...parted, calls: 247 },
  { kind: 'hour', key: '10', ...parted, calls: 900 },
  { kind: 'hour', key: '09', ...parted, calls: 347 },
];

const subject = {
  ...{ calls: 1247, errors: 3, accountShown: account, accounts: 1, boundCalls: 1200, clients: 1, sessions: 4, apps: 2 },
  ...{ apis: 2, mostPersons: 20, personCalls: 1100, requestBytes: 300_000, responseBytes: 2_000_000 },
  ...{ firstSeen: someTime - 754e6, lastSeen: someTime },
};

const labelled = { calls: 1100, values: 13_200, most: 20, masked: 0, sample: '138****5678', persons: 20 };

const labels = [
  { direction: 'response', label: 'mobile', ...labelled },
  { direction: 'response', label: 'some-new-label', ...labelled, calls: 3, values: 3, most: 1, sample: '***' },
  { direction: 'request', label: 'password', ...labelled, calls: 1, values: 1, most: 1, sample: '***', persons: 0 },
];

export const rules = [
  {
    ...{ file: 'rules/detections/data-traversal.yml', rule: 'data-traversal', kind: 'found', ok: true },
    message: 'found, as the example says',
  },
  {
    ...{ file: 'rules/detections/brute-force.yml', rule: 'brute-force', kind: 'pass', ok: false },
    message: 'brute-force.yml:41: the example must pass and was found',
  },
];

const aDay = { median: 80, p95: 200, n: 5 };
const acquaintance = { calls: 1200, first: someTime - 754e6, last: someTime };

const learnt: Profile = {
  ...{ firstSeen: someTime - 6 * 86_400e6, lastSeen: someTime, calls: 1247, errors: 3, stillLearning: false },
  perDay: {
    ...{ calls: aDay, busiestHour: aDay, persons: aDay, errors: { median: 0, p95: 1, n: 5 } },
    ...{ responseBytes: { median: 2_000_000, p95: 9_000_000, n: 5 }, labels: { median: 1, p95: 2, n: 5 } },
  },
  today: { calls: 1000, busiestHour: 900, responseBytes: 2_000_000, persons: 1187, errors: 3, labels: 2 },
  hours: Array.from({ length: 24 }, (_, hour) => (hour > 8 && hour < 18 ? hour : 0)),
  hourDays: Array.from({ length: 24 }, (_, hour) => (hour > 8 && hour < 18 ? 1 + (hour % 5) : 0)),
  weekdays: [200, 200, 210, 190, 400, 0, 0],
  responseSize: { median: 1792, p95: 14_336, p99: 28_672, n: 1247 },
  duration: { median: 1536, p95: 12_288, p99: 100_000, n: 1247 },
  ...{ mostPersons: 20, labels: ['mobile', 'some-new-label'], forgotten: 3 },
  apis: [api, graphql].map(({ id }) => ({ ...acquaintance, id })),
  accounts: [{ ...acquaintance, id: account }],
  clients: Array.from({ length: 7 }, (_, i) => ({ ...acquaintance, id: `10.0.0.${7 + i}` })),
};

const usual = [
  { app: call.app, id: 'x', payload: JSON.stringify(learnt) },
  {
    ...{ app: 'new.example.com', id: 'x' },
    payload: JSON.stringify({
      ...learnt,
      ...{ stillLearning: true, perDay: { ...learnt.perDay, calls: { median: 0, p95: 0, n: 0 } } },
      ...{
        hourDays: Array(24).fill(0),
        responseSize: { median: 0, p95: 0, p99: 0, n: 0 },
        mostPersons: 0,
        forgotten: 0,
      },
    }),
  },
];

/** What the store answers to the questions behind these commands. */
export const findingAnswers = {
  findings: ({ status }: Parameters) => (status === 'open' ? [finding] : [finding, weakness]),
  finding: [finding],
  ...{ 'calls-by-uid': [call, alone], 'api-names': [api, graphql] },
  ...{ subject: [subject], 'subject-parts': parts, 'subject-labels': labels, 'trace-parts': parts },
  profile: ({ kind }: Parameters) => (kind === 'api' ? [{ ...usual[0]!, app: '' }] : usual),
  'trace-by-hash': [{ ...call, matched: [['mobile', 'response', 'body.data[].mobile']] }],
  'apis-by-state': [
    { state: 'new', apis: 2 },
    { state: 'active', apis: 10 },
    { state: 'candidate', apis: 3 },
  ],
  'findings-by-level': [
    { kind: 'event', level: 'critical', findings: 1 },
    { kind: 'event', level: 'high', findings: 2 },
    { kind: 'weakness', level: 'medium', findings: 4 },
  ],
  'findings-by-day': [
    { day: Date.UTC(2026, 10, 19, 16) * 1000, level: 'high', findings: 2 },
    { day: Date.UTC(2026, 10, 20, 16) * 1000, level: 'critical', findings: 1 },
  ],
};

/** Services of a pipeline that is whole. The hash shows nothing of the value. */
export const findingServices = {
  traceHashes: (value: string) =>
    /^\d{11}$/.test(value)
      ? [
          { label: 'mobile', hash: '00000000000000a1' },
          { label: 'customer-number', hash: '00000000000000b2' },
        ]
      : [],
  accountHash: async () => '3f9a01c2be000000',
  listRules: () => rules.map((rule) => ({ ...rule, ok: true, kind: 'detection', message: '' })),
  testRules: () => rules,
};
