/** How applications, APIs, calls and statistics are shown: the JSON of the contract, CSV columns, table columns. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import type { AppNames } from './app-names.ts';
import { placeJson, placeText } from './client-place.ts';
import { known } from './known.ts';
import { name as word } from './ledger-view.ts';
import type { View } from './output.ts';
import type { ApiRow, CallRow, LabelRow, StatsRow } from './rows.ts';
import type { Cell, Column } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { gradeCell, traitReasons, traitsJson } from './traits-view.ts';
import { humanBytes, humanDuration } from './units.ts';

/** Digits of an API id that a table shows: enough to tell some thousand APIs apart, and every command takes them. */
export const shownIdDigits = 8;

export const right = (header: string): Column => ({ header, align: 'right' });

export function duration(us: number | null, texts: Texts): string {
  return us === null ? texts.cells.none : humanDuration(us);
}

/** Template and operation in one cell: GraphQL and SOAP have many APIs on one path. */
export function endpoint(row: { readonly template: string; readonly operation: string }, texts: Texts): string {
  return row.operation === '' ? row.template : texts.cells.operation(row.template, row.operation);
}

/** `labels` of the contract. */
function labelsJson(row: {
  readonly labelsRequest: readonly LabelRow[];
  readonly labelsResponse: readonly LabelRow[];
}) {
  return { request: row.labelsRequest, response: row.labelsResponse };
}

export function apiJson(row: ApiRow, names: AppNames): Record<string, unknown> {
  return {
    id: row.id,
    app: row.app,
    ...known('appName', names.of(row.app)),
    method: row.method,
    template: row.template,
    format: row.format,
    ...known('operation', row.operation),
    functions: row.functions,
    labels: labelsJson(row),
    persons: row.persons,
    ...traitsJson(row),
    ...known('state', row.lifecycle),
    discovery: row.state,
    calls: row.calls,
    errors: row.errors,
    clients: row.clients,
    accounts: row.accounts,
    ...known('p50Us', row.p50Us),
    ...known('p95Us', row.p95Us),
    requestBytes: row.requestBytes,
    responseBytes: row.responseBytes,
    firstSeen: isoTime(row.firstSeen),
    lastSeen: isoTime(row.lastSeen),
    reasons: {
      ...known('template', row.templateReason),
      ...known('format', row.formatReason),
      ...(Object.keys(row.functionReasons).length > 0 ? { functions: row.functionReasons } : {}),
      ...traitReasons(row),
    },
  };
}

export function apiView(texts: Texts, names: AppNames): View<ApiRow> {
  const { columns } = texts;
  return {
    json: (row) => apiJson(row, names),
    fields: [
      ...['id', 'app', 'appName', 'method', 'template', 'format', 'operation', 'functions', 'labels', 'persons'],
      ...['exposure', 'caller', 'audience', 'access', 'auth', 'reach', 'opaque', 'grade'],
      ...['level', 'confidence', 'decided'],
      ...[
        'state',
        'discovery',
        'calls',
        'errors',
        'clients',
        'accounts',
        'p50Us',
        'p95Us',
        'requestBytes',
        'responseBytes',
        'firstSeen',
        'lastSeen',
        'reasons',
      ],
    ],
    columns: [
      { header: columns.id },
      { header: columns.app, min: 14 },
      { header: columns.method },
      { header: columns.template, min: 24, weight: 1.5 },
      { header: columns.style },
      { header: columns.state },
      { header: texts.traits.columns.grade },
      right(columns.calls),
      right(columns.errors),
    ],
    cells: (row) => [
      row.id.slice(0, shownIdDigits),
      row.app,
      row.method,
      endpoint(row, texts),
      row.format,
      stateText(row, texts),
      gradeCell(row, texts),
      row.calls,
      row.errors,
    ],
  };
}

/** Where it is in its life; of what never succeeded, that it did not. */
export function stateText({ lifecycle, state }: Pick<ApiRow, 'lifecycle' | 'state'>, { cells }: Texts): string {
  return lifecycle === '' ? word(cells.states, state) : word(cells.lifecycle, lifecycle);
}

