/**
 * Whose call is it? Judge's memory of sessions: a login binds what it issued, and what was sent along, to its account;
 * later calls with such a credential, on whatever connection, are that account's. Credentials that name somebody
 * themselves (Basic, Digest, JWT) need no login. A call seen before its login stays without an account, counted.
 *
 * Bounds: sessions, aliases and applications have limits; beyond them the oldest is forgotten, or the application
 * counted under the empty name.
 */
import { ClaimAliases } from './claim-alias.ts';
import type { CallerFacts, CredentialFact, IssuedFact } from './facts.ts';
import { type AccountRef, type Session, SessionTable } from './session-table.ts';

export interface BindingLimits {
  readonly sessions: number;
  /** Silence after which a session is forgotten, µs of packet time. */
  readonly idleUs: number;
  readonly aliases: number;
  readonly applications: number;
}

export const bindingLimits: BindingLimits = {
  sessions: 500_000,
  idleUs: 24 * 3600 * 1_000_000,
  aliases: 100_000,
  applications: 4096,
};

/** One call, in order. */
export interface BindingCall {
  readonly app: string;
  /** Packet time of the call's first byte, integer µs. */
  readonly ts: number;
  readonly caller: CallerFacts;
  /** What judge's success predicate says; null when it can't tell. */
  readonly success: boolean | null;
}

export interface BoundCaller {
  readonly account: AccountRef;
  /** How the account is known. `session` is a credential bound by a login. */
  readonly via: 'login' | 'session' | 'header' | 'field' | 'client' | 'basic' | 'digest' | 'jwt';
  /** Hash of the credential that led here; null for configured headers and fields. */
  readonly session: string | null;
  /** Packet time, integer µs, of the logout after which the credential was used nevertheless; else null. */
  readonly endedTs: number | null;
  /** Hash of another account that the same credential served before; null when none. */
  readonly previous: string | null;
}

/** How much of an application's traffic has an owner. */
export interface BindingRate {
  readonly app: string;
  readonly calls: number;
  /** Calls with a certain credential, logins apart. */
  readonly carrying: number;
  /** Of these, calls that got an account. */
  readonly bound: number;
  /** Successful logins with an account. */
  readonly logins: number;
}

export interface BindingCounters {
  readonly sessions: number;
  readonly evicted: number;
  readonly expired: number;
  readonly aliasesEvicted: number;
  /** Logins that gave a credential in use to another account. */
  readonly rebound: number;
  readonly loggedOut: number;
  /** Calls with a session that was logged out. */
  readonly afterLogout: number;
  /** Calls that began before the login their credential was bound by. */
  readonly beforeLogin: number;
  /** Calls with a certain credential that got no account. */
  readonly unbound: number;
}

type Rate = { -readonly [K in keyof BindingRate]: BindingRate[K] };
type Counts = { rebound: number; loggedOut: number; afterLogout: number; beforeLogin: number; unbound: number };

export interface BindingSnapshot {
  readonly v: 1;
  readonly sessions: readonly (readonly [string, Session])[];
  readonly aliases: ReturnType<ClaimAliases['entries']>;
  readonly rates: readonly BindingRate[];
  readonly counters: BindingCounters;
}

/** Secrets shorter than this may be the same in two applications: they count in their own alone. */
const globalLength = 16;

export class SessionBinding {
  readonly #sessions: SessionTable;
  readonly #aliases: ClaimAliases;
  readonly #rates = new Map<string, Rate>();
  readonly #limits: BindingLimits;
  #counts: Counts = { rebound: 0, loggedOut: 0, afterLogout: 0, beforeLogin: 0, unbound: 0 };

  constructor(limits: BindingLimits = bindingLimits) {
    this.#limits = limits;
    this.#sessions = new SessionTable(limits.sessions, limits.idleUs);
    this.#aliases = new ClaimAliases(limits.aliases);
  }

