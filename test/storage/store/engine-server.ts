/**
 * The real engine behind ClickHouse's HTTP protocol, with all its rights: what a server is to the remote connection. It
 * checks name and password, can be away, can lose answers, and remembers what it was told beside each statement.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readForm } from '../../../storage/store/offer-form.ts';
import { contentTypeOf, readQuestion } from '../../../storage/store/offer-statements.ts';

interface Session {
  query(sql: string): unknown;
  queryBindAsync(sql: string, values: object, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
  close(): void;
}
type Engine = { readonly Session: new (path: string) => Session; drainPending(): Promise<void> };

const INSERT = /^\s*INSERT\s+INTO\s+(\S+)\s*\(([^()]*)\)\s*FORMAT\s+Native\s*$/i;

export interface EngineServerOptions {
  readonly password?: string;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

export class EngineServer {
  /** Of each statement: its beginning, and what came as settings. */
  readonly told: { readonly statement: string; readonly settings: ReadonlyMap<string, string> }[] = [];
  /** Every statement whole, of the server's whole life. */
  readonly statements = new Set<string>();
  /** Connections are closed before anything is read. */
  isAway = false;
  /** Of inserts the answers are lost, so many times. */
  losesAnswers = 0;
  /** Answers so many inserts that there are too many parts. */
  isBusy = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'apiris-server-'));
  readonly #server;
  #session!: Session;
  #drain!: () => Promise<void>;
  #turn: Promise<unknown> = Promise.resolve();
  #spooled = 0;

  private constructor(private readonly options: EngineServerOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#server.on('connection', (socket) => {
      if (this.isAway) socket.destroy();
    });
  }

  static async open(options: EngineServerOptions = {}): Promise<EngineServer> {
    const server = new EngineServer(options);
    const name: string = 'chdb';
    const { Session, drainPending } = (await import(name)) as Engine;
    server.#session = new Session(join(server.#folder, 'engine'));
    server.#drain = drainPending;
    server.#session.query('CREATE DATABASE IF NOT EXISTS apiris ENGINE = Atomic');
    server.#session.query('USE apiris');
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.options.tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  }

  /** Removes all tables: a server that nobody has used. */
  async clear(): Promise<void> {
    await this.#inTurn(async () => {
      this.#session.query('DROP DATABASE apiris SYNC');
      this.#session.query('CREATE DATABASE apiris ENGINE = Atomic');
      this.#session.query('USE apiris');
    });
  }

  /** Asks the engine itself. */
  async ask<T>(sql: string): Promise<T[]> {
    const result = await this.#inTurn(() => this.#session.queryBindAsync(sql, {}, { format: 'JSONEachRow' }));
    return Buffer.from(result.bytes())
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (this.isAway) return void response.destroy();
      const { searchParams } = new URL(request.url!, 'http://localhost');
      const { password } = this.options;
      if (password !== undefined && credentialsOf(request) !== `apiris:${password}`) {
        return answer(response, 516, 'Code: 516. DB::Exception: apiris: Authentication failed (AUTHENTICATION_FAILED)');
      }
      await this.#inTurn(() => this.#carryOut(searchParams, Buffer.concat(parts), request, response));
    } catch (error) {
      const { message } = error as Error;
      const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002);
      answer(response, code, message.includes('Code: ') ? message : `Code: ${code}. DB::Exception: ${message}`);
    }
  }

  async #carryOut(
    parameters: URLSearchParams,
    body: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const inUrl = parameters.get('query') ?? '';
    const insert = INSERT.exec(inUrl);
    const form = readForm(request.headers['content-type'], body);
    const text =
      insert === null ? [inUrl, form?.get('query') ?? (form === null ? body.toString('utf8') : '')].join('\n') : inUrl;
    const known = /^(query|database|default_format|param_.*|session_id|query_id|role|wait_end_of_query)$/;
    this.told.push({ statement: text.trim().slice(0, 200), settings: new Map(parameters) });
    this.statements.add(text.trim());
    const settings = [...parameters].filter(([name]) => !known.test(name));
    // What the engine does not know, or may not have, is refused as a server does it.
    for (const [name, value] of settings) this.#session.query(`SET ${name} = '${value.replaceAll("'", "\\'")}'`);
    if (insert !== null) {
      if (this.isBusy > 0) {
        this.isBusy--;
        return answer(response, 252, 'Code: 252. DB::Exception: Too many parts (TOO_MANY_PARTS)');
      }
      const file = join(this.#folder, `rows-${this.#spooled++}`);
      writeFileSync(file, body);
      this.#session.query(`INSERT INTO ${insert[1]} (${insert[2]}) SELECT * FROM file('${file}', 'Native')`);
      rmSync(file);
      if (this.losesAnswers > 0) {
        this.losesAnswers--;
        return void response.destroy();
      }
      return answer(response, 0, '');
    }
    const variables = new Map(
      [...parameters, ...(form ?? [])]
        .filter(([name]) => name.startsWith('param_'))
        .map(([name, value]) => [name.slice('param_'.length), value] as const),
    );
    const asked = readQuestion(
      { sql: text.trim().replace(/;$/, ''), names: [], called: [] },
      variables,
      parameters.get('default_format') ?? 'TabSeparated',
    );
    const result = await this.#session.queryBindAsync(asked.sql, asked.values, { format: asked.format });
    response.setHeader('Content-Type', contentTypeOf(asked.format));
    response.end(Buffer.from(result.bytes()));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    await this.#turn;
    this.#session.close();
    await this.#drain();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `code` 0: done. */
function answer(response: ServerResponse, code: number, text: string): void {
  response.statusCode = code === 0 ? 200 : code === 516 ? 403 : 500;
  if (code > 0) response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.end(text === '' ? '' : `${text}\n`);
}

/** By the header of HTTP or by ClickHouse's own, which clients prefer over TLS. */
function credentialsOf({ headers }: IncomingMessage): string {
  const user = headers['x-clickhouse-user'];
  if (user !== undefined) return `${user}:${headers['x-clickhouse-key']}`;
  return Buffer.from((headers.authorization ?? '').split(' ')[1] ?? '', 'base64').toString('utf8');
}
