/** Content as the compiler takes it: a plain tree in which every value knows its place, and mistakes as sentences. */

/** Where in a file something stands. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | bigint | null;

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Node;
}

export type Node =
  | { readonly kind: 'mapping'; readonly place: Place; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly Node[] }
  | { readonly kind: 'scalar'; readonly place: Place; readonly value: Scalar };

/** A mistake in content: what is wrong, where, and what to do. */
export interface Problem {
  readonly place: Place;
  readonly what: string;
  readonly advice: string;
}

/** `file:line:column: what is wrong; what to do`. */
export function describeProblem({ place, what, advice }: Problem): string {
  return `${place.file}:${place.line}:${place.column}: ${what}; ${advice}`;
}

/** Thrown inside the compiler alone: a document with a mistake is left out as a whole, the others stay in force. */
export class Mistake extends Error implements Problem {
  readonly place: Place;
  readonly what: string;
  readonly advice: string;

  constructor(place: Place, what: string, advice: string) {
    super(what);
    this.place = place;
    this.what = what;
    this.advice = advice;
  }
}

export function entryOf(node: Node, key: string): Entry | undefined {
  return node.kind === 'mapping' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function textOf(node: Node, what: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() !== '') return node.value;
  throw new Mistake(node.place, `${what} is not a text`, 'write words; a value of digits needs quotes');
}

/** A text, or a list of texts. */
export function textsOf(node: Node, what: string): string[] {
  return node.kind === 'list' ? node.items.map((item) => textOf(item, what)) : [textOf(node, what)];
}

export function oneOf<T extends string>(node: Node, what: string, known: readonly T[]): T {
  const text = textOf(node, what);
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Mistake(node.place, `${what} "${text}" is unknown`, suggest(text, known));
}

export function numberOf(node: Node, what: string): number {
  if (node.kind === 'scalar' && typeof node.value === 'number' && Number.isFinite(node.value)) return node.value;
  throw new Mistake(node.place, `${what} is not a number`, 'write digits without quotes');
}

/** Refuses keys that are not known. */
export function checkKeys(node: Node, what: string, known: readonly string[]): void {
  if (node.kind !== 'mapping') throw new Mistake(node.place, `${what} is not a mapping`, 'write "key: value" lines');
  for (const { key, place } of node.entries) {
    if (!known.includes(key)) throw new Mistake(place, `unknown key "${key}" in ${what}`, suggest(key, known));
  }
}

/** What to do about a name that is not known: the nearest one, or all of them where they are few. */
export function suggest(name: string, known: readonly string[]): string {
  let best = '';
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [least, best] = [distance, candidate];
  }
  if (best !== '') return `did you mean "${best}"?`;
  return known.length <= 30 ? `the names here are ${known.join(', ')}` : 'see the table of names';
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    last = row;
  }
  return last[b.length];
}

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time span as Sigma writes it (`90s`, `15m`, `1h`, `7d`), in µs. */
export function timespanOf(node: Node, what: string): number {
  const found = node.kind === 'scalar' ? /^(\d{1,6})([smhdw])$/.exec(String(node.value)) : null;
  const span = found === null ? 0 : Number(found[1]) * unit[found[2]] * 1e6;
  if (span > 0 && span <= 366 * 86_400e6) return span;
  throw new Mistake(
    node.place,
    `${what} is not a time span`,
    'write a number and s, m, h, d or w, at most a year: 15m',
  );
}
