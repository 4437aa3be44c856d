/**
 * The pattern language of recognizers: literals, `[…]` classes, `\d`, `\h` (a CJK ideograph), `.` (a printable ASCII
 * character), groups, `|`, and the quantifiers `? * + {m} {m,} {m,n}`. No anchors, no back-references, no look-around:
 * every pattern becomes a deterministic automaton, so matching is linear in the text whatever people write.
 */

/** Inclusive code point ranges, sorted and apart. */
type Ranges = readonly (readonly [number, number])[];

export type Pattern =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number };

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const longestPattern = 2000;
const mostRepeats = 256;

const digit: Ranges = [[0x30, 0x39]];
const han: Ranges = [[0x4e00, 0x9fff]];
const printable: Ranges = [[0x20, 0x7e]];
const named: Readonly<Record<string, Ranges>> = { d: digit, h: han, t: [[9, 9]], n: [[10, 10]], r: [[13, 13]] };

/** Throws a PatternError that says what is wrong and where. */
export function parsePattern(text: string): Pattern {
  const letters = [...text];
  let at = 0;
  const fail = (what: string): never => {
    throw new PatternError(`${what} at character ${at + 1} of the pattern`);
  };
  if (letters.length > longestPattern) fail(`more than ${longestPattern} characters`);

  const choice = (depth: number): Pattern => {
    if (depth > 20) fail('groups deeper than 20');
    const parts = [sequence(depth)];
    while (letters[at] === '|') {
      at++;
      parts.push(sequence(depth));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  };
  const sequence = (depth: number): Pattern => {
    const parts: Pattern[] = [];
    while (at < letters.length && letters[at] !== '|' && letters[at] !== ')') parts.push(quantified(depth));
    return { kind: 'sequence', parts };
  };
  const quantified = (depth: number): Pattern => {
    let part = atom(depth);
    for (;;) {
      const sign = letters[at];
      if (sign === '?') part = { kind: 'repeat', part, least: 0, most: 1 };
      else if (sign === '*') part = { kind: 'repeat', part, least: 0, most: Number.POSITIVE_INFINITY };
      else if (sign === '+') part = { kind: 'repeat', part, least: 1, most: Number.POSITIVE_INFINITY };
      else if (sign === '{') part = counted(part);
      else return part;
      at++;
    }
  };
  const counted = (part: Pattern): Pattern => {
    const close = letters.indexOf('}', at);
    const inside = close < 0 ? '' : letters.slice(at + 1, close).join('');
    const found = /^(\d{1,4})(,(\d{1,4})?)?$/.exec(inside);
    if (found === null) return fail('a { that is no repetition');
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (least > mostRepeats || (Number.isFinite(most) && most > mostRepeats)) {
      fail(`a repetition of more than ${mostRepeats}`);
    }
    if (most < least) fail('a repetition whose end is before its begin');
    at = close;
    return { kind: 'repeat', part, least, most };
  };
  const atom = (depth: number): Pattern => {
    const letter = letters[at]!;
    if (letter === '(') {
      at++;
      if (letters[at] === '?') {
        if (letters[at + 1] !== ':') fail('a group that is more than (?: or (');
        at += 2;
      }
      const inner = choice(depth + 1);
      if (letters[at] !== ')') fail('a group without its )');
      at++;
      return inner;
    }
    if (letter === '[') return { kind: 'set', ranges: set() };
    if (letter === '.') {
      at++;
      return { kind: 'set', ranges: printable };
    }
    if ('^$*+?{}'.includes(letter)) fail(`a ${letter} that stands alone`);
    return { kind: 'set', ranges: character() };
  };
  const character = (): Ranges => {
    let letter = letters[at++];
    if (letter === '\\') {
      letter = letters[at++];
      if (letter === undefined) return fail('a \\ at the end');
      if (letter in named) return named[letter]!;
      if (/[A-Za-z0-9]/.test(letter)) {
        at--;
        return fail(`the unknown escape \\${letter}`);
      }
    }
    const code = letter!.codePointAt(0)!;
    return [[code, code]];
  };
  const set = (): Ranges => {
    at++;
    const ranges: [number, number][] = [];
    while (letters[at] !== ']') {
      if (at >= letters.length) fail('a [ without its ]');
      if (letters[at] === '^' && ranges.length === 0) fail('a [^');
      const low = character();
      const isRange = letters[at] === '-' && letters[at + 1] !== ']' && letters[at + 1] !== undefined;
      if (!isRange || low.length !== 1 || low[0]![0] !== low[0]![1]) {
        for (const [from, to] of low) ranges.push([from, to]);
        continue;
      }
      at++;
      const high = character();
      if (high[0]![1] < low[0]![0]) fail('a range whose end is before its begin');
      ranges.push([low[0]![0], high[0]![1]]);
    }
    at++;
    if (ranges.length === 0) fail('an empty [ ]');
    return merge(ranges);
  };

  const pattern = choice(0);
  if (at < letters.length) fail('a ) too many');
  return pattern;
}

function merge(ranges: readonly [number, number][]): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Octets of the shortest text a pattern matches. */
export function leastLength(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'set': {
      const code = pattern.ranges[0]![0];
      return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + leastLength(part), 0);
    case 'choice':
      return Math.min(...pattern.parts.map(leastLength));
    case 'repeat':
      return pattern.least * leastLength(pattern.part);
  }
}

/** Octets of the shortest JSON number that a pattern matches: digits, a sign, at most one point; infinite for none. */
export function leastNumber(pattern: Pattern): number {
  const [without, withPoint] = numberLengths(pattern);
  return Math.min(without, withPoint);
}

const impossible = Number.POSITIVE_INFINITY;

/** Shortest matches without and with a point. */
function numberLengths(pattern: Pattern): readonly [number, number] {
  switch (pattern.kind) {
    case 'set': {
      const has = (code: number) => pattern.ranges.some(([from, to]) => code >= from && code <= to);
      const hasDigit = pattern.ranges.some(([from, to]) => from <= 0x39 && to >= 0x30);
      return [hasDigit || has(0x2d) ? 1 : impossible, has(0x2e) ? 1 : impossible];
    }
    case 'sequence':
      return pattern.parts.map(numberLengths).reduce(joined, [0, impossible]);
    case 'choice': {
      const all = pattern.parts.map(numberLengths);
      return [Math.min(...all.map(([length]) => length)), Math.min(...all.map(([, length]) => length))];
    }
    case 'repeat': {
      const once = numberLengths(pattern.part);
      let all: readonly [number, number] = [0, impossible];
      for (let i = 0; i < pattern.least; i++) all = joined(all, once);
      // One repetition more than needed may bring the point in.
      const more = pattern.most > pattern.least ? joined(all, once)[1] : impossible;
      return [all[0], Math.min(all[1], more)];
    }
  }
}

function joined(a: readonly [number, number], b: readonly [number, number]): readonly [number, number] {
  return [a[0] + b[0], Math.min(a[0] + b[1], a[1] + b[0])];
}
