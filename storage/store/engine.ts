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

/** Tables whose months may go before their time. */
export type ThinnedTable = 'calls' | 'values';

/** Lets months go, all but what open findings point to. */
export interface Thinning {
  /** Months (`202611`) that hold more than evidence of open findings, oldest first; never the newest of the store. */
  thinnable(table: ThinnedTable): Promise<readonly string[]>;
  /** Answers how many rows stayed. */
  thin(table: ThinnedTable, month: string): Promise<number>;
  /** Goes on where a process was killed. */
  finish(): Promise<void>;
}

/** What was summed up of months is forgotten; resolves to what is called once they have gone. */
export type Forget = (months: readonly string[]) => Promise<() => void>;

/** Sums by the hour that questions over long ranges are answered from. */
export interface Sums {
  /** Sums up what is over and not summed up yet. */
  roll(): Promise<void>;
}

export interface Engine extends Months {
  /** Lets months go before their time. */
  readonly thinning: Thinning;
  /** Runs a query that changes nothing; whatever would is refused by the engine itself. Throws EngineError, also while reading. */
  question(sql: string, values: Readonly<Record<string, unknown>>, format: string): Promise<Answer>;
  /** Stores rows given in the Native format with the columns named. */
  insertNative(table: string, columns: readonly string[], rows: Uint8Array): Promise<void>;
}

export interface Setting {
  readonly value: string;
  /** Of rows of one name the highest version stands. */
  readonly version: number;
}

/**
 * Rows of `settings`, read and written without waiting for a server that is away: for who must know now how it stands. The
 * table may not be there yet.
 */
export interface DirectSettings {
  /** Null when there is none. */
  read(name: string): Promise<Setting | null>;
  write(name: string, setting: Setting): Promise<void>;
}