  /** Learns from one call and tells whose it is; null when nobody is known. */
  apply(call: BindingCall): BoundCaller | null {
    const { caller, app } = call;
    const rate = this.#rateOf(app);
    rate.calls++;
    const { login } = caller;
    if (login !== null && login.method !== 'basic' && login.method !== 'digest') {
      const isIn = login.outcome === 'success' || (login.outcome === 'unknown' && call.success === true);
      const bound = isIn ? this.#logIn(call) : null;
      if (bound !== null) rate.logins++;
      return bound;
    }
    const carries = caller.credentials.length > 0 && caller.credentials[0]!.certain;
    const bound = caller.account === null ? this.#recognise(call) : configured(caller);
    // A cookie under a name that says nothing counts once a login is known to have issued it.
    if (carries || (bound !== null && caller.credentials.length > 0)) {
      rate.carrying++;
      if (bound === null) this.#counts.unbound++;
      else rate.bound++;
    }
    if (caller.logout) this.#logOut(call, bound);
    else if (bound !== null && bound.endedTs === null && caller.issued.length > 0 && call.success !== false) {
      this.#renew(call, bound.account);
    }
    return bound;
  }

  #logIn(call: BindingCall): BoundCaller | null {
    const { caller, app, ts } = call;
    const named = caller.login?.account ?? null;
    const claimed = caller.issued.find((issued) => issued.account !== null)?.account ?? null;
    if (named !== null && claimed !== null) this.#aliases.learn(app, claimed, ref(named));
    const account = named ?? (claimed === null ? null : this.#aliases.resolve(app, claimed));
    if (account === null) return null;
    const owner = ref(account);
    let previous: string | null = null;
    let session: string | null = null;
    for (const credential of caller.credentials) {
      // Keys of services and what the reply replaces are not the person's session.
      if (!isSessionLike(credential) || isReplaced(credential, caller.issued)) continue;
      previous = this.#bind(credential, owner, app, ts) ?? previous;
      session ??= credential.hash;
    }
    for (const issued of caller.issued) previous = this.#bind(issued, owner, app, ts) ?? previous;
    return { account: owner, via: 'login', session: caller.issued[0]?.hash ?? session, endedTs: null, previous };
  }

