/** The access log (8.3 of the draft specification): one line a call, joined over hops; accounts and values masked. */
import type { AppNames } from './app-names.ts';
import { type Hop, Hops, type Joined, longestChain } from './hops.ts';
import { known } from './known.ts';
import type { View } from './output.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanDuration } from './units.ts';
import { endpoint, right } from './views.ts';

export interface LogRow extends Hop {
  readonly app: string;
  readonly apiId: string;
  readonly template: string;
  readonly operation: string;
  readonly success: number | boolean;
  readonly resultCode: string;
  readonly account: string;
  readonly device: string;
  readonly functions: readonly string[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly completeness: number;
}

export const errorKinds = ['business', 'refused', 'system'] as const;
/** business: the reply says no inside a status of success; refused: 4xx; system: 5xx, or no answer at all. */
export type ErrorKind = (typeof errorKinds)[number];

export interface LogLine {
  readonly row: LogRow;
  readonly joined: Joined;
}

export interface LogFilter {
  readonly app: string;
  readonly apiId: string;
  readonly client: string;
  /** Beginning of its hash. */
  readonly accountHash: string;
  readonly session: string;
  readonly chain: string;
  readonly errors: readonly ErrorKind[];
  /** µs. */
  readonly since: number;
}

function errorOf({ status, success }: LogRow): ErrorKind | '' {
  if (status === 0 || status >= 500) return 'system';
  if (status >= 400) return 'refused';
  // 1xx and 3xx decide nothing by themselves.
  return status >= 200 && status < 300 && !success ? 'business' : '';
}

function resultOf(row: LogRow): 'success' | 'failure' | 'no-response' {
  if (row.status === 0) return 'no-response';
  return row.success ? 'success' : 'failure';
}

/** Joined before it is filtered: a hop is told of its chain even where the other hops are not asked for. */
export async function* joinedLog(rows: AsyncIterable<LogRow>, filter: LogFilter): AsyncGenerator<LogLine> {
  const hops = new Hops();
  const { app, apiId, client, accountHash, session, chain, errors, since } = filter;
  for await (const row of rows) {
    const joined = hops.take(row);
    if (row.ts < since) continue;
    if (app !== '' && row.app !== app) continue;
    if (apiId !== '' && !row.apiId.startsWith(apiId)) continue;
    if (client !== '' && row.client !== client) continue;
    if (accountHash !== '' && !row.accountHash.startsWith(accountHash)) continue;
    if (session !== '' && !row.session.startsWith(session)) continue;
    if (chain !== '' && joined.chain !== chain) continue;
    const error = errorOf(row);
    if (errors.length > 0 && (error === '' || !errors.includes(error))) continue;
    yield { row, joined };
  }
}

/** What must be read before `since`, so that its hops find where they came from; µs. */
export function logBegin(since: number): number {
  return since === 0 ? 0 : Math.max(1, since - longestChain);
}

const fields = [
  ...['serial', 'chain', 'hop', 'joinedBy', 'ts', 'app', 'appName', 'apiId', 'method', 'interface', 'path', 'query'],
  ...['client', 'server', 'durationUs', 'status', 'result', 'error', 'resultCode', 'account', 'session', 'device'],
  ...['functions', 'requestBytes', 'responseBytes', 'completeness'],
];

export function logView(texts: Texts, names: AppNames, zone: string): View<LogLine> {
  const { columns, cells, accessLog: say } = texts;
  return {
    json: ({ row, joined }) => ({
      serial: row.uid,
      chain: joined.chain,
      hop: joined.hop,
      ...known('joinedBy', joined.by),
      ts: isoTime(row.ts),
      app: row.app,
      ...known('appName', names.of(row.app)),
      apiId: row.apiId,
      method: row.method,
      interface: endpoint(row, texts),
      path: row.path,
      ...known('query', row.query),
      client: row.client,
      server: row.server.includes(':') ? `[${row.server}]:${row.serverPort}` : `${row.server}:${row.serverPort}`,
      durationUs: row.durationUs,
      status: row.status,
      result: resultOf(row),
      ...known('error', errorOf(row)),
      ...known('resultCode', row.resultCode),
      ...known('account', row.account),
      ...known('session', row.session),
      ...known('device', row.device),
      functions: row.functions,
      requestBytes: row.requestBytes,
      responseBytes: row.responseBytes,
      completeness: row.completeness,
    }),
    fields,
    columns: [
      { header: columns.time },
      right(say.columns.hop),
      { header: columns.api, min: 22, weight: 1.4 },
      { header: columns.client },
      { header: say.columns.account, min: 12 },
      right(say.columns.latency),
      { header: say.columns.result, min: 18 },
    ],
    cells: ({ row, joined }) => [
      zonedTime(row.ts, zone).slice(5, 23),
      joined.hop,
      `${row.method} ${row.app}${endpoint(row, texts)}`,
      row.client,
      row.account || cells.none,
      humanDuration(row.durationUs),
      resultText(row, texts),
    ],
  };
}

function resultText(row: LogRow, { accessLog: say }: Texts): string {
  const error = errorOf(row);
  const status = row.status === 0 ? say.noResponse : String(row.status);
  const code = row.resultCode === '' || error !== 'business' ? '' : ` (${row.resultCode})`;
  return error === '' ? status : `${status} ${say.errors[error]}${code}`;
}
