/**
 * Values that come again and again, tokens and cookies above all, with what was found in them: a find depends on the
 * octets, the kind and the place's profile alone. Bounded: a value that falls into a taken slot takes it over.
 */
import type { Hit } from './hit.ts';
import type { Profile } from './profiles.ts';

/** A power of two. */
const slots = 2048;
/** Octets of values kept: shorter ones are looked at as fast, longer ones are few. */
export const leastRepeated = 10;
export const mostRepeated = 256;
/** Finds kept with a value; one with more is not kept. */
const mostHits = 3;
/** Recognizer, start, end, masked, score. */
const hitSize = 5;

/** Values of a place in a row that are looked up; when fewer than one in eight is known, the next ones are not. */
const watched = 1024;
const leastKnown = watched / 8;
const passed = 8192;

/** Whether looking up values of one place is worth it. */
export class Habit {
  #left = watched;
  #known = 0;

  /** Asked once a value. */
  isWorthwhile(): boolean {
    if (this.#left > 0) return true;
    if (++this.#left === 0) this.#left = watched;
    return false;
  }

  note(known: boolean): void {
    if (known) this.#known++;
    if (--this.#left > 0) return;
    this.#left = this.#known < leastKnown ? -passed : watched;
    this.#known = 0;
  }
}

export class Repeats {
  readonly #octets = new Uint8Array(slots * mostRepeated);
  readonly #profiles = new Array<Profile | undefined>(slots).fill(undefined);
  readonly #lengths = new Uint16Array(slots);
  readonly #candidates = new Int32Array(slots);
  readonly #counts = new Uint8Array(slots);
  readonly #hits = new Int32Array(slots * mostHits * hitSize);
  /** Where the value at hand lies or will lie. */
  #slot = 0;
  // The value at hand and its finds, while they come.
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #count = 0;
  #hit: Hit | undefined;
  readonly #found = new Int32Array(mostHits * hitSize);

  /** Whether the value is known; `tell` then tells of it. */
  knows(profile: Profile, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    // The last octets tell values apart: tokens of one issuer begin alike.
    let mixed = length;
    for (let i = Math.max(start, end - 24); i < end; i++) mixed = Math.imul(mixed ^ bytes[i]!, 0x01000193);
    const slot = (mixed ^ (mixed >>> 15)) & (slots - 1);
    this.#slot = slot;
    if (this.#lengths[slot] !== length || this.#profiles[slot] !== profile) return false;
    const octets = this.#octets;
    const at = slot * mostRepeated;
    for (let i = 0; i < length; i++) if (octets[at + i] !== bytes[start + i]) return false;
    return true;
  }

  /** Gives the finds out; how many candidates the value had. */
  tell(bytes: Uint8Array, start: number, hit: Hit): number {
    const slot = this.#slot;
    const hits = this.#hits;
    const count = this.#counts[slot]!;
    for (let at = slot * mostHits * hitSize, i = 0; i < count; i++, at += hitSize) {
      hit(hits[at]!, bytes, start + hits[at + 1]!, start + hits[at + 2]!, hits[at + 3] === 1, hits[at + 4]!);
    }
    return this.#candidates[slot]!;
  }

  /** The value is looked at: `note` is to take its finds and passes them on. */
  begin(bytes: Uint8Array, start: number, hit: Hit): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#hit = hit;
    this.#count = 0;
  }

  readonly note: Hit = (recognizer, bytes, start, end, masked, score) => {
    // Finds in octets that were made of the value's cannot be told again.
    if (bytes !== this.#bytes) this.#count = mostHits;
    const count = this.#count++;
    if (count < mostHits) {
      const found = this.#found;
      const at = count * hitSize;
      found[at] = recognizer;
      found[at + 1] = start - this.#start;
      found[at + 2] = end - this.#start;
      found[at + 3] = masked ? 1 : 0;
      found[at + 4] = score;
    }
    this.#hit!(recognizer, bytes, start, end, masked, score);
  };

  /** All finds of the value `knows` was asked for are noted. */
  keep(profile: Profile, start: number, end: number, candidates: number): void {
    const bytes = this.#bytes;
    if (this.#count > mostHits) return;
    const slot = this.#slot;
    const octets = this.#octets;
    const at = slot * mostRepeated;
    for (let i = start; i < end; i++) octets[at + i - start] = bytes[i]!;
    this.#profiles[slot] = profile;
    this.#lengths[slot] = end - start;
    this.#candidates[slot] = candidates;
    this.#counts[slot] = this.#count;
    const begin = slot * mostHits * hitSize;
    for (let i = 0; i < this.#count * hitSize; i++) this.#hits[begin + i] = this.#found[i]!;
  }
}
