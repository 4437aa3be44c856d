/** How applications are shown: the JSON of the contract, CSV columns, table columns, and the page of one. */
import { appFacts, watchOf } from './app-facts.ts';
import type { AppNames } from './app-names.ts';
import { known } from './known.ts';
import { name as word } from './ledger-view.ts';
import type { View } from './output.ts';
import type { AppRow } from './rows.ts';
import { section } from './summary.ts';
import { type Cell, groupThousands, renderPairs, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanBytes, humanShare } from './units.ts';
import { right } from './views.ts';

/** One day of one application. */
export interface AppDayRow {
  readonly day: string;
  readonly calls: number;
  readonly clients: number;
  readonly accounts: number;
  readonly values: number;
  readonly persons: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export function appJson(row: AppRow, names: AppNames): Record<string, unknown> {
  const { name, ...facts } = appFacts(row, names.configured(row.app));
  return {
    app: row.app,
    ...known('appName', name),
    ...facts,
    apis: row.apis,
    grades: { high: 0, medium: 0, low: 0, none: 0, ...withoutUnknown(row.grades) },
    calls: row.calls,
    errors: row.errors,
    clients: row.clients,
    accounts: row.accounts,
    boundCalls: row.boundCalls,
    dailyCalls: Math.round(row.calls / Math.max(1, row.days)),
    outsideCalls: row.outsideCalls,
    labels: row.labels,
    given: row.given,
    persons: row.persons,
    watch: watchOf(row),
    servers: row.servers,
    methods: row.methods,
    requestBytes: row.requestBytes,
    responseBytes: row.responseBytes,
    firstSeen: isoTime(row.firstSeen),
    lastSeen: isoTime(row.lastSeen),
  };
}

function withoutUnknown({ '': _unknown, ...grades }: Readonly<Record<string, number>>): Record<string, number> {
  return grades;
}

export function appView(texts: Texts, names: AppNames, zone: string): View<AppRow> {
  const { columns } = texts;
  const say = texts.applications;
  return {
    json: (row) => appJson(row, names),
    fields: [
      ...['app', 'appName', 'owner', 'department', 'environment', 'audience', 'apis', 'grades', 'calls', 'errors'],
      ...['clients', 'accounts', 'boundCalls', 'dailyCalls', 'outsideCalls', 'labels', 'given', 'persons', 'watch'],
      ...['servers', 'methods', 'requestBytes', 'responseBytes', 'firstSeen', 'lastSeen'],
    ],
    columns: [
      { header: columns.app, min: 16 },
      ...(names.any ? [{ header: columns.appName, min: 6 }] : []),
      right(columns.apis),
      right(say.columns.sensitive),
      right(columns.calls),
      right(columns.clients),
      right(say.columns.kinds),
      { header: say.columns.watch },
      { header: columns.lastSeen },
    ],
    cells: (row) => [
      row.app,
      ...(names.any ? [appFacts(row, names.configured(row.app)).name ?? texts.cells.none] : []),
      row.apis,
      row.grades['high'] ?? 0,
      row.calls,
      row.clients,
      row.labels.length,
      watchOf(row)
        .map((each) => word(say.watch, each))
        .join(', '),
      zonedTime(row.lastSeen, zone).slice(0, 16),
    ],
  };
}

/** Pairs and days of one application. */
export function renderApp(
  row: AppRow,
  days: readonly AppDayRow[],
  texts: Texts,
  names: AppNames,
  width: number,
): string {
  const say = texts.applications;
  const facts = appFacts(row, names.configured(row.app));
  const grades = ['high', 'medium', 'low', 'none'].flatMap((grade) => {
    const count = row.grades[grade] ?? 0;
    return count > 0 ? [`${word(texts.traits.values, grade)} ${groupThousands(count)}`] : [];
  });
  const given = row.given.filter(({ count }) => count > 0);
  const pairs: (readonly [string, Cell])[] = [
    [texts.columns.app, facts.name === undefined ? row.app : `${row.app} (${facts.name})`],
    [say.owner, [facts.owner, facts.department].filter((each) => each !== undefined).join(', ')],
    [say.environment, word(say.environments, facts.environment ?? '')],
    [say.audience, word(texts.traits.values, facts.audience ?? '')],
    [say.servers, row.servers.join(', ')],
    [texts.columns.apis, `${groupThousands(row.apis)}: ${grades.join(', ')}`],
    [
      texts.columns.calls,
      say.callsValue(groupThousands(row.calls), groupThousands(Math.round(row.calls / Math.max(1, row.days)))),
    ],
    [texts.columns.clients, row.clients],
    [texts.findings.api.accounts, row.accounts > 0 ? row.accounts : ''],
    [say.outside, row.calls === 0 ? '' : humanShare(row.outsideCalls / row.calls)],
    [
      texts.findings.api.labelsResponse,
      given.map(({ label, count }) => `${word(texts.terms.labels, label)} × ${groupThousands(count)}`).join(', '),
    ],
    [say.persons, row.persons > 0 ? row.persons : ''],
    [
      say.columns.watch,
      watchOf(row)
        .map((each) => word(say.watch, each))
        .join(', '),
    ],
  ];
  const columns = [
    { header: say.columns.day },
    ...[
      texts.columns.calls,
      texts.columns.clients,
      say.columns.values,
      say.columns.persons,
      texts.columns.responses,
    ].map(right),
  ];
  const cells = days.map((each): Cell[] => [
    ...[each.day, each.calls, each.clients, each.values, each.persons],
    humanBytes(each.responseBytes),
  ]);
  const about = renderPairs(
    pairs.filter(([, value]) => value !== ''),
    width,
  );
  return `${about}\n${section(say.daysTitle, renderTable(columns, cells, width))}`;
}
