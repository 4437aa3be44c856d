/**
 * Calls in a second, a minute, an hour and a day by caller, API, function and account, beside what is usual for each:
 * the limit is twice the 99.9th percentile of its own windows, and never below a floor. Until three days are known a
 * subject is held against four times the floor, which is much for anybody.
 *
 * Who calls is the account where it is known, else the address. An address is counted as well when several accounts are
 * on it: up to five share one limit, beyond it grows with them (to twentyfold), for an office or a carrier is no flood.
 * An API or function is told of when no single caller makes half of the window's calls: then the caller is what there is
 * to tell.
 *
 * Value: calls of the window. `numbers`: `limit`, `times` (value over limit), `most` (99.9th percentile), `days`,
 * `accounts` (on an address; on an API or function callers, to 64). `usual`: of its windows of that length.
 *
 * Bounds: 20,000 subjects of each kind; 64 accounts an address.
 */
import { isComplete, type Learnt, type Lesson } from '../learnt.ts';
import { type Observation, observationVersion, type SubjectKind } from '../observation.ts';
import { nobodyYet, place } from '../parties.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import { AppTable, type AppTableSnapshot } from './app-table.ts';
import { compare, driftOf, type Reference, settledDays } from './drift-reference.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { intervals, type StoredRate, slots, UsualRate } from './usual-rate.ts';

export interface RateCall extends MeasuredApiCall {
  readonly functions: readonly string[];
  readonly account: string | undefined;
}

const rateKinds = ['client', 'account', 'api', 'function'] as const;
type RateKind = (typeof rateKinds)[number];

/** Calls of a second, a minute, an hour and a day below which nobody is told of. */
const floors: Readonly<Record<RateKind, readonly number[]>> = {
  client: [30, 150, 2000, 12_000],
  account: [20, 100, 1000, 6000],
  api: [100, 1200, 12_000, 120_000],
  function: [100, 1200, 12_000, 120_000],
};
/** Windows of each length that have to be known. */
const leastWindows: readonly number[] = [30, 20, 10, 3];
const leastDays = 3;
const shared = 5;
const mostShare = 20;
const mostCallers = 64;
const mostSamples = 8;
/** Numbers of an hour, and of the longest interval. */
const ofHour = 2;
const ofDay = intervals.length - 1;
/** Hours of the day with a trading session: from the opening auction (9:15) to trading at the closing price (15:30). */
const sessionFrom = 9;
const sessionTo = 16;
/** Number of that slot. */
const ofFreeDays = 2;
/** Days on which somebody was met before it is known when he is quiet, and hours that are few then. */
const quietDays = 5;
const fewWindows = 3;
/** Who teaches slowly does so over these. */
const slowIntervals: readonly number[] = [ofHour, ofDay];
/** Times the floor, of who is not known yet. */
const unlearned = 4;

interface State {
  rate: UsualRate;
  /** When it was met first, µs; 0 until it was counted. */
  since: number;
  /** Day (since 1970, local) that callers are of. */
  day: number;
  readonly callers: FingerprintSet;
  /**
   * Of an API or function, a majority vote over the callers of each window under way: by interval who may have made half
   * of its calls, then by interval how much he leads. Of a caller empty.
   */
  readonly votes: Uint32Array;
  /** What its limits of an hour and a day were; null while it is too new. */
  reference: Reference | null;
  begin: number;
  /** The last calls of the day, in a ring. */
  uids: string[];
}

interface Stored extends Omit<State, 'rate' | 'callers' | 'votes'> {
  readonly rate: StoredRate;
  readonly callers: readonly number[];
  readonly votes: readonly number[];
}

export type RatesSnapshot = Readonly<Record<RateKind, AppTableSnapshot<Stored>>>;

