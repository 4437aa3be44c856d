/**
 * Volume in distinct persons: how many persons a subject was given in a window (an hour, a day), beside what is usual
 * for it. The same hundred customers read fifty times are a hundred. One instance a measure: `persons` over all calls,
 * `exported-persons` over exports.
 *
 * Value: distinct persons. `numbers`: `calls`, `records` (rows), `apis` (distinct, to 64), `persons` (the value),
 * `largest` (most persons of one call). Windows that are over teach what is usual: at most 28. Once three are known, one
 * of more than three times their 95th percentile teaches no more than that percentile: a drain does not become usual.
 *
 * What grows after an observation is told again after a 24th of the window, at its end, or at the end of all.
 *
 * Bounds: 20,000 subjects; distinct.ts has that of a count, exact to 256.
 */

import { Distinct, type DistinctSnapshot } from '../distinct.ts';
import type { Learnt } from '../learnt.ts';
import { type Observation, observationVersion, type Subject, type Usual } from '../observation.ts';
import { type Everybody, nobodyYet, type Party, type Place, partyOf, place } from '../parties.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import { compare, driftOf, type Reference, settledDays } from './drift-reference.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { include, Recent, type RecentSnapshot } from './recent.ts';
import { Unsettled, type UnsettledSnapshot } from './unsettled.ts';

export interface Given extends MeasuredApiCall {
  readonly subject: Subject;
  readonly account?: string | undefined;
  /** Persons of the response. */
  readonly persons: number;
  /** Identity hashes of them (53 bits), as many as travel. */
  readonly personHashes: readonly number[];
  readonly records: number;
}

interface State {
  window: number;
  /** When the subject was met first, µs. */
  since: number;
  /** What was much for it; null while it is too new. */
  reference: Reference | null;
  begin: number;
  distinct: Distinct;
  /** Persons beyond the hashes that travelled, of the call with the most of them: a lower bound. */
  unnamed: number;
  calls: number;
  records: number;
  largest: number;
  due: number;
  /** Order time of its last call. */
  end: number;
  completeness: number;
  readonly apis: Set<string>;
  readonly clients: Set<string>;
  readonly accounts: Set<string>;
  first: string[];
  last: string[];
  past: number[];
}

type Told = Pick<Given, 'app' | 'apiId' | 'method' | 'template' | 'subject'>;

export interface PersonVolumeSnapshot {
  readonly subjects: RecentSnapshot<Stored>;
  readonly unsettled: UnsettledSnapshot<string, Told>;
}

interface Stored extends Omit<State, 'distinct' | 'apis' | 'clients' | 'accounts'> {
  readonly distinct: DistinctSnapshot;
  readonly apis: readonly string[];
  readonly clients: readonly string[];
  readonly accounts: readonly string[];
}

export interface PersonVolumeOptions {
  /** Name of the measure. */
  readonly measure: string;
  /** Length of the windows, µs; they are aligned to local midnight. */
  readonly window: number;
  /** What local time is ahead of UTC, µs. */
  readonly zoneOffset: number;
  /** From how many persons on there is something to tell. */
  readonly least: number;
  readonly mostSubjects?: number;
  readonly isFrozen?: IsFrozen;
  /** Who takes part in calls, and where they keep this measure; others of its own when absent. */
  readonly parties?: Everybody;
  readonly place?: Place;
}

const mostPast = 28;
/** Persons of a window that are counted exactly: twenty thousand subjects may each hold so many. */
const mostExact = 256;
const mostSamples = 8;
/** Times what is usual, at which rules begin to tell. */
const muchTimes = 3;

export class PersonVolume {
  readonly #subjects: Recent<State>;
  readonly #unsettled = new Unsettled<string, Told>();
  readonly #parties: Everybody;
  readonly #place: Place;

  constructor(private readonly options: PersonVolumeOptions) {
    this.#subjects = new Recent(options.mostSubjects ?? 20_000);
    this.#parties = options.parties ?? nobodyYet();
    this.#place = options.place ?? place.persons;
  }

  get evicted(): number {
    return this.#subjects.evicted + this.#unsettled.evicted;
  }

