/**
 * What was read of the words before values, by their octets: no text is made of what was read before. Digits mean
 * nothing in a name, so a run of them counts as one whatever they are: `解放路12号3栋` is read once a street.
 * Bounded: words that fall into a taken slot take it over.
 */
import { isDigit } from './octets.ts';

/** A power of two. */
const slots = 2048;
/** Octets of the longest words that are looked up. */
export const longestKey = 48;
const zero = 0x30;

export class KeyMemory<V> {
  readonly #octets = new Uint8Array(slots * longestKey);
  readonly #lengths = new Uint8Array(slots);
  readonly #values = new Array<V | undefined>(slots).fill(undefined);
  /** The words asked for, and where they lie or will lie. */
  readonly #asked = new Uint8Array(longestKey);
  #length = 0;
  #slot = 0;

  /** Whether `bytes[start, end)` was read before, or differs in digits alone; `value` is then what it came to. */
  knows(bytes: Uint8Array, start: number, end: number): boolean {
    const asked = this.#asked;
    let length = 0;
    let mixed = 0;
    let inDigits = false;
    for (let i = start; i < end; i++) {
      let octet = bytes[i]!;
      if (isDigit[octet] === 1) {
        if (inDigits) continue;
        inDigits = true;
        octet = zero;
      } else inDigits = false;
      asked[length++] = octet;
      mixed = Math.imul(mixed ^ octet, 0x01000193);
    }
    const slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
    this.#slot = slot;
    this.#length = length;
    if (this.#lengths[slot] !== length) return false;
    const octets = this.#octets;
    for (let i = 0, at = slot * longestKey; i < length; i++, at++) if (octets[at] !== asked[i]) return false;
    return true;
  }

  get value(): V | undefined {
    return this.#values[this.#slot];
  }

  /** Of the words `knows` was asked for. */
  keep(value: V | undefined): V | undefined {
    this.#octets.set(this.#asked, this.#slot * longestKey);
    this.#lengths[this.#slot] = this.#length;
    this.#values[this.#slot] = value;
    return value;
  }
}
