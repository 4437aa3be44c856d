/**
 * READ: the half of analysis without memory beyond its flow. It runs in the shards, takes each exchange's events and
 * makes one ApiCall of them. Clear values end here: what leaves is masked.
 */
import { C, type Ledger } from '../sensor/ledger.ts';
import type {
  FlowInfo,
  MessageHead,
  RequestHead,
  ResponseHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../sensor/transaction.ts';
import { headerValue, transactionUid } from '../sensor/transaction.ts';
import { type ApiCall, callVersion } from './call.ts';
import { apiIdOf } from './discover/api-id.ts';
import { appOf } from './discover/app.ts';
import { formatOf } from './discover/format.ts';
import { splitTarget } from './discover/path.ts';
import { templateOf } from './discover/template.ts';
import { maskQuery, maskReferer } from './mask.ts';

/** Octets of decoded content that the format is told from. */
const REQUEST_PREFIX = 16 * 1024;
const RESPONSE_PREFIX = 1024;
const MAX_USER_AGENT = 512;

const nothing = new Uint8Array(0);

/** Exchanges in, calls out. */
export class CallReader implements TransactionSink {
  constructor(
    private readonly ledger: Ledger,
    private readonly emit: (call: ApiCall) => void,
  ) {}

  open(flow: FlowInfo, depth: number): TransactionReader {
    return new OneCall(flow, depth, (call) => {
      this.ledger.counts[C.exchangesToRead]!++;
      this.ledger.counts[C.callsRead]!++;
      this.emit(call);
    });
  }
}

class OneCall implements TransactionReader {
  #request: RequestHead | null = null;
  #response: ResponseHead | null = null;
  #requestPrefix: Uint8Array = nothing;
  #responsePrefix: Uint8Array = nothing;

  constructor(
    private readonly flow: FlowInfo,
    private readonly depth: number,
    private readonly emit: (call: ApiCall) => void,
  ) {}

  begin(head: MessageHead): void {
    if (head.side === 'request') this.#request = head;
    else this.#response = head;
  }

  body(side: Side, bytes: Uint8Array, start: number, end: number): void {
    if (side === 'request') this.#requestPrefix = extend(this.#requestPrefix, bytes, start, end, REQUEST_PREFIX);
    else this.#responsePrefix = extend(this.#responsePrefix, bytes, start, end, RESPONSE_PREFIX);
  }

  end(tail: TransactionTail): void {
    const { flow } = this;
    const request = this.#request;
    const response = this.#response;
    const target = request?.target ?? '';
    const requestHeaders = request?.headers ?? [];
    const method = request?.method ?? '';
    const { path, query } = splitTarget(target);
    const app = appOf(request?.host ?? '', flow.server.ip, flow.server.port);
    const { template, masked, reason } =
      request === null ? { template: '', masked: '', reason: 'no request seen' } : templateOf(target);
    const {
      format,
      reason: formatReason,
      operation,
    } = formatOf({
      method,
      path,
      query,
      requestHeaders,
      responseHeaders: response?.headers ?? null,
      status: response?.status ?? 0,
      requestPrefix: this.#requestPrefix,
      responsePrefix: this.#responsePrefix,
    });
    const referer = headerValue(requestHeaders, 'referer');
    this.emit({
      v: callVersion,
      uid: transactionUid(flow, this.depth),
      ts: (request ?? response)!.ts,
      completedTs: tail.ts,
      app,
      server: flow.server.ip,
      serverPort: flow.server.port,
      client: flow.client.ip,
      clientPort: flow.client.port,
      vlan: flow.vlan ?? null,
      tunnel: flow.tunnel ?? null,
      httpVersion: (request ?? response)!.version,
      method,
      path: masked,
      query: maskQuery(query),
      template,
      templateReason: reason,
      operation,
      format,
      formatReason,
      apiId: apiIdOf(app, method, template, operation),
      status: response?.status ?? 0,
      requestType: mediaType(headerValue(requestHeaders, 'content-type')),
      responseType: mediaType(response === null ? undefined : headerValue(response.headers, 'content-type')),
      userAgent: (headerValue(requestHeaders, 'user-agent') ?? '').slice(0, MAX_USER_AGENT),
      referer: referer === undefined ? '' : maskReferer(referer),
      requestBytes: octets(tail.request),
      responseBytes: octets(tail.response),
      durationUs: tail.durationUs,
      completeness: completeness(tail),
      pairing: tail.pairing,
      unpaired: tail.unpaired,
      weird: tail.weird,
    });
  }
}

/** The first octets of a body; `bytes` is valid during the call only, so they are copied. */
function extend(prefix: Uint8Array, bytes: Uint8Array, start: number, end: number, limit: number): Uint8Array {
  const room = limit - prefix.length;
  if (room <= 0) return prefix;
  const more = bytes.subarray(start, Math.min(end, start + room));
  // A copy out of Node's pool of small buffers; slice() of a Buffer would be a view of what will be written over.
  if (prefix.length === 0) return Buffer.from(more);
  const joined = new Uint8Array(prefix.length + more.length);
  joined.set(prefix);
  joined.set(more, prefix.length);
  return joined;
}

function octets(facts: TransactionTail['request']): number {
  return facts === null ? 0 : facts.headBytes + facts.wireBytes;
}

/** Share of the exchange's octets that was seen. A missing half, or a cut of unknown size, counts as half. */
function completeness(tail: TransactionTail): number {
  const seen = octets(tail.request) + octets(tail.response);
  const all = seen + tail.gapBytes;
  const share = all === 0 ? 1 : seen / all;
  const known = tail.pairing === 'paired' && !(tail.truncated && tail.gapBytes === 0);
  return Math.round((known ? share : share / 2) * 1000) / 1000;
}

/** `type/subtype` in lower case (RFC 9110 §8.3.1); at most 100 characters, empty when absent. */
function mediaType(field: string | undefined): string {
  if (field === undefined) return '';
  const end = field.indexOf(';');
  return (end < 0 ? field : field.slice(0, end)).trim().toLowerCase().slice(0, 100);
}
