/**
 * Ready-made messages of the mix. Building and compressing a body per exchange would make the generator slower than
 * what it measures, so responses and request bodies come from pools; request heads are made new for every exchange.
 */
import { gzipSync } from 'node:zlib';
import {
  answerBody,
  applications,
  errorBody,
  type Interface,
  interfaces,
  jsonWebToken,
  parameterValue,
  requestBody,
} from './brokerage.ts';
import { sumWords } from './frames.ts';
import { People, personalLabels } from './people.ts';
import type { Random } from './random.ts';

/** A response as it goes over the wire, and what is in it. */
export interface ReadyResponse {
  readonly bytes: Buffer;
  /** The same cut into packets of at most `mss` octets, and the checksum's sum over each. */
  readonly segments: readonly Buffer[];
  readonly sums: readonly number[];
  readonly status: number;
  readonly gzip: boolean;
  readonly chunked: boolean;
  /** Octets of content after decoding. */
  readonly contentBytes: number;
  /** Values by label, in the order of `personalLabels`. */
  readonly labels: readonly number[];
}

interface Pool {
  readonly answers: readonly ReadyResponse[];
  readonly requestBodies: readonly Buffer[];
  /** Text between the parameters of the target, and the parameters' names. */
  readonly texts: readonly string[];
  readonly parameters: readonly string[];
}

export interface PoolOptions {
  /** Responses in all pools together. */
  readonly size: number;
  /** Share of responses with content that are gzip-coded, 0…1; every second of them is chunked. */
  readonly gzipShare: number;
}

/** Largest payload of a packet, octets. */
export const mss = 1460;
export const sessionCount = 2000;
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
  'okhttp/4.12.0',
  'QingshanTrader/7.2.1 (Android 14)',
];

export class Messages {
  private readonly pools: readonly Pool[];
  private readonly failures = new Map<number, readonly ReadyResponse[]>();
  /** Header fields of each session: agent and credential. */
  private readonly sessions: readonly string[];

  constructor(
    private readonly random: Random,
    private readonly options: PoolOptions,
  ) {
    const people = new People(random);
    this.pools = interfaces.map((one) => this.pool(one, people));
    for (const [status, message] of [
      [404, 'not found'],
      [500, 'internal error'],
      [401, 'wrong user name or password'],
    ] as const) {
      const make = (_: unknown, i: number) => this.ready(status, errorBody(-status, message, random), i);
      this.failures.set(status, Array.from({ length: 20 }, make));
    }
    this.sessions = Array.from({ length: sessionCount }, (_, i) => sessionFields(i, random));
  }

  /** A request of the interface in the session; `login` requests carry no credential. */
  request(index: number, session: number): Buffer {
    const one = interfaces[index]!;
    const pool = this.pools[index]!;
    let head = `${one.method} ${pool.texts[0]}`;
    for (let i = 0; i < pool.parameters.length; i++) {
      head += parameterValue(pool.parameters[i]!, this.random) + pool.texts[i + 1]!;
    }
    const fields =
      one.answer === 'login' ? `User-Agent: ${agents[session % agents.length]}\r\n` : this.sessions[session]!;
    head += ` HTTP/1.1\r\nHost: ${applications[one.app]!.host}\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n${fields}`;
    if (pool.requestBodies.length === 0) return Buffer.from(`${head}\r\n`, 'latin1');
    const body = this.random.pick(pool.requestBodies);
    head += `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n`;
    const bytes = Buffer.allocUnsafe(head.length + body.length);
    bytes.write(head, 0, 'latin1');
    body.copy(bytes, head.length);
    return bytes;
  }

  answer(index: number): ReadyResponse {
    return this.random.pick(this.pools[index]!.answers);
  }

  failure(status: 401 | 404 | 500): ReadyResponse {
    return this.random.pick(this.failures.get(status)!);
  }

  private pool(one: Interface, people: People): Pool {
    const { random } = this;
    const count = Math.max(4, Math.round((this.options.size * one.share) / 1000));
    const answers = Array.from({ length: count }, (_, i) => {
      const before = [...people.counts];
      const body = answerBody(one.answer, random.between(1500, 3300), random, people);
      const labels = people.counts.map((value, label) => value - before[label]!);
      return this.ready(body === '' ? 204 : 200, body, i, labels);
    });
    const bodies = one.method === 'POST' || one.method === 'PUT' ? Math.min(count, 500) : 0;
    const requestBodies = Array.from({ length: bodies }, () => Buffer.from(requestBody(one.answer, random, people)));
    const target = one.query === undefined ? one.template : `${one.template}?${one.query}`;
    const pieces = target.split(/[{}]/);
    const even = (_: string, i: number) => i % 2 === 0;
    return { answers, requestBodies, texts: pieces.filter(even), parameters: pieces.filter((_, i) => i % 2 === 1) };
  }

  private ready(
    status: number,
    text: string,
    index: number,
    labels: readonly number[] = personalLabels.map(() => 0),
  ): ReadyResponse {
    const { gzipShare } = this.options;
    const content = Buffer.from(text);
    // Every n-th, not by chance, so that small pools have the stated share too.
    const coded = Math.floor((index + 1) * gzipShare);
    const gzip = content.length > 0 && coded > Math.floor(index * gzipShare);
    const chunked = gzip && coded % 2 === 0;
    const body = gzip ? gzipSync(content) : content;
    const reason = {
      200: 'OK',
      204: 'No Content',
      401: 'Unauthorized',
      404: 'Not Found',
      500: 'Internal Server Error',
    }[status];
    let head = `HTTP/1.1 ${status} ${reason}\r\nServer: nginx\r\nDate: Mon, 05 Jan 2026 01:30:00 GMT\r\n`;
    head += `X-Request-Id: ${this.random.hex(3)}\r\n`;
    if (content.length > 0) head += 'Content-Type: application/json;charset=UTF-8\r\n';
    if (gzip) head += 'Content-Encoding: gzip\r\n';
    if (chunked) head += 'Transfer-Encoding: chunked\r\n';
    else if (content.length > 0) head += `Content-Length: ${body.length}\r\n`;
    const parts = [Buffer.from(`${head}\r\n`, 'latin1'), ...(chunked ? chunks(body) : [body])];
    const bytes = Buffer.concat(parts);
    const segments = Array.from({ length: Math.ceil(bytes.length / mss) }, (_, i) =>
      bytes.subarray(i * mss, (i + 1) * mss),
    );
    const sums = segments.map((segment) => sumWords(segment, 0, segment.length));
    return { bytes, segments, sums, status, gzip, chunked, contentBytes: content.length, labels };
  }
}

/** Two chunks and the last (RFC 9112 §7.1). */
function chunks(body: Buffer): Buffer[] {
  const half = body.length >> 1;
  const chunk = (part: Buffer) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')];
  return [...chunk(body.subarray(0, half)), ...chunk(body.subarray(half)), Buffer.from('0\r\n\r\n')];
}

/** One session in three sends a bearer token, the others a cookie. */
function sessionFields(index: number, random: Random): string {
  const agent = `User-Agent: ${agents[index % agents.length]}\r\n`;
  if (index % 3 === 0) return `${agent}Authorization: Bearer ${jsonWebToken(random)}\r\n`;
  return `${agent}Cookie: SESSION=${random.uuid()}; lang=zh-CN; theme=dark\r\n`;
}
