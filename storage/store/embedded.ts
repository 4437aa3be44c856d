/**
 * The embedded store: chDB in this process. Its engine locks the folder against other processes, holds one folder a
 * process, and must be opened in the main thread (a worker's exit would take the process with it).
 *
 * Three connections share the engine: one writes, one answers questions (an insert does not wait for a question), and
 * one for each stream under way. Binary rows cannot be sent through the client: they go through a file in `spool/`
 * that the engine reads. Left-overs of a killed process are removed at open.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { drainPending, Session, type StreamChunk } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { openClientStore, type StoreFiles, shippedFiles } from './client-store.ts';
import type { Column } from './columns.ts';
import type { BoundValues, Connections } from './connections.ts';
import type { AuditedStore } from './digests.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import type { Engine, Sums } from './engine.ts';
import { assertIsStore, lockedError, lockHolder, prepareFolder } from './folder.ts';
import { Lane } from './lane.ts';
import { Patience, type PatienceOptions } from './patience.ts';
import { StoreError } from './store.ts';

export interface EmbeddedOptions {
  /** Threads of a query. */
  readonly threads?: number;
  /** Memory of a query, bytes; at a quarter of it sorting and grouping go to disk. */
  readonly queryMemory?: number;
  /** Refuses a folder that holds no store yet, instead of making one. */
  readonly mustExist?: boolean;
  /** Other migrations and questions than the shipped ones. */
  readonly files?: StoreFiles;
  /** A disk without room is waited for, as a server is that is away; where absent, it fails. */
  readonly patience?: Omit<PatienceOptions, 'place'>;
}

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

const database = 'apiris';
const cacheBytes = 32 * 2 ** 20;

/** Folder of the engine that this process has open; there can be one. */
let openFolder: string | undefined;

/** A store with its engine in this process. */
export interface EmbeddedStore extends AuditedStore {
  readonly engine: Engine;
  readonly hours: Sums;
}