  /** An observation from `least` persons on, each time they have grown by a quarter; else undefined. */
  take(given: Given): Observation | undefined {
    if (given.persons === 0) return undefined;
    const { window: length, zoneOffset, least } = this.options;
    const window = Math.floor((given.time + zoneOffset) / length);
    const party = partyOf(this.#parties, given.app, given.subject);
    const held = party === undefined ? undefined : this.#subjects.held(party, this.#place);
    const state = held ?? this.#find(given, party, window);
    // What comes late counts in the window at hand.
    const isNew = window > state.window;
    if (isNew) {
      const { since, reference } = state;
      Object.assign(state, begin(window, given.time, least, this.#learn(state, given.subject), since), { reference });
    }
    for (let i = 0; i < given.personHashes.length; i++) state.distinct.add(given.personHashes[i]!);
    state.unnamed = Math.max(state.unnamed, given.persons - given.personHashes.length);
    state.calls++;
    state.end = given.time;
    state.records += given.records;
    state.largest = Math.max(state.largest, given.persons);
    state.completeness += given.completeness;
    include(state.apis, given.apiId, 64);
    include(state.clients, given.client);
    include(state.accounts, given.account);
    if (state.first.length < mostSamples) state.first.push(given.uid);
    else {
      state.last.push(given.uid);
      if (state.last.length > mostSamples) state.last.shift();
    }
    const value = personsIn(state);
    if (value < state.due) {
      if (value < least) return isNew ? this.#drift(state, given) : undefined;
      const name = nameOf(given);
      if (!this.#unsettled.has(name)) {
        const { app, apiId, method, template, subject, time } = given;
        const due = Math.min(time + length / 24, (state.window + 1) * length - zoneOffset);
        this.#unsettled.wait(name, Math.max(time, due), { app, apiId, method, template, subject });
      }
      return isNew ? this.#drift(state, given) : undefined;
    }
    state.due = Math.ceil(value * 1.25);
    this.#unsettled.drop(nameOf(given));
    return this.#observe(state, given, value);
  }

  #find(given: Given, party: Party | undefined, window: number): State {
    const make = () => begin(window, given.time, this.options.least, [], given.time);
    const name = nameOf(given);
    return party === undefined ? this.#subjects.touch(name, make) : this.#subjects.hold(party, this.#place, name, make);
  }

  /** Persons of a subject in the window of its last answer. */
  counted(app: string, subject: Subject): number {
    const state = this.#subjects.peek(nameOf({ app, subject }));
    return state === undefined ? 0 : personsIn(state);
  }

  /** What went on since it was told, and is due by `time`. */
  settle(time: number): readonly Observation[] {
    if (!this.#unsettled.isDue(time)) return none;
    return this.#unsettled.take(time).flatMap(([name, told]) => {
      const state = this.#subjects.peek(name);
      return state === undefined || state.calls === 0 ? [] : [this.#observe(state, told, personsIn(state))];
    });
  }

  /** One that knows what is usual and nothing else: for calls of an earlier time. */
  anew(): PersonVolume {
    const other = new PersonVolume(this.options);
    const { least } = this.options;
    const revive = ({ past, since }: Pick<State, 'past' | 'since'>) => begin(-1, 0, least, past, since);
    const known = this.#subjects.snapshot(({ past, since }) => ({ past: [...past], since }));
    other.#subjects.restore({ ...known, evicted: 0 }, revive);
    return other;
  }

  #observe(state: State, given: Told, value: number): Observation {
    const one = state.apis.size === 1;
    return {
      v: observationVersion,
      measure: this.options.measure,
      subject: given.subject,
      app: given.app,
      ...(one ? { apiId: given.apiId, method: given.method, template: given.template } : {}),
      begin: state.begin,
      end: state.end,
      window: this.options.window,
      value,
      numbers: {
        ...{ calls: state.calls, records: state.records, apis: state.apis.size },
        ...{ persons: value, largest: state.largest },
      },
      usual: usualOf(state.past),
      samples: [...state.first, ...state.last],
      clients: [...state.clients].sort(),
      accounts: [...state.accounts].sort(),
      completeness: state.completeness / state.calls,
    };
  }

  /** Once a window, unless its first call is much itself: whether what is much for the subject has moved far. */
  #drift(state: State, { subject, app, time, uid, client, account, completeness }: Given): Observation | undefined {
    const { least, window } = this.options;
    const { p95, n } = usualOf(state.past);
    if (n < settledDays) return undefined;
    const { reference, drift } = compare(state.reference, state.window, [Math.max(least, muchTimes * p95)]);
    state.reference = reference;
    if (drift === undefined) return undefined;
    const who = { clients: [client], accounts: account === undefined ? [] : [account] };
    return driftOf(drift, { subject, app, end: time, window, samples: [uid], ...who, completeness });
  }

