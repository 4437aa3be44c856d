/**
 * Regular expressions of rules: the part of PCRE that can be decided in linear time. Look-around, back references,
 * possessive and atomic groups are refused by name. Parsed into a tree; `regex.ts` runs it.
 */

/** Inclusive ranges of UTF-16 code units, sorted. */
export type Ranges = readonly (readonly [number, number])[];

export type Tree =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'sequence'; readonly items: readonly Tree[] }
  | { readonly kind: 'choice'; readonly items: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly item: Tree; readonly least: number; readonly most: number }
  | { readonly kind: 'assert'; readonly what: 'begin' | 'end' | 'line-begin' | 'line-end' | 'word' | 'no-word' };

export interface Flags {
  /** Letters match in either case. */
  i: boolean;
  /** `^` and `$` match at line ends. */
  m: boolean;
  /** `.` matches line ends. */
  s: boolean;
}

export class RegexError extends Error {}

const all: Ranges = [[0, 0xffff]];
const digit: Ranges = [[0x30, 0x39]];
const word: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const space: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x2028, 0x2029],
  [0x3000, 0x3000],
];
const newline: Ranges = [[0x0a, 0x0a]];

function negate(ranges: Ranges): Ranges {
  const out: [number, number][] = [];
  let next = 0;
  for (const [low, high] of normalise(ranges)) {
    if (low > next) out.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= 0xffff) out.push([next, 0xffff]);
  return out;
}

function normalise(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = out.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else out.push([low, high]);
  }
  return out;
}

/** Adds the other case of ASCII letters, and of single other letters. */
function foldRanges(ranges: Ranges): Ranges {
  const out: [number, number][] = ranges.map(([low, high]) => [low, high]);
  for (const [low, high] of ranges) {
    for (const [from, to, shift] of [
      [0x41, 0x5a, 32],
      [0x61, 0x7a, -32],
    ]) {
      const [a, b] = [Math.max(low, from), Math.min(high, to)];
      if (a <= b) out.push([a + shift, b + shift]);
    }
    if (high - low < 64 && low > 0x7f) {
      for (let c = low; c <= high; c++) {
        const letter = String.fromCharCode(c);
        for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
          if (other.length === 1) out.push([other.charCodeAt(0), other.charCodeAt(0)]);
        }
      }
    }
  }
  return normalise(out);
}

const classes: Readonly<Record<string, Ranges>> = { d: digit, w: word, s: space };
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27, 0: 0 };
const posix: Readonly<Record<string, Ranges>> = {
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  digit,
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  upper: [[0x41, 0x5a]],
  lower: [[0x61, 0x7a]],
  space,
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  word,
};

/** Groups inside groups; more is refused. */
const deepest = 50;
/** Largest bound of a repetition. */
const mostRepeats = 1000;

export function parseRegex(pattern: string, flags: Readonly<Flags>): Tree {
  const parser = new Parser(pattern, { ...flags });
  const tree = parser.choice(0);
  if (parser.at < pattern.length) throw new RegexError('a closing parenthesis without an opening one');
  return tree;
}

class Parser {
  at = 0;

  constructor(
    readonly text: string,
    readonly flags: Flags,
  ) {}

  choice(depth: number): Tree {
    if (depth > deepest) throw new RegexError(`groups nested deeper than ${deepest}`);
    const items = [this.sequence(depth)];
    while (this.text[this.at] === '|') {
      this.at++;
      items.push(this.sequence(depth));
    }
    return items.length === 1 ? items[0] : { kind: 'choice', items };
  }

