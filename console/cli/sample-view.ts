/** Who had what of a leaked sample, for people and scripts. */
import type { LeakPath } from './leak-path.ts';
import { pathJson, renderPath } from './leak-path-view.ts';
import { name as word } from './ledger-view.ts';
import type { CoverKind, CoverRow, Narrowest } from './narrowest.ts';
import type { ApiName, TraceRow } from './subject-rows.ts';
import { apiText } from './subject-tables.ts';
import { section } from './summary.ts';
import { type Cell, type Column, groupThousands, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { humanShare } from './units.ts';
import { right } from './views.ts';

export interface SampleAnswer {
  readonly lines: number;
  /** Different values that could be looked for. */
  readonly usable: number;
  /** Of them, those that were seen. */
  readonly found: number;
  readonly kinds: readonly { readonly label: string; readonly count: number }[];
  readonly rows: readonly CoverRow[];
  readonly best: Narrowest | undefined;
  /** Where nobody had enough alone. */
  readonly together: readonly { readonly row: CoverRow; readonly adds: number }[];
  /** Of whoever had most, in order of time. */
  readonly calls: readonly TraceRow[];
  /** Names of the APIs among `rows`. */
  readonly apis: ReadonlyMap<string, ApiName>;
  /** Mean over the calls that carried a value, 0…1. */
  readonly completeness: number;
  /** Lines of which all values were looked for that their mask may stand for. */
  readonly guessed: number;
  readonly masked: number;
  readonly skipped: number;
  /** Only where they were asked for. */
  readonly paths?: readonly LeakPath[];
}

const shownRows = 10;

export function sampleJson(answer: SampleAnswer, calls: readonly object[]): Readonly<Record<string, unknown>> {
  const { lines, usable, found, kinds, rows, best, completeness, guessed, masked, skipped } = answer;
  const list = (kind: CoverKind, field: string) =>
    rows
      .filter((row) => row.kind === kind)
      .map(
        ({ key, matched, calls: count, first, last }): Readonly<Record<string, unknown>> => ({
          ...{ [field]: key, ...(kind === 'api' ? named(key) : {}), matched, calls: count },
          ...{ first: isoTime(first), last: isoTime(last) },
        }),
      );
  const named = (id: string) => {
    const { app, method, template, operation } = answer.apis.get(id) ?? {};
    return app === undefined ? {} : { app, method, template, ...(operation ? { operation } : {}) };
  };
  const field = best?.kind === 'api' ? 'apiId' : best?.kind;
  return {
    query: { by: 'values', lines, values: usable, found, labels: kinds, guessed, masked, skipped },
    ...(best === undefined || field === undefined
      ? {}
      : { narrowest: { [field]: best.row.key, matched: best.row.matched, of: usable, found, calls: best.row.calls } }),
    ...(answer.together.length === 0
      ? {}
      : { together: answer.together.map(({ row, adds }) => ({ [row.kind]: row.key, matched: row.matched, adds })) }),
    completeness,
    calls,
    accounts: list('account', 'account'),
    clients: list('client', 'client'),
    apis: list('api', 'apiId'),
    apps: list('app', 'app'),
    ...(answer.paths === undefined ? {} : { paths: answer.paths.map(pathJson) }),
    days: list('day', 'day').sort((a, b) => (String(a['day']) < String(b['day']) ? -1 : 1)),
  };
}

export function renderSample(answer: SampleAnswer, texts: Texts, zone: string, width: number): string {
  const { leak: say } = texts;
  const { rows, best, found, usable } = answer;
  const kinds = answer.kinds.map(({ label, count }) => `${word(texts.terms.labels, label)} ${groupThousands(count)}`);
  const begin = `${say.sample(groupThousands(usable), groupThousands(answer.lines), kinds.join(', '))}\n`;
  if (found === 0) return `${begin}${say.none}\n`;
  const of = (kind: CoverKind) => rows.filter((row) => row.kind === kind);
  const count = (kind: CoverKind) => groupThousands(of(kind).length);
  const calls = groupThousands(of('all')[0]?.calls ?? 0);
  const shown = (row: CoverRow) => keyText(row, answer, texts);
  const lines = [
    begin.trimEnd(),
    say.found(groupThousands(found), groupThousands(usable), calls, count('account'), count('client'), count('api')),
  ];
  if (best !== undefined) {
    const { kind, row, runnerUp } = best;
    lines.push('', say.narrowest[kind](shown(row), groupThousands(row.matched), groupThousands(found)));
    if (runnerUp !== undefined) lines.push(say.runnerUp(shown(runnerUp), groupThousands(runnerUp.matched)));
  } else {
    const parts = answer.together.map(({ row, adds }) => `${row.key} (+${groupThousands(adds)})`);
    lines.push('', say.cover(parts.join(', ')));
  }
  const [call] = of('call');
  if (call !== undefined && call.matched >= found * 0.9 && found > 1)
    lines.push(say.oneCall(call.key, groupThousands(call.matched)));
  lines.push(say.completeness(humanShare(answer.completeness)));
  const tables = (['account', 'client', 'api', 'day'] as const).map((kind) =>
    renderRows(kind, of(kind), answer, texts, zone, width),
  );
  const paths = (answer.paths ?? []).map((path) => renderPath(path, texts, zone, width));
  return `${lines.join('\n')}\n${tables.join('')}${paths.join('')}`;
}

function keyText({ kind, key }: CoverRow, { apis }: SampleAnswer, texts: Texts): string {
  return kind === 'api' ? apiText(key, apis, texts) : key;
}

function renderRows(
  kind: 'account' | 'client' | 'api' | 'day',
  rows: readonly CoverRow[],
  answer: SampleAnswer,
  texts: Texts,
  zone: string,
  width: number,
): string {
  if (rows.length === 0) return '';
  const { columns, titles } = texts.leak;
  const shown: Column[] = [
    { header: titles[kind], min: 16 },
    ...[columns.had, columns.calls, columns.persons].map(right),
    { header: columns.first },
    { header: columns.last },
  ];
  const cells = rows
    .slice(0, shownRows)
    .map((row): Cell[] => [
      ...[keyText(row, answer, texts), row.matched, row.calls, row.persons],
      ...[zonedTime(row.first, zone), zonedTime(row.last, zone)],
    ]);
  return `\n${section(titles[kind], renderTable(shown, cells, width))}`;
}
