/**
 * HTTP/2 on one connection (RFC 9113): streams to exchanges.
 *
 * A stream's number pairs request and response, so no pair is ever guessed. What was not seen is not made up either: a
 * field that refers to an entry of a table whose beginning was lost is left out, and its exchange says so.
 */
import type { CloseReason, FlowView } from '../../flow/conversation.ts';
import { C, type Ledger } from '../../ledger.ts';
import type { UnpairedReason } from '../../transaction.ts';
import type { Weird, WeirdCounts } from '../../weird.ts';
import type { Exchange, Message } from '../exchange.ts';
import type { ExchangeMaker } from '../exchange-maker.ts';
import { requestHost } from '../target.ts';
import { type Beginning, type Block, Half, type HalfOwner } from './half.ts';
import type { HeaderSection } from './header-section.ts';
import type { Http2Limits } from './limits.ts';
import { Rate } from './rate.ts';
import { Stream } from './stream.ts';

/** What a connection works with. */
export interface Http2Context {
  readonly maker: ExchangeMaker;
  readonly flow: FlowView;
  readonly limits: Http2Limits;
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
}

/** Octets that a coded content and its decoder hold, at most, in two directions. */
const MOST_HELD = 128 * 1024;
/** Streams remembered as over: what still comes on them was on its way. */
const MOST_CLOSED = 512;

export class Http2Connection implements HalfOwner {
  readonly #halves: readonly [Half, Half];
  readonly #streams = new Map<number, Stream>();
  /** Latest last. */
  readonly #closed = new Set<number>();
  /** Octets held for coded contents of all streams, at most. */
  #held = 0;
  /** Exchanges had to be ended for want of room. */
  #evicted = false;
  readonly #resets: Rate;
  readonly #controls: Rate;

  /** Its first octets were seen. */
  readonly #whole: boolean;

  constructor(
    private readonly client: 0 | 1,
    asks: Beginning,
    answers: Beginning,
    private readonly context: Http2Context,
  ) {
    const { limits, ledger } = context;
    const half = (direction: 0 | 1): Half =>
      new Half(direction, this, limits, ledger, direction === client ? asks : answers);
    this.#halves = [half(0), half(1)];
    this.#whole = asks === 'preface';
    this.#resets = new Rate(limits.rapidResets);
    this.#controls = new Rate(limits.controlFrames);
  }

  /** A request of HTTP/1 asked for HTTP/2: its answer comes on stream 1 (RFC 7540 §3.2). */
  adopt(exchange: Exchange): void {
    const stream = new Stream(1, exchange, false);
    stream.request = exchange.request;
    stream.requestEnded = true;
    this.#streams.set(1, stream);
  }

  read(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number): void {
    this.#halves[direction].read(data, start, end, ts);
  }

  gap(direction: 0 | 1, length: number): void {
    this.#halves[direction].gap(length);
  }

  conflict(direction: 0 | 1): void {
    this.#streams.get(this.#halves[direction].stream)?.exchange.note('tcp_overlap_conflict');
  }

