/** Call rows as traffic makes them: many applications, few APIs each, flows of ten exchanges; the same on every run. */
import type { Row } from '../../../storage/store/store.ts';

export const firstTs = Date.UTC(2024, 4, 6, 1, 30) * 1000;

const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE'];
const agents = Array.from(
  { length: 40 },
  (_, i) => `Mozilla/5.0 (Windows NT 10.0; Win64; x64) Trader/${i % 7}.${i} Chrome/${90 + i}.0`,
);

/** A 32-bit hash of an integer; stands for chance. */
export function scatter(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export function hex16(n: number): string {
  return (
    scatter(n).toString(16).padStart(8, '0') +
    scatter(n + 0x5bd1e995)
      .toString(16)
      .padStart(8, '0')
  );
}

export function callRow(n: number): Row {
  // Eight flows are open at a time, with ten exchanges each.
  const flow = Math.floor(n / 80) * 8 + (n % 8);
  const depth = (Math.floor(n / 8) % 10) + 1;
  const app = scatter(flow) % 20;
  const api = scatter(flow * 31 + depth) % 40;
  const chance = scatter(n * 7 + 1);
  const method = methods[api % methods.length]!;
  const ts = firstTs + n * 211 + (chance % 97);
  const durationUs = 400 + (scatter(n * 3) % 90_000);
  const lost = chance % 500 === 0;
  const status = lost ? 0 : chance % 23 === 0 ? 500 : chance % 29 === 0 ? 404 : 200;
  const template = `/api/v${api % 3}/${['orders', 'positions', 'customers', 'quotes'][api % 4]}/{id}/section${api}`;
  return {
    v: 1,
    uid: `${hex16(flow)}-${depth}`,
    ts,
    completedTs: ts + durationUs,
    app: `trade${app}.example.com`,
    server: `10.20.0.${app}`,
    serverPort: 8080,
    client: `10.${scatter(flow) % 4}.${scatter(flow + 1) % 16}.${scatter(flow + 2) % 80}`,
    clientPort: 20_000 + (scatter(flow + 3) % 40_000),
    vlan: app % 2 === 0 ? 100 + app : null,
    tunnel: app === 7 ? 'vxlan:5001' : null,
    httpVersion: '1.1',
    method,
    path: template.replace('{id}', '******'),
    query: api % 3 === 0 ? `page=${chance % 20}&size=20&account=138****5678` : '',
    template,
    templateReason: '4=integer',
    operation: '',
    format: 'REST',
    formatReason: 'JSON both ways',
    apiId: hex16(app * 1000 + api),
    status,
    requestType: method === 'GET' ? '' : 'application/json',
    responseType: lost ? '' : 'application/json;charset=UTF-8',
    userAgent: agents[scatter(flow + 4) % agents.length],
    referer: api % 2 === 0 ? `https://trade${app}.example.com/web/page${api}` : '',
    requestBytes: 300 + (chance % 900),
    responseBytes: lost ? 0 : 200 + (scatter(n + 9) % 6000),
    durationUs,
    completeness: chance % 211 === 0 ? 0.75 : 1,
    pairing: lost ? 'no-response' : 'paired',
    unpaired: lost ? 'end-of-input' : null,
    weird: chance % 307 === 0 ? ['http_bare_lf', 'tcp_gap'] : [],
    success: status === 200 ? 1 : 0,
    source: 'capture-1',
    ...later(flow, api, chance),
  };
}

const labelNames = ['mobile', 'name', 'id-card', 'bank-card'];

function labelsOf(count: number, chance: number): Row[] {
  return labelNames.slice(0, count).map((label, i) => ({
    label,
    count: 1 + ((chance + i) % 30),
    distinct: 1 + ((chance + i) % 7),
    sample: '138****5678',
    masked: chance % 5 === 0 ? 1 : 0,
  }));
}

/** What a later schema added to calls: about a third has no known account, APIs differ in what they give out. */
function later(flow: number, api: number, chance: number): Row {
  const person = scatter(flow + 5) % 30;
  const known = person % 3 !== 0;
  return {
    account: known ? `c***${person}#${hex16(person).slice(0, 10)}` : '',
    accountHash: known ? hex16(person) : '',
    session: known ? hex16(flow + 7) : '',
    functions: api % 4 === 0 ? ['query'] : [],
    labelsRequest: labelsOf(api % 2, chance),
    labelsResponse: labelsOf(api % 4, chance + 1),
    persons: api % 4 === 0 ? 0 : 1 + (chance % 20),
    claimedClient: chance % 11 === 0 ? '203.0.113.9' : '',
    sampling: chance % 97 === 0 ? 10 : 1,
    sequence: chance % 89 === 0 ? 2 ** 32 - 1 : chance % 1000,
    device: chance % 3 === 0 ? 'chrome/windows' : 'okhttp/android',
    resultCode: chance % 7 === 0 ? '-61' : '',
    traceIds: chance % 5 === 0 ? hex16(flow + 9) : '',
  };
}

export interface LabelInRow extends Row {
  readonly label: string;
  readonly count: number;
  readonly masked: number;
}

export function labelsIn(call: Row, side: 'labelsRequest' | 'labelsResponse'): readonly LabelInRow[] {
  return call[side] as readonly LabelInRow[];
}

/** The row as stores of the first schema take it. */
export function withoutLater(row: Row): Row {
  const added = later(0, 0, 0);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !(name in added)));
}

