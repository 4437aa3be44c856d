/**
 * Whether an application asks for more than a password before it lets somebody trade or shows him what is sensitive: a
 * code, a picture, a certificate or a ticket of another login. One that was seen anywhere near a login within 30 days
 * says that it does. Where nobody is ever asked, from twenty accounts on that logged in with a password and then reached
 * something sensitive, and among them three from a device that was new for them (another program at another address than
 * any before, so that no trust in a device explains it), it is told once a week. Value: such logins; `numbers.accounts`,
 * `numbers.devices`: accounts from new devices.
 *
 * Logins whose fields cannot be read count for nothing, nor do sessions whose login was not seen here (single sign-on).
 *
 * Bounds: 2,000 applications, of each 1,000 logins that reached nothing yet; 50,000 accounts; 20,000 clients with a proof.
 */
import type { Observation } from '../observation.ts';
import { proofFields } from './bare-resets.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface FactorCall extends ShownCall {
  readonly functions: readonly string[];
  readonly responseLevel: number;
  readonly labelsRequest: readonly { readonly label: string }[];
  readonly sent: { readonly shapeEntries: string };
  readonly caller: {
    readonly userAgentFamily: string;
    readonly login: { readonly method: string; readonly outcome: string; readonly evidence: readonly string[] } | null;
  };
}

interface Login {
  readonly uid: string;
  /** The device was new for the account. */
  readonly isNew: boolean;
}

interface App {
  /** When more than a password was seen last, µs; 0: never. */
  asked: number;
  begin: number;
  count: number;
  accounts: string[];
  devices: string[];
  uids: string[];
  told: number;
  /** By account: logins that reached nothing sensitive yet. */
  readonly open: Map<string, Login>;
}

interface Known {
  readonly clients: string[];
  readonly families: string[];
}

interface StoredApp extends Omit<App, 'open'> {
  readonly open: readonly (readonly [string, Login])[];
}

export interface SingleFactorSnapshot {
  readonly apps: RecentSnapshot<StoredApp>;
  readonly accounts: RecentSnapshot<Known>;
  readonly proofs: RecentSnapshot<{ time: number }>;
}

const near = 30 * 60e6;
const day = 86_400e6;
const week = 7 * day;
const quiet = 30 * day;
const leastAccounts = 20;
const leastDevices = 3;
const mostAccounts = 100;
const mostOpen = 1_000;
const mostUids = 8;
const mostPlaces = 8;
/** JR/T 0158 level of an answer that is sensitive. */
const leastLevel = 3;
/** Of a path between the login and what is sensitive. */
const proofPath =
  /captcha|otp|mfa|2fa|second-?factor|two-?factor|verif|challenge|face|biometric|u-?key|cert|token-?code/i;

export class SingleFactor {
  readonly #apps = new Recent<App>(2_000);
  readonly #accounts = new Recent<Known>(50_000);
  readonly #proofs = new Recent<{ time: number }>(20_000);
  /** Logins that found no room. */
  #forgotten = 0;

  get evicted(): number {
    return this.#apps.evicted + this.#accounts.evicted + this.#proofs.evicted + this.#forgotten;
  }

  /** A code was asked for or checked by a client, or a login was told to bring more. */
  prove({ app, client, completedTs: time }: ShownCall): void {
    this.#proofs.touch(`${app}\n${client}`, newTime).time = time;
  }

  /** The code was for a password or an account that is made anew: it says nothing of the login behind it. */
  spend({ app, client }: ShownCall): void {
    const proof = this.#proofs.peek(`${app}\n${client}`);
    if (proof !== undefined) proof.time = 0;
  }

