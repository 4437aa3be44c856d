/**
 * What each of the newest sessions of a parameter asked for last, and whom the answer was about. Bound: 64 sessions, the
 * one that asked least recently makes room. Order of use is a chain: a Map whose first key is taken out again and again
 * walks over the gaps each time.
 */
interface Followed {
  session: string;
  value: number;
  person: number;
  older: Followed | null;
  newer: Followed | null;
}

export type StoredSession = readonly [session: string, last: readonly [value: number, person: number]];

const most = 64;

export class FollowedSessions {
  readonly #sessions = new Map<string, Followed>();
  #oldest: Followed | null = null;
  #newest: Followed | null = null;

  /** Another value than the session's last one: did the same person come back? Null when there is nothing to compare. */
  follow(session: string, value: number, person: number): 'same' | 'other' | null {
    const known = this.#sessions.get(session);
    if (known === undefined) {
      this.#add(session, value, person);
      return null;
    }
    const isOther = known.person !== person;
    if (known.value === value && !isOther) return null;
    const told = known.value === value ? null : isOther ? 'other' : 'same';
    known.value = value;
    known.person = person;
    if (known !== this.#newest) {
      this.#unlink(known);
      this.#append(known);
    }
    return told;
  }

  #add(session: string, value: number, person: number): void {
    let entry = this.#oldest;
    if (entry === null || this.#sessions.size < most) {
      entry = { session, value, person, older: null, newer: null };
    } else {
      this.#unlink(entry);
      this.#sessions.delete(entry.session);
      entry.session = session;
      entry.value = value;
      entry.person = person;
    }
    this.#sessions.set(session, entry);
    this.#append(entry);
  }

  #unlink({ older, newer }: Followed): void {
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
  }

  #append(entry: Followed): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest === null) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** Least recent first. */
  snapshot(): StoredSession[] {
    const stored: StoredSession[] = [];
    for (let entry = this.#oldest; entry !== null; entry = entry.newer) {
      stored.push([entry.session, [entry.value, entry.person]]);
    }
    return stored;
  }

  static of(stored: readonly StoredSession[]): FollowedSessions {
    const sessions = new FollowedSessions();
    for (const [session, [value, person]] of stored) sessions.#add(session, value, person);
    return sessions;
  }
}
