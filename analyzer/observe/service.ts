/**
 * How an API and an application serve in half an hour, beside what they usually do. Two measures: `server-errors` (failures
 * of the server: 5xx, or a whole request that got no answer; value: their share; `numbers`: `calls`, `failures`,
 * `usualShare`) and `slow-answers` (answers that take three times the usual 95th percentile, and half a second more than
 * it; value: their share; `numbers`: `calls`, `slow`, `usualMs`).
 *
 * What is usual takes a day and 200 calls. It is the share of failures, and the 95th percentile followed in steps
 * (stochastic approximation of Robbins and Monro, by factors). Half an hour that was told of teaches nothing.
 *
 * Bounds: 20,000 APIs and applications.
 */
import { isComplete, type Learnt } from '../learnt.ts';
import { type Observation, observationVersion } from '../observation.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface Served extends MeasuredApiCall {
  /** 0 when no answer was seen. */
  readonly status: number;
  /** The request was seen whole, and no answer came. */
  readonly isUnanswered: boolean;
  readonly durationUs: number;
}

interface State {
  window: number;
  begin: number;
  calls: number;
  failures: number;
  slow: number;
  dueErrors: number;
  dueSlow: number;
  /** Samples: failures, slow ones. */
  failed: string[];
  late: string[];
  /** The usual 95th percentile, µs; and as it was when the window began. */
  p95: number;
  p95Before: number;
  /** Calls and failures of past windows; halved when there are many, so that old ones weigh less. */
  pastCalls: number;
  pastFailures: number;
  since: number;
}

export interface ServiceSnapshot {
  readonly served: RecentSnapshot<State>;
}

const windowLength = 1800e6;
/** Before so much is known nothing is usual. */
const leastKnown = 200;
const leastTime = 86_400e6;
const leastCalls = 20;
const leastFailures = 10;
const leastShare = 0.1;
const mostShareSlow = 0.5;
const slowTimes = 3;
const slowUs = 500_000;
/** Steps at which as much goes up as down when one of twenty is above. */
const up = Math.exp(0.019);
const down = Math.exp(-0.001);
const firstUp = Math.exp(0.19);
const firstDown = Math.exp(-0.01);
const mostPast = 20_000;
const mostSamples = 8;

export class Service {
  readonly #served = new Recent<State>(20_000);

  constructor(private readonly isFrozen: IsFrozen = neverFrozen) {}

  get evicted(): number {
    return this.#served.evicted;
  }

  take(call: Served): Observation[] | null {
    const ofApi = this.#count(call.apiId, call, true, null);
    return this.#count(call.app, call, false, ofApi);
  }