  close(reason: CloseReason): void {
    for (const half of this.#halves) half.close();
    for (const stream of [...this.#streams.values()]) this.#end(stream, this.#whyAlone(stream, reason));
  }

  // HalfOwner

  block(direction: 0 | 1, block: Block): void {
    const isRequest = direction === this.client;
    if (block.promised > 0) this.#promise(isRequest, block);
    else if (isRequest) this.#ofClient(block);
    else this.#ofServer(block);
    for (const name of block.section.weird) this.context.weird.note(name);
  }

  content(direction: 0 | 1, id: number, data: Buffer, start: number, end: number, last: boolean): void {
    const stream = this.#streams.get(id);
    const isRequest = direction === this.client;
    if (stream === undefined) {
      if (!this.#isLate(id)) return;
      this.note(direction, id, 'http2_frame_on_closed_stream');
      return;
    }
    if (stream.tunnel) {
      this.#halves[direction].tunnel(end - start);
    } else {
      const message = stream.message(isRequest);
      if (message !== null && !(isRequest ? stream.requestEnded : stream.responseEnded)) {
        if (end > start) message.body(data, start, end, last);
        message.endTs = this.#halves[direction].ts;
        if (message.coded && message.shed === null && !last) this.#hold(stream, end - start);
      }
    }
    if (last && this.#streams.has(id)) this.#ended(stream, isRequest);
  }

  #hold(stream: Stream, octets: number): void {
    const held = Math.min(octets, MOST_HELD - stream.held);
    stream.held += held;
    this.#held += held;
    while (this.#held > this.context.limits.maxHeld) this.#evict();
  }

  contentLost(direction: 0 | 1, id: number, length: number, last: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const isRequest = direction === this.client;
    stream.message(isRequest)?.gap(length);
    if (last) this.#ended(stream, isRequest);
  }

  reset(direction: 0 | 1, id: number): void {
    const stream = this.#streams.get(id);
    if (direction === this.client && (stream === undefined || stream.response === null)) {
      if (this.#resets.hit(this.#halves[direction].ts)) this.note(direction, id, 'http2_rapid_reset');
    }
    if (stream !== undefined) this.#end(stream, 'reset');
  }

  goAway(direction: 0 | 1, lastStream: number): void {
    // §6.8: the server will answer none beyond.
    if (direction === this.client) return;
    for (const stream of [...this.#streams.values()]) {
      if (stream.id % 2 === 1 && stream.id > lastStream) this.#end(stream, 'reset');
    }
  }

  control(direction: 0 | 1): void {
    if (this.#controls.hit(this.#halves[direction].ts)) this.context.weird.note('http2_control_flood');
  }

  /** A message in this direction was under way, and where it goes on is not known. */
  lost(direction: 0 | 1): void {
    const isRequest = direction === this.client;
    for (const stream of [...this.#streams.values()]) {
      const ended = isRequest ? stream.requestEnded : stream.responseEnded;
      if (ended || stream.message(isRequest) === null) continue;
      if (isRequest) stream.requestEnded = true;
      else this.#end(stream, 'gap');
    }
  }

  note(_direction: 0 | 1, id: number, name: Weird): void {
    this.context.weird.note(name);
    this.#streams.get(id)?.exchange.note(name);
  }

  // Heads

  #ofClient(block: Block): void {
    const { stream: id, section } = block;
    const stream = this.#streams.get(id);
    if (stream === undefined) {
      if (this.#isLate(id)) {
        this.note(this.client, id, 'http2_frame_on_closed_stream');
        if (section.method !== '') this.#askLate(block);
      }
      // What has no pseudo-field that could be known is the trailer section of a request that was not seen.
      else if (block.endStream && section.kind === null && !section.unknown && !this.#whole) return;
      else this.#ask(id, block, block.endStream);
      return;
    }
    if (stream.request === null) this.#askLate(block);
    else if (stream.requestEnded) this.note(this.client, id, 'http2_bad_frame');
    else this.#trailers(stream, stream.request, true, block);
  }

  #ask(id: number, block: Block, endStream: boolean): void {
    if (this.#streams.size >= this.context.limits.maxStreams) this.#evict();
    const exchange = this.context.maker.open();
    const stream = new Stream(id, exchange, block.section.method === 'CONNECT');
    this.#streams.set(id, stream);
    stream.request = this.#request(exchange, block);
    if (endStream) this.#ended(stream, true);
  }

  /** Its answer was read first and has been told to begin: readers want requests first, so it stays alone. */
  #askLate(block: Block): void {
    const exchange = this.context.maker.open();
    this.#request(exchange, block).complete = block.endStream;
    this.context.maker.end(exchange, 'gap');
  }

  #request(exchange: Exchange, block: Block): Message {
    const { section } = block;
    const { method, authority, about } = section;
    // A tunnel has no path, but where another protocol is asked for (§8.5, RFC 8441 §4).
    const target = method === 'CONNECT' && section.protocol === '' ? authority : section.path;
    if (this.#lacks(section, method !== '' && target !== '')) section.note('http2_bad_header');
    const { counts } = this.context.ledger;
    counts[C.messagesParsed]!++;
    counts[C.requestsParsed]!++;
    // §8.3.1: no userinfo in an authority; who sends one tells a secret.
    const named = authority !== '' ? authority.slice(authority.lastIndexOf('@') + 1) : about.host;
    const message = exchange.begin(
      {
        side: 'request',
        ts: block.ts,
        method,
        target,
        version: '2',
        host: section.protocol === '' ? requestHost(target, named, method) : named,
        headers: section.fields,
      },
      about,
    );
    this.#begun(message, exchange, block, this.client);
    return message;
  }

  /** A pseudo-field that must be there is not, and it is not for want of its entry. */
  #lacks(section: HeaderSection, complete: boolean): boolean {
    return (
      !complete && !section.weird.some((name) => name === 'http2_hpack_state_unknown' || name === 'http2_hpack_error')
    );
  }

  #begun(message: Message, exchange: Exchange, block: Block, direction: 0 | 1): void {
    message.headBytes = block.bytes;
    message.endTs = this.#halves[direction].ts;
    for (const name of block.section.weird) exchange.note(name);
  }

  #ofServer(block: Block): void {
    const { stream: id, section } = block;
    let stream = this.#streams.get(id);
    if (stream?.response != null) {
      if (stream.responseEnded) this.note(this.client, id, 'http2_bad_frame');
      else this.#trailers(stream, stream.response, false, block);
      return;
    }
    if (stream === undefined && this.#isLate(id)) {
      this.note(this.client, id, 'http2_frame_on_closed_stream');
      return;
    }
    // The trailer section of a response that began before anything was seen.
    if (stream === undefined && section.status === '' && block.endStream && (!this.#whole || this.#lossy)) return;
    const status = /^[1-9]\d\d$/.test(section.status) ? Number(section.status) : 0;
    if (this.#lacks(section, status > 0)) section.note('http2_bad_header');
    const counts = this.context.ledger.counts;
    if (status >= 100 && status < 200) {
      if (stream === undefined && !(!this.#whole || this.#lossy))
        this.context.weird.note('http_response_without_request');
      counts[C.messagesParsed]!++;
      counts[C.responsesParsed]!++;
      counts[C.interimResponses]!++;
      stream?.exchange.noteInterim(status);
      return;
    }
    stream ??= this.#unasked(id);
    const exchange = stream.exchange;
    counts[C.messagesParsed]!++;
    counts[C.responsesParsed]!++;
    stream.response = exchange.begin(
      { side: 'response', ts: block.ts, status, reason: '', version: '2', headers: section.fields },
      section.about,
    );
    this.#begun(stream.response, exchange, block, this.#server);
    if (stream.connects && status >= 200 && status < 300 && !block.endStream) {
      stream.request!.complete = stream.response.complete = true;
      stream.tunnel = true;
      this.context.maker.end(exchange, 'closed');
      return;
    }
    if (block.endStream) this.#ended(stream, false);
  }

  /** A stream that is answered though nobody was seen to ask. */
  #unasked(id: number): Stream {
    if (this.#streams.size >= this.context.limits.maxStreams) this.#evict();
    const stream = new Stream(id, this.context.maker.open(), false);
    stream.requestEnded = true;
    this.#streams.set(id, stream);
    if (this.#whole && !this.#lossy && !this.#evicted) {
      this.note(this.client, id, 'http_response_without_request');
    }
    return stream;
  }

  /** §8.4: a request that the server makes up, and will answer. */
  #promise(fromClient: boolean, block: Block): void {
    if (fromClient || block.promised % 2 === 1 || this.#streams.has(block.promised)) {
      this.note(this.client, block.stream, 'http2_bad_frame');
      return;
    }
    block.section.note('http2_push');
    this.#ask(block.promised, block, true);
  }

  #trailers(stream: Stream, message: Message, isRequest: boolean, block: Block): void {
    const { section } = block;
    // §8.1: trailers end the message, and have no pseudo-fields.
    if (!block.endStream || section.kind !== null) section.note('http2_bad_header');
    message.trailers = section.fields;
    message.headBytes += block.bytes;
    message.endTs = this.#halves[isRequest ? this.client : this.#server].ts;
    for (const name of section.weird) stream.exchange.note(name);
    if (block.endStream) this.#ended(stream, isRequest);
  }

  // Ends

  get #server(): 0 | 1 {
    return this.client === 0 ? 1 : 0;
  }

  get #lossy(): boolean {
    return this.#halves[0].lossy || this.#halves[1].lossy;
  }

  /** A stream that is over, by what was seen. */
  #isLate(id: number): boolean {
    return this.#closed.has(id);
  }

  #ended(stream: Stream, isRequest: boolean): void {
    stream.end(isRequest);
    if (stream.over) this.#end(stream, this.#whyAlone(stream, 'unsolicited'));
  }

  #evict(): void {
    const oldest = this.#streams.values().next().value!;
    this.#evicted = true;
    this.note(this.client, oldest.id, 'http2_stream_limit');
    this.#end(oldest, 'evicted');
  }

  #end(stream: Stream, reason: UnpairedReason): void {
    this.#streams.delete(stream.id);
    this.#held -= stream.held;
    this.#closed.add(stream.id);
    if (this.#closed.size > MOST_CLOSED) this.#closed.delete(this.#closed.values().next().value!);
    if (!stream.tunnel) this.context.maker.end(stream.exchange, reason);
  }

  /** Why an exchange, when one half is missing, will never have it. `otherwise` is what the flow's end says. */
  #whyAlone(stream: Stream, otherwise: UnpairedReason): UnpairedReason {
    const missing = stream.request === null ? this.client : this.#server;
    if (!this.context.flow.seen(missing)) return 'one-sided';
    if (stream.request !== null) {
      if (!this.context.flow.spoke(missing)) return otherwise;
      return this.#halves[missing].lossy ? 'gap' : otherwise;
    }
    if (this.#halves[missing].lossy) return 'gap';
    if (!this.#whole || this.context.flow.midStream) return 'mid-stream';
    return this.#evicted ? 'evicted' : 'unsolicited';
  }
}
