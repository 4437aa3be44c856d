/**
 * What subjects were given: identity hashes of object ids in the responses to them. Bounds: 512 to 1,024 values of a
 * subject, in two generations; `mostSubjects` subjects and 400,000 values of all (recent.ts says what goes first).
 */

import { NumberSet } from './number-set.ts';
import { numbersFrom, textOf } from './number-text.ts';
import { Recent } from './recent.ts';

/** When the young generation is full, the old one goes. */
interface Given {
  young: NumberSet;
  old: NumberSet | null;
}

export interface GivenSnapshot {
  /** Names, those of Recent's old generation first. */
  readonly subjects: readonly string[];
  /** How many subjects are of the old generation. */
  readonly old: number;
  /** By subject: how many values are young, and how many old. */
  readonly sizes: readonly number[];
  /** All values, one subject's young and old ones after the other's; each run ascends. */
  readonly values: string;
  readonly evicted: number;
}

const mostGiven = 512;
const mostOfAll = 400_000;

export class GivenValues {
  readonly #subjects: Recent<Given>;

  constructor(mostSubjects: number) {
    this.#subjects = new Recent<Given>(mostSubjects, mostOfAll, sizeOf);
  }

  get evicted(): number {
    return this.#subjects.evicted;
  }

  give(subject: string, values: readonly number[]): void {
    const given = this.#subjects.touch(subject, newGiven);
    let { young } = given;
    const before = sizeOf(given);
    young.reserve(Math.min(values.length, mostGiven - young.size));
    for (let i = 0; i < values.length; i++) {
      young.add(values[i]!);
      if (young.size < mostGiven) continue;
      given.old = young;
      given.young = young = new NumberSet(64);
    }
    this.#subjects.grow(sizeOf(given) - before);
  }

  has(subject: string, value: number): boolean {
    const given = this.#subjects.peek(subject);
    return given !== undefined && (given.young.has(value) || given.old?.has(value) === true);
  }

  snapshot(): GivenSnapshot {
    const { old, young, evicted } = this.#subjects.snapshot((given) => given);
    const all = [...old, ...young];
    let count = 0;
    for (const [, given] of all) count += sizeOf(given);
    const values = new Float64Array(count);
    const subjects: string[] = [];
    const sizes: number[] = [];
    let at = 0;
    for (const [name, given] of all) {
      subjects.push(name);
      for (const set of [given.young, given.old]) {
        sizes.push(set?.size ?? 0);
        set?.writeTo(values, at);
        at += set?.size ?? 0;
      }
    }
    return { subjects, old: old.length, sizes, values: textOf(values), evicted };
  }

  restore({ subjects, old, sizes, values, evicted }: GivenSnapshot): void {
    const numbers = numbersFrom(values);
    let at = 0;
    const read = (size: number): NumberSet => {
      const set = new NumberSet();
      set.reserve(size);
      for (const end = at + size; at < end; at++) set.add(numbers[at]!);
      return set;
    };
    const entries = subjects.map((name, i): [string, Given] => {
      const young = read(sizes[2 * i]!);
      const size = sizes[2 * i + 1]!;
      return [name, { young, old: size === 0 ? null : read(size) }];
    });
    const stored = { old: entries.slice(0, old), young: entries.slice(old), evicted };
    this.#subjects.restore(stored, (given) => given);
  }
}

function newGiven(): Given {
  return { young: new NumberSet(), old: null };
}

function sizeOf({ young, old }: Given): number {
  return young.size + (old === null ? 0 : old.size);
}
