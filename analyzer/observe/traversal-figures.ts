/**
 * An observation of traversal whose figures are worked out when they are first asked for: rules ask how many values there
 * are and whether they were fresh before they ask for their order, and nearly always that is all they ask.
 *
 * They are there until a later call asks for more: who keeps an observation for longer keeps a copy of its figures.
 */
import { NumberSet } from '../number-set.ts';
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import type { AskedValues } from './asked-values.ts';
import { measureSequence, regularity, type SequenceFigures } from './sequence.ts';

/** Where a parameter is. */
export interface Site {
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  /** `path.customerId`, `query.id`, `body.order.no`. */
  readonly parameter: string;
}

/** Most values of a key. */
export const mostValues = 640;
const mostSamples = 8;
const mostNames = 100;

/** Used for one observation after the other. */
const known = new NumberSet(1024);
const numbersRoom = new Float64Array(mostValues);

/** What one look at all values tells. */
interface Counts {
  readonly ordinals: number;
  readonly fresh: number;
  readonly succeeded: number;
  readonly completeness: number;
}

/** Different ones among the callers. */
interface Callers {
  readonly sessions: number;
  readonly accounts: number;
  readonly subjects: number;
}

/** At most 100 of each, sorted. */
interface Names {
  readonly accounts: readonly string[];
  readonly clients: readonly string[];
}

/** The values of a key from one on, as windows that hold the same share them. */
export class Figures {
  readonly size: number;
  readonly begin: number;
  readonly end: number;
  /** Of `values` when it was made: indices are of then. */
  readonly #gone: number;
  #counts: Counts | null = null;
  #callers: Callers | null = null;
  #sequence: SequenceFigures | null = null;
  #persons = -1;
  #beat = -1;
  #names: Names | null = null;
  #samples: readonly string[] | null = null;

  constructor(
    readonly values: AskedValues,
    readonly from: number,
  ) {
    this.size = values.size - from;
    this.begin = values.timeOf(from);
    this.end = values.timeOf(values.size - 1);
    this.#gone = values.gone;
  }

  /** Works out all of it: values are about to go. */
  settle(): void {
    for (const _ of [this.counts, this.callers, this.sequence, this.persons, this.beat, this.names, this.samples]);
  }

  get counts(): Counts {
    return (this.#counts ??= this.#count());
  }

  #count(): Counts {
    const values = this.#all();
    let ordinals = 0;
    let fresh = 0;
    let succeeded = 0;
    let completeness = 0;
    for (let i = this.from; i < this.from + this.size; i++) {
      if (!Number.isNaN(values.ordinalOf(i))) ordinals++;
      if (values.isFresh(i)) fresh++;
      if (values.isSuccess(i)) succeeded++;
      completeness += values.completenessOf(i);
    }
    return { ordinals, fresh, succeeded, completeness };
  }