/** A finding about a call's API, as the engine writes it. */
export function findingRow(id: string, call: Row, more: Row = {}): Row {
  return {
    v: 1,
    id,
    kind: 'event',
    rule: 'data-traversal',
    title: 'Data read one by one',
    titleZh: '逐个读取数据',
    scenarios: ['data-traversal'],
    dimension: 'leak',
    level: 'high',
    status: 'unconfirmed',
    app: call.app,
    apiId: call.apiId,
    method: call.method,
    template: call.template,
    client: call.client,
    clients: [call.client],
    account: 'c***1#0123456789',
    accounts: ['c***1#0123456789'],
    firstSeen: Number(call.ts) - 60e6,
    lastSeen: call.ts,
    count: 90,
    measured: { name: 'distinct', value: 88.5, threshold: 50 },
    parameter: 'path.customerId',
    usual: { median: 2, p95: 4, n: 12 },
    evidence: [call.uid],
    completeness: 0.99,
    completenessLeast: 0.5,
    advice: 'Check the owner.',
    adviceZh: '校验归属。',
    owasp: ['API1:2023'],
    clauses: ['7.1.3'],
    impact: { accounts: 1, persons: 88, records: 90, clients: 1 },
    version: 1,
    ...more,
  };
}

/** A person's word on a finding. */
export function decisionRow(id: string, subject: string, ts: number, value: Row): Row {
  return { id, kind: 'finding-status', subject, value: JSON.stringify(value), by: 'li', note: 'seen', ts };
}

export function callRows(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => callRow(from + i));
}

/** The inventory's row for a call's API. */
export function apiRow(call: Row, more: Row = {}): Row {
  return {
    id: call.apiId,
    app: call.app,
    method: call.method,
    template: call.template,
    operation: '',
    format: 'REST',
    templateReason: '4=integer',
    formatReason: 'JSON both ways',
    state: 'confirmed',
    successes: 3,
    failures: 1,
    firstSeen: call.ts,
    lastSeen: call.ts,
    version: 1,
    ...more,
  };
}

export function sum(rows: readonly Row[], field: string): number {
  return rows.reduce((total, row) => total + Number(row[field]), 0);
}

/** The order in which questions answer calls. */
export function byTimeThenFlow(a: Row, b: Row): number {
  return Number(a.ts) - Number(b.ts) || (String(a.uid) < String(b.uid) ? -1 : 1);
}
