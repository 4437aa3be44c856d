/**
 * The Store over @clickhouse/client: inserts, questions, streams. Both connections use it; what differs between them
 * is in `Connections`.
 */
import { Block } from './block.ts';
import { CallHours, hourOf } from './call-hours.ts';
import type { Column } from './columns.ts';
import type { BoundValues, Connections } from './connections.ts';
import type { AuditedStore, RowDigests } from './digests.ts';
import { Lane } from './lane.ts';
import { giveBack } from './octet-pool.ts';
import { bind, type Question, readQuestions } from './questions.ts';
import { rowDigests } from './row-digests.ts';
import { migrate, type Rewrite, readMigrations, readViews, renewViews } from './schema.ts';
import { type Gathering, type Parameters, type Row, StoreError, type TableName, tableNames } from './store.ts';

/** Larger inserts are split: bounds the buffer and the engine's memory. Each part is stored whole or not at all. */
const rowsAtOnce = 65_536;
const bytesAtOnce = 64 * 2 ** 20;

export interface StoreFiles {
  /** Folder of the numbered migrations. */
  readonly tables: URL;
  /** Folder of the views. */
  readonly views: URL;
  /** Folder of the questions. */
  readonly queries: URL;
}

/** Migrations and questions as shipped. */
export function shippedFiles(): StoreFiles {
  const root = import.meta.resolve('#root/package.json');
  const folder = (name: string) => new URL(`storage/store/${name}/`, root);
  return { tables: folder('tables'), views: folder('views'), queries: folder('queries') };
}

/** `place` names the store in messages to people. */
export async function openClientStore(
  connections: Connections,
  files: StoreFiles,
  place: string,
  /** A store that another process keeps is taken as it is. */
  { migrates = true, rewrite }: { readonly migrates?: boolean; readonly rewrite?: Rewrite } = {},
): Promise<ClientStore> {
  if (migrates) {
    await migrate(connections.write, readMigrations(files.tables), place, rewrite);
    await renewViews(connections.write, readViews(files.views), rewrite);
  }
  const tables = new Map<TableName, readonly Column[]>();
  for (const { table, name, type } of await describe(connections)) {
    tables.set(table, [...(tables.get(table) ?? []), { name, type }]);
  }
  const store = new ClientStore(connections, tables, readQuestions(files.queries));
  await store.open();
  return store;
}

/** Columns that rows carry: those the engine computes from others are left out. */
async function describe(connections: Connections): Promise<(Column & { readonly table: TableName })[]> {
  const result = await connections.write.query({
    query: `SELECT table, name, type FROM system.columns WHERE database = currentDatabase()
      AND table IN (${tableNames.map((name) => `'${name}'`).join(', ')})
      AND default_kind IN ('', 'EPHEMERAL') ORDER BY table, position`,
    format: 'JSONEachRow',
  });
  return result.json();
}

export class ClientStore implements AuditedStore {
  readonly #connections: Connections;
  readonly #tables: ReadonlyMap<TableName, readonly Column[]>;
  readonly #questions: ReadonlyMap<string, Question>;
  /** One insert is encoded and staged at a time, while the engine stores the one before. */
  readonly #encoding = new Lane();
  readonly #storing = new Lane();
  readonly digests: RowDigests;
  #closed = false;
  /** What of the calls is summed up by the hour. */
  hours!: CallHours;

