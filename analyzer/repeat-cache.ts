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
  readonly #hashes: Int32Array;
  readonly #texts: (string | undefined)[];
  readonly #values: (V | undefined)[];
  /** Of the text that was looked up last: its place, and whether it is worth keeping. */
  #slot = 0;
  #again = false;

  /** `slots`: a power of two. */
  constructor(slots: number, longest: number) {
    this.#mask = slots - 1;
    this.#longest = longest;
    this.#hashes = new Int32Array(slots);
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
    this.#again = this.#hashes[slot] === hash;
    if (this.#again && this.#texts[slot] === text) return this.#values[slot];
    this.#slot = slot;
    this.#hashes[slot] = hash;
    return undefined;
  }

  /** `value` is of the text that `get` was asked for last, in vain. Answers the value. */
  keep(text: string, value: V): V {
    if (this.#again) {
      const copy = ownCopy(text);
      // Half of a surrogate pair has no copy: another text would be found under it.
      if (copy === text) {
        this.#texts[this.#slot] = copy;
        this.#values[this.#slot] = value;
      }
    }
    return value;
  }
}
