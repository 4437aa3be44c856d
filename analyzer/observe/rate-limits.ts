/**
 * Limits of calls that an operator has set: for each caller, API, function or account, or an application as a whole, in a
 * second, a minute, an hour or a day. A limit is passed when so many calls came within its time, counted in tenths of it:
 * what is told was never more than there were. Of an address, several accounts (`accounts`) may be the reason.
 *
 * Who called, and with which calls, is kept from the beginning of a window, or from when the limit was passed.
 *
 * Value: calls. `numbers`: `limit`, `rule` (its number in the configuration, from 1), `accounts` (on an address, to 64).
 * Bounds: 100,000 counts of all limits.
 */
import { type Observation, observationVersion, type SubjectKind } from '../observation.ts';
import type { RateCall } from './rates.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface RateLimit {
  /** Its number in the configuration, from 1. */
  readonly rule: number;
  readonly per: 'client' | 'account' | 'api' | 'function' | 'app';
  /** µs. */
  readonly every: number;
  /** Calls that are within the limit. */
  readonly max: number;
  /** Absent: any. */
  readonly app?: string;
  /** Template or API id; absent: any. */
  readonly api?: string;
  /** Absent: any. */
  readonly function?: string;
}

interface State {
  /** Calls by tenth of the time, the one at hand at `tenth` modulo ten. */
  readonly counts: number[];
  tenth: number;
  due: number;
  /** The last ones that came anew. */
  accounts: Set<string>;
  clients: Set<string>;
  /** The last calls. */
  uids: string[];
}

interface Stored extends Omit<State, 'accounts' | 'clients'> {
  readonly accounts: readonly string[];
  readonly clients: readonly string[];
}

export interface RateLimitsSnapshot {
  readonly counts: RecentSnapshot<Stored>;
}

const tenths = 10;
const mostSamples = 8;
const mostNames = 64;

export class RateLimits {
  readonly #counts = new Recent<State>(100_000);
  readonly #ofAny: readonly RateLimit[];
  readonly #ofApp = new Map<string, readonly RateLimit[]>();

  constructor(limits: readonly RateLimit[]) {
    this.#ofAny = limits.filter(({ app }) => app === undefined);
    for (const { app } of limits) {
      if (app !== undefined)
        this.#ofApp.set(
          app,
          limits.filter((each) => each.app === undefined || each.app === app),
        );
    }
  }

  get evicted(): number {
    return this.#counts.evicted;
  }

  /** Observations when a limit is passed, and each time a half more has come; null for none. */
  take(call: RateCall): Observation[] | null {
    const limits = this.#ofApp.get(call.app) ?? this.#ofAny;
    let out: Observation[] | null = null;
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i]!;
      if (limit.api !== undefined && limit.api !== call.template && limit.api !== call.apiId) continue;
      if (limit.function !== undefined && !call.functions.includes(limit.function)) continue;
      const { per } = limit;
      if (per === 'function') {
        for (const name of call.functions) out = added(out, this.#count(limit, name, call));
      } else {
        const id = per === 'client' ? call.client : per === 'account' ? call.account : per === 'api' ? call.apiId : '';
        if (id !== undefined) out = added(out, this.#count(limit, id, call));
      }
    }
    return out;
  }

  #count(limit: RateLimit, id: string, call: RateCall): Observation | undefined {
    const state = this.#counts.touch(`${limit.rule}\n${call.app}\n${id}`, newState);
    const { counts } = state;
    const tenth = Math.floor((call.time * tenths) / limit.every);
    let isBegun = false;
    if (tenth > state.tenth) {
      isBegun = Math.floor(tenth / tenths) > Math.floor(state.tenth / tenths);
      const gone = Math.min(tenths, tenth - state.tenth);
      for (let i = 1; i <= gone; i++) counts[(tenth - gone + i) % tenths] = 0;
      state.tenth = tenth;
    }
    // What comes late counts in the tenth at hand.
    counts[state.tenth % tenths]!++;
    let count = 0;
    for (let i = 0; i < tenths; i++) count += counts[i]!;
    if (count === 1 || count <= limit.max) state.due = 0;
    if (isBegun && state.due === 0) {
      state.accounts.clear();
      state.clients.clear();
      state.uids = [];
    }
    keepLast(state.accounts, call.account);
    keepLast(state.clients, call.client);
    state.uids.push(call.uid);
    if (state.uids.length > mostSamples) state.uids.shift();
    if (count <= limit.max || count < state.due) return undefined;
    state.due = Math.ceil(count * 1.5);
    const { app, apiId, method, template, time } = call;
    const isApi = limit.per === 'api' || limit.api !== undefined;
    const kind: SubjectKind = limit.per === 'function' ? 'app' : limit.per;
    return {
      v: observationVersion,
      measure: 'rate-limit',
      subject: { kind, id: limit.per === 'app' || limit.per === 'function' ? app : id },
      app,
      ...(isApi ? { apiId, method, template } : {}),
      begin: Math.max(0, time - limit.every),
      end: time,
      window: limit.every,
      value: count,
      numbers: { limit: limit.max, rule: limit.rule, accounts: state.accounts.size },
      samples: [...new Set(state.uids)],
      clients: [...state.clients].sort(),
      accounts: [...state.accounts].sort(),
      completeness: call.completeness,
    };
  }

  snapshot(): RateLimitsSnapshot {
    const store = ({ counts, accounts, clients, uids, ...rest }: State): Stored => ({
      ...rest,
      ...{ counts: [...counts], accounts: [...accounts], clients: [...clients], uids: [...uids] },
    });
    return { counts: this.#counts.snapshot(store) };
  }

  restore({ counts }: RateLimitsSnapshot): void {
    this.#counts.restore(counts, ({ counts: stored, accounts, clients, uids, ...rest }) => ({
      ...rest,
      ...{ counts: [...stored], accounts: new Set(accounts), clients: new Set(clients), uids: [...uids] },
    }));
  }
}

/** The name that came first makes room. */
function keepLast(names: Set<string>, name: string | undefined): void {
  if (name === undefined || name === '' || names.has(name)) return;
  if (names.size >= mostNames) names.delete(names.values().next().value!);
  names.add(name);
}

function newState(): State {
  return {
    counts: new Array<number>(tenths).fill(0),
    tenth: -tenths,
    due: 0,
    accounts: new Set(),
    clients: new Set(),
    uids: [],
  };
}

function added(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  if (out === null) return [observation];
  out.push(observation);
  return out;
}
