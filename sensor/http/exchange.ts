/** One exchange under way: its two messages as they unfold, and its reader. */
import type {
  FlowInfo,
  HeaderList,
  MessageFacts,
  MessageHead,
  Pairing,
  Side,
  TransactionReader,
  UnpairedReason,
} from '../transaction.ts';
import { headerValue } from '../transaction.ts';
import type { Weird } from '../weird.ts';
import { Content, type ContentLimits } from './content.ts';

/** One message of an exchange. */
export class Message {
  endTs: number;
  headBytes = 0;
  gapBytes = 0;
  /** Its end was seen, by its own framing. */
  complete = false;
  trailers: HeaderList = [];
  readonly #content: Content;
  readonly #coded: boolean;
  /** Octets of coded content were lost: what follows can't be decoded. */
  #broken = false;
  #wireBytes = 0;

  constructor(
    readonly head: MessageHead,
    transferCoding: string,
    limits: ContentLimits,
    sink: (bytes: Uint8Array) => void,
  ) {
    this.endTs = head.ts;
    const type = headerValue(head.headers, 'content-type') ?? '';
    // Transfer codings were applied last: they stand last in the list and come off first.
    const codings = [headerValues(head.headers, 'content-encoding'), transferCoding].filter((c) => c !== '').join(', ');
    this.#coded = codings !== '';
    this.#content = new Content(codings, type, sink, limits);
  }

  body(data: Buffer, start: number, end: number): void {
    this.#wireBytes += end - start;
    if (!this.#broken) this.#content.write(data, start, end);
  }

  /** Octets of content were lost. A coded body cannot be read on behind them; a plain one can. */
  gap(length: number): void {
    this.gapBytes += length;
    if (!this.#broken && this.#coded) {
      this.#broken = true;
      this.#content.finish(false);
    }
  }

  finish(weird: Set<Weird>): MessageFacts {
    const content = this.#content!;
    if (!this.#broken) content.finish(this.complete);
    for (const name of content.weird) weird.add(name);
    return {
      headBytes: this.headBytes,
      wireBytes: this.#wireBytes,
      bytes: content.bytes,
      encoding: content.encoding,
      charset: content.charset,
      truncated: content.truncated || this.gapBytes > 0 || !this.complete,
      endTs: this.endTs,
      trailers: this.trailers,
    };
  }
}

export class Exchange {
  request: Message | null = null;
  response: Message | null = null;
  readonly interim: number[] = [];
  readonly weird = new Set<Weird>();
  /** Stream offset of the request's first octet; -1 when there is no request. */
  requestOffset = -1;
  /** Requests may have been lost right before this one. */
  afterGap = false;
  readonly #reader: TransactionReader;

  constructor(
    flow: FlowInfo,
    /** Its number in the flow, from 1. */
    readonly depth: number,
    open: (flow: FlowInfo, depth: number) => TransactionReader,
    private readonly limits: ContentLimits,
  ) {
    this.#reader = open(flow, depth);
  }

  begin(head: MessageHead, transferCoding: string): Message {
    const reader = this.#reader;
    const side: Side = head.side;
    const message = new Message(head, transferCoding, this.limits, (bytes) => reader.body(side, bytes));
    if (side === 'request') this.request = message;
    else this.response = message;
    reader.begin(head);
    return message;
  }

  get pairing(): Pairing {
    if (this.request === null) return 'no-request';
    return this.response === null ? 'no-response' : 'paired';
  }

  /** Closes the reader. `clock` is the completion time; `reason` counts only when one half is missing. */
  end(clock: number, reason: UnpairedReason): void {
    const { request, response, pairing } = this;
    const requestFacts = request === null ? null : request.finish(this.weird);
    const responseFacts = response === null ? null : response.finish(this.weird);
    const begin = (request ?? response)!.head.ts;
    const end = Math.max(request?.endTs ?? 0, response?.endTs ?? 0);
    this.#reader.end({
      ts: clock,
      request: requestFacts,
      response: responseFacts,
      durationUs: Math.max(0, end - begin),
      gapBytes: (request?.gapBytes ?? 0) + (response?.gapBytes ?? 0),
      truncated: (requestFacts?.truncated ?? false) || (responseFacts?.truncated ?? false),
      pairing,
      unpaired: pairing === 'paired' ? null : reason,
      interim: this.interim,
      weird: this.weird.size === 0 ? [] : [...this.weird].sort(),
    });
  }
}

/** All values of a field that may be repeated, joined as RFC 9110 §5.3 says; empty when absent. */
function headerValues(headers: HeaderList, name: string): string {
  let joined = '';
  for (let i = 0; i < headers.length; i += 2) {
    const field = headers[i]!;
    if (field.length !== name.length || field.toLowerCase() !== name) continue;
    joined += joined === '' ? headers[i + 1]! : `, ${headers[i + 1]!}`;
  }
  return joined;
}
