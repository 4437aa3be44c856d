/** An intrusive list of flows, or of datagrams, from the one silent for longest to the latest: expiry looks at its head only. */

export interface Recent<T> {
  older: T | null;
  newer: T | null;
  /** Which list holds it, -1 for none. */
  list: number;
}

export class RecencyList<T extends Recent<T>> {
  oldest: T | null = null;
  #newest: T | null = null;

  constructor(private readonly id: number) {}

  get newest(): T | null {
    return this.#newest;
  }

  append(item: T): void {
    item.list = this.id;
    item.older = this.#newest;
    item.newer = null;
    if (this.#newest === null) this.oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  remove(item: T): void {
    if (item.older === null) this.oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === null) this.#newest = item.older;
    else item.newer.older = item.older;
    item.older = item.newer = null;
    item.list = -1;
  }
}
