/**
 * What a thread's counters grew by, minute of packet time by minute. What happens is counted in the minute in which it
 * happens by the clock, an expiry in the minute it is due: so the sum over shards does not depend on how many there are.
 */

/** Length of a minute, µs. */
export const MINUTE_US = 60e6;
/** Minutes kept until they are taken: ten weeks. What comes behind so many is added to the last. */
const MAX_MINUTES = 100_000;

/** The counters that grew in a minute, by index into the ledger. */
export interface LedgerMinute {
  /** Its beginning, µs. */
  readonly minute: number;
  readonly counters: readonly number[];
  readonly values: readonly number[];
}

export class MinuteMeter {
  /** The minute under way is over when the clock has come here; 0 before there is one. */
  end = 0;
  readonly #before: Float64Array;
  #done: LedgerMinute[] = [];

  constructor(private readonly counts: Float64Array) {
    this.#before = Float64Array.from(counts);
  }

  /** The minute under way is over; the next one is that of `clock`, or the very next when something is still `due` in it. */
  close(clock: number, due: boolean): void {
    if (this.end > 0) this.#add();
    const current = Math.floor(clock / MINUTE_US) * MINUTE_US + MINUTE_US;
    this.end = due && this.end > 0 ? Math.min(this.end + MINUTE_US, current) : current;
  }

  #add(): void {
    const { counts } = this;
    const before = this.#before;
    const counters: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === before[i]) continue;
      counters.push(i);
      values.push(counts[i]! - before[i]!);
      before[i] = counts[i]!;
    }
    if (counters.length === 0) return;
    const minute = this.#done.length < MAX_MINUTES ? this.end - MINUTE_US : this.#done.at(-1)!.minute;
    this.#done.push({ minute, counters, values });
  }

  /** What has been counted since the last time, the minute under way as far as it has come. */
  take(): LedgerMinute[] {
    if (this.end > 0) this.#add();
    const done = this.#done;
    this.#done = [];
    return done;
  }
}