export class Rates {
  readonly #subjects: Readonly<Record<RateKind, AppTable<State>>> = {
    client: new AppTable(20_000),
    account: new AppTable(20_000),
    api: new AppTable(20_000),
    function: new AppTable(20_000),
  };

  /** Numbers of the windows that the call at hand lies in, by interval. */
  readonly #windows = new Float64Array(intervals.length);
  /** Its hour, and the slot of that. */
  #hour = -1;
  #slot = 0;

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly zoneOffset: number,
    private readonly isFrozen: IsFrozen = neverFrozen,
    /** Whether a local day (since 1970) is free of work. */
    private readonly isFree: (day: number) => boolean = () => false,
    private readonly parties = nobodyYet(),
  ) {}

  get evicted(): number {
    return rateKinds.reduce((sum, kind) => sum + this.#subjects[kind].evicted, 0);
  }

  /** Observations when a limit is passed, and each time a half more has come; null for none, as nearly always. */
  take(call: RateCall): Observation[] | null {
    const { account, client, functions } = call;
    const caller = hashOf(account ?? client);
    const local = call.time + this.zoneOffset;
    for (let i = 0; i < intervals.length; i++) this.#windows[i] = Math.floor(local / intervals[i]!);
    if (this.#windows[ofHour] !== this.#hour) this.#turn(this.#windows[ofHour]!, this.#windows[ofDay]!);
    const subjects = this.#subjects;
    const { clients, accounts } = this.parties;
    let state = subjects.client.touchOf(clients.of(call.app, client), place.rates, newCaller);
    let out = this.#count('client', floors.client, client, state, call, caller, null);
    if (account !== undefined) {
      state = subjects.account.touchOf(accounts.of(call.app, account), place.rates, newCaller);
      out = this.#count('account', floors.account, account, state, call, caller, out);
    }
    state = subjects.api.touch(call.app, call.apiId, newCalled);
    out = this.#count('api', floors.api, call.apiId, state, call, caller, out);
    for (let i = 0; i < functions.length; i++) {
      state = subjects.function.touch(call.app, functions[i]!, newCalled);
      out = this.#count('function', floors.function, functions[i]!, state, call, caller, out);
    }
    return out;
  }

  #turn(hour: number, day: number): void {
    this.#hour = hour;
    const hourOfDay = hour - day * 24;
    this.#slot = this.isFree(day) ? 2 : hourOfDay >= sessionFrom && hourOfDay < sessionTo ? 0 : 1;
  }

  #count(
    kind: RateKind,
    least: readonly number[],
    id: string,
    state: State,
    call: RateCall,
    caller: number,
    before: Observation[] | null,
  ): Observation[] | null {
    let out = before;
    const isCaller = kind === 'client' || kind === 'account';
    const { rate, callers } = state;
    const day = this.#windows[ofDay]!;
    const isNewDay = day > state.day;
    if (isNewDay) begin(state, day, call.time);
    const isFrozen = kind === 'function' ? this.isFrozen('app', call.app) : this.isFrozen(kind, id);
    rate.add(this.#windows, !isFrozen, this.#slot);
    if (isNewDay && rate.days > settledDays) {
      const drift = this.#drift(kind, id, state, call);
      if (drift !== undefined) out = out === null ? [drift] : [...out, drift];
    }
    if (kind !== 'account' && callers.size < mostCallers) callers.add(caller);
    if (!isCaller) vote(state, caller);
    state.uids[(rate.count(ofDay) - 1) % mostSamples] = call.uid;
    for (let i = 0; i < least.length; i++) {
      const count = rate.count(i);
      if (count < least[i]! || count < rate.due(i)) continue;
      const told = this.#held(kind, i, state, call);
      if (told === undefined) continue;
      if (out === null) out = [told];
      else out.push(told);
    }
    return out;
  }

  /** Once a day: whether the limits of an hour and a day have moved far. */
  #drift(kind: RateKind, id: string, state: State, call: RateCall): Observation | undefined {
    const { rate } = state;
    const limits = slowIntervals.map((i) => Math.max(floors[kind][i]!, 2 * rate.mostOfAll(i)));
    const { reference, drift } = compare(state.reference, state.day, limits);
    state.reference = reference;
    if (drift === undefined) return undefined;
    const { app, apiId, method, template, time, uid, client, account, completeness } = call;
    const api = kind === 'api' ? { apiId, method, template } : {};
    const subject = kind === 'function' ? ({ kind: 'app', id: app } as const) : { kind, id };
    const window = intervals[slowIntervals[drift.level]!]!;
    const clients = kind === 'client' ? [client] : [];
    const accounts = kind === 'account' ? [account!] : [];
    return driftOf(drift, { subject, app, ...api, end: time, window, samples: [uid], clients, accounts, completeness });
  }

  #held(kind: RateKind, interval: number, state: State, call: RateCall): Observation | undefined {
    const { rate, callers } = state;
    const count = rate.count(interval);
    const isCaller = kind === 'client' || kind === 'account';
    // One account on an address is told of as the account; one caller of an API as the caller.
    if (kind === 'client' && call.account !== undefined && callers.size < 2) return undefined;
    if (!isCaller && 2 * state.votes[intervals.length + interval]! >= count) return undefined;
    let limit = limitOf(kind, rate, interval, rate.slot);
    if (kind === 'client' && callers.size > shared) limit *= Math.min(mostShare, callers.size / shared);
    if (count <= limit) {
      rate.wait(interval, limit);
      return undefined;
    }
    const most = rate.most(interval);
    const isLearnt = isComplete(lessonsOf(rate, interval, rate.slot));
    rate.told(interval, isLearnt);
    const { app, apiId, method, template, time, client, account } = call;
    const isApi = kind === 'api';
    const subjectKind: SubjectKind = kind === 'function' ? 'app' : kind;
    return {
      v: observationVersion,
      measure: `rate-${kind}`,
      subject: {
        kind: subjectKind,
        id: isApi ? apiId : kind === 'client' ? client : kind === 'account' ? account! : app,
      },
      app,
      ...(isApi ? { apiId, method, template } : {}),
      begin: Math.max(state.begin, time - intervals[interval]!),
      end: time,
      window: intervals[interval]!,
      value: count,
      numbers: {
        limit,
        times: count / limit,
        most,
        days: rate.days - 1,
        accounts: kind === 'account' ? 1 : callers.size,
      },
      ...(isLearnt ? { usual: rate.usual(interval) } : {}),
      samples: [...new Set(inOrder(state))],
      clients: isCaller ? [client] : [],
      accounts: kind === 'account' ? [account!] : [],
      completeness: call.completeness,
    };
  }

  forget(isForgotten: IsForgotten): void {
    for (const kind of ['client', 'account'] as const)
      this.#subjects[kind].renew((_, id) => isForgotten(kind, id), newCaller);
    this.#subjects.api.renew((_, id) => isForgotten('api', id), newCalled);
    this.#subjects.function.renew((app) => isForgotten('app', app), newCalled);
  }

  /** What is known of every subject. An address with many accounts is allowed more than its threshold here. */
  *learnt(): Iterable<Learnt> {
    for (const kind of rateKinds)
      for (const [app, id, { rate, since }] of this.#subjects[kind].entries())
        for (const [i, window] of intervals.entries())
          for (const slot of i === ofHour ? slots.keys() : [rate.slot]) {
            // Of the slots those in which anything was learnt, and the one at hand.
            if (slot !== rate.slot && rate.windows(i, slot) === 0) continue;
            const lessons = lessonsOf(rate, i, slot);
            const usual = { median: rate.usual(i, slot).median, highShare: 0.999, high: rate.most(i, slot) };
            yield {
              ...{ measure: `rate-${kind}`, quantity: 'calls', app, id, window, since, lessons },
              ...(i === ofHour ? { slot: slots[slot]! } : {}),
              isLearnt: isComplete(lessons),
              ...(rate.windows(i, slot) === 0 ? {} : usual),
              ...{ threshold: limitOf(kind, rate, i, slot), last: slot === rate.slot ? rate.count(i) : 0 },
            };
          }
  }

  snapshot(): RatesSnapshot {
    const of = (kind: RateKind) => this.#subjects[kind].snapshot(store);
    return { client: of('client'), account: of('account'), api: of('api'), function: of('function') };
  }

  restore(snapshot: RatesSnapshot): void {
    for (const kind of rateKinds) this.#subjects[kind].restore(snapshot[kind], revive);
  }
}

