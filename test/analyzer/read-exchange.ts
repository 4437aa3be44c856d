/** One exchange through `read`. */
import assert from 'node:assert/strict';
import type { ApiCall } from '../../analyzer/call.ts';
import { CallReader, ReadTools } from '../../analyzer/read.ts';
import { Ledger } from '../../sensor/ledger.ts';
import type { FlowInfo, MessageFacts, RequestHead, ResponseHead, TransactionTail } from '../../sensor/transaction.ts';
import { equipment } from '../equipment.ts';

const tools = new ReadTools(equipment.read);
export const ts = Date.UTC(2026, 0, 5, 1, 30) * 1000;
const flow: FlowInfo = {
  uid: '0123456789abcdef',
  client: { ip: '10.0.0.1', port: 40000 },
  server: { ip: '10.0.0.9', port: 8080 },
};

export interface Exchange {
  readonly request?: Partial<Omit<RequestHead, 'side'>>;
  readonly response?: Partial<Omit<ResponseHead, 'side'>> | null;
  readonly requestBody?: string;
  /** Instead of it, where it is no UTF-8. */
  readonly requestOctets?: Buffer;
  readonly responseBody?: string;
  readonly tail?: Partial<TransactionTail>;
}

export function facts(body: string | Buffer, change: Partial<MessageFacts> = {}): MessageFacts {
  const bytes = Buffer.byteLength(body);
  return {
    headBytes: 100,
    wireBytes: bytes,
    bytes,
    shedBytes: 0,
    encoding: '',
    charset: '',
    truncated: false,
    endTs: ts + 500,
    trailers: [],
    ...change,
  };
}

/** How octets of a body are cut into events, and where in a larger buffer they lie. */
type Split = (length: number) => number;

/** Runs the events of an exchange through `read`; what the events point at is written over after each. */
export function read(
  exchange: Exchange,
  split: Split = (length) => length,
  ledger = new Ledger(),
  using = tools,
): ApiCall {
  const calls: ApiCall[] = [];
  const reader = new CallReader(ledger, using, (call) => calls.push(call)).open(flow, 7);
  const { responseBody = '' } = exchange;
  const requestBody = exchange.requestOctets ?? exchange.requestBody ?? '';
  const send = (side: 'request' | 'response', body: string | Buffer): void => {
    const octets = typeof body === 'string' ? Buffer.from(body) : body;
    for (let at = 0; at < octets.length; ) {
      const length = Math.max(1, Math.min(split(octets.length - at), octets.length - at));
      const around = Buffer.alloc(length + 9, '%');
      octets.copy(around, 4, at, at + length);
      reader.body(side, around, 4, 4 + length);
      around.fill('!');
      at += length;
    }
  };
  if (exchange.request !== undefined) {
    const head = { method: 'GET', target: '/', version: '1.1', host: 'app.example', headers: [], ...exchange.request };
    reader.begin({ side: 'request', ts, ...head });
    send('request', requestBody);
  }
  if (exchange.response !== null) {
    const head = { status: 200, reason: 'OK', version: '1.1', headers: [], ...exchange.response };
    reader.begin({ side: 'response', ts: ts + 100, ...head });
    send('response', responseBody);
  }
  reader.end({
    ts: ts + 500,
    request: exchange.request === undefined ? null : facts(requestBody),
    response: exchange.response === null ? null : facts(responseBody),
    sequence: 0,
    durationUs: 500,
    gapBytes: 0,
    truncated: false,
    pairing: exchange.request === undefined ? 'no-request' : exchange.response === null ? 'no-response' : 'paired',
    unpaired: exchange.request === undefined ? 'mid-stream' : exchange.response === null ? 'closed' : null,
    interim: [],
    weird: [],
    ...exchange.tail,
  });
  assert.equal(calls.length, 1);
  return calls[0]!;
}

export const json = ['Content-Type', 'application/json'] as const;