  /** More than a password was asked for, as is seen elsewhere: clients show certificates. */
  certified(app: string, time: number): void {
    asks(this.#apps.touch(app, newApp), time);
  }

  /** A login that succeeded. */
  login(call: FactorCall): void {
    const { app, account, client, caller, uid, completedTs: time } = call;
    const { login, userAgentFamily } = caller;
    if (account === undefined || login?.method !== 'password' || login.evidence.includes('unread')) return;
    const state = this.#apps.touch(app, newApp);
    if (this.#isProven(call)) {
      asks(state, time);
      return;
    }
    const known = this.#accounts.touch(`${app}\n${account}`, newKnown);
    const { clients, families } = known;
    const isNew = clients.length > 0 && !clients.includes(client) && !families.includes(userAgentFamily);
    include(clients, client);
    include(families, userAgentFamily);
    state.open.delete(account);
    if (state.open.size >= mostOpen) {
      state.open.delete(state.open.keys().next().value!);
      this.#forgotten++;
    }
    state.open.set(account, { uid, isNew });
  }

  /** A call that succeeded, and is no login. */
  take(call: FactorCall): Observation | undefined {
    const state = this.#apps.peek(call.app);
    if (state === undefined || state.open.size === 0 || call.account === undefined) return undefined;
    const login = state.open.get(call.account);
    return login === undefined ? undefined : this.#next(call, call.account, login, state);
  }

  /** What somebody does behind his login. */
  #next(call: FactorCall, account: string, login: Login, state: App): Observation | undefined {
    const { app, template, functions, responseLevel, completedTs: time, labelsRequest } = call;
    if (isCode(functions) || proofPath.test(template) || labelsRequest.some(({ label }) => label === 'sms-code')) {
      asks(state, time);
      return undefined;
    }
    if (responseLevel < leastLevel && !functions.includes('order') && !functions.includes('payment')) return undefined;
    state.open.delete(account);
    if (state.asked !== 0 && time - state.asked < quiet) return undefined;
    if (state.told !== 0 && time - state.told < week) return undefined;
    if (state.begin === 0 || state.told !== 0) Object.assign(state, empty(), { begin: time });
    state.count++;
    if (state.uids.length < mostUids) state.uids.push(login.uid);
    include(state.accounts, account, mostAccounts);
    if (login.isNew) include(state.devices, account, mostAccounts);
    if (state.accounts.length < leastAccounts || state.devices.length < leastDevices) return undefined;
    state.told = time;
    const { begin, count: value, accounts, devices, uids: samples } = state;
    const numbers = { accounts: accounts.length, devices: devices.length };
    return observed(call, 'single-factor', { kind: 'app', id: app }, { begin, value, numbers, samples, accounts });
  }

  #isProven({ app, client, labelsRequest, sent, completedTs: time }: FactorCall): boolean {
    if (proofFields(sent.shapeEntries) || labelsRequest.some(({ label }) => label === 'sms-code')) return true;
    const proof = this.#proofs.peek(`${app}\n${client}`);
    return proof !== undefined && proof.time !== 0 && Math.abs(time - proof.time) <= near;
  }

  snapshot(): SingleFactorSnapshot {
    return {
      apps: this.#apps.snapshot((app) => ({ ...copy(app), open: [...app.open] })),
      accounts: this.#accounts.snapshot(copyKnown),
      proofs: this.#proofs.snapshot((each) => ({ ...each })),
    };
  }

  restore({ apps, accounts, proofs }: SingleFactorSnapshot): void {
    this.#apps.restore(apps, (app) => ({ ...copy(app), open: new Map(app.open) }));
    this.#accounts.restore(accounts, copyKnown);
    this.#proofs.restore(proofs, (each) => ({ ...each }));
  }
}

export function isCode(functions: readonly string[]): boolean {
  return functions.includes('sms-code') || functions.includes('sms-verify');
}

function asks(state: App, time: number): void {
  state.asked = Math.max(state.asked, time);
  state.open.clear();
  Object.assign(state, empty());
}

function include(list: string[], name: string, most = mostPlaces): void {
  if (list.includes(name)) return;
  if (list.length >= most) {
    if (most !== mostPlaces) return;
    list.shift();
  }
  list.push(name);
}

function empty(): Pick<App, 'begin' | 'count' | 'accounts' | 'devices' | 'uids' | 'told'> {
  return { begin: 0, count: 0, accounts: [], devices: [], uids: [], told: 0 };
}

function newApp(): App {
  return { asked: 0, ...empty(), open: new Map() };
}

function newKnown(): Known {
  return { clients: [], families: [] };
}

function newTime(): { time: number } {
  return { time: 0 };
}

function copy({ asked, begin, count, accounts, devices, uids, told }: Omit<App, 'open'>): Omit<App, 'open'> {
  return { asked, begin, count, accounts: [...accounts], devices: [...devices], uids: [...uids], told };
}

function copyKnown({ clients, families }: Known): Known {
  return { clients: [...clients], families: [...families] };
}