export async function openEmbeddedStore(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedStore> {
  const place = resolve(folder);
  if (!isMainThread) throw new StoreError('failed', `The data folder ${place} must be opened in the main thread.`);
  if (openFolder === place) throw lockedError(place, process.pid);
  if (openFolder !== undefined) {
    throw new StoreError(
      'failed',
      `The data folder ${openFolder} is open in this process, which can hold one: close it before ${place}.`,
    );
  }
  const connections = await EmbeddedConnections.open(place, options);
  try {
    const store = await openClientStore(connections, options.files ?? shippedFiles(), place);
    connections.engine.forget = (months) => store.hours.forget(months);
    await connections.engine.thinning.finish();
    return Object.assign(store, { engine: connections.engine });
  } catch (error) {
    await connections.close();
    if (error instanceof StoreError) throw error;
    const reason = (error as Error).message.split('\n', 1)[0];
    throw new StoreError('failed', `The store in ${place} could not be opened: ${reason}`, { cause: error });
  }
}

class EmbeddedConnections implements Connections {
  readonly #path: string;
  readonly #spool: string;
  readonly #settings: string;
  readonly #patience: Patience | null;
  readonly #binding = new Lane();
  /** The first session starts the engine with its arguments, and serves the first stream. */
  readonly #sessions: Session[] = [];
  readonly #idle: Session[] = [];
  #spooled = 0;
  readonly engine: EmbeddedEngine;
  write!: ClickHouseClient;
  read!: ClickHouseClient;

  private constructor(path: string, spool: string, settings: string, patience: Patience | null) {
    this.#path = path;
    this.#spool = spool;
    this.#settings = settings;
    this.#patience = patience;
    this.engine = new EmbeddedEngine(path, this, [`USE ${database}`, settings]);
  }

  static async open(folder: string, options: EmbeddedOptions): Promise<EmbeddedConnections> {
    const path = join(folder, 'engine');
    const spool = join(folder, 'spool');
    if (options.mustExist) assertIsStore(folder, path);
    prepareFolder(folder, path, spool);
    const holder = lockHolder(path);
    if (holder > 0) throw lockedError(folder, holder);
    const patience = options.patience === undefined ? null : new Patience({ place: folder, ...options.patience });
    const connections = new EmbeddedConnections(path, spool, settingsOf(options), patience);
    try {
      connections.#startEngine();
    } catch (error) {
      // The engine gives no reason here. Another process may have been faster by a moment.
      const winner = lockHolder(path);
      if (winner > 0) throw lockedError(folder, winner);
      throw new StoreError(
        'failed',
        `The engine did not start in ${folder} (${(error as Error).message}): the folder is in use, damaged, or of a ` +
          `newer engine; try another folder, or restore this one from a copy.`,
        { cause: error },
      );
    }
    openFolder = folder;
    // Only now is it certain that no other process is using these files.
    rmSync(spool, { recursive: true, force: true });
    mkdirSync(spool);
    connections.write = await connections.#connect();
    connections.read = await connections.#connect();
    return connections;
  }

  #startEngine(): void {
    const connectionArgs = [
      '--timezone=UTC',
      ...['mark_cache_size', 'primary_index_cache_size', 'index_mark_cache_size', 'query_condition_cache_size'].map(
        (name) => `--${name}=${cacheBytes}`,
      ),
    ];
    const session = new Session(this.#path, { connectionArgs });
    this.#sessions.push(session);
    session.query(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
    this.#configure(session);
    this.#idle.push(session);
  }

  #configure(session: Session): void {
    session.query(`USE ${database}`);
    session.query(this.#settings);
    // A stream's rows arrive a block at a time.
    session.query('SET max_block_size = 8192');
  }

  async #connect(): Promise<ClickHouseClient> {
    // The same interface twice: chdb declares it by client-common's copy, which differs by a private field alone.
    const connection = createChdbConnection({ path: this.#path }) as unknown as ClientConnection;
    const client = createClient({ connection, log: { level: ClickHouseLogLevel.OFF } });
    await client.command({ query: `USE ${database}` });
    await client.command({ query: this.#settings });
    return client;
  }

  async stage(table: string, columns: readonly Column[], parts: readonly Uint8Array[]): Promise<() => Promise<void>> {
    const file = join(this.#spool, `${table}-${this.#spooled++}.bin`);
    await this.#patiently(() => writeFile(file, parts));
    return async () => {
      const names = columns.map((column) => `\`${column.name}\``).join(', ');
      const structure = columns.map((column) => `\`${column.name}\` ${column.type}`).join(', ');
      try {
        const query = `INSERT INTO \`${table}\` (${names}) SELECT * FROM file(${quote(file)}, 'Native', ${quote(structure)})`;
        await this.#patiently(() => this.write.command({ query }));
      } finally {
        await rm(file, { force: true });
      }
    };
  }

  #patiently<T>(task: () => Promise<T>): Promise<T> {
    return this.#patience === null ? task() : this.#patience.run(task);
  }

  /** Bound values are not kept apart between connections of one process: queries that have some start one by one. */
  bound<T>(task: () => Promise<T>): Promise<T> {
    return this.#binding.run(task);
  }

  stream(sql: string, values: BoundValues): AsyncIterable<Uint8Array> {
    let session = this.#idle.pop();
    if (!session) {
      session = new Session(this.#path);
      this.#sessions.push(session);
      this.#configure(session);
    }
    try {
      return this.#chunks(session, session.queryStreamBind(sql, values, { format: 'JSONEachRow' }));
    } catch (error) {
      this.#idle.push(session);
      throw error;
    }
  }

  async *#chunks(session: Session, stream: AsyncIterable<StreamChunk>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream) yield chunk.raw();
    } finally {
      this.#idle.push(session);
    }
  }

  async close(): Promise<void> {
    await this.#binding.idle();
    this.engine.close();
    await this.write?.close();
    await this.read?.close();
    for (const session of this.#sessions) session.close();
    await drainPending();
    openFolder = undefined;
  }
}

/** A string literal; the only text that is spliced, and never a value of a row or a question. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function settingsOf({ threads = 2, queryMemory = 800 * 2 ** 20 }: EmbeddedOptions): string {
  const spill = Math.floor(queryMemory / 4);
  const settings: Record<string, number> = {
    max_threads: threads,
    max_insert_threads: 1,
    // What is read at least before a second thread is worth it: the engine's own measure is large disks far away.
    merge_tree_min_rows_for_concurrent_read: 16_384,
    merge_tree_min_bytes_for_concurrent_read: 4 * 2 ** 20,
    max_memory_usage: queryMemory,
    max_bytes_before_external_group_by: spill,
    max_bytes_before_external_sort: spill,
    // A row stays in its month, so FINAL need not compare months.
    do_not_merge_across_partitions_select_final: 1,
    // A row that comes twice in one insert is left to FINAL and the merges: looking for it here took half of the time.
    optimize_on_insert: 0,
    // Every month of 2000–2100 may come in one insert.
    max_partitions_per_insert_block: 1300,
    // Compiling a query's expressions takes longer than a question does.
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
    compile_sort_description: 0,
    output_format_json_quote_64bit_integers: 0,
  };
  return `SET ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')}`;
}
