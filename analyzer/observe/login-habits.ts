/**
 * Logins that succeed and are unlike those of the account before. Factors add up to a score: a network of another kind
 * of place (3 from another region where regions are known, else 2 from a /16 that was never used, 1 from a /24), a
 * program it never used (2), an hour at which it never logs in and hardly anybody of the application does (1), five failures within half an hour before (3), a region it
 * cannot have come from within the hour (4). Who was away for ninety days may well have a new line and a new telephone:
 * then both count 1, and being away 2.
 *
 * What is usual takes five logins on three days. Value: the score, from 4 on. `numbers`: the factors by name (`network`,
 * `device`, `hour`, `failures`, `away`, `travel`), `logins` and `days` before.
 *
 * Bounds: 50,000 accounts that logged in, 8 networks and 6 programs each, the one not met for longest makes room; 1,000 applications.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { type IsForgotten, type IsFrozen, neverFrozen } from '../teaching.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { networkOf } from './network.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface Login extends MeasuredApiCall {
  readonly account: string;
  /** `chrome/windows`. */
  readonly device: string;
  /** Where its address is, as configured: `CN-31`, `HK`; empty when not known. */
  readonly region: string;
  readonly success: boolean;
}

interface Met {
  readonly name: string;
  last: number;
}

interface State {
  logins: number;
  day: number;
  days: number;
  networks: Met[];
  regions: Met[];
  devices: Met[];
  /** Logins by hour of the day. */
  hours: number[];
  last: number;
  /** Day of the odd logins that are not learnt; -1: none. */
  odd: number;
  lastRegion: string;
  /** Times of the last failures, and calls that show them. */
  failures: { readonly time: number; readonly uid: string }[];
}

export interface LoginHabitsSnapshot {
  readonly accounts: RecentSnapshot<State>;
  readonly apps: readonly (readonly [string, readonly number[]])[];
}

const dayLength = 86_400e6;
const hourLength = 3600e6;
const leastLogins = 5;
const leastDays = 3;
const leastScore = 4;
const mostNetworks = 8;
const mostDevices = 6;
const mostFailures = 5;
const failuresWithin = 1800e6;
const away = 90 * dayLength;
const mostApps = 1000;
/** Share of an application's logins that makes an hour usual, with its neighbours. */
const usualShare = 0.02;

export class LoginHabits {
  readonly #accounts = new Recent<State>(50_000);
  /** Logins by hour of the day, by application. */
  readonly #apps = new Map<string, number[]>();

  /** `zoneOffset`: what local time is ahead of UTC, µs. */
  constructor(
    private readonly zoneOffset: number,
    private readonly isFrozen: IsFrozen = neverFrozen,
  ) {}

  forget(isForgotten: IsForgotten): void {
    this.#accounts.forget((name) => isForgotten('account', name.slice(name.indexOf('\n') + 1)));
  }

  get evicted(): number {
    return this.#accounts.evicted;
  }

  take(login: Login): Observation | undefined {
    const { time, client, device, region } = login;
    const name = `${login.app}\n${login.account}`;
    if (!login.success) {
      // Of who never logged in there is nothing to tell, and invented names must not push out those who did.
      const failures = this.#accounts.peek(name)?.failures;
      failures?.push({ time, uid: login.uid });
      if (failures !== undefined && failures.length > mostFailures) failures.shift();
      return undefined;
    }
    const state = this.#accounts.touch(name, newState);
    const network = networkOf(client);
    const hour = Math.floor((time + this.zoneOffset) / hourLength);
    const day = Math.floor(hour / 24);
    const hourOfDay = hour - day * 24;
    const all = this.#hoursOf(login.app);
    const isOddHour = around(state.hours, hourOfDay) === 0 && around(all, hourOfDay) < usualShare * sum(all);
    const told = state.logins < leastLogins || state.days < leastDays ? undefined : observe(state, login, isOddHour);
    all[hourOfDay]!++;
    state.failures = [];
    if (this.isFrozen('account', login.account)) return told;
    // What is odd does not become usual by itself; a second time, on another day, it does.
    if (told !== undefined && (state.odd < 0 || state.odd === day)) {
      state.odd = day;
      return told;
    }
    state.odd = -1;
    meet(state.networks, network, time, mostNetworks);
    if (region !== '') meet(state.regions, region, time, mostNetworks);
    meet(state.devices, device, time, mostDevices);
    state.hours[hourOfDay]!++;
    state.logins++;
    if (day > state.day) {
      state.day = day;
      state.days++;
    }
    state.last = time;
    state.lastRegion = region;
    return told;
  }

