/**
 * Measurements that were told of and have gone on since: told again after a while of packet time, or at the end, so that
 * a finding holds what came after the observation that was due last. A key that was forgotten meanwhile is passed over.
 *
 * Bound: `most` keys; the one that waits longest goes untold, and is counted.
 */
export class Unsettled<K, T> {
  evicted = 0;
  /** By key, in order of the times they are due. */
  readonly #waiting = new Map<K, readonly [due: number, what: T]>();
  #next = Number.POSITIVE_INFINITY;

  constructor(private readonly most = 50_000) {}

  has(key: K): boolean {
    return this.#waiting.has(key);
  }

  /** `due`: packet time, integer µs; not before that of one that waits. */
  wait(key: K, due: number, what: T): void {
    if (this.#waiting.size >= this.most && !this.#waiting.has(key)) {
      this.#waiting.delete(this.#waiting.keys().next().value!);
      this.evicted++;
    }
    this.#waiting.set(key, [due, what]);
    if (due < this.#next) this.#next = due;
  }

  /** It was told as it is now. */
  drop(key: K): void {
    this.#waiting.delete(key);
  }

  isDue(time: number): boolean {
    return time >= this.#next;
  }

  /** Takes out what is due by `time`, in order. */
  take(time: number): [key: K, what: T][] {
    const out: [K, T][] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const [key, [due, what]] of this.#waiting) {
      if (due > time) {
        this.#next = due;
        break;
      }
      this.#waiting.delete(key);
      out.push([key, what]);
    }
    return out;
  }

  snapshot(): UnsettledSnapshot<K, T> {
    return [...this.#waiting].map(([key, [due, what]]) => [key, due, what]);
  }

  restore(snapshot: UnsettledSnapshot<K, T>): void {
    this.#waiting.clear();
    this.#next = Number.POSITIVE_INFINITY;
    for (const [key, due, what] of snapshot) this.wait(key, due, what);
  }
}

export type UnsettledSnapshot<K, T> = readonly (readonly [key: K, due: number, what: T])[];
