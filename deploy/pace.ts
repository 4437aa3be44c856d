/** How often judging stores what it has. */

export interface Pace {
  /** Rows of one insert. Larger inserts cost less a row and wait longer. */
  readonly rows: number;
  /** Octets after which fewer rows are inserted all the same. */
  readonly octets: number;
  /** Wall-clock time after which fewer rows are inserted all the same, ms. */
  readonly insertEveryMs: number;
  /** Wall-clock time between two savings of judge's state, ms. */
  readonly saveEveryMs: number;
  /** Times as long as the last saving took, at least, until the next: much memory takes long to write down. */
  readonly saveRest: number;
}

/**
 * Of an insert's cost 40 ms are the same for one row and for thousands (parts, merges). With three times as many rows, which
 * a fast replay has in five seconds, the engine took half the CPU: what it merges, it merges once less.
 */
export const defaultPace: Pace = {
  ...{ rows: 98_304, octets: 32 * 2 ** 20, insertEveryMs: 5000 },
  ...{ saveEveryMs: 10_000, saveRest: 30 },
};
