/**
 * Sessions that can be guessed: the id that a login hands out has fewer than 16 characters, too few for 64 bits as they are
 * usually written (hexadecimal, or a number that counts or tells the time). Value: characters of the longest that was seen,
 * told once a week for each application, from five accounts on; `numbers.accounts`. Where a longer credential is handed out
 * beside it nothing is said: both may be asked for.
 *
 * Bound: 2,000 applications.
 */
import type { Observation } from '../observation.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

interface Handed {
  readonly kind: string;
  readonly hash: string;
  readonly length: number;
}

/** Of a login that succeeded. */
export interface HandingCall extends ShownCall {
  readonly session: string | undefined;
  readonly caller: { readonly issued: readonly Handed[] };
}

interface App {
  accounts: string[];
  uids: string[];
  begin: number;
  longest: number;
  told: number;
}

export type ShortSessionsSnapshot = RecentSnapshot<App>;

const shortest = 16;
const leastAccounts = 5;
const week = 7 * 86_400e6;

export class ShortSessions {
  readonly #apps = new Recent<App>(2_000);

  get evicted(): number {
    return this.#apps.evicted;
  }

  take(call: HandingCall): Observation | undefined {
    const { app, account, session, caller, completedTs: time, uid } = call;
    if (account === undefined || session === undefined) return undefined;
    let length = 0;
    let isSession = false;
    for (const each of caller.issued) {
      if (each.kind !== 'session' && each.kind !== 'token' && each.kind !== 'bearer') continue;
      length = Math.max(length, each.length);
      isSession ||= each.hash === session;
    }
    if (!isSession || length >= shortest) return undefined;
    const state = this.#apps.touch(app, newApp);
    if (state.told !== 0 && time - state.told < week) return undefined;
    if (state.begin === 0 || state.told !== 0) Object.assign(state, newApp(), { begin: time });
    state.longest = Math.max(state.longest, length);
    if (!state.accounts.includes(account)) {
      state.accounts.push(account);
      state.uids.push(uid);
    }
    if (state.accounts.length < leastAccounts) return undefined;
    state.told = time;
    const { accounts, begin, longest: value, uids: samples } = state;
    const numbers = { accounts: accounts.length };
    return observed(call, 'session-short', { kind: 'app', id: app }, { begin, value, numbers, samples, accounts });
  }

  snapshot(): ShortSessionsSnapshot {
    return this.#apps.snapshot(copy);
  }

  restore(snapshot: ShortSessionsSnapshot): void {
    this.#apps.restore(snapshot, copy);
  }
}

function newApp(): App {
  return { accounts: [], uids: [], begin: 0, longest: 0, told: 0 };
}

function copy(state: App): App {
  return { ...state, accounts: [...state.accounts], uids: [...state.uids] };
}
