/** One exchange under way: its two messages as they unfold, and its reader. */
import { C } from '../ledger.ts';
import type { Shedder } from '../shedding/shedder.ts';
import type {
  Endpoint,
  HeaderList,
  MessageFacts,
  MessageHead,
  Pairing,
  Side,
  TransactionReader,
  UnpairedReason,
} from '../transaction.ts';
import type { Weird } from '../weird.ts';
import { Content, type ContentLimits, type ContentSink } from './content.ts';
import type { HeadFields } from './head.ts';

export type { Shedder } from '../shedding/shedder.ts';

/** One message of an exchange. */
export class Message {
  endTs: number;
  headBytes = 0;
  gapBytes = 0;
  /** Its end was seen, by its own framing. */
  complete = false;
  trailers: HeaderList = [];
  /** Made when the first octet of content comes: most requests have none. */
  #content: Content | null = null;
  readonly #codings: string;
  readonly #contentType: string;
  /** Octets of coded content were lost: what follows can't be decoded. */
  #broken = false;
  #wireBytes = 0;
  /** Octets of content that were left unread. */
  #shedBytes = 0;
  /** The ledger's counters, where its content is left unread; else null. */
  shed: Float64Array | null = null;

  constructor(
    readonly head: MessageHead,
    { contentCoding, transferCoding, contentType }: HeadFields,
    private readonly limits: ContentLimits,
    private readonly reader: TransactionReader,
  ) {
    this.endTs = head.ts;
    // Transfer codings were applied last: they stand last in the list and come off first.
    if (transferCoding === '') this.#codings = contentCoding;
    else this.#codings = contentCoding === '' ? transferCoding : `${contentCoding}, ${transferCoding}`;
    this.#contentType = contentType;
  }

  /** Its content is coded: octets of it may be held until it ends, or a decoder with its window. */
  get coded(): boolean {
    return this.#codings !== '';
  }

  /** `last`: no more will come after these octets. */
  body(data: Buffer, start: number, end: number, last: boolean): void {
    this.#wireBytes += end - start;
    if (this.shed === null) this.content(data, start, end, last);
    else this.#leave(this.shed, end - start);
  }

  /** Whoever read the framing counts them as read. */
  #leave(counts: Float64Array, octets: number): void {
    if (this.#shedBytes === 0) counts[C.bodiesShed]!++;
    this.#shedBytes += octets;
    counts[C.messageBytes]! -= octets;
    counts[C.shedBytes]! += octets;
  }

  /** As `body`, of octets whose size on the wire is told apart. */
  content(data: Buffer, start: number, end: number, last: boolean): void {
    if (!this.#broken) this.#open().write(data, start, end, last);
  }

  /** Octets of content on the wire, not handed over as they are. */
  carried(octets: number, ts: number): void {
    this.#wireBytes += octets;
    this.endTs = ts;
  }

  #open(): Content {
    if (this.#content !== null) return this.#content;
    const { side } = this.head;
    const { reader } = this;
    const sink: ContentSink = (bytes, start, end) => reader.body(side, bytes, start, end);
    this.#content = new Content(this.#codings, this.#contentType, sink, this.limits);
    return this.#content;
  }

  /** Octets of content were lost. A coded body cannot be read on behind them; a plain one can. */
  gap(length: number): void {
    this.gapBytes += length;
    if (!this.#broken && this.#codings !== '') {
      this.#broken = true;
      this.#content?.finish(false);
    }
  }

  /** Closes the content and says what was measured; its oddities go to `exchange`. */
  finish(exchange: Exchange): MessageFacts {
    const content = this.#content;
    if (this.#shedBytes > 0) exchange.note('body_shed');
    if (content !== null) {
      if (!this.#broken) content.finish(this.complete);
      for (const name of content.weird) exchange.note(name);
    }
    return {
      headBytes: this.headBytes,
      wireBytes: this.#wireBytes,
      bytes: content?.bytes ?? 0,
      shedBytes: this.#shedBytes,
      encoding: content?.encoding ?? '',
      charset: content?.charset ?? '',
      truncated: !this.complete || this.gapBytes > 0 || this.#shedBytes > 0 || (content?.truncated ?? false),
      endTs: this.endTs,
      trailers: this.trailers,
    };
  }
}

/** Interim responses of one exchange that are remembered. */
const MAX_INTERIM = 16;
const none: readonly never[] = [];

export class Exchange {
  request: Message | null = null;
  response: Message | null = null;
  #interim: number[] | null = null;
  #weird: Set<Weird> | null = null;
  /** Stream offset of the request's first octet; -1 when there is no request. */
  requestOffset = -1;
  /** Requests may have been lost right before this one. */
  afterGap = false;

  constructor(
    private readonly reader: TransactionReader,
    /** Its number in the flow, from 1. */
    readonly depth: number,
    /** As of TransactionTail. */
    public sequence: number,
    private readonly limits: ContentLimits,
    /** Null where nothing is ever shed. */
    private readonly shedder: Shedder | null = null,
    private readonly server: Endpoint | null = null,
  ) {}

  begin(head: MessageHead, fields: HeadFields): Message {
    const message = new Message(head, fields, this.limits, this.reader);
    if (head.side === 'request') this.request = message;
    else this.response = message;
    if (this.shedder?.active) message.shed = this.#shed(head.side, this.shedder);
    this.reader.begin(head);
    return message;
  }

  #shed(side: Side, shedder: Shedder): Float64Array | null {
    const head = this.request?.head;
    return shedder.sheds(side, head?.side === 'request' ? head : null, this.server) ? shedder.counts : null;
  }

  note(name: Weird): void {
    this.#weird ??= new Set();
    this.#weird.add(name);
  }

  noteInterim(status: number): void {
    this.#interim ??= [];
    if (this.#interim.length < MAX_INTERIM) this.#interim.push(status);
  }

  get pairing(): Pairing {
    if (this.request === null) return 'no-request';
    return this.response === null ? 'no-response' : 'paired';
  }

  /** Closes the reader. `clock` is the completion time; `reason` counts only when one half is missing. */
  end(clock: number, reason: UnpairedReason): void {
    const { request, response, pairing } = this;
    const requestFacts = request === null ? null : request.finish(this);
    const responseFacts = response === null ? null : response.finish(this);
    const begin = (request ?? response)!.head.ts;
    const end = Math.max(request?.endTs ?? 0, response?.endTs ?? 0);
    this.reader.end({
      ts: clock,
      request: requestFacts,
      response: responseFacts,
      sequence: this.sequence,
      durationUs: Math.max(0, end - begin),
      gapBytes: (request?.gapBytes ?? 0) + (response?.gapBytes ?? 0),
      truncated: (requestFacts?.truncated ?? false) || (responseFacts?.truncated ?? false),
      pairing,
      unpaired: pairing === 'paired' ? null : reason,
      interim: this.#interim ?? none,
      weird: this.#weird === null ? none : [...this.#weird].sort(),
    });
  }
}

/** None wait on nearly every connection: one list for all of them. */
export const noExchanges = Object.freeze([]) as unknown as Exchange[];
