/**
 * What the meanings of a name leave possible, worked out once: places whose names mean the same share a profile, so
 * a value is compared only with recognizers that can win there, the strongest first.
 */
import { longestRun } from './digit-runs.ts';
import type { Machine } from './machine.ts';
import type { Meanings } from './name-reader.ts';
import type { Outlook } from './outlook.ts';
import type { Recognizer } from './recognizer.ts';

export interface Profile {
  readonly meanings: Meanings;
  /** Points by recognizer for pattern and name together. */
  readonly points: Int32Array;
  /** Whether a match counts as tried whoever could win: the word before a value makes any recognizer worth a try. */
  readonly always: boolean;
  /** Recognizers of whole values that can reach their threshold here. */
  readonly whole: readonly number[];
  /** Octets of the shortest value that anything can be found in here. */
  readonly least: number;
  /** The same for a JSON number. */
  readonly leastNumber: number;
  /** The same for what is found inside values: recognizers of whole values left out. */
  readonly leastInside: number;
  /** By length: 1 where a run of so many digits may be something inside a value. */
  readonly runs: Uint8Array;
  /** By accept set: recognizers that can reach their threshold, the one that may score highest first. */
  readonly bySet: (Int32Array | undefined)[];
  /** Made when a value is first walked here. */
  outlook: Outlook | undefined;
}

/** Profiles kept; dropped together when full, and made anew. */
const mostProfiles = 4096;

export class Profiles {
  readonly #kept = new Map<string, Profile>();

  constructor(
    private readonly recognizers: readonly Recognizer[],
    private readonly machines: readonly Machine[],
    private readonly sets: readonly (readonly number[])[],
    /** By length: recognizers that may end at a run of so many digits. */
    private readonly runs: readonly ReadonlySet<number>[],
  ) {}

  /** `always`: for the word before a value. */
  of(meanings: Meanings, always: boolean): Profile {
    const key = `${always ? 'k' : 'p'}${String.fromCharCode(...meanings)}`;
    let profile = this.#kept.get(key);
    if (profile === undefined) {
      profile = this.#make(meanings, always);
      if (this.#kept.size >= mostProfiles) this.#kept.clear();
      this.#kept.set(key, profile);
    }
    return profile;
  }

  /** Candidates of an accept set, in the order in which they may win. */
  candidates(profile: Profile, set: number): Int32Array {
    const known = profile.bySet[set];
    if (known !== undefined) return known;
    const most = (index: number) => profile.points[index]! + this.machines[index]!.checksum;
    const able = this.sets[set]!.filter((index) => most(index) >= this.machines[index]!.threshold);
    able.sort((a, b) => most(b) - most(a) || (this.outranks(a, b) ? -1 : 1));
    const candidates = Int32Array.from(able);
    profile.bySet[set] = candidates;
    return candidates;
  }

  /** Between equal scores: the higher priority, then the first by name. */
  outranks(index: number, than: number): boolean {
    const [a, b] = [this.recognizers[index]!.priority, this.recognizers[than]!.priority];
    return a > b || (a === b && index < than);
  }

  #make(meanings: Meanings, always: boolean): Profile {
    const points = new Int32Array(this.recognizers.length);
    const runs = new Uint8Array(longestRun + 1);
    const whole: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    let leastNumber = Number.POSITIVE_INFINITY;
    let leastInside = Number.POSITIVE_INFINITY;
    for (const [index, { scope, matcher }] of this.recognizers.entries()) {
      const machine = this.machines[index]!;
      points[index] = machine.pattern + machine.meanings[meanings[index]!]!;
      if (points[index]! + machine.checksum < machine.threshold) continue;
      least = Math.min(least, machine.least);
      leastNumber = Math.min(leastNumber, machine.leastNumber);
      if (scope === 'value' && matcher !== 'email') {
        whole.push(index);
        continue;
      }
      leastInside = Math.min(leastInside, machine.leastNumber);
      for (let length = 0; length <= longestRun; length++) if (this.runs[length]!.has(index)) runs[length] = 1;
    }
    const bySet = new Array<Int32Array | undefined>(this.sets.length);
    return { meanings, points, always, whole, least, leastNumber, leastInside, runs, bySet, outlook: undefined };
  }
}
