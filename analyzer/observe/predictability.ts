/**
 * Predictability: whether the values of a parameter can be guessed, and whether the server answers whoever guesses.
 * Value: tests met, 0…3. `numbers`: `distinct` values, `smallGap` and `density` of them, `follows` (the same session
 * got another person for another value) and `stays` (the same person), `asked` and `answered` for values that the
 * session had not been given, `persons` (most persons of one answer), `single` (share of the answers about persons that
 * are about three at most), `predictable` (0 or 1: the numbers give one another away), `subjects` (distinct, to 64),
 * `refused` (values that the session had not been given and was told it may not have, in a row up to the last one).
 * Calls are counted: several values of one parameter in a call are one of them.
 *
 * What goes on after an observation is told again an hour later, or at the end.
 *
 * Bounds: the first 128 numbers of a parameter, 64 sessions a parameter, 20,000 parameters.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { FollowedSessions, type StoredSession } from './followed-sessions.ts';
import { byBlank, JoinedNames } from './joined-names.ts';
import { include, Recent, type RecentSnapshot } from './recent.ts';
import { measureSequence } from './sequence.ts';
import type { Asked } from './traversal.ts';
import { Unsettled, type UnsettledSnapshot } from './unsettled.ts';

export interface Answered extends Asked {
  /** The subject had been given the value before. */
  readonly given: boolean;
  /** Identity hash, 53 bits, of the person the response is about; absent when it is about none, or several. */
  readonly person?: number | undefined;
  /** Persons in the response. */
  readonly persons: number;
  /** The server said that the caller may not have it. */
  readonly denied?: boolean;
}

type Told = Pick<Answered, 'app' | 'apiId' | 'method' | 'template' | 'parameter'>;

export interface PredictabilitySnapshot {
  readonly parameters: RecentSnapshot<StoredParameter>;
  readonly unsettled: UnsettledSnapshot<string, Told>;
}

interface Parameter {
  /** The call that was looked at last, and its order time. */
  uid: string;
  end: number;
  /** Calls in a row that were refused. */
  refused: number;
  readonly ordinals: Set<number>;
  readonly sessions: FollowedSessions;
  follows: number;
  stays: number;
  asked: number;
  answered: number;
  persons: number;
  /** Answers about a person at least, and about three at most. */
  personal: number;
  single: number;
  /** Calls that were looked at, and the count at which the next observation is due. */
  calls: number;
  due: number;
  readonly first: string[];
  last: string[];
  begin: number;
  completeness: number;
  readonly clients: Set<string>;
  readonly accounts: Set<string>;
  readonly subjects: Set<string>;
}

