/**
 * How applications treat the sessions that logins began, told once a week for each application and flaw:
 *
 *   session-kept      an id that was handed out before the login is the account's after it: who planted it is in, too.
 *                     Value: accounts it was seen with
 *   session-twice     one id was handed to two accounts at different addresses, neither of which brought it. Value: 1
 *   session-idle      accepted after four hours without a call. Value: minutes, the longest; `numbers.accounts`
 *   session-age       accepted a day after its login. Value: hours, the longest; `numbers.accounts`
 *   session-password  accepted a minute after the account's password was changed in another session. Value: seconds
 *
 * Accepted is what was given somebody's data, and not by an API that gives it to anybody. What the caller made up itself
 * is no session, and of several credentials in a request all have to show the flaw: a mark that an app always sends is as
 * old as the app. The hours count for the account, whichever of its sessions was used. Tokens that say themselves when
 * they end (JWT) neither age nor idle here: `tokenFlaws` tells of them. Sampling leaves calls out, so that nothing was
 * idle that was not seen.
 *
 * Bounds: 50,000 sessions, 50,000 ids without a login, 20,000 accounts whose password was changed, 2,000 applications.
 */
import type { Observation } from '../observation.ts';
import { AppTable, type AppTableSnapshot } from './app-table.ts';
import { observed, type ShownCall } from './judged-observation.ts';
import { leastLevel } from './open-apis.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

interface Handed {
  readonly kind: string;
  readonly hash: string;
  readonly length: number;
  readonly jwt: unknown;
}

interface Sent extends Handed {
  readonly certain: boolean;
}

export interface SessionCall extends ShownCall {
  readonly session: string | undefined;
  readonly success: boolean | null;
  readonly functions: readonly string[];
  readonly sent: { readonly shapeEntries: string };
  /** Highest level of the clear labels of the response, 0…4. */
  readonly responseLevel: number;
  readonly caller: {
    readonly login: object | null;
    readonly logout: boolean;
    readonly credentials: readonly Sent[];
    readonly issued: readonly Handed[];
    readonly passwords: readonly { readonly hash: string }[];
  };
}

/** `kept`: it was handed out before the login. */
interface Life {
  account: string;
  client: string;
  begin: number;
  uid: string;
  kept: boolean;
  hasEnd: boolean;
}

/**
 * `changed`: when the password was, µs, in which session; 0 for never. `rest`: how long the last pause was that no login
 * ended, µs, 0 for none; `rested`: when it began.
 */
interface Owner {
  last: number;
  rest: number;
  rested: number;
  changed: number;
  changer: string;
  uid: string;
}

const flaws = ['session-kept', 'session-idle', 'session-age', 'session-password', 'session-twice'] as const;
type Flaw = (typeof flaws)[number];

interface Shown {
  accounts: string[];
  uids: string[];
  begin: number;
  most: number;
  /** µs; 0: never. */
  told: number;
}

type Shows = { [F in Flaw]?: Shown };

export interface SessionLivesSnapshot {
  readonly lives: RecentSnapshot<Life>;
  readonly visitors: RecentSnapshot<string>;
  readonly owners: AppTableSnapshot<Owner>;
  readonly apps: RecentSnapshot<Shows>;
}

const minute = 60e6;
const hour = 60 * minute;
const day = 24 * hour;
const leastIdle = 4 * hour;
const week = 7 * day;
const aboutPasswords = /passw|pwd|mima|口令|密码/i;
const mostPlaces = 20_000;
/** Ids that are shorter may be words: `deleted`. */
const shortestId = 16;
/** Accounts that show it; what one shows may be its own browser's doing. */
const least: Readonly<Record<Flaw, number>> = {
  'session-kept': 3,
  'session-idle': 5,
  'session-age': 3,
  'session-password': 1,
  'session-twice': 1,
};

export class SessionLives {
  readonly #lives = new Recent<Life>(50_000);
  /** Ids that nobody had logged in with when they were handed out → the exchange. */
  readonly #visitors = new Recent<string>(50_000);
  readonly #owners = new AppTable<Owner>(20_000);
  readonly #apps = new Recent<Shows>(2_000);
  /** APIs whose path was looked at. Derived, so no part of a snapshot. */
  readonly #places = new Map<string, boolean>();

