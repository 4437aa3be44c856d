/**
 * What an automaton can find in a value at all, told from which kinds of octets the value has and how long it is. A
 * value of letters and blanks alone holds no number: one look replaces the walk.
 */
import type { Automaton } from './automaton.ts';
import { isAlphanumeric, isDigit } from './octets.ts';

/** What a state leads to, for those who want some of the patterns only. */
export const dead = 0;
export const alive = 1;
/** A match ends here. */
export const found = 2;

/** Bits of a value's signature: which kinds of octets it has. */
export const Octets = {
  digit: 1,
  letter: 2,
  hyphen: 4,
  colon: 8,
  point: 16,
  at: 32,
  star: 64,
  high: 128,
  /** Lead octet of full-width forms, among others. */
  wide: 256,
  slash: 512,
  /** Blanks and control characters. */
  blank: 1024,
  other: 2048,
} as const;
const signatures = 4096;

/** Octet → its bit. */
export const octetKind = new Uint16Array(256).fill(Octets.other);
for (let octet = 0; octet < 256; octet++) {
  if (isDigit[octet] === 1) octetKind[octet] = Octets.digit;
  else if (isAlphanumeric[octet] === 1) octetKind[octet] = Octets.letter;
  else if (octet >= 0x80) octetKind[octet] = Octets.high;
}
octetKind.fill(Octets.blank, 0, 0x21);
octetKind[0xef] = Octets.wide;
octetKind[0x2d] = Octets.hyphen;
octetKind[0x3a] = Octets.colon;
octetKind[0x2e] = Octets.point;
octetKind[0x40] = Octets.at;
octetKind[0x2a] = Octets.star;
octetKind[0x2f] = Octets.slash;

/** More octets than any value of interest has. */
export const nothing = 65_000;

/** Octets of the longest run without a blank. */
export function longestWord(bytes: Uint8Array, start: number, end: number): number {
  let longest = 0;
  let from = start;
  for (let i = start; i < end; i++) {
    if (bytes[i]! > 0x20) continue;
    if (i - from > longest) longest = i - from;
    from = i + 1;
  }
  return Math.max(longest, end - from);
}

/** Octets of the longest run without one above ASCII. */
export function longestLow(bytes: Uint8Array, start: number, end: number): number {
  let longest = 0;
  let from = start;
  for (let i = start; i < end; i++) {
    if (bytes[i]! < 0x80) continue;
    if (i - from > longest) longest = i - from;
    from = i + 1;
  }
  return Math.max(longest, end - from);
}

/** What all searches for shortest matches together may cost: one takes up to a millisecond, and values choose them. */
export interface Searches {
  left: number;
}

export class Reach {
  /** By signature, one higher: octets of the shortest match; 0 where it was not asked yet. */
  readonly #shortest = new Uint16Array(signatures);
  readonly #broken = new Uint16Array(signatures);
  readonly #high = new Uint16Array(signatures);

  /** `ends`: by state, `found` where a match that counts may end. */
  constructor(
    private readonly automaton: Automaton,
    private readonly ends: Uint8Array,
    private readonly searches: Searches,
  ) {}

  /** Octets of the shortest match that a value with this signature may hold; `nothing` when it holds none. */
  shortest(signature: number): number {
    return this.#ask(this.#shortest, signature, 0);
  }

  /** The same of matches that have a blank in them. */
  shortestBroken(signature: number): number {
    return this.#ask(this.#broken, signature, Octets.blank);
  }

  /** The same of matches that have an octet above ASCII in them. */
  shortestHigh(signature: number): number {
    return this.#ask(this.#high, signature, Octets.high);
  }

  #ask(known: Uint16Array, signature: number, needed: number): number {
    if (known[signature] === 0) {
      // Anything may be found where it cannot be told.
      if (this.searches.left <= 0) return 0;
      this.searches.left--;
      known[signature] = this.#find(signature, needed) + 1;
    }
    return known[signature]! - 1;
  }

  /** Breadth first: the first end met lies nearest. A state counts twice: before an octet that is needed and behind. */
  #find(signature: number, needed: number): number {
    const { next, stride, start } = this.automaton;
    const { ends } = this;
    const plain = this.#columnsOf(signature & ~needed);
    const special = this.#columnsOf(signature & needed);
    const seen = [new Uint8Array(ends.length), new Uint8Array(ends.length)] as const;
    let states: (readonly [state: number, behind: 0 | 1])[] = [[start, needed === 0 ? 1 : 0]];
    for (let length = 1; states.length > 0 && length < nothing; length++) {
      const reached: (readonly [number, 0 | 1])[] = [];
      for (const [state, behind] of states) {
        for (const [columns, after] of [
          [plain, behind],
          [special, 1],
        ] as const) {
          for (const column of columns) {
            const to = next[state * stride + column]!;
            if (ends[to] === dead || seen[after][to] === 1) continue;
            if (after === 1 && ends[to] === found) return length;
            seen[after][to] = 1;
            reached.push([to, after]);
          }
        }
      }
      states = reached;
    }
    return nothing;
  }

  #columnsOf(signature: number): number[] {
    const columns = new Set<number>();
    for (let octet = 0; octet < 256; octet++) {
      if ((octetKind[octet]! & signature) !== 0) columns.add(this.automaton.columns[octet]!);
    }
    return [...columns];
  }
}
