/** Tables of what subjects did: by account, client, API, day and kind of data. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import { placeText } from './client-place.ts';
import { name as word } from './ledger-view.ts';
import type { ApiName, PartRow, SubjectLabelRow } from './subject-rows.ts';
import { section } from './summary.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { zonedTime } from './time.ts';
import { humanBytes } from './units.ts';
import { endpoint, right, shownIdDigits } from './views.ts';

/** Rows of each table: what a person reads. JSON has all of them. */
const shownRows = 10;

export interface Look {
  readonly texts: Texts;
  readonly zone: string;
  readonly width: number;
  readonly apis: ReadonlyMap<string, ApiName>;
  readonly places: ClientPlaces;
}

/** What a table without times and names needs. */
type Room = Pick<Look, 'texts' | 'width'>;

/** One table under its title; '' when there is nothing in it. */
export function renderParts(title: string, header: string, parts: readonly PartRow[], look: Look): string {
  if (parts.length === 0) return '';
  const { texts, zone, width, apis, places } = look;
  const ofPlaces = places.any && parts[0]!.kind === 'client';
  const { columns, findings } = texts;
  const shown: Column[] = [
    { header, min: 16 },
    ...(ofPlaces ? [{ header: columns.place, min: 8 }] : []),
    right(columns.calls),
    right(columns.errors),
    right(columns.responses),
    { header: findings.columns.first },
    { header: findings.columns.last },
  ];
  const rows = parts
    .slice(0, shownRows)
    .map((part): Cell[] => [
      part.kind === 'api' ? apiText(part.key, apis, texts) : part.key,
      ...(ofPlaces ? [placeText(part.key, places)] : []),
      part.calls,
      part.errors,
      humanBytes(part.responseBytes),
      zonedTime(part.first, zone).slice(0, 16),
      zonedTime(part.last, zone).slice(0, 16),
    ]);
  const rest = parts.length - shownRows;
  const more = rest > 0 ? `${findings.finding.more(String(rest))}\n` : '';
  return `\n${section(title, renderTable(shown, rows, width))}${more}`;
}

/** The beginning of its id and its name; the whole id of one that has no name. */
export function apiText(id: string, apis: ReadonlyMap<string, ApiName>, texts: Texts): string {
  const api = apis.get(id);
  return api === undefined ? id : `${id.slice(0, shownIdDigits)} ${api.method} ${api.app}${endpoint(api, texts)}`;
}

/** One table under its title; '' when there is nothing in it. */
export function renderLabels(title: string, labels: readonly SubjectLabelRow[], look: Room): string {
  return labels.length === 0 ? '' : `\n${section(title, labelTable(labels, look))}`;
}

export function labelTable(labels: readonly SubjectLabelRow[], { texts, width }: Room): string {
  const { columns, findings, terms } = texts;
  const say = findings.columns;
  const shown: Column[] = [
    { header: say.label, min: 16 },
    { header: say.direction },
    right(columns.calls),
    right(say.values),
    right(say.most),
    right(say.masked),
    { header: say.sample, min: 8 },
  ];
  const rows = labels.map((row): Cell[] => [
    word(terms.labels, row.label),
    word(terms.directions, row.direction),
    row.calls,
    row.values,
    row.most,
    row.masked,
    row.sample,
  ]);
  return renderTable(shown, rows, width);
}

const bars = '▁▂▃▄▅▆▇█';

/** Calls by hour of the day as 24 bars, from 0 to 23; an hour without calls is a dot. */
export function hourBars(hours: readonly PartRow[]): string {
  const calls = new Array<number>(24).fill(0);
  for (const { key, calls: count } of hours) calls[Number(key)] = count;
  return barsOf(calls);
}

/** A bar for each count, by the greatest of them; a dot for none. */
export function barsOf(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((each) => (each === 0 ? '·' : bars[Math.ceil((each / most) * bars.length) - 1])).join('');
}
