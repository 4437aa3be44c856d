/** The engine's sessions for questions of others. They are read-only for good: the engine lets no query end that. */

import type { ClickHouseClient } from '@clickhouse/client';
import { Session, type StreamChunk } from 'chdb';
import type { Column } from './columns.ts';
import type { Connections } from './connections.ts';
import { type Answer, type Engine, EngineError, type Forget, type Thinning } from './engine.ts';
import { monthsOf } from './months.ts';
import { thinningOf } from './thinning.ts';

/** Formats whose pieces may simply stand one behind the other; of others the whole answer is made at once. */
const PIECEWISE: ReadonlySet<string> = new Set([
  ...['jsoneachrow', 'ndjson', 'jsonlines', 'jsoncompacteachrow', 'tabseparated', 'tsv', 'csv', 'native', 'rowbinary'],
]);

/** Questions under way at once; others wait. */
const MOST_AT_ONCE = 4;

const LIMITS: Readonly<Record<string, string | number>> = {
  max_execution_time: 120,
  max_result_bytes: 256 * 2 ** 20,
  result_overflow_mode: "'throw'",
  // A stream's rows arrive a block at a time.
  max_block_size: 8192,
  readonly: 1,
};

/** Statements that can be streamed. */
const SELECTS = /^[\s(]*(select|with)\b/i;

export class EmbeddedEngine implements Engine {
  readonly #sessions: Session[] = [];
  readonly #idle: Session[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Calls of these months are about to go. */
  forget: Forget = async () => () => {};

  constructor(
    private readonly path: string,
    private readonly connections: Connections,
    /** The database, and limits of memory and threads. */
    private readonly settings: readonly string[],
  ) {}

  async #session(): Promise<Session> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#sessions.length < MOST_AT_ONCE) break;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const session = new Session(this.path);
    this.#sessions.push(session);
    for (const statement of this.settings) session.query(statement);
    const limits = Object.entries(LIMITS).map(([name, value]) => `${name} = ${value}`);
    session.query(`SET ${limits.join(', ')}`);
    return session;
  }

  #free(session: Session): void {
    this.#idle.push(session);
    this.#waiting.shift()?.();
  }

  async question(sql: string, values: Readonly<Record<string, unknown>>, format: string): Promise<Answer> {
    const session = await this.#session();
    try {
      if (!SELECTS.test(sql) || !PIECEWISE.has(format.toLowerCase())) {
        const whole = () => session.queryBindAsync(sql, values, { format });
        const result = await (Object.keys(values).length === 0 ? whole() : this.connections.bound(whole));
        this.#free(session);
        return { chunks: one(result.bytes()) };
      }
      const stream = await this.connections.bound(async () => session.queryStreamBind(sql, values, { format }));
      return { chunks: this.#pieces(session, stream) };
    } catch (error) {
      this.#free(session);
      throw engineError(error);
    }
  }

  async *#pieces(session: Session, stream: AsyncIterable<StreamChunk>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream) yield chunk.raw();
    } catch (error) {
      throw engineError(error);
    } finally {
      this.#free(session);
    }
  }

  async insertNative(table: string, names: readonly string[], rows: Uint8Array): Promise<void> {
    const types = new Map((await describe(this.connections.write, table)).map((column) => [column.name, column]));
    const columns = names.map((name) => types.get(name));
    const unknown = names.find((name) => !types.has(name));
    if (unknown !== undefined) throw new EngineError(16, `There is no column ${unknown} in table ${table}.`);
    const store = await this.connections.stage(table, columns as Column[], [rows]);
    try {
      await store();
    } catch (error) {
      throw engineError(error);
    }
  }

  dropMonthsBefore(...asked: Parameters<Engine['dropMonthsBefore']>): Promise<readonly string[]> {
    return monthsOf(this.connections.write, this.forget).dropMonthsBefore(...asked);
  }

  get thinning(): Thinning {
    return thinningOf(this.connections.write, this.forget);
  }

  close(): void {
    for (const session of this.#sessions.splice(0)) session.close();
    this.#idle.length = 0;
  }
}

async function describe(client: ClickHouseClient, table: string): Promise<Column[]> {
  const result = await client.query({
    query: `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}`,
    query_params: { table },
    format: 'JSONEachRow',
  });
  return result.json<Column>();
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The engine's own words carry its number in front; without one it is a failure of the way to it. */
function engineError(error: unknown): EngineError {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Query failed: /, '');
  const found = /Code: (\d+)\. /.exec(message);
  return new EngineError(found === null ? 1001 : Number(found[1]), message.split('\n', 1)[0]!);
}
