/** What may be asked of the offered engine, read from the text of a request. */
import type { Statement } from './statement-text.ts';

/** Values of `{name:Type}` as a request's `param_name` has them. */
export type Variables = ReadonlyMap<string, string>;

export interface Question {
  /** Without its FORMAT and the semicolon at its end. */
  readonly sql: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly format: string;
}

/** Statements that only read, by their first word. */
const READS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN']);

/** Names of what the engine's read-only mode lets through and that reaches out of the store, or runs text: refused anywhere. */
const REACHING =
  /^(?:file|eval|evalmlmethod|catboostevaluate|cluster|clusterallreplicas|sleep|sleepeachrow|showcertificate|getserversetting|ai(?:classify|embed|extract|generate|translate)\w*)$/;
/** Sources of data that the read-only mode refuses too. */
const SOURCES =
  /^(?:url|s3|gcs|remote|remotesecure|mysql|postgresql|mongodb|redis|hdfs|sqlite|executable|odbc|jdbc|python|iceberg|deltalake|hudi|azureblobstorage|arrowflight)\w*$/;

/** The tables that may be written through this door: what people decided. */
const WRITABLE: ReadonlySet<string> = new Set(['decisions']);

const INSERT = /^\s*INSERT\s+INTO\s+`?(\w+)`?\s*\(([^()]*)\)\s*FORMAT\s+Native\s*$/i;

/** Rows for a table that may be written; null for what is no such insert. */
export function readInsert(query: string): { readonly table: string; readonly columns: readonly string[] } | null {
  const found = INSERT.exec(query);
  if (found === null || !WRITABLE.has(found[1]!)) return null;
  const columns = found[2]!.split(',').map((name) => name.trim().replace(/^`(\w+)`$/, '$1'));
  return columns.every((name) => /^\w+$/.test(name)) ? { table: found[1]!, columns } : null;
}

/** Why a statement is not carried out; null when it may be. */
export function refusalOf({ sql, names, called }: Statement): string | null {
  const word = /^[\s(]*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? '';
  if (!READS.has(word)) {
    const kinds = [...READS].join(', ');
    return `Cannot execute query in readonly mode: only ${kinds} are answered here, not ${word || 'this'}.`;
  }
  const reaching = names.find((name) => REACHING.test(name)) ?? called.find((name) => SOURCES.test(name));
  if (reaching !== undefined) return `Cannot execute query in readonly mode: ${reaching} reaches out of the store.`;
  // Of SELECT only INTO OUTFILE; a name that is given by a parameter cannot be judged.
  const other = names.find((name) => name === 'into' || name === 'outfile' || name === 'identifier');
  return other === undefined ? null : `Cannot execute query in readonly mode: ${other.toUpperCase()} is not answered.`;
}

const FORMAT = /\bFORMAT\s+(\w+)\s*$/i;

/** The question of a statement, whose text is plain. */
export function readQuestion({ sql: whole }: Statement, variables: Variables, defaultFormat: string): Question {
  const format = FORMAT.exec(whole);
  const sql = format === null ? whole : whole.slice(0, format.index).trimEnd();
  const values: Record<string, unknown> = {};
  for (const [, name, type] of sql.matchAll(/\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g)) {
    const value = variables.get(name!);
    if (value !== undefined) values[name!] = boundValue(value, type!);
  }
  return { sql, values, format: /^\w{1,60}$/.test(format?.[1] ?? defaultFormat) ? (format?.[1] ?? defaultFormat) : '' };
}

/** A parameter as the engine's own binding takes it. Texts come with the escapes of TabSeparated. */
function boundValue(text: string, type: string): unknown {
  if (text === '\\N') return null;
  if (/^Array\(/i.test(type)) return elementsOf(text);
  if (/^(?:Nullable\()?(?:U?Int(?:8|16|32)|Float(?:32|64))\b/.test(type) && text.trim() !== '') return Number(text);
  if (/^(?:Nullable\()?U?Int64\b/.test(type) && Number.isSafeInteger(Number(text))) return Number(text);
  return unescaped(text);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

/** `['a','b']` or `[1,2]` */
function elementsOf(text: string): (string | number)[] {
  const elements: (string | number)[] = [];
  for (const [, quoted, bare] of text.matchAll(/'((?:[^'\\]|\\.|'')*)'|([^\s,[\]']+)/g)) {
    elements.push(quoted === undefined ? Number(bare) : unescaped(quoted.replaceAll("''", "'")));
  }
  return elements;
}

export function contentTypeOf(format: string): string {
  if (/^json(?!eachrow|compacteachrow)/i.test(format)) return 'application/json; charset=UTF-8';
  if (/^(json.*eachrow|ndjson|jsonlines)/i.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^csv/i.test(format)) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(tsv|tabseparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  return /^(native|rowbinary|parquet|arrow|orc|avro)/i.test(format)
    ? 'application/octet-stream'
    : 'text/plain; charset=UTF-8';
}

/** ClickHouse's numbers as HTTP has them: wrong text, unknown names, and so on. */
const STATUSES: readonly (readonly [number, readonly number[]])[] = [
  [400, [6, 26, 27, 38, 41, 53, 62, 69, 72, 117, 131, 456]],
  [403, [164, 497, 516]],
  [404, [16, 46, 47, 50, 60, 63, 73, 81, 115]],
  [408, [159]],
  [413, [396]],
  [501, [48]],
];

export function statusOf(code: number): number {
  return STATUSES.find(([, codes]) => codes.includes(code))?.[0] ?? 500;
}