function lessonsOf(rate: UsualRate, interval: number, slot: number): readonly Lesson[] {
  return [
    // Today is no day that is over.
    { what: 'days', has: Math.max(0, rate.days - 1), needs: leastDays },
    { what: 'windows', has: rate.windows(interval, slot), needs: leastWindows[interval]! },
  ];
}

/**
 * Of a slot with too few hours: whoever was met at other hours of work days for so long is usually quiet then, and half
 * of what is usual elsewhere is much. Nothing is known so of free days, nor of APIs, which many people share.
 */
function limitOf(kind: RateKind, rate: UsualRate, interval: number, slot: number): number {
  const floor = floors[kind][interval]!;
  if (isComplete(lessonsOf(rate, interval, slot))) return Math.max(floor, 2 * rate.most(interval, slot));
  const elsewhere = slots.findIndex((_, other) => other !== slot && isComplete(lessonsOf(rate, interval, other)));
  if (interval !== ofHour || elsewhere < 0) return unlearned * floor;
  const isCaller = kind === 'client' || kind === 'account';
  const isQuiet = isCaller && slot !== ofFreeDays && rate.days > quietDays;
  if (!isQuiet) return Math.max(floor, 2 * rate.mostOfAll(interval));
  const own = rate.windows(interval, slot) < fewWindows ? 0 : 2 * rate.most(interval, slot);
  return Math.max(floor, own, 0.5 * rate.mostOfAll(interval));
}

