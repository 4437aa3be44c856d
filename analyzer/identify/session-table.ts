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

export class SessionTable {
  #sessions = new Map<string, Session>();
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
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    this.#sessions.delete(key);
    if (ts - session.lastTs > this.idleUs) {
      this.expired++;
      return undefined;
    }
    if (ts > session.lastTs) session.lastTs = ts;
    this.#sessions.set(key, session);
    return session;
  }

  set(key: string, session: Session): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    // Two at the old end per arrival: what is silent goes before what is merely old.
    let looked = 0;
    for (const [oldest, { lastTs }] of this.#sessions) {
      if (session.lastTs - lastTs > this.idleUs) this.expired++;
      else if (this.#sessions.size > this.most) this.evicted++;
      else return;
      this.#sessions.delete(oldest);
      if (++looked === 2 && this.#sessions.size <= this.most) return;
    }
  }

  /** Least recently used first: the order is part of the state. */
  entries(): [string, Session][] {
    return [...this.#sessions].map(([key, session]) => [key, { ...session }]);
  }

  restore(entries: readonly (readonly [string, Session])[]): void {
    this.#sessions = new Map(entries.map(([key, session]) => [key, { ...session }]));
  }
}
