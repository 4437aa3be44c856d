/** One list, four forms. Rows are written as they come: no list is held whole, however long. */
import type { Output } from './io.ts';
import type { Cell, Column } from './table.ts';
import { streamTable } from './table.ts';

export const outputFormats = ['table', 'json', 'ndjson', 'csv'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** How rows of one kind are shown. */
export interface View<T> {
  /** The JSON object of the contract. */
  readonly json: (row: T) => Readonly<Record<string, unknown>>;
  /** CSV columns in order: names of JSON fields. Stable, so a field that a row leaves out is an empty cell. */
  readonly fields: readonly string[];
  readonly columns: readonly Column[];
  readonly cells: (row: T) => readonly Cell[];
}

/** Writes the rows and says how many there were. */
export async function writeRows<T>(
  out: Output,
  format: OutputFormat,
  rows: AsyncIterable<T> | Iterable<T>,
  view: View<T>,
): Promise<number> {
  let count = 0;
  for await (const text of texts(out, format, counted(rows), view)) {
    const pending = out.write(text);
    if (pending) await pending;
  }
  return count;

  async function* counted(from: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    for await (const row of from) {
      count++;
      yield row;
    }
  }
}

function texts<T>(out: Output, format: OutputFormat, rows: AsyncIterable<T>, view: View<T>): AsyncIterable<string> {
  if (format === 'table') return streamTable(view.columns, mapRows(rows, view.cells), out.columns);
  if (format === 'csv') return csvTexts(rows, view);
  return format === 'ndjson' ? mapRows(rows, (row) => `${JSON.stringify(view.json(row))}\n`) : jsonTexts(rows, view);
}

async function* mapRows<T, U>(rows: AsyncIterable<T>, change: (row: T) => U): AsyncGenerator<U> {
  for await (const row of rows) yield change(row);
}

/** One array, a row a line: as easy to read for `jq` as for `grep`. */
async function* jsonTexts<T>(rows: AsyncIterable<T>, view: View<T>): AsyncGenerator<string> {
  let opening = '[\n';
  for await (const row of rows) {
    yield `${opening}${JSON.stringify(view.json(row))}`;
    opening = ',\n';
  }
  yield opening === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvTexts<T>(rows: AsyncIterable<T>, view: View<T>): AsyncGenerator<string> {
  yield csvLine(view.fields);
  for await (const row of rows) {
    const object = view.json(row);
    yield csvLine(view.fields.map((field) => object[field]));
  }
}

/** RFC 4180: CRLF, fields with a comma, a quote or a line end in quotes, quotes doubled. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

/**
 * Cells that a spreadsheet would run as a formula. Paths, headers and user agents come from the wire, so anybody can
 * write `=cmd|…` into them; a leading apostrophe makes the cell text. Numbers of ours stay as they are.
 */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

export function csvField(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = csvText(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvText(value: unknown): string {
  if (typeof value === 'string') return value;
  const scalars = Array.isArray(value) && value.every((each) => typeof each !== 'object');
  return scalars ? (value as unknown[]).join('; ') : JSON.stringify(value);
}

/** One thing in full: an object, a line, or a header and a line. The table of it is the caller's. */
export async function writeObject(
  out: Output,
  format: Exclude<OutputFormat, 'table'>,
  json: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (format === 'csv') await out.write(csvLine(Object.keys(json)) + csvLine(Object.values(json)));
  else await out.write(`${JSON.stringify(json, null, format === 'json' ? 2 : 0)}\n`);
}

/** The first `limit` rows; `beyond` is called when there is one more. */
export async function* upTo<T>(limit: number, rows: AsyncIterable<T>, beyond: () => void): AsyncGenerator<T> {
  let count = 0;
  for await (const row of rows) {
    if (count++ >= limit) {
      beyond();
      return;
    }
    yield row;
  }
}