  /**
   * `isOpen`: an API gives its data to callers without a credential too; `isSession`: whoever holds it is in; `setsPassword`:
   * by the names of a request's fields.
   */
  constructor(
    private readonly isOpen: (apiId: string) => boolean,
    private readonly isSession: (sent: Sent) => boolean,
    private readonly setsPassword: (entries: string) => boolean,
  ) {}

  get evicted(): number {
    return this.#lives.evicted + this.#visitors.evicted + this.#owners.evicted + this.#apps.evicted;
  }

  /** What is due; null for nothing, as nearly always. */
  take(call: SessionCall): Observation[] | null {
    const { caller, account, session, success } = call;
    if (success !== true) return null;
    if (caller.login !== null) return account === undefined ? null : this.#begin(call, account);
    if (caller.issued.length > 0) this.#hand(call);
    return account === undefined || session === undefined ? null : this.#use(call, account, session);
  }

  #begin(call: SessionCall, account: string): Observation[] | null {
    const { caller, completedTs: time, app, client, uid } = call;
    let out: Observation[] | null = null;
    let handed = 0;
    for (const { kind, hash, length, jwt } of caller.issued) {
      if (!isOfSession(kind) || length < shortestId) continue;
      handed++;
      const known = this.#lives.peek(hash);
      // The same browser, after somebody else, or after its own visit: the id is kept.
      const isOther = known !== undefined && known.account !== account;
      if (
        isOther &&
        known.client !== client &&
        jwt === null &&
        !caller.credentials.some((sent) => sent.hash === hash)
      ) {
        const told = this.#show(call, 'session-twice', account, 1, [known.uid], known.begin, [known.account]);
        if (told !== null) out = [told];
      }
      const kept = jwt === null && this.#visitors.peek(hash) !== undefined;
      this.#live(hash, { account, client, begin: time, uid, kept, hasEnd: jwt !== null });
    }
    if (handed === 0) {
      for (const { kind, hash, length, jwt } of caller.credentials) {
        // One that no answer handed out is the caller's own.
        if (kind !== 'session' || length < shortestId || this.#visitors.peek(hash) === undefined) continue;
        this.#live(hash, { account, client, begin: time, uid, kept: true, hasEnd: jwt !== null });
      }
    }
    Object.assign(this.#owners.touch(app, account, newOwner), { last: time, rest: 0 });
    return out;
  }

  #live(hash: string, life: Life): void {
    Object.assign(this.#lives.touch(hash, newLife), life);
  }

  /** Ids that are handed out where nobody logs in. */
  #hand({ caller, account, uid }: SessionCall): void {
    // With a logout the next visit begins.
    if (account !== undefined && !caller.logout) return;
    for (const { kind, hash, length } of caller.issued) {
      if (kind === 'session' && length >= shortestId && this.#lives.peek(hash) === undefined) {
        this.#visitors.touch(hash, () => uid);
      }
    }
  }

