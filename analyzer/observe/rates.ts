/**
 * Calls in a second, a minute, an hour and a day by caller, API, function and account, beside what is usual for each:
 * the limit is twice the 99.9th percentile of its own windows, and never below a floor. Until three days are known a
 * subject is held against four times the floor, which is much for anybody.
 *
 * Who calls is the account where it is known, else the address. An address is counted as well when several accounts are
 * on it: up to five share one limit, beyond it grows with them (to twentyfold), for an office or a carrier is no flood.
 * An API or function is told of when no single caller makes half of its calls: then the caller is what there is to tell.
 *
 * Value: calls of the window. `numbers`: `limit`, `times` (value over limit), `most` (99.9th percentile), `days`,
 * `accounts` (on an address; on an API or function callers, to 64). `usual`: of its windows of that length.
 *
 * Bounds: 20,000 subjects of each kind; 64 accounts an address.
 */
import { type Observation, observationVersion, type SubjectKind } from '../observation.ts';
import { AppTable, type AppTableSnapshot } from './app-table.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { intervals, type StoredRate, UsualRate } from './usual-rate.ts';

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
/** Times the floor, of who is not known yet. */
const unlearned = 4;

interface State {
  readonly rate: UsualRate;
  /** Day (since 1970, local) that callers are of. */
  day: number;
  readonly callers: FingerprintSet;
  /** A majority vote over callers: who may have made half of the calls, and by how much he leads. */
  leader: number;
  lead: number;
  begin: number;
  uids: string[];
}

interface Stored extends Omit<State, 'rate' | 'callers'> {
  readonly rate: StoredRate;
  readonly callers: readonly number[];
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

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(private readonly zoneOffset: number) {}

  get evicted(): number {
    return rateKinds.reduce((sum, kind) => sum + this.#subjects[kind].evicted, 0);
  }

  /** Observations when a limit is passed, and each time a half more has come; null for none, as nearly always. */
  take(call: RateCall): Observation[] | null {
    const { account, client, functions } = call;
    const caller = hashOf(account ?? client);
    const local = call.time + this.zoneOffset;
    for (let i = 0; i < intervals.length; i++) this.#windows[i] = Math.floor(local / intervals[i]!);
    let out = this.#count('client', client, call, caller, null);
    if (account !== undefined) out = this.#count('account', account, call, caller, out);
    out = this.#count('api', call.apiId, call, caller, out);
    for (let i = 0; i < functions.length; i++) out = this.#count('function', functions[i]!, call, caller, out);
    return out;
  }

  #count(
    kind: RateKind,
    id: string,
    call: RateCall,
    caller: number,
    before: Observation[] | null,
  ): Observation[] | null {
    let out = before;
    const state = this.#subjects[kind].touch(call.app, id, newState);
    const { rate, callers } = state;
    const day = this.#windows[3]!;
    if (day > state.day) begin(state, day, call.time);
    rate.add(this.#windows);
    if (kind !== 'account' && callers.size < mostCallers) callers.add(caller);
    if (state.leader === caller) state.lead++;
    else if (state.lead === 0) {
      state.leader = caller;
      state.lead = 1;
    } else state.lead--;
    if (state.uids.length < mostSamples) state.uids.push(call.uid);
    const least = floors[kind];
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

  #held(kind: RateKind, interval: number, state: State, call: RateCall): Observation | undefined {
    const { rate, callers } = state;
    const count = rate.count(interval);
    const floor = floors[kind][interval]!;
    const most = rate.most(interval);
    const isLearnt = rate.days > leastDays && rate.windows(interval) >= leastWindows[interval]!;
    let limit = isLearnt ? Math.max(floor, 2 * most) : unlearned * floor;
    const isCaller = kind === 'client' || kind === 'account';
    if (kind === 'client' && callers.size > shared) limit *= Math.min(mostShare, callers.size / shared);
    if (count <= limit) return undefined;
    // One account on an address is told of as the account; one caller of an API as the caller.
    if (kind === 'client' && call.account !== undefined && callers.size < 2) return undefined;
    if (!isCaller && 2 * state.lead >= count) return undefined;
    rate.told(interval);
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
      samples: [...new Set([...state.uids, call.uid])],
      clients: isCaller ? [client] : [],
      accounts: kind === 'account' ? [account!] : [],
      completeness: call.completeness,
    };
  }

  snapshot(): RatesSnapshot {
    const of = (kind: RateKind) => this.#subjects[kind].snapshot(store);
    return { client: of('client'), account: of('account'), api: of('api'), function: of('function') };
  }

  restore(snapshot: RatesSnapshot): void {
    for (const kind of rateKinds) this.#subjects[kind].restore(snapshot[kind], revive);
  }
}

function begin(state: State, day: number, time: number): void {
  state.day = day;
  state.begin = time;
  state.callers.clear();
  state.leader = 0;
  state.lead = 0;
  state.uids = [];
}

function newState(): State {
  return { rate: new UsualRate(), day: -1, callers: new FingerprintSet(), leader: 0, lead: 0, begin: 0, uids: [] };
}

function store({ rate, callers, uids, ...rest }: State): Stored {
  const list = new Uint32Array(callers.size);
  callers.writeTo(list, 0);
  return { ...rest, rate: rate.snapshot(), callers: [...list], uids: [...uids] };
}

function revive({ rate, callers, uids, ...rest }: Stored): State {
  const set = new FingerprintSet();
  for (const each of callers) set.add(each);
  return { ...rest, rate: UsualRate.restore(rate), callers: set, uids: [...uids] };
}

/** FNV-1a, 32 bits: an account's last ten digits are a hash already. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = Math.max(0, text.length - 15); i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
