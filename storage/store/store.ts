/**
 * Data at rest. `tables/*.sql` is the only description of the columns, `queries/*.sql` holds one question each.
 * Column names are the JSON names of the CLI contract. Embedded chDB is the default; a ClickHouse server takes over
 * where one machine ends. Both pass `test/storage/store/contract.ts`.
 */

/** Tables that code may insert into. Rows are plain objects keyed by column; a missing column takes its default. */
export const tableNames = [
  ...(['calls', 'values', 'valueLists', 'apis', 'apiAliases', 'findings', 'decisions', 'ledger', 'sources'] as const),
  ...(['snapshots', 'settings', 'profiles', 'bindings', 'handshakes', 'seals', 'schemas', 'sheddings'] as const),
  'ledgerMinutes',
] as const;
export type TableName = (typeof tableNames)[number];

/** Times are integer µs since 1970, hashes lower-case hex text. A large text may come in pieces. */
export type Row = Readonly<Record<string, unknown>>;

/** Values bound to `{name:Type}` in a query; never spliced into its text. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/** Rows of an insert to come. Nobody holds the objects they were made from: they die young, and memory is counted in octets. */
export interface Gathering {
  /** Octets they take so far, about. */
  readonly octets: number;
  /** Fields that no column takes are left. */
  add(row: object): void;
  /** The rows so far, for one insert: calling what it gives stores them. What is added from now on is for the next. */
  take(): () => Promise<void>;
}

export interface Store {
  /** Rows are stored when this resolves: a killed process does not lose them. The same row again replaces itself. */
  insert(table: TableName, rows: readonly object[]): Promise<void>;
  /** For many rows: they are encoded one by one as they come. */
  gather(table: TableName): Gathering;
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
