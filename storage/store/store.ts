/**
 * Data at rest. `tables/*.sql` is the only description of the columns, `queries/*.sql` holds one question each.
 * Column names are the JSON names of the CLI contract. Embedded chDB is the default; a ClickHouse server takes over
 * where one machine ends. Both pass `test/storage/store/contract.ts`.
 */

/** Tables that code may insert into. Rows are plain objects keyed by column; a missing column takes its default. */
export type TableName =
  | ('calls' | 'values' | 'apis' | 'apiAliases' | 'findings')
  | ('decisions' | 'ledger' | 'sources' | 'snapshots' | 'settings' | 'profiles' | 'bindings');

/** Times are integer µs since 1970, hashes lower-case hex text. */
export type Row = Readonly<Record<string, unknown>>;

/** Values bound to `{name:Type}` in a query; never spliced into its text. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

export interface Store {
  /** Rows are stored when this resolves: a killed process does not lose them. The same row again replaces itself. */
  insert(table: TableName, rows: readonly object[]): Promise<void>;
  /** Runs `queries/<question>.sql`. Rows come in the order the query states. */
  ask<T = Row>(question: string, parameters?: Parameters): Promise<T[]>;
  /** The same, a row at a time, in bounded memory. */
  stream<T = Row>(question: string, parameters?: Parameters): AsyncIterable<T>;
  close(): Promise<void>;
}

/** The store cannot be used. The message names the place and says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: 'locked' | 'unwritable' | 'newer-schema' | 'unreachable' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
