/** A trace for people and scripts: the calls, and whom, where, through what and when they add up to. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import { placeJson } from './client-place.ts';
import type { Output } from './io.ts';
import { known } from './known.ts';
import type { LeakPath } from './leak-path.ts';
import { pathJson, renderPath } from './leak-path-view.ts';
import type { View } from './output.ts';
import { type OwnerCard, renderOwners } from './owner-cards.ts';
import {
  type ApiName,
  inOrder,
  type PartKind,
  type PartRow,
  partsOf,
  type SubjectLabelRow,
  type TraceRow,
} from './subject-rows.ts';
import { type Look, renderLabels, renderParts } from './subject-tables.ts';
import { groupThousands } from './table.ts';
import { labelNames } from './terms.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';

/** What was looked for. Never a clear value: `labels` are the kinds of data it could be, `shown` the words for them. */
export type TraceQuery =
  | { readonly by: 'value'; readonly labels: readonly string[]; readonly shown: string }
  | { readonly by: 'account'; readonly account: string }
  | { readonly by: 'client'; readonly client: string }
  | { readonly by: 'api'; readonly apiId: string }
  | { readonly by: 'app' | 'label' | 'user-agent' | 'referer' | 'session' | 'device' };

/** What was seen and could not be kept, so that a value may be in more calls than are found. */
export interface Missing {
  /** Values beyond the most that one message may have. */
  readonly values: number;
  /** Values found that a call had no room to carry. */
  readonly finds: number;
}

/** What the calls add up to. */
export interface Cards {
  readonly parts: readonly PartRow[];
  readonly apis: ReadonlyMap<string, ApiName>;
  /** Kinds of data that the calls took in and gave out. */
  readonly data: readonly SubjectLabelRow[];
  /** Who answers for the applications. */
  readonly owners: readonly OwnerCard[];
  /** Only where they were asked for. */
  readonly paths?: readonly LeakPath[];
}

/** Why a call is among the answers. */
function matchedJson(row: TraceRow, query: TraceQuery): object[] {
  if (query.by !== 'value') return [{ by: query.by }];
  return (row.matched ?? []).map(([label, direction, place]) => ({ by: 'value', label, direction, place }));
}

export function traceView(query: TraceQuery, texts: Texts, zone: string, places: ClientPlaces): View<TraceRow> {
  const { columns, cells, findings } = texts;
  return {
    json: (row) => ({
      uid: row.uid,
      ts: isoTime(row.ts),
      app: row.app,
      apiId: row.apiId,
      method: row.method,
      template: row.template,
      ...known('operation', row.operation),
      status: row.status,
      success: Boolean(row.success),
      client: row.client,
      ...placeJson(row.client, places),
      ...known('account', row.account),
      ...known('session', row.session),
      ...known('userAgent', row.userAgent),
      ...known('device', row.device),
      ...known('referer', row.referer),
      labels: { request: row.labelsRequest, response: row.labelsResponse },
      completeness: row.completeness,
      matched: matchedJson(row, query),
    }),
    fields: [
      ...['uid', 'ts', 'app', 'apiId', 'method', 'template', 'operation', 'status', 'success', 'client', 'region'],
      ...['organisation', 'account'],
      ...['session', 'userAgent', 'device', 'referer', 'labels', 'completeness', 'matched'],
    ],
    columns: [
      { header: columns.time },
      { header: findings.columns.account, min: 16 },
      { header: columns.client },
      { header: columns.api, min: 20, weight: 1.4 },
      { header: columns.status, align: 'right' },
      { header: findings.columns.labels, min: 10 },
    ],
    cells: (row) => [
      // The days with their year stand above.
      zonedTime(row.ts, zone).slice(5),
      row.account || cells.none,
      row.client,
      `${row.method} ${row.app}${row.template}`,
      row.status === 0 ? cells.none : String(row.status),
      labelNames(row.labelsResponse, texts) || cells.none,
    ],
  };
}

/** The object of the contract; calls are written as they come, so that any number of them fits in memory. */
export async function writeTraceJson(
  out: Output,
  query: TraceQuery,
  calls: AsyncIterable<TraceRow>,
  view: View<TraceRow>,
  { parts, apis, data, owners, paths, places }: Cards & { readonly places: ClientPlaces },
  mayMiss: Missing | undefined,
): Promise<void> {
  const { shown: _, ...asked } = { shown: '', ...query };
  let opening = `{\n"query": ${JSON.stringify(asked)},\n"calls": [\n`;
  for await (const row of calls) {
    await out.write(`${opening}${JSON.stringify(view.json(row))}`);
    opening = ',\n';
  }
  const list = (kind: PartKind, field: string) =>
    partsOf(parts, kind).map(({ key, calls: count, first, last }) => {
      const api = apis.get(key);
      const names = api ? { app: api.app, method: api.method, template: api.template } : {};
      const place = kind === 'client' ? placeJson(key, places) : {};
      return { [field]: key, ...names, ...place, calls: count, first: isoTime(first), last: isoTime(last) };
    });
  const days = inOrder(partsOf(parts, 'day')).map(({ key, calls: count }) => ({ day: key, calls: count }));
  const lists = { accounts: list('account', 'account'), clients: list('client', 'client'), apis: list('api', 'apiId') };
  const cards = { data, owners, ...(paths === undefined ? {} : { paths: paths.map(pathJson) }) };
  const rest = Object.entries({ ...lists, days, ...cards, ...(mayMiss && { mayMiss }) }).map(
    ([name, value]) => `"${name}": ${JSON.stringify(value)}`,
  );
  await out.write(`${opening === ',\n' ? '\n' : opening}],\n${rest.join(',\n')}\n}\n`);
}

/** Everything but the calls. '' when there are none. */
export function renderTrace(query: TraceQuery, { parts, data, owners, paths = [] }: Cards, look: Look): string {
  const { texts, zone, width } = look;
  const { trace: say, columns } = texts.findings;
  const looked = query.by === 'value' && query.shown !== '' ? `${say.labels(query.shown)}\n` : '';
  const days = inOrder(partsOf(parts, 'day'));
  if (days.length === 0) return looked;
  const count = (kind: PartKind) => groupThousands(partsOf(parts, kind).length);
  const calls = groupThousands(days.reduce((sum, day) => sum + day.calls, 0));
  return [
    looked,
    `${say.seen(calls, count('account'), count('client'), count('api'))}\n`,
    renderParts(say.accounts, columns.account, partsOf(parts, 'account'), look),
    renderParts(say.clients, texts.columns.client, partsOf(parts, 'client'), look),
    renderParts(say.apis, texts.columns.api, partsOf(parts, 'api'), look),
    renderParts(say.days, columns.day, days, look),
    renderLabels(texts.leak.cards.data, data, look),
    renderOwners(owners, texts, width),
    ...paths.map((path) => renderPath(path, texts, zone, width)),
    `\n${say.calls}\n`,
  ].join('');
}
