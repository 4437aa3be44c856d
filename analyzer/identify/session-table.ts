/**
 * Sessions by the hash of their credential, least recently used first out. At the bound the session unheard of for
 * longest is forgotten and counted: its later calls have no account until it logs in again.
 */

/** An account as judge knows it. */
export interface AccountRef {
  readonly display: string;
  readonly hash: string;
}

export interface Session {
  account: AccountRef;
  /** Application that the login was seen at. */
  app: string;
  /** Packet time of the login, integer µs; calls that began before it are not the account's. */
  boundTs: number;
  /** Packet time of the last call, integer µs. */
  lastTs: number;
  /** Packet time of the logout, integer µs; null while the session is open. */
  endedTs: number | null;
  /** Hash of the account that the same credential was bound to before; null when to none. */
  previous: string | null;
}

/** A session in the order of use: a Map whose keys are taken out and put back is laid out anew again and again. */
interface Used {
  readonly key: string;
  session: Session;
  older: Used | null;
  newer: Used | null;
}

export class SessionTable {
  readonly #sessions = new Map<string, Used>();
  #oldest: Used | null = null;
  #newest: Used | null = null;
  /** Forgotten because the table was full, and because nothing was heard for too long. */
  evicted = 0;
  expired = 0;

  constructor(
    private readonly most: number,
    private readonly idleUs: number,
  ) {}

  get size(): number {
    return this.#sessions.size;
  }

  /** The session, unless it has been silent for too long; it counts as used. */
  use(key: string, ts: number): Session | undefined {
    const used = this.#sessions.get(key);
    if (used === undefined) return undefined;
    const { session } = used;
    if (ts - session.lastTs > this.idleUs) {
      this.#forget(used);
      this.expired++;
      return undefined;
    }
    if (ts > session.lastTs) session.lastTs = ts;
    this.#renew(used);
    return session;
  }

  set(key: string, session: Session): void {
    this.#put(key, session);
    // Two at the old end per arrival: what is silent goes before what is merely old.
    for (let looked = 0; this.#oldest !== null && (looked < 2 || this.#sessions.size > this.most); looked++) {
      if (session.lastTs - this.#oldest.session.lastTs > this.idleUs) this.expired++;
      else if (this.#sessions.size > this.most) this.evicted++;
      else return;
      this.#forget(this.#oldest);
    }
  }

  #put(key: string, session: Session): void {
    const known = this.#sessions.get(key);
    if (known !== undefined) {
      known.session = session;
      this.#renew(known);
      return;
    }
    const used = { key, session, older: null, newer: null };
    this.#sessions.set(key, used);
    this.#append(used);
  }

  #renew(used: Used): void {
    if (used === this.#newest) return;
    this.#unlink(used);
    this.#append(used);
  }

  #forget(used: Used): void {
    this.#unlink(used);
    this.#sessions.delete(used.key);
  }

  #unlink({ older, newer }: Used): void {
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
  }

  #append(used: Used): void {
    used.older = this.#newest;
    used.newer = null;
    if (this.#newest === null) this.#oldest = used;
    else this.#newest.newer = used;
    this.#newest = used;
  }

  /** Least recently used first: the order is part of the state. */
  entries(): [string, Session][] {
    const out: [string, Session][] = [];
    for (let used = this.#oldest; used !== null; used = used.newer) out.push([used.key, { ...used.session }]);
    return out;
  }

  restore(entries: readonly (readonly [string, Session])[]): void {
    this.#sessions.clear();
    this.#oldest = null;
    this.#newest = null;
    for (const [key, session] of entries) this.#put(key, { ...session });
  }
}
