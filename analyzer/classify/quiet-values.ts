/**
 * Short texts in which nothing was found: codes, states and kinds of things come again and again. What is in a value
 * depends on its octets and the place's profile alone. Bounded: a value that falls into a taken slot takes it over.
 */
import type { Hit } from './hit.ts';
import type { Profile } from './profiles.ts';

/** A power of two. */
const slots = 2048;
/** Octets of the longest: they are compared as two numbers. */
export const longestQuiet = 8;
const mostCandidates = 255;

export class QuietValues {
  readonly #first = new Int32Array(slots);
  readonly #second = new Int32Array(slots);
  readonly #lengths = new Uint8Array(slots);
  readonly #candidates = new Uint8Array(slots);
  readonly #profiles = new Array<Profile | undefined>(slots).fill(undefined);
  // The value that was asked for.
  #one = 0;
  #two = 0;
  #slot = 0;
  #hit: Hit | undefined;
  #isQuiet = true;

  /** How many candidates the value had, if it is known to hold nothing; -1 if it is not. */
  ask(profile: Profile, bytes: Uint8Array, start: number, end: number): number {
    let one = 0;
    let two = 0;
    for (let i = start; i < end; i++) {
      two = (two << 8) | (one >>> 24);
      one = (one << 8) | bytes[i]!;
    }
    const length = end - start;
    let mixed = Math.imul(one ^ length, 0x9e3779b1) ^ Math.imul(two, 0x85ebca6b);
    mixed ^= mixed >>> 15;
    const slot = mixed & (slots - 1);
    this.#one = one;
    this.#two = two;
    this.#slot = slot;
    const isKnown =
      this.#first[slot] === one &&
      this.#second[slot] === two &&
      this.#lengths[slot] === length &&
      this.#profiles[slot] === profile;
    return isKnown ? this.#candidates[slot]! : -1;
  }

  /** The value that was asked for is looked at: `note` is to take its finds and passes them on. */
  begin(hit: Hit): void {
    this.#hit = hit;
    this.#isQuiet = true;
  }

  readonly note: Hit = (recognizer, bytes, start, end, masked, score) => {
    this.#isQuiet = false;
    this.#hit!(recognizer, bytes, start, end, masked, score);
  };

  /** It was looked at. */
  keep(profile: Profile, length: number, candidates: number): void {
    if (!this.#isQuiet || candidates > mostCandidates) return;
    const slot = this.#slot;
    this.#first[slot] = this.#one;
    this.#second[slot] = this.#two;
    this.#lengths[slot] = length;
    this.#candidates[slot] = candidates;
    this.#profiles[slot] = profile;
  }
}
