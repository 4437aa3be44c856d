/**
 * What was made of a text, for texts that come again. A text is kept from its second sight on, so the many that never
 * come again (ids, times) cost neither memory nor a copy. A text has four places by its hash; where all are taken, a
 * newcomer takes over the one that was taken first. Bound: `slots` entries of at most `longest` characters; longer
 * texts are made anew each time.
 */
import { ownCopy } from './bounded-cache.ts';

/** Characters that are hashed of a longer text, spread over it. Texts of one hash are told apart by themselves. */
const samples = 24;
const ways = 4;

export class RepeatCache<V> {
  readonly #mask: number;
  readonly #longest: number;
  readonly #patient: number;
  /** Of the texts that are kept, and of the last that were not. */
  readonly #hashes: Int32Array;
  readonly #seen: Int32Array;
  /** By set: which of the four is next, of those kept and of those seen. */
  readonly #next: Uint8Array;
  readonly #nextSeen: Uint8Array;
  readonly #texts: (string | undefined)[];
  readonly #values: (V | undefined)[];
  /** Of the text that was looked up last, and whether it is worth keeping. */
  #hash = 0;
  #again = false;

  /** `slots`: a power of two. `patient`: characters from which on a text is kept at first sight: it costs too much. */
  constructor(slots: number, longest: number, patient: number = longest + 1) {
    const sets = slots / ways;
    this.#mask = sets - 1;
    this.#longest = longest;
    this.#patient = patient;
    this.#hashes = new Int32Array(slots);
    this.#seen = new Int32Array(slots);
    this.#next = new Uint8Array(sets);
    this.#nextSeen = new Uint8Array(sets);
    this.#texts = new Array<string | undefined>(slots).fill(undefined);
    this.#values = new Array<V | undefined>(slots).fill(undefined);
  }

  /** The text that `get` was asked for last, in vain: what is made of it will be kept. */
  get again(): boolean {
    return this.#again;
  }

  get(text: string): V | undefined {
    const { length } = text;
    if (length > this.#longest) {
      this.#again = false;
      return undefined;
    }
    const step = length <= samples ? 1 : Math.trunc(length / samples);
    let hash = length;
    for (let i = length - 1; i >= 0; i -= step) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    const set = hash & this.#mask;
    const end = set * ways + ways;
    for (let at = end - ways; at < end; at++) {
      if (this.#hashes[at] === hash && this.#texts[at] === text) return this.#values[at];
    }
    this.#hash = hash;
    this.#again = length >= this.#patient || this.#wasSeen(hash, set, end);
    return undefined;
  }

  #wasSeen(hash: number, set: number, end: number): boolean {
    for (let at = end - ways; at < end; at++) if (this.#seen[at] === hash) return true;
    const next = this.#nextSeen[set]!;
    this.#seen[end - ways + next] = hash;
    this.#nextSeen[set] = (next + 1) % ways;
    return false;
  }

  /** What is made of the text that `get` was asked for last, in vain; of a copy of it, where it is kept. */
  make(text: string, of: (text: string) => V): V {
    if (!this.#again) return of(text);
    const hash = this.#hash;
    const copy = ownCopy(text);
    // Half of a surrogate pair has no copy: another text would be found under it.
    if (copy !== text) return of(text);
    const value = of(copy);
    this.#keep(hash, copy, value);
    return value;
  }

  /** `value` for that text; it must hold no part of it. */
  keep(text: string, value: V): void {
    const copy = ownCopy(text);
    if (this.#again && copy === text) this.#keep(this.#hash, copy, value);
  }

  #keep(hash: number, copy: string, value: V): void {
    const set = hash & this.#mask;
    const next = this.#next[set]!;
    const at = set * ways + next;
    this.#next[set] = (next + 1) % ways;
    this.#hashes[at] = hash;
    this.#texts[at] = copy;
    this.#values[at] = value;
  }
}
