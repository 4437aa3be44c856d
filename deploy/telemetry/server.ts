/**
 * Metrics and health over HTTP, for Prometheus, probes and load balancers. It answers three addresses, takes no body, and
 * listens where it was told to alone. Answers hold numbers and names of counters, nothing of the traffic, so there is no
 * token; an address beyond the loopback is the operator's word.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config/problems.ts';
import { clearSocket } from '../socket-file.ts';

/** Where to listen. */
export type MetricsPlace = { readonly host: string; readonly port: number } | { readonly socket: string };

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export type Pages = Readonly<Record<string, () => Promise<Answer> | Answer>>;

/** Scrapers come one by one; more at once are somebody's mistake. */
const MOST_CONNECTIONS = 32;
const PATIENCE_MS = 5000;

export interface Listening {
  readonly address: string;
  close(): Promise<void>;
}

/** Throws ConfigError where the place cannot be listened on. */
export async function listenForScrapes(place: MetricsPlace, pages: Pages): Promise<Listening> {
  const server = createServer((request, response) => void answer(request, response, pages));
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = PATIENCE_MS;
  server.requestTimeout = PATIENCE_MS;
  if ('socket' in place) await clearSocket(place.socket);
  await listen(server, place);
  return {
    address: addressOf(server, place),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, place: MetricsPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const where = 'socket' in place ? place.socket : `${place.host}:${place.port}`;
      const reason = code === 'EADDRINUSE' ? 'it is taken' : message;
      reject(new ConfigError([`metrics: ${where} cannot be listened on (${reason}); name another address`]));
    });
    if ('socket' in place) server.listen({ path: place.socket }, resolve);
    else server.listen({ host: place.host, port: place.port }, resolve);
  });
}

function addressOf(server: Server, place: MetricsPlace): string {
  if ('socket' in place) return `unix:${place.socket}`;
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0]!;
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const { method } = request;
  const { status, type, text } =
    page === undefined
      ? plain(404, `There are ${Object.keys(pages).join(', ')}.`)
      : method !== 'GET' && method !== 'HEAD'
        ? plain(405, 'Only GET and HEAD are answered here.')
        : await Promise.resolve(page()).catch((error: Error) => plain(500, error.message.split('\n', 1)[0]!));
  // One question, one connection: a scraper comes so seldom that one it kept would be closed under its hand.
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', Connection: 'close' };
  response.writeHead(status, headers);
  response.end(method === 'HEAD' ? '' : text);
}

function plain(status: number, sentence: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', text: `${sentence}\n` };
}
