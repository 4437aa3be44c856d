/** What differs between the embedded engine and a server, beside the client they share. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Column } from './columns.ts';

/** Values of `{name:Type}` as the engine takes them. */
export type BoundValues = Record<string, string | number | readonly string[] | null>;

export interface Connections {
  /** For tables and schema. Its database is set. */
  readonly write: ClickHouseClient;
  /** For questions, so that one never waits for an insert. */
  readonly read: ClickHouseClient;
  /** Takes rows in the Native format, in pieces; calling what it gave stores them. */
  stage(table: string, columns: readonly Column[], parts: readonly Uint8Array[]): Promise<() => Promise<void>>;
  /** Runs a task that starts a query with bound values, alone where the engine needs that. */
  bound<T>(task: () => Promise<T>): Promise<T>;
  /** Starts a query; its rows come as JSON lines, in bounded memory. To be called within `bound`. */
  stream(sql: string, values: BoundValues): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
