/**
 * The embedded engine for other processes, in ClickHouse's HTTP protocol: one process locks the data folder, so a
 * command beside a running appliance asks it here, and so does whatever reads ClickHouse over HTTP.
 *
 * Read-only twice over: statements of other kinds are refused here, and the engine's sessions are read-only. The one
 * exception is a table that people's decisions go into, row by row. Whoever asks must know the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { createGunzip, createGzip } from 'node:zlib';
import { type Engine, EngineError } from './engine.ts';
import { readForm } from './offer-form.ts';
import { MAX_BODY } from './offer-limits.ts';
import { contentTypeOf, readInsert, readQuestion, refusalOf, statusOf, type Variables } from './offer-statements.ts';
import { readStatement } from './statement-text.ts';

/** Where others ask: an address, or a socket in the file system. */
export type OfferPlace =
  | {
      /** Loopback only, unless somebody wants it otherwise. */
      readonly host: string;
      /** 0: any that is free. */
      readonly port: number;
    }
  | { readonly socket: string };

export type OfferOptions = OfferPlace & { readonly token: string };

export interface Offer {
  /** `http://127.0.0.1:8123`, or `unix:/run/apiris.sock` */
  readonly address: string;
  close(): Promise<void>;
}

/** A question that nobody fetches the answer of is given up, ms. */
const SOCKET_TIMEOUT = 150_000;

/** Begins to listen. Throws the system's error when the address is taken. */
export async function offerEngine(engine: Engine, place: OfferOptions): Promise<Offer> {
  const expected = digest(place.token);
  const server = createServer((request, response) => {
    serve(engine, expected, request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else fail(response, error);
    });
  });
  server.requestTimeout = SOCKET_TIMEOUT;
  server.timeout = SOCKET_TIMEOUT;
  server.maxConnections = 64;
  await listen(server, 'socket' in place ? { path: place.socket } : { host: place.host, port: place.port });
  // A process that has nothing else to do may end.
  server.unref();
  return {
    address: 'socket' in place ? `unix:${place.socket}` : urlOf(server.address() as AddressInfo),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      }),
  };
}

/** A socket is its owner's alone from the moment it is there. */
async function listen(server: Server, options: ListenOptions): Promise<void> {
  const { path } = options;
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The socket is made within this call. The mask is all of the process's, so nothing else may run under it.
    const before = path === undefined ? null : process.umask(0o077);
    try {
      server.listen(options, resolve);
    } finally {
      if (before !== null) process.umask(before);
    }
  });
  await listening;
  if (path !== undefined) chmodSync(path, 0o600);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function serve(
  engine: Engine,
  expected: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { searchParams } = url;
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
    respond(response, 200, 'Ok.\n');
    return;
  }
  if (url.pathname !== '/') throw new Refusal(404, 'There is no handle for this path. Questions go to /.');
  if (request.method !== 'GET' && request.method !== 'POST' && request.method !== 'HEAD') {
    throw new Refusal(501, 'Only GET and POST are understood.');
  }
  if (!timingSafeEqual(digest(tokenOf(request, searchParams)), expected)) {
    throw new EngineError(516, 'Authentication failed: the token is not that of this appliance.');
  }
  const body = await readBody(request);
  const inUrl = searchParams.get('query') ?? '';
  const insert = readInsert(inUrl);
  if (insert !== null) {
    if (request.method !== 'POST') throw new EngineError(164, 'Cannot execute query in readonly mode.');
    await engine.insertNative(insert.table, insert.columns, body);
    respond(response, 200, '');
    return;
  }
  // What follows it are rows, and no text.
  if (/^\s*insert\b/i.test(inUrl)) throw new EngineError(164, 'Cannot execute query in readonly mode.');
  const form = formOf(request, body);
  const inBody = form === null ? body.toString('utf8') : (form.get('query') ?? '');
  const text = [inUrl, inBody].filter((part) => part.trim() !== '').join('\n');
  if (text === '') {
    respond(response, 200, 'Ok.\n');
    return;
  }
  const variables: Variables = new Map(
    [...searchParams, ...(form ?? [])]
      .filter(([name]) => name.startsWith('param_'))
      .map(([name, value]) => [name.slice(6), value]),
  );
  const format = searchParams.get('default_format') ?? (request.headers['x-clickhouse-format'] as string | undefined);
  const statement = readStatement(text.replace(/[;\s]+$/, ''));
  if (typeof statement === 'string') throw new EngineError(62, `Syntax error: ${statement}`);
  const refusal = refusalOf(statement);
  if (refusal !== null) throw new EngineError(164, refusal);
  const question = readQuestion(statement, variables, format ?? 'TabSeparated');
  const { chunks } = await engine.question(question.sql, question.values, question.format);
  await send(chunks, question.format, request, response);
}

/** Answers whole pieces as they come; what fails before the first one still has its own status. */
async function send(
  chunks: AsyncIterable<Uint8Array>,
  format: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  let piece = await iterator.next();
  const zips = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  response.statusCode = 200;
  response.setHeader('Content-Type', contentTypeOf(format));
  response.setHeader('X-ClickHouse-Format', format);
  if (zips) response.setHeader('Content-Encoding', 'gzip');
  const out = zips ? createGzip({ level: 1 }) : response;
  if (zips) out.pipe(response);
  const isGone = () => response.destroyed;
  try {
    for (; !piece.done && !isGone(); piece = await iterator.next()) {
      if (!out.write(piece.value)) await Promise.race([drained(out), gone(response)]);
    }
    out.end();
  } catch (error) {
    // As ClickHouse does it: the answer has begun, so its text ends with what went wrong, and the connection with it.
    out.end(exceptionText(error));
    response.once('finish', () => request.socket.destroy());
  } finally {
    await iterator.return?.();
  }
}

function drained(out: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => out.once('drain', resolve));
}

function gone(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding !== 'gzip') throw new Refusal(501, 'Of content codings only gzip is understood.');
  const source = coding === 'gzip' ? request.pipe(createGunzip()) : request;
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of source) {
    octets += (part as Buffer).length;
    if (octets > MAX_BODY) throw new Refusal(413, `A request may have ${MAX_BODY} octets.`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function formOf(request: IncomingMessage, body: Buffer): ReadonlyMap<string, string> | null {
  try {
    return readForm(request.headers['content-type'], body);
  } catch (error) {
    throw new Refusal(400, `Bad request: ${(error as Error).message}`);
  }
}

function tokenOf({ headers }: IncomingMessage, parameters: URLSearchParams): string {
  const key = headers['x-clickhouse-key'];
  if (typeof key === 'string') return key;
  const [scheme, value] = (headers.authorization ?? '').split(' ', 2);
  if (scheme?.toLowerCase() === 'bearer') return value ?? '';
  if (scheme?.toLowerCase() === 'basic') {
    const pair = Buffer.from(value ?? '', 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  return parameters.get('password') ?? '';
}

/** Of equal length whatever is asked with, so that comparing tells nothing. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A request that ClickHouse has no number for. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function exceptionText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) return `${message}\n`;
  const code = error instanceof EngineError ? error.code : 1002;
  return message.startsWith('Code: ') ? `${message}\n` : `Code: ${code}. DB::Exception: ${message}\n`;
}

function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof EngineError) response.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  const status = error instanceof Refusal ? error.status : error instanceof EngineError ? statusOf(error.code) : 500;
  // What is left of the request is not read.
  response.setHeader('Connection', 'close');
  respond(response, status, exceptionText(error));
}

function respond(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(text);
}
