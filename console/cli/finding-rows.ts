/** Findings as the questions answer them, and how they are listed. Times are µs. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import type { AppNames } from './app-names.ts';
import { placeJson, placeText } from './client-place.ts';
import { known } from './known.ts';
import { name as word } from './ledger-view.ts';
import type { View } from './output.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { shownIdDigits } from './views.ts';

/** The engine counts different accounts and clients of a finding up to this. */
export const mostCounted = 100;

export interface FindingRow {
  readonly id: string;
  readonly kind: string;
  readonly rule: string;
  readonly title: string;
  readonly titleZh: string;
  readonly scenarios: readonly string[];
  readonly dimension: string;
  readonly level: string;
  /** The one that counts. */
  readonly status: string;
  /** What the traffic alone says. */
  readonly engineStatus: string;
  /** '' while nobody has decided; so are the others. */
  readonly decidedStatus: string;
  readonly decidedBy: string;
  readonly decidedNote: string;
  readonly decidedTs: number;
  /** 0 when the decision holds for ever. */
  readonly decidedUntil: number;
  /** The other finding of which it was said; '' when it was of this one. */
  readonly decidedFor: string;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly client: string;
  readonly clients: readonly string[];
  readonly account: string;
  readonly accounts: readonly string[];
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly count: number;
  /** `name` is '' when nothing was measured. */
  readonly measured: { readonly name: string; readonly value: number; readonly threshold: number | null };
  /** '' for none. */
  readonly parameter: string;
  /** `n` is 0 when there is no baseline. */
  readonly usual: { readonly median: number; readonly p95: number; readonly n: number };
  readonly evidence: readonly string[];
  readonly completeness: number;
  readonly completenessLeast: number;
  readonly advice: string;
  readonly adviceZh: string;
  readonly owasp: readonly string[];
  readonly clauses: readonly string[];
  readonly impact: {
    readonly accounts: number;
    readonly persons: number;
    readonly records: number;
    readonly clients: number;
  };
}

/** The finding of the contract. Both languages: scripts do not depend on who runs them. */
export function findingJson(row: FindingRow, names: AppNames, places: ClientPlaces): Record<string, unknown> {
  const { measured, usual } = row;
  return {
    ...{ id: row.id, kind: row.kind, rule: row.rule, title: row.title, titleZh: row.titleZh, scenarios: row.scenarios },
    ...{ dimension: row.dimension, level: row.level, status: row.status, engineStatus: row.engineStatus },
    ...(row.decidedStatus === '' ? {} : { decision: decisionJson(row) }),
    app: row.app,
    ...known('appName', names.of(row.app)),
    ...known('apiId', row.apiId),
    ...known('method', row.method),
    ...known('template', row.template),
    ...known('client', row.client),
    ...(row.client === '' ? {} : placeJson(row.client, places)),
    clients: row.clients,
    ...(places.any ? { places: placesJson(row.clients, places) } : {}),
    ...known('account', row.account),
    accounts: row.accounts,
    firstSeen: isoTime(row.firstSeen),
    lastSeen: isoTime(row.lastSeen),
    count: row.count,
    ...(measured.name === ''
      ? {}
      : { measured: { name: measured.name, value: measured.value, ...known('threshold', measured.threshold) } }),
    ...known('parameter', row.parameter),
    ...(usual.n === 0 ? {} : { usual }),
    ...{ evidence: row.evidence, completeness: row.completeness, completenessLeast: row.completenessLeast },
    ...{ advice: row.advice, adviceZh: row.adviceZh, owasp: row.owasp, clauses: row.clauses, impact: row.impact },
  };
}

/** Of the clients of whom anything is known. */
function placesJson(clients: readonly string[], places: ClientPlaces): object[] {
  return clients.flatMap((client) =>
    placeText(client, places) === '' ? [] : [{ client, ...placeJson(client, places) }],
  );
}

function decisionJson(row: FindingRow): Record<string, unknown> {
  return {
    status: row.decidedStatus,
    by: row.decidedBy,
    note: row.decidedNote,
    ts: isoTime(row.decidedTs),
    ...(row.decidedUntil > 0 ? { until: isoTime(row.decidedUntil) } : {}),
    ...known('finding', row.decidedFor),
  };
}

/** The texts of a rule in the language that is spoken. */
export function inLanguage(row: FindingRow, texts: Texts): { readonly title: string; readonly advice: string } {
  return texts.language === 'zh-CN'
    ? { title: row.titleZh, advice: row.adviceZh }
    : { title: row.title, advice: row.advice };
}

/** An API can have one flaw in several parameters; what somebody did is told by its title. */
function titleOf(row: FindingRow, texts: Texts): string {
  const { title } = inLanguage(row, texts);
  return row.kind === 'weakness' && row.parameter !== '' ? `${title} (${row.parameter})` : title;
}

/** Who did it: the account when one is known, else the client; how many when there are several. */
function whoOf(row: FindingRow, texts: Texts): string {
  const say = texts.findings.several;
  const [one = ''] = row.account !== '' ? [row.account] : row.accounts.length === 1 ? row.accounts : [];
  if (one !== '') return one;
  const counted = (count: number) => (count >= mostCounted ? `${count}+` : String(count));
  if (row.accounts.length > 0) return say.accounts(counted(row.accounts.length));
  if (row.client !== '') return row.client;
  return row.clients.length > 0 ? say.clients(counted(row.clients.length)) : texts.cells.none;
}

export function findingView(texts: Texts, names: AppNames, zone: string, places: ClientPlaces): View<FindingRow> {
  const { columns, findings, terms } = texts;
  const say = findings.columns;
  return {
    json: (row) => findingJson(row, names, places),
    fields: [
      ...['id', 'kind', 'rule', 'title', 'titleZh', 'scenarios', 'dimension', 'level', 'status', 'engineStatus'],
      ...[
        'decision',
        'app',
        'appName',
        'apiId',
        'method',
        'template',
        'client',
        'region',
        'organisation',
        'clients',
        'places',
        'account',
        'accounts',
      ],
      ...[
        'firstSeen',
        'lastSeen',
        'count',
        'measured',
        'parameter',
        'usual',
        'evidence',
        'completeness',
        'completenessLeast',
      ],
      ...['advice', 'adviceZh', 'owasp', 'clauses', 'impact'],
    ],
    columns: [
      { header: columns.id },
      { header: say.level },
      { header: say.status },
      { header: say.finding, min: 20, weight: 2.4, prose: true },
      { header: columns.app, min: 10 },
      { header: say.who, min: 12 },
      { header: columns.lastSeen },
    ],
    cells: (row) => [
      row.id.slice(0, shownIdDigits),
      word(terms.levels, row.level),
      word(terms.statuses, row.status),
      titleOf(row, texts),
      names.of(row.app) ?? row.app,
      whoOf(row, texts),
      // Year and seconds are on the finding's own page.
      zonedTime(row.lastSeen, zone).slice(5, 16),
    ],
  };
}