  constructor(
    connections: Connections,
    tables: ReadonlyMap<TableName, readonly Column[]>,
    questions: ReadonlyMap<string, Question>,
  ) {
    this.#connections = connections;
    this.#tables = tables;
    this.#questions = questions;
    this.digests = rowDigests((sql, values) => this.#answer('seals', sql, values));
  }

  async open(): Promise<void> {
    const write = (row: Row) => this.insert('settings', [row]);
    // A store of the first schemas has none: those of its version know of no sums.
    const isThere = this.#tables.has('settings');
    this.hours = await CallHours.open({ client: this.#connections.write, write, isThere });
  }

  #blockOf(table: TableName): Block {
    const columns = this.#tables.get(table);
    if (!columns) throw new StoreError('failed', `There is no table '${table}' to insert into.`);
    return new Block(table, columns);
  }

  async insert(table: TableName, rows: readonly Row[]): Promise<void> {
    const block = this.#blockOf(table);
    this.#assertOpen();
    if (rows.length === 0) return;
    if (table !== 'calls') return this.#insert(block, rows);
    await this.hours.storing(new Set(rows.map(({ ts }) => hourOf(Number(ts)))), () => this.#insert(block, rows));
  }

  async #insert(block: Block, rows: readonly Row[]): Promise<void> {
    const { table } = block;
    await this.#encoding
      .run(async () => {
        const stranger = block.stranger(rows[0]!);
        if (stranger) throw new StoreError('failed', `Row 0 cannot be stored: ${table} has no column ${stranger}.`);
        let stored: Promise<void> | undefined;
        let from = 0;
        while (from < rows.length) {
          from = encode(block, rows, from);
          // The part before is stored meanwhile; when that fails, nothing more is staged.
          await stored;
          ({ stored } = await this.#staged(block, block.take()));
        }
        // The next insert may be encoded while this one is stored.
        return { stored: stored! };
      })
      .then((last) => last.stored);
  }

  gather(table: TableName): Gathering {
    const block = this.#blockOf(table);
    let hours = new Set<number>();
    let last = Number.NaN;
    return {
      get octets() {
        return block.octets;
      },
      add: (row) => {
        add(block, row as Row, block.rows);
        if (table !== 'calls') return;
        const hour = hourOf((row as { readonly ts: number }).ts);
        if (hour !== last) hours.add(hour);
        last = hour;
      },
      take: () => {
        if (block.rows === 0) return async () => {};
        const parts = block.take();
        const store = async () => {
          this.#assertOpen();
          const { stored } = await this.#encoding.run(() => this.#staged(block, parts));
          await stored;
        };
        if (table !== 'calls') return store;
        const touched = hours;
        hours = new Set();
        last = Number.NaN;
        return () => this.hours.storing(touched, store);
      },
    };
  }

  /** Resolves when the rows are staged, with a promise for when they are stored. Nobody needs the parts then. */
  async #staged({ table, columns }: Block, parts: readonly Uint8Array[]): Promise<{ readonly stored: Promise<void> }> {
    const store = await this.#connections.stage(table, columns, parts).catch(failed(table));
    const stored = this.#storing
      .run(store)
      .then(() => giveBack(parts))
      .catch(failed(table));
    // Its failure is met by who waits for it; until then it must not count as unhandled.
    stored.catch(() => undefined);
    return { stored };
  }

  async ask<T = Row>(question: string, parameters: Parameters = {}): Promise<T[]> {
    const [sql, values] = this.#prepare(question, parameters);
    return this.#answer(question, sql, values);
  }

  async #answer<T>(about: string, query: string, query_params: BoundValues): Promise<T[]> {
    this.#assertOpen();
    try {
      return await this.#connections.bound(async () => {
        const result = await this.#connections.read.query({ query, query_params, format: 'JSONEachRow' });
        return (await result.json<T>()) as T[];
      });
    } catch (error) {
      return failed(about)(error);
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

/** Encodes rows from `from` on, up to a bound; returns the first it left. */
function encode(block: Block, rows: readonly Row[], from: number): number {
  let at = from;
  while (at < rows.length && block.rows < rowsAtOnce && ((at & 0x3f) !== 0 || block.octets < bytesAtOnce)) {
    add(block, rows[at]!, at);
    at++;
  }
  return at;
}

function add(block: Block, row: Row, number: number): void {
  try {
    block.add(row);
  } catch (error) {
    throw new StoreError('failed', `Row ${number} cannot be stored: ${(error as Error).message}.`, { cause: error });
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
