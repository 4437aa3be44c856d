/** One connection with what each side sends, through the sensor. */
import { conversation } from '../../../deploy/traffic/conversation.ts';
import type { TransactionRecord } from '../../../sensor/record.ts';
import { type Sensed, type SenseOptions, sense } from '../sense.ts';

/** Alternating: what the client sends, what the server sends, and so on. */
export interface Said {
  readonly turns: readonly string[];
  /** Largest payload of a packet; 1460 when absent. */
  readonly mss?: number;
  readonly close?: 'client' | 'server' | 'none';
  readonly options?: SenseOptions;
}

export function senseSaid({ turns, mss, close = 'client', options }: Said): Sensed {
  const made = conversation({
    client: '10.0.0.1:4000',
    server: '10.0.0.2:80',
    ackEvery: 0,
    ...(mss !== undefined && { mss }),
  }).open();
  for (const [i, text] of turns.entries()) made.send(i % 2 === 0 ? 'client' : 'server', text);
  if (close !== 'none') made.close(close);
  return sense(made.packets(), options);
}

/** `METHOD target → status body`, a dash for a missing half, its reason, and what is odd. */
export function summary(records: readonly TransactionRecord[]): string[] {
  return [...records]
    .sort((a, b) => a.depth - b.depth)
    .map(({ request, response, unpaired, truncated, interim, weird }) =>
      [
        request === null ? '-' : `${request.method} ${request.target}`,
        ...(request?.body.text === undefined ? [] : [`«${request.body.text}»`]),
        '→',
        response === null ? '-' : `${response.status}`,
        ...(response?.body.text === undefined ? [] : [`«${response.body.text}»`]),
        ...(interim === undefined ? [] : [`after ${interim}`]),
        ...(unpaired === undefined ? [] : [unpaired]),
        ...(truncated ? ['truncated'] : []),
        ...weird,
      ].join(' '),
    );
}

export function get(path: string, ...fields: string[]): string {
  return `GET ${path} HTTP/1.1\r\n${['Host: a.example', ...fields].map((field) => `${field}\r\n`).join('')}\r\n`;
}

export function ok(body: string, ...fields: string[]): string {
  return reply('200 OK', body, ...fields);
}

/** With a Content-Length; text/plain. */
export function reply(status: string, body: string, ...fields: string[]): string {
  const all = ['Content-Type: text/plain', ...fields, `Content-Length: ${body.length}`];
  return `HTTP/1.1 ${status}\r\n${all.map((field) => `${field}\r\n`).join('')}\r\n${body}`;
}
