/** What reads a connection's octets once HTTP/1 is over on it, or was never spoken. */
import type { CloseReason } from '../flow/flow.ts';
import { type HeaderList, headerValue } from '../transaction.ts';
import { Http2Connection, type Http2Context } from './http2/connection.ts';
import type { Beginning } from './http2/half.ts';

export interface Successor {
  /** Octets in order; each must end in one counter of the ledger's `parsed` stage. */
  read(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number): void;
  gap(direction: 0 | 1, length: number): void;
  conflict(direction: 0 | 1): void;
  /** The last call. */
  close(reason: CloseReason): void;
}

/** A direction that leaves its octets to a successor. */
interface Leaving {
  beginning(first: Beginning): Beginning;
}

/** `first`: how the client's octets begin where none of them was passed over. */
export function openHttp2(
  directions: readonly [Leaving, Leaving],
  client: 0 | 1,
  first: Beginning,
  context: Http2Context,
): Http2Connection {
  const server = client === 0 ? 1 : 0;
  const isWhole = first === 'preface' || !context.flow.midStream;
  const answers = directions[server].beginning(isWhole ? 'settings' : 'unknown');
  return new Http2Connection(client, directions[client].beginning(first), answers, context);
}

/** Whether a response that switches protocols switches to HTTP/2 (RFC 7540 §3.2). */
export function upgradesToHttp2(headers: HeaderList): boolean {
  return /\bh2c\b/i.test(headerValue(headers, 'upgrade') ?? '');
}