  #count(id: string, call: Served, isApi: boolean, before: Observation[] | null): Observation[] | null {
    const { time, status, durationUs } = call;
    const isFailure = status >= 500 || call.isUnanswered;
    if (status === 0 && !isFailure) return before;
    const state = this.#served.touch(id, newState);
    const window = Math.floor(time / windowLength);
    if (window > state.window) beginWindow(state, window, time, !this.isFrozen(isApi ? 'api' : 'app', id));
    state.calls++;
    if (isFailure) {
      state.failures++;
      if (state.failed.length < mostSamples) state.failed.push(call.uid);
    } else {
      const isKnown = state.pastCalls >= leastKnown;
      if (isKnown && durationUs > slowTimes * state.p95Before && durationUs > state.p95Before + slowUs) {
        state.slow++;
        if (state.late.length < mostSamples) state.late.push(call.uid);
      }
      // Until enough is known steps are large, so that any beginning is left soon.
      if (state.p95 === 0) state.p95 = Math.max(1, durationUs);
      else if (durationUs > state.p95) state.p95 *= isKnown ? up : firstUp;
      else state.p95 *= isKnown ? down : firstDown;
    }
    if (state.pastCalls < leastKnown || time - state.since < leastTime || state.calls < leastCalls) return before;
    return this.#held(state, call, isApi, before);
  }

  #held(state: State, call: Served, isApi: boolean, before: Observation[] | null): Observation[] | null {
    let out = before;
    const { calls, failures, slow } = state;
    const usualShare = state.pastFailures / state.pastCalls;
    const share = failures / calls;
    if (failures >= leastFailures && failures >= state.dueErrors && share >= Math.max(leastShare, 5 * usualShare)) {
      state.dueErrors = failures * 2;
      const told = observe('server-errors', state, call, isApi, share, state.failed, { calls, failures, usualShare });
      if (out === null) out = [told];
      else out.push(told);
    }
    if (slow >= leastFailures && slow >= state.dueSlow && slow >= mostShareSlow * calls) {
      state.dueSlow = slow * 2;
      const usualMs = state.p95Before / 1000;
      const told = observe('slow-answers', state, call, isApi, slow / calls, state.late, { calls, slow, usualMs });
      if (out === null) out = [told];
      else out.push(told);
    }
    return out;
  }

  forget(isForgotten: IsForgotten): void {
    this.#served.forget((id) => isForgotten('api', id) || isForgotten('app', id));
  }

  /** What is known of every API, and of the applications named: share of failures, and time of answers. */
  *learnt(apps: ReadonlySet<string>): Iterable<Learnt> {
    for (const [id, state] of this.#served.entries()) {
      const { since, begin, pastCalls, pastFailures, calls, failures, p95, p95Before } = state;
      const days = since === 0 ? 0 : Math.floor((begin - since) / leastTime);
      const lessons = [
        { what: 'days' as const, has: days, needs: 1 },
        { what: 'calls' as const, has: pastCalls, needs: leastKnown },
      ];
      const isApp = apps.has(id);
      const known = { app: isApp ? id : '', id, window: windowLength, ...(since === 0 ? {} : { since }), lessons };
      const share = pastCalls === 0 ? 0 : pastFailures / pastCalls;
      yield {
        ...{ measure: 'server-errors', quantity: 'failures', ...known, isLearnt: isComplete(lessons) },
        ...(pastCalls === 0 ? {} : { median: share }),
        // Of an application findings take twice the share.
        threshold: Math.max(isApp ? 2 * leastShare : leastShare, 5 * share),
        last: calls === 0 ? 0 : failures / calls,
      };
      yield {
        ...{ measure: 'slow-answers', quantity: 'milliseconds', ...known, isLearnt: isComplete(lessons) },
        ...(p95Before === 0 ? {} : { highShare: 0.95, high: p95Before / 1000 }),
        threshold: Math.max(slowTimes * p95Before, p95Before + slowUs) / 1000,
        last: p95 / 1000,
      };
    }
  }

  snapshot(): ServiceSnapshot {
    return { served: this.#served.snapshot(copy) };
  }

  restore({ served }: ServiceSnapshot): void {
    this.#served.restore(served, copy);
  }
}

/** The window at hand is over: it teaches, unless it was told of. */
function beginWindow(state: State, window: number, time: number, teaches: boolean): void {
  if (state.since === 0) state.since = time;
  if (teaches && state.dueErrors === 0 && state.dueSlow === 0) {
    state.pastCalls += state.calls;
    state.pastFailures += state.failures;
    if (state.pastCalls > mostPast) {
      state.pastCalls /= 2;
      state.pastFailures /= 2;
    }
  } else state.p95 = state.p95Before;
  state.p95Before = state.p95;
  state.window = window;
  state.begin = time;
  state.calls = 0;
  state.failures = 0;
  state.slow = 0;
  state.dueErrors = 0;
  state.dueSlow = 0;
  state.failed = [];
  state.late = [];
}

function observe(
  measure: string,
  state: State,
  call: Served,
  isApi: boolean,
  value: number,
  samples: readonly string[],
  numbers: Observation['numbers'],
): Observation {
  const { app, apiId, method, template } = call;
  return {
    v: observationVersion,
    measure,
    subject: isApi ? { kind: 'api', id: apiId } : { kind: 'app', id: app },
    app,
    ...(isApi ? { apiId, method, template } : {}),
    begin: state.begin,
    end: call.time,
    window: windowLength,
    value,
    numbers,
    samples: [...samples],
    // Who called is not why a server fails.
    clients: [],
    accounts: [],
    completeness: call.completeness,
  };
}

function newState(): State {
  return {
    window: -1,
    begin: 0,
    calls: 0,
    failures: 0,
    slow: 0,
    dueErrors: 0,
    dueSlow: 0,
    failed: [],
    late: [],
    p95: 0,
    p95Before: 0,
    pastCalls: 0,
    pastFailures: 0,
    since: 0,
  };
}

function copy(state: State): State {
  return { ...state, failed: [...state.failed], late: [...state.late] };
}
