/**
 * The Store over @clickhouse/client: inserts, questions, streams. Both connections use it; what differs between them
 * is in `Connections`.
 */
import type { BoundValues, Connections } from './connections.ts';
import { Lane } from './lane.ts';
import { bind, type Question, readQuestions } from './questions.ts';
import { ByteWriter, type Column, RowEncoder, RowError } from './row-binary.ts';
import { migrate, readMigrations } from './schema.ts';
import { type Parameters, type Row, type Store, StoreError, type TableName } from './store.ts';

const tableNames: readonly TableName[] = [
  ...(['calls', 'values', 'apis', 'apiAliases', 'findings', 'decisions', 'ledger', 'sources', 'snapshots'] as const),
  ...(['settings', 'profiles', 'bindings'] as const),
];

/** Larger inserts are split: bounds the buffer and the engine's memory. Each part is stored whole or not at all. */
const rowsAtOnce = 65_536;
const bytesAtOnce = 64 * 2 ** 20;

export interface StoreFiles {
  /** Folder of the numbered migrations. */
  readonly tables: URL;
  /** Folder of the questions. */
  readonly queries: URL;
}

/** Migrations and questions as shipped. */
export function shippedFiles(): StoreFiles {
  const root = import.meta.resolve('#root/package.json');
  return { tables: new URL('storage/store/tables/', root), queries: new URL('storage/store/queries/', root) };
}

/** `place` names the store in messages to people. */
export async function openClientStore(connections: Connections, files: StoreFiles, place: string): Promise<Store> {
  await migrate(connections.write, readMigrations(files.tables), place);
  const encoders = new Map<TableName, RowEncoder>();
  for (const table of tableNames) {
    const columns = await describe(connections, table);
    if (columns.length > 0) encoders.set(table, new RowEncoder(table, columns));
  }
  return new ClientStore(connections, encoders, readQuestions(files.queries));
}

/** Columns that rows carry: those the engine computes from others are left out. Empty when there is no such table. */
async function describe(connections: Connections, table: TableName): Promise<Column[]> {
  const result = await connections.write.query({
    query: `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '${table}'
      AND default_kind IN ('', 'EPHEMERAL') ORDER BY position`,
    format: 'JSONEachRow',
  });
  return result.json<Column>();
}

class ClientStore implements Store {
  readonly #connections: Connections;
  readonly #encoders: ReadonlyMap<TableName, RowEncoder>;
  readonly #questions: ReadonlyMap<string, Question>;
  readonly #buffer = new ByteWriter();
  /** One buffer, so one insert is encoded at a time, while the engine stores the one before. */
  readonly #encoding = new Lane();
  readonly #storing = new Lane();
  #closed = false;

  constructor(
    connections: Connections,
    encoders: ReadonlyMap<TableName, RowEncoder>,
    questions: ReadonlyMap<string, Question>,
  ) {
    this.#connections = connections;
    this.#encoders = encoders;
    this.#questions = questions;
  }

  async insert(table: TableName, rows: readonly Row[]): Promise<void> {
    const encoder = this.#encoders.get(table);
    if (!encoder) throw new StoreError('failed', `There is no table '${table}' to insert into.`);
    this.#assertOpen();
    if (rows.length === 0) return;
    await this.#encoding
      .run(async () => {
        let waiting: Promise<void> | undefined;
        let from = 0;
        while (from < rows.length) {
          const to = this.#encode(encoder, rows, from);
          // The part before is stored meanwhile; when that fails, nothing more is staged.
          await waiting;
          const store = await this.#connections
            .stage(table, encoder.columns, this.#buffer.written())
            .catch(failed(table));
          waiting = this.#storing.run(store).catch(failed(table));
          // Its failure is met at the next `await`; until then it must not count as unhandled.
          waiting.catch(() => undefined);
          from = to;
        }
        // The next insert may be encoded while this one is stored.
        return { stored: waiting! };
      })
      .then((last) => last.stored);
  }

  /** Encodes rows from `from` on, up to a bound; returns the first it left. */
  #encode(encoder: RowEncoder, rows: readonly Row[], from: number): number {
    const buffer = this.#buffer;
    buffer.reset();
    let at = from;
    try {
      const stranger = encoder.stranger(rows[from]!);
      if (stranger) throw new RowError(`${encoder.table} has no column ${stranger}`);
      while (at < rows.length && at - from < rowsAtOnce && buffer.length < bytesAtOnce)
        encoder.write(buffer, rows[at++]!);
    } catch (error) {
      throw new StoreError('failed', `Row ${at} cannot be stored: ${(error as Error).message}.`, { cause: error });
    }
    return at;
  }

  async ask<T = Row>(question: string, parameters: Parameters = {}): Promise<T[]> {
    const [sql, query_params] = this.#prepare(question, parameters);
    try {
      return await this.#connections.bound(async () => {
        const result = await this.#connections.read.query({ query: sql, query_params, format: 'JSONEachRow' });
        return (await result.json<T>()) as T[];
      });
    } catch (error) {
      return failed(question)(error);
    }
  }

  async *stream<T = Row>(question: string, parameters: Parameters = {}): AsyncGenerator<T> {
    const [sql, values] = this.#prepare(question, parameters);
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of await this.#connections.bound(async () => this.#connections.stream(sql, values))) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop()!;
        for (const line of lines) yield JSON.parse(line) as T;
      }
    } catch (error) {
      failed(question)(error);
    }
    if (rest !== '') yield JSON.parse(rest) as T;
  }

  #prepare(name: string, parameters: Parameters): [string, BoundValues] {
    this.#assertOpen();
    const question = this.#questions.get(name);
    if (!question) throw new StoreError('failed', `There is no question '${name}'.`);
    return [question.sql, bind(question, parameters)];
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('failed', 'The store is closed.');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#encoding.idle();
    await this.#storing.idle();
    await this.#connections.close();
  }
}

/** Rethrows what the engine said as one sentence that names the table or question it was about. */
function failed(about: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof StoreError) throw error;
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new StoreError('failed', `The store failed at '${about}': ${reason}`, { cause: error });
  };
}