  private sequence(depth: number): Tree {
    const items: Tree[] = [];
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const item = this.atom(depth);
      if (item !== undefined) items.push(this.repeated(item));
    }
    return items.length === 1 ? items[0] : { kind: 'sequence', items };
  }

  private repeated(first: Tree): Tree {
    let item = first;
    for (;;) {
      const c = this.text[this.at];
      let least = 0;
      let most = Number.POSITIVE_INFINITY;
      if (c === '?') most = 1;
      else if (c === '+') least = 1;
      else if (c === '{') {
        const found = /^\{(\d{0,6})(,?)(\d{0,6})\}/.exec(this.text.slice(this.at, this.at + 16));
        if (found === null || (found[1] === '' && found[3] === '')) return item;
        least = Number(found[1]);
        if (found[2] === '') most = least;
        else if (found[3] !== '') most = Number(found[3]);
        this.at += found[0].length - 1;
      } else if (c !== '*') return item;
      this.at++;
      if (least > mostRepeats || (most !== Number.POSITIVE_INFINITY && most > mostRepeats) || least > most) {
        throw new RegexError(`a repetition beyond ${mostRepeats}, or with its bounds the wrong way round`);
      }
      if (this.text[this.at] === '+') throw new RegexError('a possessive repetition (++, *+, ?+)');
      // Laziness changes which text matches, never whether one does.
      if (this.text[this.at] === '?') this.at++;
      item = { kind: 'repeat', item, least, most };
    }
  }

  private set(ranges: Ranges): Tree {
    return { kind: 'set', ranges: this.flags.i ? foldRanges(normalise(ranges)) : normalise(ranges) };
  }

  private atom(depth: number): Tree | undefined {
    const c = this.text[this.at++];
    if (c === '(') return this.group(depth);
    if (c === '[') return this.bracket();
    if (c === '.') return { kind: 'set', ranges: this.flags.s ? all : negate(newline) };
    if (c === '^') return { kind: 'assert', what: this.flags.m ? 'line-begin' : 'begin' };
    if (c === '$') return { kind: 'assert', what: this.flags.m ? 'line-end' : 'end' };
    if (c === '*' || c === '+' || c === '?') throw new RegexError(`"${c}" with nothing before it`);
    if (c === '\\') return this.escape();
    const code = c.charCodeAt(0);
    return this.set([[code, code]]);
  }

  private group(depth: number): Tree | undefined {
    const before = { ...this.flags };
    if (this.text[this.at] === '?') {
      const found = /^\?(?:P?<[A-Za-z_]\w{0,63}>|([imsx]*)(?:-([imsx]+))?([:)]))/.exec(this.text.slice(this.at));
      if (found === null) throw new RegexError('look-around, or a group of a kind that has no linear-time form');
      for (const [letters, value] of [
        [found[1] ?? '', true],
        [found[2] ?? '', false],
      ] as const) {
        if (letters.includes('x')) throw new RegexError('the x flag');
        for (const letter of letters) this.flags[letter as keyof Flags] = value;
      }
      this.at += found[0].length;
      // `(?i)` holds to the end of the enclosing group.
      if (found[3] === ')') return undefined;
    }
    const tree = this.choice(depth + 1);
    if (this.text[this.at] !== ')') throw new RegexError('an opening parenthesis without a closing one');
    this.at++;
    Object.assign(this.flags, before);
    return tree;
  }

  private escape(): Tree {
    const c = this.text[this.at];
    if (c === undefined) throw new RegexError('a backslash at the end');
    if (c === 'b' || c === 'B') {
      this.at++;
      return { kind: 'assert', what: c === 'b' ? 'word' : 'no-word' };
    }
    if (c === 'A' || c === 'z' || c === 'Z') {
      this.at++;
      return { kind: 'assert', what: c === 'A' ? 'begin' : 'end' };
    }
    return this.set(this.escaped());
  }

  /** After a backslash: a class or one character. */
  private escaped(): Ranges {
    const c = this.text[this.at++];
    if (c === undefined) throw new RegexError('a backslash at the end');
    const known = classes[c.toLowerCase()];
    if (known !== undefined) return c === c.toLowerCase() ? known : negate(known);
    if (/[1-9]/.test(c) || c === 'k' || c === 'g') throw new RegexError('a back reference');
    if (c === 'p' || c === 'P') throw new RegexError('a Unicode property');
    if (c === 'x' || c === 'u') {
      const found = (c === 'x' ? /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,4})\})/ : /^([0-9a-fA-F]{4})/).exec(
        this.text.slice(this.at, this.at + 8),
      );
      if (found === null) throw new RegexError(`\\${c} without its hex digits`);
      this.at += found[0].length;
      const code = Number.parseInt(found[1] ?? found[2], 16);
      return [[code, code]];
    }
    const control = controls[c];
    if (control === undefined && /[A-Za-z]/.test(c)) throw new RegexError(`the escape \\${c}`);
    const code = control ?? c.charCodeAt(0);
    return [[code, code]];
  }

  private bracket(): Tree {
    const negative = this.text[this.at] === '^';
    if (negative) this.at++;
    const ranges: [number, number][] = [];
    for (let first = true; ; first = false) {
      const c = this.text[this.at];
      if (c === undefined) throw new RegexError('an opening bracket without a closing one');
      if (c === ']' && !first) break;
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.text.slice(this.at, this.at + 16));
      if (named !== null) {
        const known = posix[named[2]];
        if (known === undefined) throw new RegexError(`the class [:${named[2]}:]`);
        ranges.push(...((named[1] === '' ? known : negate(known)) as [number, number][]));
        this.at += named[0].length;
        continue;
      }
      const low = this.bracketItem();
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && low.length === 1 && low[0][0] === low[0][1]) {
        this.at++;
        const high = this.bracketItem();
        if (high.length !== 1 || high[0][0] !== high[0][1] || high[0][0] < low[0][0]) {
          throw new RegexError('a range with its ends the wrong way round');
        }
        ranges.push([low[0][0], high[0][0]]);
      } else ranges.push(...(low as [number, number][]));
    }
    this.at++;
    const folded = this.flags.i ? foldRanges(normalise(ranges)) : normalise(ranges);
    return { kind: 'set', ranges: negative ? negate(folded) : folded };
  }

  private bracketItem(): Ranges {
    const c = this.text[this.at++];
    if (c === undefined) throw new RegexError('an opening bracket without a closing one');
    if (c === '\\') {
      if (this.text[this.at] === 'b') {
        this.at++;
        return [[8, 8]];
      }
      return this.escaped();
    }
    const code = c.charCodeAt(0);
    return [[code, code]];
  }
}