  #learn(state: State, { kind, id }: Subject): number[] {
    const { isFrozen = neverFrozen, least } = this.options;
    return isFrozen(kind, id) ? state.past : learn(state, least);
  }

  forget(isForgotten: IsForgotten): void {
    this.#subjects.forget((name) => {
      const [, kind, id] = JSON.parse(name) as [string, string, string];
      return isForgotten(kind, id);
    });
  }

  /** What is known of every subject; what is much of it rules say, by `follow`. */
  *learnt(
    follow: (app: string, windows: number, p95: number) => Pick<Learnt, 'threshold' | 'lessons' | 'isLearnt'>,
  ): Iterable<Learnt> {
    for (const [name, state] of this.#subjects.entries()) {
      const [app, , id] = JSON.parse(name) as [string, string, string];
      const { median, p95, n } = usualOf(state.past);
      yield {
        ...{
          measure: this.options.measure,
          quantity: 'persons',
          app,
          id,
          window: this.options.window,
          since: state.since,
        },
        ...follow(app, n, p95),
        ...(n === 0 ? {} : { median, highShare: 0.95, high: p95 }),
        last: state.calls === 0 ? 0 : personsIn(state),
      };
    }
  }

  snapshot(): PersonVolumeSnapshot {
    const subjects = this.#subjects.snapshot(
      (state): Stored => ({
        ...state,
        distinct: state.distinct.snapshot(),
        ...{ apis: [...state.apis], clients: [...state.clients], accounts: [...state.accounts] },
        ...{ first: [...state.first], last: [...state.last], past: [...state.past] },
      }),
    );
    return { subjects, unsettled: this.#unsettled.snapshot() };
  }

  restore({ subjects, unsettled }: PersonVolumeSnapshot): void {
    this.#unsettled.restore(unsettled);
    this.#subjects.restore(subjects, (stored) => {
      const distinct = new Distinct(mostExact);
      distinct.restore(stored.distinct);
      return {
        ...stored,
        distinct,
        ...{ apis: new Set(stored.apis), clients: new Set(stored.clients), accounts: new Set(stored.accounts) },
        ...{ first: [...stored.first], last: [...stored.last], past: [...stored.past] },
      };
    });
  }
}

function begin(window: number, time: number, due: number, past: number[], since: number): State {
  return {
    window,
    since,
    reference: null,
    begin: time,
    distinct: new Distinct(mostExact),
    unnamed: 0,
    calls: 0,
    records: 0,
    largest: 0,
    due,
    end: time,
    past,
    apis: new Set<string>(),
    clients: new Set<string>(),
    accounts: new Set<string>(),
    completeness: 0,
    first: [],
    last: [],
  };
}

const none: readonly Observation[] = Object.freeze([]);

function nameOf({ app, subject: { kind, id } }: Pick<Given, 'app' | 'subject'>): string {
  return JSON.stringify([app, kind, id]);
}

function personsIn(state: State): number {
  return state.distinct.estimate + state.unnamed;
}

function learn(state: State, least: number): number[] {
  if (state.calls === 0) return state.past;
  const value = personsIn(state);
  const { p95, n } = usualOf(state.past);
  const taught = n >= 3 && value > Math.max(least, 3 * p95) ? p95 : value;
  return [...state.past, taught].slice(-mostPast);
}

function usualOf(past: readonly number[]): Usual {
  const sorted = [...past].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { median: rank(0.5), p95: rank(0.95), n: sorted.length };
}
