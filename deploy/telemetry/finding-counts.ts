/**
 * How many findings are open, for scrapes: the last answer of the store, asked for anew when it is old. Nobody who scrapes
 * waits for a store that is away: what watches it is what should say so.
 */
import type { Store } from '../../storage/store/store.ts';
import { within } from '../within.ts';
import type { FindingCount } from './metrics.ts';

/** How long an answer is good for, ms: a question costs the engine some milliseconds. */
const FRESH_MS = 10_000;
/** How long a scrape waits for the answer, ms. */
const PATIENCE_MS = 1000;
/** How old an answer may be that is told, ms. */
const OLDEST_MS = 60_000;

export class FindingCounts {
  #last: { readonly at: number; readonly counts: readonly FindingCount[] } | null = null;
  #asking: Promise<void> | null = null;

  constructor(
    private readonly store: Pick<Store, 'ask'>,
    /** ms of a clock that never goes back. */
    private readonly now: () => number = () => performance.now(),
    private readonly patience = PATIENCE_MS,
  ) {}

  /** Null while nobody knows. */
  async take(): Promise<readonly FindingCount[] | null> {
    if (this.#age >= FRESH_MS) {
      this.#asking ??= this.#ask();
      await within(this.#asking, this.patience);
    }
    return this.#age < OLDEST_MS ? this.#last!.counts : null;
  }

  get #age(): number {
    return this.#last === null ? Number.POSITIVE_INFINITY : this.now() - this.#last.at;
  }

  async #ask(): Promise<void> {
    try {
      const counts = await this.store.ask<FindingCount>('findings-by-level', { since: 0, until: 0 });
      this.#last = { at: this.now(), counts };
    } catch {
      // What cannot be counted is absent.
    } finally {
      this.#asking = null;
    }
  }
}
