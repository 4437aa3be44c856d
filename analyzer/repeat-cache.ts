/**
 * What was made of a text, for texts that come again. A text is kept from its second sight on, so the many that never
 * come again (ids, times) cost neither memory nor a copy. One place for each hash: a newcomer that is seen twice in a
 * row takes it over. Bound: `slots` entries of at most `longest` characters; longer texts are made anew each time.
 */
import { ownCopy } from './bounded-cache.ts';

/** Characters that are hashed of a longer text, spread over it. Who meets a text with the same hash makes it anew. */
const samples = 24;

export class RepeatCache<V> {
  readonly #mask: number;
  readonly #longest: number;
  /** Of the text that is kept, and of the last that was not. */
  readonly #hashes: Int32Array;
  readonly #seen: Int32Array;
  readonly #texts: (string | undefined)[];
  readonly #values: (V | undefined)[];
  /** Of the text that was looked up last, and whether it is worth keeping. */
  #hash = 0;
  #again = false;

  /** `slots`: a power of two. */
  constructor(slots: number, longest: number) {
    this.#mask = slots - 1;
    this.#longest = longest;
    this.#hashes = new Int32Array(slots);
    this.#seen = new Int32Array(slots);
    this.#texts = new Array<string | undefined>(slots).fill(undefined);
    this.#values = new Array<V | undefined>(slots).fill(undefined);
  }

  /** The text that `get` was asked for last, in vain, is there for the second time: what is made of it will be kept. */
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
    const slot = hash & this.#mask;
    if (this.#hashes[slot] === hash && this.#texts[slot] === text) return this.#values[slot];
    this.#again = this.#seen[slot] === hash;
    this.#seen[slot] = hash;
    this.#hash = hash;
    return undefined;
  }

  /** What is made of the text that `get` was asked for last, in vain; of a copy of it, where it is kept. */
  make(text: string, of: (text: string) => V): V {
    if (!this.#again) return of(text);
    const copy = ownCopy(text);
    const value = of(copy);
    this.#keep(text, copy, value);
    return value;
  }

  /** `value` for that text; it must hold no part of it. */
  keep(text: string, value: V): void {
    if (this.#again) this.#keep(text, ownCopy(text), value);
  }

  #keep(text: string, copy: string, value: V): void {
    // Half of a surrogate pair has no copy: another text would be found under it.
    if (copy !== text) return;
    const slot = this.#hash & this.#mask;
    this.#hashes[slot] = this.#hash;
    this.#texts[slot] = copy;
    this.#values[slot] = value;
  }
}
