/**
 * What has changed about an API, told by its successes alone. Measure `api-change`; the value counts what shows it, and
 * one of the `numbers` says what it is:
 * `carrier`: it was never answered without a credential, for three days, a hundred calls and three clients, and now gives
 *   out personal data without one, for the third time (what is public is answered to anybody, whether he logged in or not);
 * `internet`: only private addresses used it for three days and a hundred calls, and now a public one was given data;
 * `revived`: it succeeds again after the silence that makes an API inactive (`days` of it);
 * `script`: a page of a server's script language (jsp, php, asp …) that a known application never had is posted to, by at
 *   most two clients, without a Referer.
 * Further `numbers`: `days` that the API was known, or silent; `calls`; `level` of what was given out; `persons`.
 *
 * Bounds: 50,000 APIs, 1,000 applications.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { isPrivate } from '../private-address.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface ApiSuccess extends MeasuredApiCall {
  readonly account: string | undefined;
  readonly hasCredential: boolean;
  readonly referer: string;
  /** Highest level of clear labels of the response, 0…4. */
  readonly level: number;
  readonly persons: number;
}

interface State {
  since: number;
  last: number;
  calls: number;
  /** Answers with data to calls without a credential; the number from which on they are told of, -1 for never. */
  bare: number;
  bareDue: number;
  uids: string[];
  /** A public address was answered. */
  isPublic: boolean;
  /** At most three different ones. */
  clients: string[];
  scriptTold: boolean;
}

export interface ApiChangesSnapshot {
  readonly apis: RecentSnapshot<State>;
  readonly apps: readonly (readonly [string, number])[];
}

const day = 86_400e6;
const leastTime = 3 * day;
const leastCalls = 100;
const leastClients = 3;
const leastBare = 3;
const mostApps = 1000;
const mostSamples = 8;
const script = /\.(?:jspx?|jspf|php\d?|phtml|aspx?|ashx|cfm|cgi)$/i;
const fewClients = 2;
const leastScripted = 2;

export class ApiChanges {
  readonly #apis = new Recent<State>(50_000);
  /** When an application was met first. */
  readonly #apps = new Map<string, number>();

  /** `inactive`: µs without a success after which an API is inactive. */
  constructor(
    private readonly inactive: number,
    /** Which addresses are the house's own. */
    private readonly isInside: (address: string) => boolean = isPrivate,
  ) {}

  get evicted(): number {
    return this.#apis.evicted;
  }

  /** Null for nothing to tell, as nearly always. */
  take(call: ApiSuccess): Observation[] | null {
    const { time, app, client } = call;
    let since = this.#apps.get(app);
    if (since === undefined) {
      since = time;
      if (this.#apps.size < mostApps) this.#apps.set(app, time);
    }
    const state = this.#apis.touch(call.apiId, () => newState(time));
    let out: Observation[] | null = null;
    const silence = time - state.last;
    if (silence >= this.inactive) out = [observe(call, state, 'revived', 1, { days: silence / day })];
    state.last = time;
    const known = time - state.since;
    const isKnown = known >= leastTime && state.calls >= leastCalls;
    if (!state.isPublic && !this.isInside(client)) {
      state.isPublic = true;
      if (isKnown && call.level > 0) out = added(out, observe(call, state, 'internet', 1, { days: known / day }));
    }
    if (!call.hasCredential) out = added(out, this.#bare(call, state, isKnown, known));
    if (state.clients.length < leastClients && !state.clients.includes(client)) state.clients.push(client);
    const isNewScript =
      time - since >= leastTime && known < day && !state.scriptTold && state.clients.length <= fewClients;
    // Twice at least: who comes third may be the rest of the world.
    if (
      isNewScript &&
      state.calls >= leastScripted &&
      call.method === 'POST' &&
      call.referer === '' &&
      script.test(call.template)
    ) {
      state.scriptTold = true;
      out = added(out, observe(call, state, 'script', 1, { days: (time - since) / day }));
    }
    state.calls++;
    return out;
  }

  #bare(call: ApiSuccess, state: State, isKnown: boolean, known: number): Observation | undefined {
    // Once one was answered without while it was learnt, that is how it is.
    if (!isKnown || state.bareDue < 0 || state.clients.length < leastClients) {
      if (state.bare === 0) state.bareDue = -1;
      return undefined;
    }
    if (call.level < 2 && call.persons === 0) return undefined;
    state.bare++;
    if (state.uids.length < mostSamples) state.uids.push(call.uid);
    if (state.bare < leastBare || state.bare < state.bareDue) return undefined;
    state.bareDue = state.bare * 4;
    const told = observe(call, state, 'carrier', state.bare, { days: known / day });
    return { ...told, samples: [...new Set([...state.uids, call.uid])] };
  }

  snapshot(): ApiChangesSnapshot {
    return { apis: this.#apis.snapshot(copy), apps: [...this.#apps] };
  }

  restore({ apis, apps }: ApiChangesSnapshot): void {
    this.#apis.restore(apis, copy);
    this.#apps.clear();
    for (const [app, since] of apps) this.#apps.set(app, since);
  }
}

function observe(
  call: ApiSuccess,
  state: State,
  what: string,
  value: number,
  more: { readonly days: number },
): Observation {
  const { time, app, apiId, method, template, client, account, uid, level, persons, completeness } = call;
  return {
    v: observationVersion,
    measure: 'api-change',
    subject: { kind: 'api', id: apiId },
    ...{ app, apiId, method, template, begin: time, end: time, window: 0, value },
    numbers: { [what]: 1, ...more, calls: state.calls, level, persons },
    ...{ samples: [uid], clients: [client], accounts: account === undefined ? [] : [account], completeness },
  };
}

function newState(time: number): State {
  return {
    since: time,
    last: time,
    calls: 0,
    bare: 0,
    bareDue: 0,
    uids: [],
    isPublic: false,
    clients: [],
    scriptTold: false,
  };
}

function copy(state: State): State {
  return { ...state, uids: [...state.uids], clients: [...state.clients] };
}

function added(out: Observation[] | null, observation: Observation | undefined): Observation[] | null {
  if (observation === undefined) return out;
  if (out === null) return [observation];
  out.push(observation);
  return out;
}
