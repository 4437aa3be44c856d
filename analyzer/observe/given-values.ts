/**
 * What subjects were given: identity hashes of object ids in the responses to them. Bounds: 512 to 1,024 values of a
 * subject, in two generations; `mostSubjects` subjects and 400,000 values of all (generations.ts says what goes first).
 */

import { FingerprintSet, roomFor } from './fingerprint-set.ts';
import { type Aged, Generations } from './generations.ts';
import { textOf, wordsFrom } from './number-text.ts';

/** When the young generation is full, the old one goes. */
interface Given extends Aged {
  readonly subject: string;
  young: FingerprintSet;
  old: FingerprintSet | null;
}

export interface GivenSnapshot {
  /** Names, those of the old generation first. */
  readonly subjects: readonly string[];
  /** How many subjects are of the old generation. */
  readonly old: number;
  /** By subject: how many values are young, and how many old. */
  readonly sizes: readonly number[];
  /** Fingerprints of all values, one subject's young and old ones after the other's; each run ascends. */
  readonly values: string;
  readonly evicted: number;
}

const mostGiven = 512;
const mostOfAll = 400_000;

export class GivenValues {
  readonly #subjects = new Map<string, Given>();
  readonly #generations: Generations<Given>;
  /** The one looked up last: a call asks for several values, and is given more. */
  #last: Given | undefined;

  constructor(mostSubjects: number) {
    this.#generations = new Generations<Given>(mostSubjects, (given) => this.#forget(given), mostOfAll, sizeOf);
  }

  #forget(given: Given): void {
    this.#subjects.delete(given.subject);
    if (given === this.#last) this.#last = undefined;
  }

  get evicted(): number {
    return this.#generations.evicted;
  }

  give(subject: string, values: readonly number[]): void {
    let given = this.#find(subject);
    if (!this.#generations.touch(given)) {
      given = newGiven(subject, values.length);
      this.#subjects.set(subject, given);
      this.#generations.add(given);
    }
    let { young } = given;
    const before = sizeOf(given);
    for (let i = 0; i < values.length; i++) {
      young.add(values[i]!);
      if (young.size < mostGiven) continue;
      // The one that goes has room for the next.
      const gone = given.old ?? new FingerprintSet(64);
      gone.clear();
      given.old = young;
      given.young = young = gone;
    }
    this.#generations.grow(sizeOf(given) - before);
  }

  has(subject: string, value: number): boolean {
    const given = this.#find(subject);
    return given !== undefined && (given.young.has(value) || given.old?.has(value) === true);
  }

  #find(subject: string): Given | undefined {
    if (this.#last?.subject === subject) return this.#last;
    const given = this.#subjects.get(subject);
    if (given !== undefined) this.#last = given;
    return given;
  }

  snapshot(): GivenSnapshot {
    const old = this.#generations.old();
    const all = [...old, ...this.#generations.young()];
    let count = 0;
    for (const given of all) count += sizeOf(given);
    const values = new Uint32Array(count);
    const subjects: string[] = [];
    const sizes: number[] = [];
    let at = 0;
    for (const given of all) {
      subjects.push(given.subject);
      for (const set of [given.young, given.old]) {
        sizes.push(set?.size ?? 0);
        set?.writeTo(values, at);
        at += set?.size ?? 0;
      }
    }
    return { subjects, old: old.length, sizes, values: textOf(values), evicted: this.evicted };
  }

  restore({ subjects, old, sizes, values, evicted }: GivenSnapshot): void {
    const numbers = wordsFrom(values);
    let at = 0;
    const read = (size: number): FingerprintSet => {
      const set = new FingerprintSet();
      for (const end = at + size; at < end; at++) set.add(numbers[at]!);
      return set;
    };
    this.#subjects.clear();
    this.#last = undefined;
    const entries = subjects.map((subject, i): Given => {
      const young = read(sizes[2 * i]!);
      const size = sizes[2 * i + 1]!;
      const given: Given = { turn: 0, subject, young, old: size === 0 ? null : read(size) };
      this.#subjects.set(subject, given);
      return given;
    });
    this.#generations.restore(entries.slice(0, old), entries.slice(old), evicted);
  }
}

/** `first`: how many values it is given to begin with. */
function newGiven(subject: string, first: number): Given {
  return { turn: 0, subject, young: new FingerprintSet(roomFor(Math.min(first, mostGiven))), old: null };
}

function sizeOf({ young, old }: Given): number {
  return young.size + (old === null ? 0 : old.size);
}
