/**
 * Puts what several shards emit into one order: (completion time, uid). Each shard says how far time has come for it
 * (its watermark); what lies before the least of them can have no predecessor any more.
 *
 * Bound: `maxWaiting` items. Beyond it the earliest go on all the same, and `forced` counts them: possible only where
 * more exchanges complete in one microsecond of packet time than fit.
 */

export interface Ordered {
  /** Completion, integer µs of packet time. */
  readonly completedTs: number;
  readonly uid: string;
}

export class Merge<T extends Ordered> {
  forced = 0;
  readonly #watermarks: number[];
  /** Sorted; what is before `#next` has gone. */
  #waiting: T[] = [];
  #next = 0;
  #fresh: T[] = [];

  constructor(
    sources: number,
    private readonly maxWaiting = 200_000,
    /** µs that a source may stay behind the one furthest on; items of one that does are handed on late. */
    public maxLag = Number.POSITIVE_INFINITY,
  ) {
    this.#watermarks = new Array<number>(sources).fill(Number.NEGATIVE_INFINITY);
  }

  get waiting(): number {
    return this.#waiting.length - this.#next + this.#fresh.length;
  }

  /** Everything that completes before has been handed on, or will be late. */
  get due(): number {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const watermark of this.#watermarks) {
      if (watermark < least) least = watermark;
      // A source that has ended says nothing of the others.
      if (watermark > most && watermark !== Number.POSITIVE_INFINITY) most = watermark;
    }
    return this.maxLag === Number.POSITIVE_INFINITY ? least : Math.max(least, most - this.maxLag);
  }

  /**
   * Takes what a source emitted; nothing it emits later completes before `watermark`. Returns what is due, in order. A
   * source that is new takes the next number, or that of one that has ended.
   */
  push(source: number, items: readonly T[], watermark: number): T[] {
    for (const item of items) this.#fresh.push(item);
    this.#watermarks[source] = watermark;
    const { due } = this;
    const overflow = this.waiting - this.maxWaiting;
    if (this.#fresh.length > 0 && (overflow > 0 || this.#someDue(due))) this.#sort();
    let end = this.#next;
    while (end < this.#waiting.length && this.#waiting[end]!.completedTs < due) end++;
    if (overflow > end - this.#next) {
      this.forced += overflow - (end - this.#next);
      end = this.#next + overflow;
    }
    const out = this.#waiting.slice(this.#next, end);
    this.#next = end;
    // What has gone is not kept alive by what may be long in coming.
    if (end === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    return out;
  }

  #someDue(due: number): boolean {
    for (const item of this.#fresh) if (item.completedTs < due) return true;
    return false;
  }

  #sort(): void {
    this.#waiting = this.#waiting.slice(this.#next).concat(this.#fresh).sort(compare);
    this.#next = 0;
    this.#fresh = [];
  }
}

function compare(a: Ordered, b: Ordered): number {
  return a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}