  get callers(): Callers {
    return (this.#callers ??= {
      sessions: this.#different((values, i) => values.sessionOf(i)),
      accounts: this.#different((values, i) => values.accountOf(i)),
      subjects: this.#different((values, i) => values.subjectOf(i)),
    });
  }

  /** 0 stands for none. */
  #different(numberOf: (values: AskedValues, i: number) => number): number {
    const values = this.#all();
    known.clear();
    let last = 0;
    for (let i = this.from; i < this.from + this.size; i++) {
      const number = numberOf(values, i);
      if (number === last || number === 0) continue;
      known.add(number);
      last = number;
    }
    return known.size;
  }

  get sequence(): SequenceFigures {
    return (this.#sequence ??= this.#measure());
  }

  #measure(): SequenceFigures {
    const values = this.#all();
    let count = 0;
    for (let i = this.from; i < this.from + this.size; i++) {
      const ordinal = values.ordinalOf(i);
      if (!Number.isNaN(ordinal)) numbersRoom[count++] = ordinal;
    }
    return measureSequence(numbersRoom.subarray(0, count));
  }

  /** Different ones that the answers told of. */
  get persons(): number {
    if (this.#persons < 0) this.#persons = this.#countPersons();
    return this.#persons;
  }

  #countPersons(): number {
    const values = this.#all();
    known.clear();
    for (let i = this.from; i < this.from + this.size; i++) {
      // A call is visited where its numbers don't tell: each visit waits for memory.
      if (!values.isOfPersons(i)) continue;
      const { persons } = values.callOf(i);
      for (let k = 0; k < persons.length; k++) known.add(persons[k]!);
    }
    return known.size;
  }

  get beat(): number {
    if (this.#beat < 0) this.#beat = this.#regularity();
    return this.#beat;
  }

  #regularity(): number {
    const values = this.#all();
    for (let i = 0; i < this.size; i++) numbersRoom[i] = values.timeOf(this.from + i);
    return regularity(numbersRoom.subarray(0, this.size));
  }

  get names(): Names {
    return (this.#names ??= {
      accounts: this.#named(
        (values, i) => values.accountOf(i),
        (values, i) => values.callOf(i).caller.account,
      ),
      clients: this.#named(
        (values, i) => values.clientOf(i),
        (values, i) => values.callOf(i).caller.client,
      ),
    });
  }

  /** The first ones, sorted. */
  #named(
    numberOf: (values: AskedValues, i: number) => number,
    nameOf: (values: AskedValues, i: number) => string,
  ): readonly string[] {
    const values = this.#all();
    const names: string[] = [];
    known.clear();
    for (let i = this.from; i < this.from + this.size && names.length < mostNames; i++) {
      const number = numberOf(values, i);
      if (number !== 0 && known.add(number)) names.push(nameOf(values, i));
    }
    return names.sort();
  }

  /** Calls: the first and the last ones. */
  get samples(): readonly string[] {
    return (this.#samples ??= this.#sample());
  }

  #sample(): readonly string[] {
    const values = this.#all();
    const { from } = this;
    const size = from + this.size;
    const uids = new Set<string>();
    for (let i = from; i < Math.min(size, from + mostSamples); i++) uids.add(values.callOf(i).uid);
    for (let i = Math.max(from, size - mostSamples); i < size; i++) uids.add(values.callOf(i).uid);
    return [...uids];
  }

  #all(): AskedValues {
    if (this.values.gone !== this.#gone) throw new Error('figures of values that are gone');
    return this.values;
  }
}

/** `numbers` of the observation; traversal.ts says what they are. */
class Numbers {
  readonly #figures: Figures;

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  get monotone(): number {
    return this.#figures.sequence.monotone;
  }

  get constantGap(): number {
    return this.#figures.sequence.constantGap;
  }

  get smallGap(): number {
    return this.#figures.sequence.smallGap;
  }

  get density(): number {
    return this.#figures.sequence.density;
  }

  get ordinals(): number {
    return this.#figures.counts.ordinals;
  }

  get fresh(): number {
    return this.#figures.counts.fresh / this.#figures.size;
  }

  get success(): number {
    return this.#figures.counts.succeeded / this.#figures.size;
  }

  get sessions(): number {
    return this.#figures.callers.sessions;
  }

  get perSession(): number {
    return this.#figures.size / Math.max(1, this.#figures.callers.sessions);
  }

  get perAccount(): number {
    return this.#figures.size / Math.max(1, this.#figures.callers.accounts);
  }

  get subjects(): number {
    return this.#figures.callers.subjects;
  }

  get beat(): number {
    return this.#figures.beat;
  }

  get persons(): number {
    return this.#figures.persons;
  }
}

export class Traversed implements Observation {
  readonly v = observationVersion;
  readonly measure = 'traversal';
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  readonly parameter: string;
  readonly begin: number;
  readonly end: number;
  readonly value: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly #figures: Figures;

  constructor(
    { app, apiId, method, template, parameter }: Site,
    readonly subject: Subject,
    figures: Figures,
    readonly window: number,
  ) {
    this.app = app;
    this.apiId = apiId;
    this.method = method;
    this.template = template;
    this.parameter = parameter;
    this.begin = figures.begin;
    this.end = figures.end;
    this.value = figures.size;
    this.numbers = new Numbers(figures) as Numbers & Readonly<Record<string, number>>;
    this.#figures = figures;
  }

  get samples(): readonly string[] {
    return this.#figures.samples;
  }

  get clients(): readonly string[] {
    return this.#figures.names.clients;
  }

  get accounts(): readonly string[] {
    return this.#figures.names.accounts;
  }

  get completeness(): number {
    return this.#figures.counts.completeness / this.#figures.size;
  }
}