  #hoursOf(app: string): number[] {
    let hours = this.#apps.get(app);
    if (hours === undefined) {
      hours = new Array<number>(24).fill(0);
      if (this.#apps.size < mostApps) this.#apps.set(app, hours);
    }
    return hours;
  }

  snapshot(): LoginHabitsSnapshot {
    const apps = [...this.#apps].map(([app, hours]): [string, number[]] => [app, [...hours]]);
    return { accounts: this.#accounts.snapshot(copy), apps };
  }

  restore({ accounts, apps }: LoginHabitsSnapshot): void {
    this.#accounts.restore(accounts, copy);
    this.#apps.clear();
    for (const [app, hours] of apps) this.#apps.set(app, [...hours]);
  }
}

/** In the hour and its two neighbours. */
function around(hours: readonly number[], hour: number): number {
  return hours[hour]! + hours[(hour + 23) % 24]! + hours[(hour + 1) % 24]!;
}

function sum(hours: readonly number[]): number {
  return hours.reduce((all, each) => all + each, 0);
}

function observe(state: State, login: Login, isOddHour: boolean): Observation | undefined {
  const { time, client, region } = login;
  const wasAway = time - state.last >= away;
  const network = networkOf(client);
  const isKnownNetwork = has(state.networks, network);
  const isFar = region !== '' && state.regions.length > 0 && !has(state.regions, region);
  const isFarNetwork = !state.networks.some(({ name }) => wideOf(name) === wideOf(network));
  let ofNetwork = 0;
  if (!isKnownNetwork) {
    if (region !== '' && state.regions.length > 0) ofNetwork = isFar ? 3 : 0;
    else ofNetwork = isFarNetwork ? 2 : 1;
  }
  let ofDevice = has(state.devices, login.device) ? 0 : 2;
  if (wasAway) {
    ofNetwork = Math.min(1, ofNetwork);
    ofDevice = Math.min(1, ofDevice);
  }
  const failures = state.failures.filter((each) => time - each.time <= failuresWithin);
  const isTravel = isFar && state.lastRegion !== '' && time - state.last < hourLength;
  const numbers = {
    network: ofNetwork,
    device: ofDevice,
    hour: isOddHour ? 1 : 0,
    failures: failures.length >= mostFailures ? 3 : 0,
    away: wasAway ? 2 : 0,
    travel: isTravel ? 4 : 0,
    ...{ logins: state.logins, days: state.days },
  };
  const score = numbers.network + numbers.device + numbers.hour + numbers.failures + numbers.away + numbers.travel;
  if (score < leastScore) return undefined;
  const { app, apiId, method, template, account, uid, completeness } = login;
  return {
    v: observationVersion,
    measure: 'login-habits',
    subject: { kind: 'account', id: account },
    ...{ app, apiId, method, template },
    begin: failures[0]?.time ?? time,
    end: time,
    window: 0,
    value: score,
    numbers,
    samples: [...failures.map((each) => each.uid), uid],
    clients: [client],
    accounts: [account],
    completeness,
  };
}

function has(list: readonly Met[], name: string): boolean {
  return list.some((each) => each.name === name);
}

/** The two first parts of a network's name: /16 of IPv4, /32 of IPv6. */
function wideOf(network: string): string {
  return network.split(network.includes(':') ? ':' : '.', 2).join('.');
}

function meet(list: Met[], name: string, time: number, most: number): void {
  const known = list.find((each) => each.name === name);
  if (known !== undefined) {
    known.last = time;
    return;
  }
  if (list.length >= most) {
    let oldest = 0;
    for (let i = 1; i < list.length; i++) if (list[i]!.last < list[oldest]!.last) oldest = i;
    list.splice(oldest, 1);
  }
  list.push({ name, last: time });
}

function newState(): State {
  return {
    logins: 0,
    day: -1,
    days: 0,
    networks: [],
    regions: [],
    devices: [],
    hours: new Array<number>(24).fill(0),
    last: 0,
    odd: -1,
    lastRegion: '',
    failures: [],
  };
}

function copy(state: State): State {
  const met = (list: readonly Met[]) => list.map((each) => ({ ...each }));
  return {
    ...state,
    ...{ networks: met(state.networks), regions: met(state.regions), devices: met(state.devices) },
    ...{ hours: [...state.hours], failures: [...state.failures] },
  };
}