  #use(call: SessionCall, account: string, session: string): Observation[] | null {
    const { completedTs: time, app, uid, sampling } = call;
    const owner = this.#owners.touch(app, account, newOwner);
    const gap = owner.last === 0 ? 0 : time - owner.last;
    // What is asked first after a pause is often nobody's data: the pause is told of with the next that is.
    if (gap >= leastIdle && sampling === 1) Object.assign(owner, { rest: gap, rested: owner.last });
    if (gap > 0 || owner.last === 0) owner.last = time;
    if (this.#isAboutPasswords(call) && this.#setsPassword(call)) {
      Object.assign(owner, { changed: time, changer: session, uid });
      return null;
    }
    const known = this.#lives.peek(session);
    if (known === undefined || known.account !== account) return null;
    this.#lives.touch(session, newLife);
    if (call.responseLevel < leastLevel || this.isOpen(call.apiId)) return null;
    const life = this.#shared(known, call, session);
    if (life === null) return null;
    const age = time - life.begin;
    let out: Observation[] | null = null;
    const show = (flaw: Flaw, value: number, samples: readonly string[], begin: number) => {
      const told = this.#show(call, flaw, account, value, samples, begin, []);
      if (told !== null) (out ??= []).push(told);
    };
    if (life.kept && age >= minute) {
      const before = this.#visitors.peek(session);
      show('session-kept', 0, before === undefined ? [life.uid] : [before, life.uid], life.begin);
    }
    if (!life.hasEnd && sampling === 1) {
      if (owner.rest > 0 && life.begin <= owner.rested) {
        show('session-idle', Math.floor(owner.rest / minute), [life.uid], owner.rested);
        owner.rest = 0;
      }
      if (age >= day) show('session-age', Math.floor(age / hour), [life.uid], life.begin);
    }
    if (owner.changed > life.begin && owner.changer !== session && time - owner.changed >= minute) {
      show('session-password', Math.round((time - owner.changed) / 1e6), [life.uid, owner.uid], owner.changed);
    }
    return out;
  }

  /** Set anew, or the old one and the new one beside one another. */
  #setsPassword({ functions, caller: { passwords }, sent }: SessionCall): boolean {
    if (this.setsPassword(sent.shapeEntries)) return true;
    if (passwords.length === 0) return false;
    return functions.includes('password-reset') || passwords.some(({ hash }) => hash !== passwords[0]!.hash);
  }

  #isAboutPasswords({ apiId, template, functions }: SessionCall): boolean {
    let is = this.#places.get(apiId);
    if (is === undefined) {
      is = aboutPasswords.test(template);
      if (this.#places.size < mostPlaces) this.#places.set(apiId, is);
    }
    return is || functions.includes('password-reset');
  }

  /** What all that the request carries has in common with the session; null where one of it is unknown. */
  #shared(life: Life, { caller }: SessionCall, session: string): Life | null {
    let shared = life;
    for (const sent of caller.credentials) {
      if (sent.hash === session || !this.isSession(sent)) continue;
      const other = this.#lives.peek(sent.hash);
      if (other === undefined || other.account !== life.account) return null;
      shared = {
        ...(other.begin > shared.begin ? other : shared),
        kept: shared.kept && other.kept,
        hasEnd: shared.hasEnd || other.hasEnd,
      };
    }
    return shared;
  }

  /** One more account shows it; null until enough do, and for a week after it was told. */
  #show(
    call: SessionCall,
    flaw: Flaw,
    account: string,
    value: number,
    samples: readonly string[],
    begin: number,
    others: readonly string[],
  ): Observation | null {
    const { app, completedTs: time } = call;
    const shows = this.#apps.touch(app, () => ({}));
    const shown = (shows[flaw] ??= { accounts: [], uids: [], begin, most: 0, told: 0 });
    if (shown.told !== 0 && time - shown.told < week) return null;
    if (shown.told !== 0) Object.assign(shown, { accounts: [], uids: [], begin, most: 0, told: 0 });
    shown.most = Math.max(shown.most, value);
    if (!shown.accounts.includes(account)) {
      shown.accounts.push(account);
      shown.uids.push(...samples);
    }
    if (shown.accounts.length < least[flaw]) return null;
    shown.told = time;
    const accounts = shown.accounts.length;
    return observed(
      call,
      flaw,
      { kind: 'app', id: app },
      {
        ...{ begin: Math.min(shown.begin, time), value: flaw === 'session-kept' ? accounts : shown.most },
        ...{ numbers: { accounts }, samples: shown.uids, accounts: [...shown.accounts, ...others] },
      },
    );
  }

  snapshot(): SessionLivesSnapshot {
    return {
      lives: this.#lives.snapshot((life) => ({ ...life })),
      visitors: this.#visitors.snapshot((uid) => uid),
      owners: this.#owners.snapshot((owner) => ({ ...owner })),
      apps: this.#apps.snapshot(copy),
    };
  }

  restore({ lives, visitors, owners, apps }: SessionLivesSnapshot): void {
    this.#lives.restore(lives, (life) => ({ ...life }));
    this.#visitors.restore(visitors, (uid) => uid);
    this.#owners.restore(owners, (owner) => ({ ...owner }));
    this.#apps.restore(apps, copy);
  }
}

function isOfSession(kind: string): boolean {
  return kind === 'session' || kind === 'token' || kind === 'bearer';
}

function newLife(): Life {
  return { account: '', client: '', begin: 0, uid: '', kept: false, hasEnd: false };
}

function newOwner(): Owner {
  return { last: 0, rest: 0, rested: 0, changed: 0, changer: '', uid: '' };
}

function copy(shows: Shows): Shows {
  const out: Shows = {};
  for (const flaw of flaws) {
    const shown = shows[flaw];
    if (shown !== undefined) out[flaw] = { ...shown, accounts: [...shown.accounts], uids: [...shown.uids] };
  }
  return out;
}
