/**
 * How many calls a subject makes in a second, a minute, an hour and a day, and what is usual of that: counts of ended
 * windows in buckets, two to a doubling, so that a 99.9th percentile is told within a fifth. Once a subject is known, a
 * window that was told of teaches nothing, so a flood does not become usual; while it is new every window teaches, for
 * what has always been much is no flood. Windows begin at local midnight and follow one another.
 *
 * Hours are learnt by slot: those of the trading session, the others of work days, and those of free days. So a batch
 * at night is usual at night, and not at noon.
 */
import type { Usual } from '../observation.ts';

/** µs. */
export const intervals: readonly number[] = [1e6, 60e6, 3600e6, 86_400e6];
const buckets = 40;
/** Number of an hour among the intervals. */
const ofHour = 2;
/** Where hours are learnt apart; a slot is told by its place here. */
export const slots = ['session', 'off-session', 'free-day'] as const;
/** First row of ended windows beyond the intervals: hours of the second slot. */
const beyond = intervals.length;
const rows = beyond + slots.length - 1;
/** Windows that a bucket can count. */
const fullest = 65_535;

/** Of a list and not a typed array: so short, those are four objects. */
const nothingYet: readonly number[] = [-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
const nothingPast = new Uint16Array(0);

/** Counts, windows and what was told of one subject; one list, since there are many subjects. */
export class UsualRate {
  /**
   * By interval: number of the window under way, calls in it, the count from which on there may be something to tell.
   * Below zero the window was not told of, or while the subject was new, and teaches.
   */
  readonly #now: number[] = [...nothingYet];
  /** By interval, then of hours by the slots beyond the first: ended windows by bucket of their count. */
  #past = nothingPast;
  /** Days on which it was seen, the one under way included. */
  days = 0;
  /** Of the hour under way. */
  slot = 0;

  /**
   * Counts one call; `windows`: the numbers of the windows it lies in, by interval; `slot`: of its hour. `teaches`: they
   * become usual.
   */
  add(windows: Float64Array, teaches = true, slot = 0): void {
    const now = this.#now;
    const size = intervals.length;
    for (let i = 0; i < size; i++) {
      const window = windows[i]!;
      // What comes late counts in the window at hand.
      if (window > now[i]!) {
        this.#begin(i, window, teaches);
        if (i === ofHour) this.slot = slot;
      }
      now[size + i]!++;
    }
  }

  #begin(interval: number, window: number, teaches: boolean): void {
    const now = this.#now;
    const size = intervals.length;
    const count = now[size + interval]!;
    if (interval === size - 1 && teaches) this.days++;
    if (teaches && count > 0 && now[2 * size + interval]! <= 0) {
      if (this.#past.length === 0) this.#past = new Uint16Array(rows * buckets);
      const row = this.#rowOf(interval, this.slot);
      const at = row * buckets + bucketOf(count);
      if (this.#past[at]! === fullest) this.#halve(row);
      this.#past[at]!++;
    }
    now[interval] = window;
    now[size + interval] = 0;
    now[2 * size + interval] = 0;
  }

  /** One bucket is full: all count half from here on, for what is usual are shares of them. */
  #halve(row: number): void {
    for (let i = row * buckets; i < (row + 1) * buckets; i++) this.#past[i] = this.#past[i]! >> 1;
  }

  #rowOf(interval: number, slot: number): number {
    return interval === ofHour && slot > 0 ? beyond + slot - 1 : interval;
  }

  count(interval: number): number {
    return this.#now[intervals.length + interval]!;
  }

  /** The count from which on the window under way may be told of, or again; 0 before it was looked at. */
  due(interval: number): number {
    return Math.abs(this.#now[2 * intervals.length + interval]!);
  }

  /** `isLearnt`: what is usual was known, and the window shall not become it. */
  told(interval: number, isLearnt: boolean): void {
    const due = Math.ceil(this.count(interval) * 1.5);
    this.#now[2 * intervals.length + interval] = isLearnt ? due : -due;
  }

  /** Nothing is told of the window under way before more than `limit` came: limits only rise in a window. */
  wait(interval: number, limit: number): void {
    const at = 2 * intervals.length + interval;
    const due = Math.floor(limit) + 1;
    this.#now[at] = this.#now[at]! > 0 ? due : -due;
  }

  /** The count that 999 of 1,000 ended windows do not pass, of hours those of the slot; 0 when none has ended. */
  most(interval: number, slot = this.slot): number {
    return this.#rank(this.#rowOf(interval, slot), 0.999, this.windows(interval, slot));
  }

  /** The same of all slots. */
  mostOfAll(interval: number): number {
    if (interval !== ofHour) return this.most(interval);
    return Math.max(...slots.map((_, slot) => this.most(interval, slot)));
  }

  /** Windows that were not empty and have ended, of hours those of the slot; of very many, as many as still count. */
  windows(interval: number, slot = this.slot): number {
    let n = 0;
    const at = this.#rowOf(interval, slot) * buckets;
    if (this.#past.length > 0) for (let i = 0; i < buckets; i++) n += this.#past[at + i]!;
    return n;
  }

  usual(interval: number, slot = this.slot): Usual {
    const n = this.windows(interval, slot);
    const row = this.#rowOf(interval, slot);
    return { median: this.#rank(row, 0.5, n), p95: this.#rank(row, 0.95, n), n };
  }

  /** The upper edge of the bucket of that rank. */
  #rank(row: number, share: number, n: number): number {
    if (n === 0) return 0;
    let left = Math.ceil(share * n);
    let i = 0;
    while (i < buckets - 1 && (left -= this.#past[row * buckets + i]!) > 0) i++;
    return edgeOf(i);
  }

  snapshot(): StoredRate {
    const past: number[] = [];
    for (let i = 0; i < this.#past.length; i++) if (this.#past[i] !== 0) past.push(i, this.#past[i]!);
    return [this.days, [...this.#now], past, this.slot];
  }

  static restore([days, now, past, slot]: StoredRate): UsualRate {
    const rate = new UsualRate();
    rate.days = days;
    rate.slot = slot;
    for (let i = 0; i < now.length; i++) rate.#now[i] = now[i]!;
    if (past.length > 0) rate.#past = new Uint16Array(rows * buckets);
    for (let i = 0; i < past.length; i += 2) rate.#past[past[i]!] = past[i + 1]!;
    return rate;
  }
}

export type StoredRate = readonly [days: number, now: readonly number[], past: readonly number[], slot: number];

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
