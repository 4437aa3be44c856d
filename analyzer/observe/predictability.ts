/**
 * Predictability: whether the values of a parameter can be guessed, and whether the server answers whoever guesses.
 * Value: tests met, 0…3. `numbers`: `distinct` values, `smallGap` and `density` of them, `follows` (the same session
 * got another person for another value) and `stays` (the same person), `asked` and `answered` for values that the
 * session had not been given, `persons` (most persons of one answer), `subjects` (distinct, to 64).
 *
 * Bounds: the first 128 numbers of a parameter, 256 sessions a parameter, 20,000 parameters.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { include, Recent } from './recent.ts';
import { measureSequence } from './sequence.ts';
import type { Asked } from './traversal.ts';

export interface Answered extends Asked {
  /** The subject had been given the value before. */
  readonly given: boolean;
  /** Keyed hash of the person the response is about; absent when it is about none, or several. */
  readonly person?: string;
  /** Persons in the response. */
  readonly persons: number;
}

interface Parameter {
  readonly ordinals: number[];
  /** By session, least recent first: the last value and person. */
  sessions: [session: string, value: string, person: string][];
  follows: number;
  stays: number;
  asked: number;
  answered: number;
  persons: number;
  /** Calls that were looked at, and the count at which the next observation is due. */
  calls: number;
  due: number;
  readonly first: string[];
  last: string[];
  begin: number;
  completeness: number;
  readonly clients: string[];
  readonly accounts: string[];
  readonly subjects: string[];
}

const mostOrdinals = 128;
const mostSessions = 256;
const mostSamples = 8;
/** Calls before anything is told. */
const leastCalls = 10;

export class Predictability {
  readonly #parameters: Recent<Parameter>;

  constructor(mostParameters = 20_000) {
    this.#parameters = new Recent(mostParameters);
  }

  get evicted(): number {
    return this.#parameters.evicted;
  }

  /** An observation at the 10th call and then each time the calls have grown by half; else undefined. */
  take(call: Answered): Observation | undefined {
    const name = JSON.stringify([call.apiId, call.parameter]);
    const state = this.#parameters.touch(name, () => ({
      ...{ ordinals: [], sessions: [], follows: 0, stays: 0, asked: 0, answered: 0, persons: 0, calls: 0 },
      ...{ due: leastCalls, first: [], last: [], begin: call.time, completeness: 0 },
      ...{ clients: [], accounts: [], subjects: [] },
    }));
    state.calls++;
    const { ordinal } = call;
    if (ordinal !== undefined && state.ordinals.length < mostOrdinals && !state.ordinals.includes(ordinal)) {
      state.ordinals.push(ordinal);
    }
    if (!call.given) {
      state.asked++;
      if (call.success) state.answered++;
    }
    state.persons = Math.max(state.persons, call.persons);
    follow(state, call);
    include(state.clients, call.client);
    include(state.accounts, call.account);
    include(state.subjects, `${call.subject.kind} ${call.subject.id}`, 64);
    state.completeness += call.completeness;
    if (state.first.length < mostSamples) state.first.push(call.uid);
    else {
      state.last.push(call.uid);
      if (state.last.length > mostSamples) state.last.shift();
    }
    if (state.calls < state.due) return undefined;
    state.due = Math.ceil(state.calls * 1.5);
    return observe(state, call);
  }

  snapshot(): readonly (readonly [string, Parameter])[] {
    return structuredClone(this.#parameters.entries());
  }

  restore(snapshot: readonly (readonly [string, Parameter])[]): void {
    this.#parameters.restore(structuredClone(snapshot));
  }
}

/** Another value under the same session: does another person come back? */
function follow(state: Parameter, { session, value, person, success }: Answered): void {
  if (session === undefined || person === undefined || !success) return;
  const at = state.sessions.findIndex(([known]) => known === session);
  if (at >= 0) {
    const [, before, other] = state.sessions.splice(at, 1)[0];
    if (before !== value) {
      if (other === person) state.stays++;
      else state.follows++;
    }
  }
  state.sessions.push([session, value, person]);
  if (state.sessions.length > mostSessions) state.sessions.shift();
}

function observe(state: Parameter, call: Answered): Observation {
  const { smallGap, density } = measureSequence(state.ordinals);
  const distinct = state.ordinals.length;
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
    end: call.time,
    window: Math.max(1, call.time - state.begin),
    value: Number(predictable) + Number(follows) + Number(open),
    numbers: {
      ...{ distinct, smallGap, density, follows: state.follows, stays: state.stays },
      ...{ asked: state.asked, answered: state.answered, persons: state.persons, subjects: state.subjects.length },
    },
    samples: [...state.first, ...state.last],
    clients: [...state.clients].sort(),
    accounts: [...state.accounts].sort(),
    completeness: state.completeness / state.calls,
  };
}
