/**
 * How many calls a subject makes in a second, a minute, an hour and a day, and what is usual of that: counts of ended
 * windows in buckets, two to a doubling, so that a 99.9th percentile is told within a fifth. A window that was told of
 * teaches nothing, so a flood does not become usual. Windows begin at local midnight and follow one another.
 */
import type { Usual } from '../observation.ts';

/** µs. */
export const intervals: readonly number[] = [1e6, 60e6, 3600e6, 86_400e6];
const buckets = 40;

/** Counts, windows and what was told of one subject; one array, since there are many subjects. */
export class UsualRate {
  /** By interval: number of the window under way, calls in it, the count from which on there is something to tell. */
  readonly #now = new Float64Array(3 * intervals.length);
  /** By interval: ended windows by bucket of their count. */
  #past = new Uint16Array(0);
  /** Days on which it was seen, the one under way included. */
  days = 0;

  constructor() {
    this.#now.fill(-1, 0, intervals.length);
  }

  /** Counts one call; `windows`: the numbers of the windows it lies in, by interval. */
  add(windows: Float64Array): void {
    const now = this.#now;
    const size = intervals.length;
    for (let i = 0; i < size; i++) {
      const window = windows[i]!;
      // What comes late counts in the window at hand.
      if (window > now[i]!) this.#begin(i, window);
      now[size + i]!++;
    }
  }

  #begin(interval: number, window: number): void {
    const now = this.#now;
    const size = intervals.length;
    const count = now[size + interval]!;
    if (interval === size - 1) this.days++;
    if (count > 0 && now[2 * size + interval]! === 0) {
      if (this.#past.length === 0) this.#past = new Uint16Array(size * buckets);
      const at = interval * buckets + bucketOf(count);
      if (this.#past[at]! < 65_535) this.#past[at]!++;
    }
    now[interval] = window;
    now[size + interval] = 0;
    now[2 * size + interval] = 0;
  }

  count(interval: number): number {
    return this.#now[intervals.length + interval]!;
  }

  /** The count from which on the window under way is told of again; 0 before it was told of. */
  due(interval: number): number {
    return this.#now[2 * intervals.length + interval]!;
  }

  told(interval: number): void {
    this.#now[2 * intervals.length + interval] = Math.ceil(this.count(interval) * 1.5);
  }

  /** The count that 999 of 1,000 ended windows do not pass; 0 when none has ended. */
  most(interval: number): number {
    return this.#rank(interval, 0.999, this.windows(interval));
  }

  /** Windows that were not empty and have ended. */
  windows(interval: number): number {
    let n = 0;
    if (this.#past.length > 0) for (let i = 0; i < buckets; i++) n += this.#past[interval * buckets + i]!;
    return n;
  }

  usual(interval: number): Usual {
    const n = this.windows(interval);
    return { median: this.#rank(interval, 0.5, n), p95: this.#rank(interval, 0.95, n), n };
  }

  /** The upper edge of the bucket of that rank. */
  #rank(interval: number, share: number, n: number): number {
    if (n === 0) return 0;
    let left = Math.ceil(share * n);
    let i = 0;
    while (i < buckets - 1 && (left -= this.#past[interval * buckets + i]!) > 0) i++;
    return edgeOf(i);
  }

  snapshot(): StoredRate {
    const past: number[] = [];
    for (let i = 0; i < this.#past.length; i++) if (this.#past[i] !== 0) past.push(i, this.#past[i]!);
    return [this.days, [...this.#now], past];
  }

  static restore([days, now, past]: StoredRate): UsualRate {
    const rate = new UsualRate();
    rate.days = days;
    rate.#now.set(now);
    if (past.length > 0) rate.#past = new Uint16Array(intervals.length * buckets);
    for (let i = 0; i < past.length; i += 2) rate.#past[past[i]!] = past[i + 1]!;
    return rate;
  }
}

export type StoredRate = readonly [days: number, now: readonly number[], past: readonly number[]];

/** 1 → 0, 2 → 2, 3 → 3, 4 → 4, 6 → 5 … two to a doubling. */
function bucketOf(count: number): number {
  const bit = 31 - Math.clz32(count);
  const half = bit === 0 ? 0 : (count >>> (bit - 1)) & 1;
  return Math.min(buckets - 1, 2 * bit + half);
}

/** The largest count of a bucket. */
function edgeOf(bucket: number): number {
  const bit = bucket >> 1;
  const low = 2 ** bit * (bucket & 1 ? 1.5 : 1);
  const next = bucket & 1 ? 2 ** (bit + 1) : 2 ** bit * 1.5;
  return Math.max(low, Math.ceil(next) - 1);
}