interface StoredParameter
  extends Omit<Parameter, 'ordinals' | 'sessions' | 'clients' | 'accounts' | 'subjects' | 'first' | 'last'> {
  readonly ordinals: readonly number[];
  readonly sessions: readonly StoredSession[];
  readonly clients: readonly string[];
  readonly accounts: readonly string[];
  readonly subjects: readonly string[];
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const mostOrdinals = 128;
const mostSubjects = 64;
const mostSamples = 8;
/** One object's answer tells of its owner, and perhaps of somebody beside. */
const fewPersons = 3;
/** Calls before anything is told. */
const leastCalls = 10;
/** What goes on is told again after so long, µs. */
const settleAfter = 3600e6;

export class Predictability {
  readonly #parameters: Recent<Parameter>;
  readonly #names = new JoinedNames(byBlank);
  readonly #subjects = new JoinedNames(byBlank);
  readonly #unsettled = new Unsettled<string, Told>();

  constructor(mostParameters = 20_000) {
    this.#parameters = new Recent(mostParameters);
  }

  get evicted(): number {
    return this.#parameters.evicted + this.#unsettled.evicted;
  }

  /** An observation at the 10th call and then each time the calls have grown by half; else undefined. */
  take(call: Answered): Observation | undefined {
    const name = this.#names.of(call.apiId, call.parameter);
    const state = this.#parameters.touch(name, newParameter);
    const { ordinal } = call;
    if (typeof ordinal === 'number' && state.ordinals.size < mostOrdinals) state.ordinals.add(ordinal);
    // Times first: most texts of two calls are as long, and would be read letter by letter.
    if (state.end === call.time && state.uid === call.uid) return undefined;
    if (state.calls === 0) state.begin = call.time;
    state.uid = call.uid;
    state.end = call.time;
    state.calls++;
    if (!call.given) {
      state.asked++;
      if (call.success) {
        state.answered++;
        state.refused = 0;
      } else if (call.denied === true) state.refused++;
    }
    if (call.persons > state.persons) state.persons = call.persons;
    if (call.success && call.persons > 0) {
      state.personal++;
      if (call.persons <= fewPersons) state.single++;
    }
    follow(state, call);
    include(state.clients, call.client);
    include(state.accounts, call.account);
    if (state.subjects.size < mostSubjects) state.subjects.add(this.#subjects.of(call.subject.kind, call.subject.id));
    state.completeness += call.completeness;
    if (state.first.length < mostSamples) state.first.push(call.uid);
    else {
      state.last.push(call.uid);
      if (state.last.length > mostSamples) state.last.shift();
    }
    if (state.calls < state.due) {
      if (state.calls > leastCalls && !this.#unsettled.has(name)) {
        const { app, apiId, method, template, parameter } = call;
        this.#unsettled.wait(name, call.time + settleAfter, { app, apiId, method, template, parameter });
      }
      return undefined;
    }
    state.due = Math.ceil(state.calls * 1.5);
    this.#unsettled.drop(name);
    return observe(state, call);
  }

  /** What went on since it was told, and is due by `time`. */
  settle(time: number): readonly Observation[] {
    if (!this.#unsettled.isDue(time)) return none;
    return this.#unsettled.take(time).flatMap(([name, told]) => {
      const state = this.#parameters.peek(name);
      return state === undefined || state.calls < leastCalls ? [] : [observe(state, told)];
    });
  }

  snapshot(): PredictabilitySnapshot {
    const parameters = this.#parameters.snapshot((state) => ({
      ...state,
      ordinals: [...state.ordinals],
      sessions: state.sessions.snapshot(),
      first: [...state.first],
      last: [...state.last],
      clients: [...state.clients],
      accounts: [...state.accounts],
      subjects: [...state.subjects],
    }));
    return { parameters, unsettled: this.#unsettled.snapshot() };
  }

  restore({ parameters, unsettled }: PredictabilitySnapshot): void {
    this.#unsettled.restore(unsettled);
    this.#parameters.restore(parameters, (stored) =>
      Object.assign(newParameter(), stored, {
        ordinals: new Set(stored.ordinals),
        sessions: FollowedSessions.of(stored.sessions),
        first: [...stored.first],
        last: [...stored.last],
        clients: new Set(stored.clients),
        accounts: new Set(stored.accounts),
        subjects: new Set(stored.subjects),
      }),
    );
  }
}

const none: readonly Observation[] = Object.freeze([]);

function newParameter(): Parameter {
  return {
    uid: '',
    end: 0,
    refused: 0,
    ordinals: new Set(),
    sessions: new FollowedSessions(),
    follows: 0,
    stays: 0,
    asked: 0,
    answered: 0,
    persons: 0,
    personal: 0,
    single: 0,
    calls: 0,
    due: leastCalls,
    first: [],
    last: [],
    begin: 0,
    completeness: 0,
    clients: new Set(),
    accounts: new Set(),
    subjects: new Set(),
  };
}

/** Another value under the same session: does another person come back? */
function follow(state: Parameter, { session, value, person, success }: Answered): void {
  if (session === undefined || person === undefined || !success) return;
  const told = state.sessions.follow(session, value, person);
  if (told === 'same') state.stays++;
  else if (told === 'other') state.follows++;
}

function observe(state: Parameter, call: Told): Observation {
  const { smallGap, density } = measureSequence([...state.ordinals]);
  const distinct = state.ordinals.size;
  const predictable = distinct >= 10 && (smallGap >= 0.5 || density >= 0.001);
  const follows = state.follows >= 2 && state.follows > state.stays;
  const open = state.asked >= 5 && state.answered / state.asked >= 0.5;
  return {
    v: observationVersion,
    measure: 'predictability',
    subject: { kind: 'api', id: call.apiId },
    app: call.app,
    apiId: call.apiId,
    method: call.method,
    template: call.template,
    parameter: call.parameter,
    begin: state.begin,
    end: state.end,
    window: Math.max(1, state.end - state.begin),
    value: Number(predictable) + Number(follows) + Number(open),
    numbers: {
      distinct,
      smallGap,
      density,
      follows: state.follows,
      stays: state.stays,
      asked: state.asked,
      answered: state.answered,
      persons: state.persons,
      subjects: state.subjects.size,
      single: state.single / Math.max(1, state.personal),
      predictable: Number(predictable),
      refused: state.refused,
    },
    samples: [...state.first, ...state.last],
    clients: [...state.clients].sort(),
    accounts: [...state.accounts].sort(),
    completeness: state.completeness / state.calls,
  };
}
