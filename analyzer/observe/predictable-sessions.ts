/**
 * Sessions that follow one another: ids of 16 characters and more that a login hands out, and that are the time of the
 * login, or differ from another account's in less than 32 bits at their end (a counter, a number of a generator that
 * counts). `read` says so of each (identify/guessable.ts); by chance two random ids never do. Value: accounts that were
 * handed such an id, told once a week for each application, from five on; `numbers.clock` of them a time,
 * `numbers.near` near another's. Where a credential goes along that is none of this nothing is said: both may be asked
 * for. Shorter ids are of short-sessions.ts.
 *
 * Bounds: 2,000 applications, of each the last 64 ids.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

interface Handed {
  readonly kind: string;
  readonly hash: string;
  readonly length: number;
  readonly stem: string;
  readonly clock: boolean;
}

/** Of a login that succeeded. */
export interface PredictableCall extends ShownCall {
  readonly session: string | undefined;
  readonly caller: { readonly issued: readonly Handed[] };
}

interface Id {
  readonly stem: string;
  readonly hash: string;
  readonly account: string;
}

interface App {
  readonly last: Id[];
  accounts: string[];
  uids: string[];
  begin: number;
  clock: number;
  near: number;
  told: number;
}

export type PredictableSessionsSnapshot = RecentSnapshot<App>;

const shortest = 16;
const leastAccounts = 5;
const mostIds = 64;
const week = 7 * 86_400e6;

export class PredictableSessions {
  readonly #apps = new Recent<App>(2_000);

  get evicted(): number {
    return this.#apps.evicted;
  }

  take(call: PredictableCall): Observation | undefined {
    const { app, account, session, caller, completedTs: time, uid } = call;
    if (account === undefined || session === undefined) return undefined;
    let handed: Handed | undefined;
    for (const each of caller.issued) {
      if (each.kind !== 'session' && each.kind !== 'token' && each.kind !== 'bearer') continue;
      if (each.length < shortest) continue;
      if (each.stem === '') return undefined;
      if (handed === undefined || each.hash === session) handed = each;
    }
    if (handed === undefined || handed.hash !== session) return undefined;
    const state = this.#apps.touch(app, newApp);
    for (const each of caller.issued) {
      // Something that is drawn at random goes along.
      if (each.stem !== '' && !each.clock && !isNear(state.last, each, account)) {
        for (const other of caller.issued) remember(state.last, other, account);
        return undefined;
      }
    }
    const near = isNear(state.last, handed, account);
    for (const each of caller.issued) remember(state.last, each, account);
    if (state.told !== 0 && time - state.told < week) return undefined;
    if (state.told !== 0) Object.assign(state, newApp(), { last: state.last });
    if (state.begin === 0) state.begin = time;
    if (state.accounts.includes(account)) return undefined;
    state.accounts.push(account);
    state.uids.push(uid);
    if (handed.clock) state.clock++;
    if (near) state.near++;
    if (state.accounts.length < leastAccounts) return undefined;
    state.told = time;
    const { accounts, begin, clock, near: nears, uids: samples } = state;
    const numbers = { clock, near: nears };
    const value = accounts.length;
    return observed(
      call,
      'session-predictable',
      { kind: 'app', id: app },
      { begin, value, numbers, samples, accounts },
    );
  }

  snapshot(): PredictableSessionsSnapshot {
    return this.#apps.snapshot(copy);
  }

  restore(snapshot: PredictableSessionsSnapshot): void {
    this.#apps.restore(snapshot, copy);
  }
}

function isNear(last: readonly Id[], { stem, hash }: Handed, account: string): boolean {
  return last.some((each) => each.stem === stem && each.hash !== hash && each.account !== account);
}

function remember(last: Id[], { stem, hash }: Handed, account: string): void {
  if (stem === '' || last.some((each) => each.hash === hash)) return;
  if (last.length >= mostIds) last.shift();
  last.push({ stem, hash, account });
}

function newApp(): App {
  return { last: [], accounts: [], uids: [], begin: 0, clock: 0, near: 0, told: 0 };
}

function copy(state: App): App {
  return { ...state, last: [...state.last], accounts: [...state.accounts], uids: [...state.uids] };
}
