/** What the embedded engine can do beside being a Store: answer anybody's questions, and let old months go. */

/** Why the engine refused, in its own words and by its own number. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Answer {
  /** Octets in the format asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Lets old months go. */
export interface Months {
  /** Those of a table that end before a packet time, µs; answers which (`202611`), and says so before. */
  dropMonthsBefore(
    table: 'calls' | 'values',
    time: number,
    announce?: (months: readonly string[]) => Promise<void>,
  ): Promise<readonly string[]>;
}

export interface Engine extends Months {
  /** Runs a query that changes nothing; whatever would is refused by the engine itself. Throws EngineError, also while reading. */
  question(sql: string, values: Readonly<Record<string, unknown>>, format: string): Promise<Answer>;
  /** Stores rows given in the Native format with the columns named. */
  insertNative(table: string, columns: readonly string[], rows: Uint8Array): Promise<void>;
}
