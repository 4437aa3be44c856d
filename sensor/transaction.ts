/**
 * The sensor's contract: one HTTP exchange as a sequence of events.
 *
 * Bodies may be gigabytes, so an exchange is never held whole: the sensor opens a reader for it, hands over heads and
 * decoded body bytes as they complete, and closes it with what was measured. `record.ts` makes a plain record of the
 * events where one is wanted (NDJSON output, tests).
 */

import type { TlsHandshake } from './handshake.ts';

/** One end of a flow. `ip` is the canonical text form (RFC 5952 for IPv6); `port` 0…65535. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** The TCP connection an exchange was seen on. The client is the side that spoke requests, not the lower port. */
export interface FlowInfo {
  /** 16 lower-case hex digits: hash of addresses, ports and the packet time of the flow's first packet. */
  readonly uid: string;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Outermost IEEE 802.1Q VLAN id; absent when untagged. */
  readonly vlan?: number;
  /** Name of the innermost tunnel the packets came through (`vxlan:5001`, `gre`); absent when not tunnelled. */
  readonly tunnel?: string;
  /** The exchange came out of TLS, opened by a key log; absent when it was in clear. */
  readonly tls?: true;
}

export type Side = 'request' | 'response';

/** Header fields in wire order as a flat list: name, value, name, value … Latin-1 text, one char a byte (RFC 9110 §5.5). */
export type HeaderList = readonly string[];

export interface RequestHead {
  readonly side: 'request';
  /** Packet time of the first byte, integer µs since 1970. */
  readonly ts: number;
  readonly method: string;
  /** The request target as sent (RFC 9112 §3.2), Latin-1. */
  readonly target: string;
  /** `1.0`, `1.1`, `0.9`, `2`. */
  readonly version: string;
  /** Authority the request names: absolute-form target, else Host; empty when none was sent. */
  readonly host: string;
  readonly headers: HeaderList;
}

export interface ResponseHead {
  readonly side: 'response';
  /** Packet time of the first byte, integer µs since 1970. */
  readonly ts: number;
  /** 0 when the status line names none that can be read; HTTP/0.9 has none. */
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly headers: HeaderList;
}

export type MessageHead = RequestHead | ResponseHead;

/** What was measured of one message by the time it ended. */
export interface MessageFacts {
  /** Octets of start line and header section, line ends included. */
  readonly headBytes: number;
  /** Octets of content on the wire: transfer coding removed, content coding not. */
  readonly wireBytes: number;
  /** Octets of content handed to `body()`: content coding removed. Equals `wireBytes` when not coded. */
  readonly bytes: number;
  /** Octets of content on the wire that were left unread because there was too much to read; 0 for none. */
  readonly shedBytes: number;
  /** Content coding that was removed, as sent (`gzip`, `br`, `gzip, br`); empty for none. */
  readonly encoding: string;
  /** WHATWG label of the text's charset by header, meta or sniffing; empty when the body is not text or unknown. */
  readonly charset: string;
  /** True when content is missing: a gap, the end of the flow, a limit, an undecodable coding. */
  readonly truncated: boolean;
  /** Packet time of the last byte seen, integer µs since 1970. */
  readonly endTs: number;
  /** Trailer fields (RFC 9110 §6.5); empty when none. */
  readonly trailers: HeaderList;
}

/** `paired`, or which half never came. */
export type Pairing = 'paired' | 'no-response' | 'no-request';

/** Why a message stayed alone. A closed list: every unpaired message has exactly one. */
export const unpairedReasons = [
  'end-of-input', // the capture ended first
  'closed', // both sides closed the connection (FIN)
  'reset', // RST
  'timeout', // nothing more was heard; the flow expired
  'gap', // bytes of the other half were lost
  'one-sided', // only this direction was ever captured
  'mid-stream', // the capture began after the other half had been sent
  'evicted', // a memory bound was hit
  'unparsed', // the other direction did not read as HTTP
  'unsolicited', // a response while no request was waiting for one
  'protocol-switch', // the connection became another protocol
] as const;
export type UnpairedReason = (typeof unpairedReasons)[number];

export interface TransactionTail {
  /** Completion: the running maximum of packet time when the last byte (or the expiry) was seen, integer µs. */
  readonly ts: number;
  /** Absent (null) when that half was never seen. */
  readonly request: MessageFacts | null;
  readonly response: MessageFacts | null;
  /**
   * Where in its connection it begins, 32 bits: the TCP sequence number of its request's first octet (of its response's
   * when the request was not seen; in HTTP/2 and WebSocket that of the client's first octet, plus its number in the
   * connection; 0, not known, where no packet of either side told the client's). With addresses and ports it tells the
   * same exchange at another tap.
   */
  readonly sequence: number;
  /** First byte of the request to last byte of the response, µs; of the half there is when one is missing. */
  readonly durationUs: number;
  /** Octets lost inside this exchange. */
  readonly gapBytes: number;
  readonly truncated: boolean;
  readonly pairing: Pairing;
  /** Absent (null) when paired. */
  readonly unpaired: UnpairedReason | null;
  /** Status codes of interim responses (RFC 9110 §15.2) that came before the final one. */
  readonly interim: readonly number[];
  /** Names of oddities (weird.ts) met in this exchange, sorted, each once. */
  readonly weird: readonly string[];
}

/** Consumes one exchange. Calls come in order: begin(request)? body* begin(response)? body* end. */
export interface TransactionReader {
  /** A head is complete. At most once a side; a half that was never seen is never begun. */
  begin(head: MessageHead): void;
  /**
   * Content octets, decoded: `bytes[start, end)`, valid during the call only. Copy what must stay. Behind 101 to
   * WebSocket each message of text is a line (a line feed inside it has become a carriage return).
   */
  body(side: Side, bytes: Uint8Array, start: number, end: number): void;
  /** Exactly once, last. */
  end(tail: TransactionTail): void;
}

/** Where the sensor sends exchanges. */
export interface TransactionSink {
  /** `depth` counts the exchanges of the flow from 1. The pair (flow.uid, depth) names the exchange. */
  open(flow: FlowInfo, depth: number): TransactionReader;
  /** A TLS connection's handshake is over, or will not be: at most once a flow. Absent where nobody asks. */
  handshake?(flow: FlowInfo, handshake: TlsHandshake): void;
}

/** The exchange's name: flow uid, a dash, its depth. Unique, and the same on every run. */
export function transactionUid(flow: FlowInfo, depth: number): string {
  return `${flow.uid}-${depth}`;
}

/** First value of a header field, or undefined. `name` in lower case. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    const candidate = headers[i] as string;
    if (candidate.length === name.length && candidate.toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}
