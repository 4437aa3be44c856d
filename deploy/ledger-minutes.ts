/**
 * The ledger of each minute of packet time, summed over the threads, and its rows. Bounded by `MAX_MINUTES`; live, a
 * minute is let go of a quarter of an hour after its end, and what comes later for it is left out.
 */
import { counterNames } from '../sensor/ledger.ts';
import { type LedgerMinute, MINUTE_US } from '../sensor/sensor.ts';
import type { Row } from '../storage/store/store.ts';

/** Ten weeks; minutes beyond are not told apart. */
const MAX_MINUTES = 100_000;
/** How long a minute is held behind the newest one, µs: longer than any connection waits for its end. */
const HELD_US = 15 * MINUTE_US;

interface Minute {
  /** By counter. */
  readonly values: Map<number, number>;
  isChanged: boolean;
}

export class LedgerMinutes {
  readonly #minutes = new Map<number, Minute>();
  #newest = 0;
  /** What is earlier was let go of. */
  #horizon = 0;

  add(minutes: readonly LedgerMinute[]): void {
    for (const { minute, counters, values } of minutes) {
      if (minute < this.#horizon) continue;
      const known = this.#of(minute);
      if (known === null) continue;
      known.isChanged = true;
      for (const [i, counter] of counters.entries()) {
        known.values.set(counter, (known.values.get(counter) ?? 0) + values[i]!);
      }
    }
  }

  #of(minute: number): Minute | null {
    const known = this.#minutes.get(minute);
    if (known !== undefined) return known;
    if (this.#minutes.size >= MAX_MINUTES) return null;
    const fresh = { values: new Map<number, number>(), isChanged: true };
    this.#minutes.set(minute, fresh);
    this.#newest = Math.max(this.#newest, minute);
    return fresh;
  }

  /** What a thread that died left: it happened in the newest minute. */
  addLoss(counts: Float64Array): void {
    const counters: number[] = [];
    for (const [index, name] of counterNames.entries()) {
      if (name.startsWith('crash') && counts[index] !== 0) counters.push(index);
    }
    const values = counters.map((index) => counts[index]!);
    if (this.#newest > 0) this.add([{ minute: this.#newest, counters, values }]);
  }

  /** Rows that are new or have changed since the last time. `letGo`: of what is old, nothing more is kept. */
  rows(source: string, letGo: boolean): Row[] {
    const rows: Row[] = [];
    if (letGo) this.#horizon = Math.max(this.#horizon, this.#newest - HELD_US);
    for (const [minute, { values, isChanged }] of [...this.#minutes].sort(([a], [b]) => a - b)) {
      if (isChanged) {
        const inOrder = [...values].sort(([a], [b]) => a - b);
        const names = inOrder.map(([counter]) => counterNames[counter]);
        rows.push({ source, minute, names, values: inOrder.map(([, value]) => value) });
      }
      if (minute < this.#horizon) this.#minutes.delete(minute);
      else this.#minutes.get(minute)!.isChanged = false;
    }
    return rows;
  }
}