function begin(state: State, day: number, time: number): void {
  if (state.since === 0) state.since = time;
  state.day = day;
  state.begin = time;
  state.callers.clear();
  state.uids = [];
}

/** The call was counted: where it is the first of a window, the vote begins anew. */
function vote({ rate, votes }: State, caller: number): void {
  const size = intervals.length;
  for (let i = 0; i < size; i++) {
    if (votes[size + i] === 0 || rate.count(i) === 1) {
      votes[i] = caller;
      votes[size + i] = 1;
    } else if (votes[i] === caller) votes[size + i]!++;
    else votes[size + i]!--;
  }
}

/** The last calls, the one at hand last. */
function inOrder({ rate, uids }: State): string[] {
  const oldest = rate.count(ofDay) % mostSamples;
  return uids.length < mostSamples ? uids : [...uids.slice(oldest), ...uids.slice(0, oldest)];
}

const noVotes = new Uint32Array(0);

function newCaller(): State {
  return newState(noVotes);
}

function newState(votes: Uint32Array): State {
  return {
    rate: new UsualRate(),
    since: 0,
    day: -1,
    callers: new FingerprintSet(),
    votes,
    reference: null,
    begin: 0,
    uids: [],
  };
}

function newCalled(): State {
  return newState(new Uint32Array(2 * intervals.length));
}

function store({ rate, callers, votes, uids, ...rest }: State): Stored {
  const list = new Uint32Array(callers.size);
  callers.writeTo(list, 0);
  return { ...rest, rate: rate.snapshot(), callers: [...list], votes: [...votes], uids: [...uids] };
}

function revive(stored: Stored): State {
  const state = newState(stored.votes.length === 0 ? noVotes : Uint32Array.from(stored.votes));
  for (const each of stored.callers) state.callers.add(each);
  state.rate = UsualRate.restore(stored.rate);
  state.since = stored.since;
  state.day = stored.day;
  state.reference = stored.reference;
  state.begin = stored.begin;
  state.uids = [...stored.uids];
  return state;
}

/** FNV-1a, 32 bits: an account's last ten digits are a hash already. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = Math.max(0, text.length - 15); i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