export function callView(texts: Texts, names: AppNames, zone: string, places: ClientPlaces): View<CallRow> {
  const { columns } = texts;
  return {
    json: (row) => ({
      uid: row.uid,
      ts: isoTime(row.ts),
      app: row.app,
      ...known('appName', names.of(row.app)),
      apiId: row.apiId,
      method: row.method,
      template: row.template,
      format: row.format,
      ...known('operation', row.operation),
      path: row.path,
      ...known('query', row.query),
      status: row.status,
      success: Boolean(row.success),
      client: row.client,
      ...placeJson(row.client, places),
      ...known('claimedClient', row.claimedClient),
      ...known('account', row.account),
      ...known('session', row.session),
      ...known('userAgent', row.userAgent),
      ...known('device', row.device),
      ...known('referer', row.referer),
      ...known('resultCode', row.resultCode),
      functions: row.functions,
      labels: labelsJson(row),
      persons: row.persons,
      requestBytes: row.requestBytes,
      responseBytes: row.responseBytes,
      durationUs: row.durationUs,
      completeness: row.completeness,
      sampling: row.sampling,
      pairing: row.pairing,
      ...known('unpaired', row.unpaired),
      weird: row.weird,
    }),
    fields: [
      ...['uid', 'ts', 'app', 'appName', 'apiId', 'method', 'template', 'format', 'operation', 'path', 'query'],
      ...[
        'status',
        'success',
        'client',
        'region',
        'organisation',
        'claimedClient',
        'account',
        'session',
        'userAgent',
        'referer',
        'functions',
      ],
      ...['labels', 'persons', 'requestBytes', 'responseBytes', 'durationUs'],
      ...['completeness', 'sampling', 'pairing', 'unpaired', 'weird'],
    ],
    columns: [
      { header: columns.time },
      { header: columns.client },
      ...(places.any ? [{ header: columns.place, min: 8 }] : []),
      { header: columns.method },
      { header: columns.path, min: 24 },
      right(columns.status),
      right(columns.duration),
    ],
    cells: (row) => [
      zonedTime(row.ts, zone),
      row.client,
      ...(places.any ? [placeText(row.client, places)] : []),
      row.method === '' ? texts.cells.none : row.method,
      `${row.app}${row.path}${row.query === '' ? '' : `?${row.query}`}`,
      row.status === 0 ? texts.cells.none : String(row.status),
      // Of half an exchange it says nothing about the application.
      duration(row.pairing === 'paired' ? row.durationUs : null, texts),
    ],
  };
}

export type Subject = 'app' | 'api' | 'client' | 'account' | 'method' | 'status';

/** JSON field that names the subject: as in calls. */
const subjectFields: Readonly<Record<Subject, string>> = {
  app: 'app',
  api: 'apiId',
  client: 'client',
  account: 'account',
  method: 'method',
  status: 'status',
};

/** An account that is not known is left out, as in calls. */
function subjectJson(by: Subject, key: string): Record<string, string | number> {
  if (by === 'account') return known('account', key);
  return { [subjectFields[by]]: by === 'status' ? Number(key) : key };
}

export interface StatsShape {
  readonly by?: Subject;
  readonly buckets: boolean;
  /** The API behind an id, for rows by API. */
  readonly apis: ReadonlyMap<string, ApiRow>;
  readonly places: ClientPlaces;
}

export function statsView(shape: StatsShape, texts: Texts, zone: string): View<StatsRow> {
  const { columns } = texts;
  const { by, buckets, apis, places } = shape;
  const ofPlaces = by === 'client' && places.any;
  const subjectColumns: Column[] =
    by === undefined ? [] : [{ header: by === 'account' ? texts.findings.columns.account : columns[by], min: 16 }];
  const subject = (row: StatsRow): string => {
    const api = by === 'api' ? apis.get(row.key) : undefined;
    if (api) return `${row.key.slice(0, shownIdDigits)} ${api.method} ${api.app}${endpoint(api, texts)}`;
    return row.key === '' || (by === 'status' && row.key === '0') ? texts.cells.none : row.key;
  };
  const json = (row: StatsRow): Record<string, unknown> => {
    const api = by === 'api' ? apis.get(row.key) : undefined;
    return {
      ...(buckets ? { ts: isoTime(row.bucket) } : {}),
      ...(by ? subjectJson(by, row.key) : {}),
      ...(ofPlaces ? placeJson(row.key, places) : {}),
      ...(api
        ? { app: api.app, method: api.method, template: api.template, ...known('operation', api.operation) }
        : {}),
      calls: row.calls,
      errors: row.errors,
      methods: row.methods,
      ...known('p50Us', row.p50Us),
      ...known('p95Us', row.p95Us),
      requestBytes: row.requestBytes,
      responseBytes: row.responseBytes,
    };
  };
  return {
    json,
    fields: [
      ...(buckets ? ['ts'] : []),
      ...(by ? [subjectFields[by]] : []),
      ...(ofPlaces ? ['region', 'organisation'] : []),
      ...(by === 'api' ? ['app', 'method', 'template', 'operation'] : []),
      ...['calls', 'errors', 'methods', 'p50Us', 'p95Us', 'requestBytes', 'responseBytes'],
    ],
    columns: [
      ...(buckets ? [{ header: columns.time }] : []),
      ...subjectColumns,
      ...(ofPlaces ? [{ header: columns.place, min: 8 }] : []),
      ...[columns.calls, columns.errors, columns.latency, columns.p95, columns.requests, columns.responses].map(right),
    ],
    cells: (row): Cell[] => [
      ...(buckets ? [zonedTime(row.bucket, zone)] : []),
      ...(by === undefined ? [] : [subject(row)]),
      ...(ofPlaces ? [placeText(row.key, places)] : []),
      row.calls,
      row.errors,
      duration(row.p50Us, texts),
      duration(row.p95Us, texts),
      humanBytes(row.requestBytes),
      humanBytes(row.responseBytes),
    ],
  };
}