  /** Binds a credential; tells the other account that it served before. */
  #bind(credential: CredentialFact | IssuedFact, account: AccountRef, app: string, ts: number): string | null {
    const key = keyOf(credential, app);
    const known = this.#sessions.use(key, ts);
    if (known !== undefined && known.boundTs > ts) return null;
    const isOther = known !== undefined && known.account.hash !== account.hash;
    if (isOther) this.#counts.rebound++;
    const previous = isOther ? known.account.hash : (known?.previous ?? null);
    this.#sessions.set(key, { account, app, boundTs: ts, lastTs: ts, endedTs: null, previous });
    return isOther ? previous : null;
  }

  #recognise(call: BindingCall): BoundCaller | null {
    const { caller, app, ts } = call;
    for (const credential of caller.credentials) {
      const session = this.#sessions.use(keyOf(credential, app), ts);
      if (session === undefined) continue;
      if (ts < session.boundTs) {
        this.#counts.beforeLogin++;
        continue;
      }
      const endedTs = session.endedTs !== null && ts > session.endedTs ? session.endedTs : null;
      if (endedTs !== null) this.#counts.afterLogout++;
      return {
        account: session.account,
        via: 'session',
        session: credential.hash,
        endedTs,
        previous: session.previous,
      };
    }
    for (const { certain, account, hash } of caller.credentials) {
      if (!certain || account === null) continue;
      const via = account.from === 'basic' || account.from === 'digest' ? account.from : 'jwt';
      const owner = via === 'jwt' ? this.#aliases.resolve(app, account) : account;
      if (owner !== null) return { account: ref(owner), via, session: hash, endedTs: null, previous: null };
    }
    return null;
  }

  /** An account's call was handed new credentials (a refreshed token, a ticket, a rotated cookie): they are its too. */
  #renew(call: BindingCall, account: AccountRef): void {
    for (const issued of call.caller.issued) {
      if (issued.account !== null && this.#aliases.resolve(call.app, issued.account)?.hash !== account.hash) continue;
      this.#bind(issued, account, call.app, call.ts);
    }
  }

  #logOut(call: BindingCall, bound: BoundCaller | null): void {
    if (call.success === false) return;
    for (const credential of call.caller.credentials) {
      if (!isSessionLike(credential)) continue;
      const key = keyOf(credential, call.app);
      const session = this.#sessions.use(key, call.ts);
      if (session !== undefined) {
        if (call.ts < session.boundTs || session.endedTs !== null) continue;
        session.endedTs = call.ts;
      } else if (bound !== null && bound.session === credential.hash) {
        // A token that named its owner itself: remembered, so that its use from now on shows.
        const { account } = bound;
        this.#sessions.set(key, {
          account,
          app: call.app,
          boundTs: call.ts,
          lastTs: call.ts,
          endedTs: call.ts,
          previous: null,
        });
      } else continue;
      this.#counts.loggedOut++;
    }
  }

  #rateOf(app: string): Rate {
    const name = this.#rates.has(app) || this.#rates.size < this.#limits.applications ? app : '';
    let rate = this.#rates.get(name);
    if (rate === undefined) {
      rate = { app: name, calls: 0, carrying: 0, bound: 0, logins: 0 };
      this.#rates.set(name, rate);
    }
    return rate;
  }

  /** Sorted by application. */
  rates(): BindingRate[] {
    return [...this.#rates.values()].map((rate) => ({ ...rate })).sort((a, b) => (a.app < b.app ? -1 : 1));
  }

  counters(): BindingCounters {
    return {
      sessions: this.#sessions.size,
      evicted: this.#sessions.evicted,
      expired: this.#sessions.expired,
      aliasesEvicted: this.#aliases.evicted,
      ...this.#counts,
    };
  }

  snapshot(): BindingSnapshot {
    return {
      v: 1,
      sessions: this.#sessions.entries(),
      aliases: this.#aliases.entries(),
      rates: this.rates(),
      counters: this.counters(),
    };
  }

  restore(snapshot: BindingSnapshot): void {
    const { sessions: _, evicted, expired, aliasesEvicted, ...counts } = snapshot.counters;
    this.#sessions.restore(snapshot.sessions);
    this.#sessions.evicted = evicted;
    this.#sessions.expired = expired;
    this.#aliases.restore(snapshot.aliases);
    this.#aliases.evicted = aliasesEvicted;
    this.#counts = { ...counts };
    this.#rates.clear();
    for (const rate of snapshot.rates) this.#rates.set(rate.app, { ...rate });
  }
}

function configured({ account, credentials }: CallerFacts): BoundCaller | null {
  if (account === null) return null;
  const via = account.from === 'header' || account.from === 'client' ? account.from : 'field';
  return { account: ref(account), via, session: credentials[0]?.hash ?? null, endedTs: null, previous: null };
}

function ref({ display, hash }: AccountRef): AccountRef {
  return { display, hash };
}

function keyOf({ hash, length }: { readonly hash: string; readonly length: number }, app: string): string {
  return length >= globalLength ? hash : `${app} ${hash}`;
}

/** Kinds that one login makes: Basic, keys and signatures belong to their owner without it. */
/** Whoever holds it is in; keys of services and passwords that are sent each time are not. */
export function isSessionLike({ kind, certain }: { readonly kind: string; readonly certain: boolean }): boolean {
  return (
    certain &&
    kind !== 'basic' &&
    kind !== 'digest' &&
    kind !== 'api-key' &&
    kind !== 'signature' &&
    kind !== 'negotiate'
  );
}

/** The reply hands out a new value for the same cookie: the old one is nobody's. */
function isReplaced(credential: CredentialFact, issued: readonly IssuedFact[]): boolean {
  return (
    credential.place === 'cookie' &&
    issued.some(({ place, name, hash }) => place === 'cookie' && name === credential.name && hash !== credential.hash)
  );
}
