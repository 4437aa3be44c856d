/**
 * Made-up HTTP talk for properties: every exchange has an id, in the request's target and in the response's `X-Id`, so
 * that any wrong pair shows.
 */
import assert from 'node:assert/strict';
import { type Conversation, type ConversationOptions, conversation } from '../../deploy/traffic/conversation.ts';
import type { Random } from '../../deploy/traffic/random.ts';
import type { TransactionRecord } from '../../sensor/record.ts';

interface Talk {
  readonly id: string;
  readonly request: string;
  readonly interim: string;
  readonly response: string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function bodyOf(random: Random, id: string): string {
  return `{"id":"${id}","text":"${random.text(random.chance(0.2) ? random.between(1500, 6000) : random.below(400), letters)}"}`;
}

/** Chunks of random sizes, some with extensions, now and then with trailers. */
function chunked(random: Random, body: string, trailers: boolean): string {
  let out = '';
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, random.between(1, 900));
    const extension = random.chance(0.2) ? ';name="a b"' : '';
    out += `${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${out}0\r\n${trailers ? 'X-Sum: 1\r\nX-More: 2\r\n' : ''}\r\n`;
}

function content(random: Random, body: string): string {
  return random.chance(0.35)
    ? `Transfer-Encoding: chunked\r\n\r\n${chunked(random, body, random.chance(0.3))}`
    : `Content-Length: ${body.length}\r\n\r\n${body}`;
}

function talk(random: Random, id: string, heads: boolean): Talk {
  const kind = heads ? random.below(10) : random.between(1, 9);
  const method = kind === 0 ? 'HEAD' : kind < 4 ? 'POST' : kind === 4 ? 'PROPFIND' : 'GET';
  const expects = method === 'POST' && random.chance(0.3);
  const head = `${method} /item/${id}?q=${random.text(random.below(40), letters)} HTTP/1.1\r\nHost: shop.example\r\n`;
  const request =
    method === 'POST'
      ? `${head}${expects ? 'Expect: 100-continue\r\n' : ''}${content(random, bodyOf(random, id))}`
      : `${head}Accept: */*\r\n\r\n`;
  const status = random.pick(['200 OK', '200 OK', '200 OK', '404 Not Found', '204 No Content', '304 Not Modified']);
  const begin = `HTTP/1.1 ${status}\r\nX-Id: ${id}\r\nContent-Type: application/json\r\n`;
  const bare = status.startsWith('204') || status.startsWith('304');
  const response = bare
    ? `${begin}\r\n`
    : method === 'HEAD'
      ? `${begin}Content-Length: 1234\r\n\r\n`
      : `${begin}${content(random, bodyOf(random, id))}`;
  return { id, request, interim: expects ? 'HTTP/1.1 100 Continue\r\n\r\n' : '', response };
}

/** `lockstep`: one question at a time. `batches`: several questions, then their answers. */
export type Manner = 'lockstep' | 'batches';

export interface TalkOptions {
  readonly manner: Manner;
  readonly exchanges: number;
  /** Decides what is sent again, cut anew; nothing is when absent. */
  readonly again?: Random;
  /** Whether there are HEAD requests; there are when absent. */
  readonly heads?: boolean;
  /** Payload of every packet; random for each message when absent. */
  readonly mss?: number;
  /** Told for each exchange how many packets there were before it and after it. */
  readonly mark?: (id: string, before: number, after: number) => void;
  readonly open?: boolean;
  readonly close?: 'fin' | 'rst' | 'none';
}

/** A conversation of random exchanges on one connection, cut anew at every send. */
export function converse(random: Random, ends: ConversationOptions, options: TalkOptions): Conversation {
  const made = conversation({ ackEvery: random.below(4), ...ends });
  if (options.open !== false) made.open();
  const send = (from: 'client' | 'server', text: string) => {
    if (text === '') return;
    const mss = random.chance(0.2) ? random.between(1, 30) : random.between(50, 1460);
    made.send(from, text, { mss: options.mss ?? mss });
    const { again } = options;
    if (!again?.chance(0.4)) return;
    const sent = made.stream(from).length;
    const begin = Math.max(0, sent - again.below(4000));
    made.resend(from, Math.min(begin, sent - 1), sent - again.below(Math.min(100, sent - begin)), {
      mss: again.between(200, 1460),
    });
  };
  for (let i = 0; i < options.exchanges; ) {
    const count = options.manner === 'lockstep' ? 1 : random.between(2, 4);
    const batch = Array.from({ length: count }, (_, k) =>
      talk(random, `${ends.client}-${i + k}`, options.heads !== false),
    );
    i += count;
    if (options.manner === 'lockstep') {
      const [one] = batch as [Talk];
      const before = made.packets().length;
      const head = one.request.indexOf('\r\n\r\n') + 4;
      send('client', one.interim === '' ? one.request : one.request.slice(0, head));
      send('server', one.interim);
      if (one.interim !== '') send('client', one.request.slice(head));
      send('server', one.response);
      options.mark?.(one.id, before, made.packets().length);
      continue;
    }
    if (random.chance(0.5)) send('client', batch.map((one) => one.request).join(''));
    else for (const one of batch) send('client', one.request);
    if (random.chance(0.5)) send('server', batch.map((one) => one.interim + one.response).join(''));
    else for (const one of batch) send('server', one.interim + one.response);
  }
  if (options.close === 'rst') made.reset(random.pick(['client', 'server']));
  else if (options.close !== 'none') made.close(random.pick(['client', 'server']));
  return made;
}

export function requestId(record: TransactionRecord): string | undefined {
  return record.request === null ? undefined : /^\/item\/([^?]*)/.exec(record.request.target)?.[1];
}

export function responseId(record: TransactionRecord): string | undefined {
  return record.response?.headers.find(([name]) => name === 'X-Id')?.[1];
}

/** A pair whose ids differ is the one thing that must never be. What was cut may lack its id. */
export function assertPairsMatch(records: readonly TransactionRecord[], label: string): void {
  for (const record of records) {
    const [asked, answered] = [requestId(record), responseId(record)];
    if (asked !== undefined && answered !== undefined) assert.equal(answered, asked, `${label}: a wrong pair`);
  }
}
