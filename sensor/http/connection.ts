/**
 * HTTP/1 on one TCP connection: both directions' messages, put together to exchanges.
 *
 * Pairing is by order (RFC 9112 §9.3) and checked by causality: a response answers a request only if its sender had
 * received that request's first octet, which the acknowledgement numbers tell. Where octets were lost and the order
 * can't be told, a message stays alone, with a reason: no pair is better than a wrong one.
 */
import type { CloseReason, Conversation, FlowView } from '../flow/conversation.ts';
import { flowInfo } from '../flow/flow-info.ts';
import { C } from '../ledger.ts';
import type { FlowInfo, ResponseHead, UnpairedReason } from '../transaction.ts';
import type { Weird } from '../weird.ts';
import { Direction } from './direction.ts';
import type { DirectionOwner } from './direction-owner.ts';
import { countEnd } from './ends.ts';
import { Exchange, type Message, noExchanges } from './exchange.ts';
import type { HttpContext } from './http-context.ts';
import { joined } from './http2/frame-search.ts';
import type { MessageParser } from './message-parser.ts';
import { answerable, PairingOrder } from './pairing-order.ts';
import type { MessageKind } from './parser-base.ts';
import { http2Client, isContradicted } from './port-hints.ts';
import { Succession, switchesTo } from './succession.ts';
import { hasSmallLetters, requestHost } from './target.ts';

/** Facts that are true or not, one bit each. Two: octets of a direction were lost before it was known which one asks. */
const LOST_FIRST = 1;
/** The response being read is an interim one: its octets go to no exchange. */
const INTERIM = 4;

export class HttpConnection implements Conversation, DirectionOwner {
  readonly #first: Direction;
  readonly #second: Direction;
  /** Which direction sends requests; -1 while unknown. */
  #client: 0 | 1 | -1 = -1;
  #info: FlowInfo | null = null;
  #depth = 0;
  /** Exchanges whose final response has not begun, in order. */
  #waiting = noExchanges;
  #requesting: Exchange | null = null;
  #responding: Exchange | null = null;
  readonly #order: PairingOrder;
  /** Packet time of the octets before those being read, of either direction. */
  #latestTs = 0;
  #facts = 0;
  #switching: Exchange | null = null;
  /** The request that is answered in HTTP/2 (RFC 7540 §3.2), while the answer that says so is read. */
  #upgrading: Exchange | null = null;
  /** Reads the connection in place of HTTP/1. */
  #succession: Succession | null = null;

  constructor(
    readonly flow: FlowView,
    readonly context: HttpContext,
  ) {
    this.#order = new PairingOrder(flow.midStream);
    this.#first = new Direction(0, this);
    this.#second = new Direction(1, this);
  }

  #direction(direction: 0 | 1): Direction {
    return direction === 0 ? this.#first : this.#second;
  }

  // Conversation

  data(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    const from = this.#direction(direction);
    if (direction !== this.#client && this.#client >= 0) this.#direction(this.#client as 0 | 1).nudge();
    from.read(data, start, end, ts, peerOffset);
    this.#latestTs = ts;
  }

  gap(direction: 0 | 1, length: number, exact = true): void {
    if (this.#succession === null) this.#direction(direction).gap(length, exact);
    else this.#succession.gap(direction, length);
  }

  conflict(direction: 0 | 1): void {
    const exchange = direction === this.#client ? this.#requesting : this.#responding;
    exchange?.note('tcp_overlap_conflict');
    this.#succession?.conflict(direction);
  }

  finish(direction: 0 | 1): void {
    this.#direction(direction).finish();
  }

  close(reason: CloseReason): void {
    for (const each of [this.#first, this.#second]) each.close();
    this.#succession?.close(reason);
    if (this.#waiting.length === 0 && this.#requesting === null && this.#responding === null) return;
    const open = new Set([...this.#takeWaiting(), this.#requesting, this.#responding]);
    this.#requesting = this.#responding = null;
    for (const exchange of open) if (exchange !== null) this.#end(exchange, this.#whyAlone(exchange, reason));
  }

  // DirectionOwner

  speaks(direction: 0 | 1, kind: MessageKind, found: 'http1' | 'h2' = 'http1'): boolean {
    const client = kind === 'REQUEST' ? direction : direction === 0 ? 1 : 0;
    if (this.#client < 0) {
      this.#client = client;
      if (isContradicted(this.flow, this.context.limits.ports, found)) this.note(client, 'port_hint_contradicted');
      if ((this.#facts & (LOST_FIRST << client)) !== 0) this.#order.loseRequests(true);
      if ((this.#facts & (LOST_FIRST << (1 - client))) !== 0) this.#order.loseResponses(true);
    }
    return this.#client === client;
  }

  get established(): boolean {
    return this.#client >= 0;
  }

  kinds(direction: 0 | 1): readonly MessageKind[] {
    if (this.#client < 0) return ['REQUEST', 'RESPONSE'];
    return direction === this.#client ? ['REQUEST'] : ['RESPONSE'];
  }

  answersSimply(direction: 0 | 1): boolean {
    const head = direction === this.#client ? undefined : this.#waiting[0]?.request?.head;
    return head?.version === '0.9';
  }

  giveUp(): void {
    if (this.#client < 0) this.flow.ignore();
  }

  prefaced(direction: 0 | 1): boolean {
    if (this.#client >= 0 || !this.speaks(direction, 'REQUEST', 'h2')) return false;
    this.#succeed().toHttp2(direction, 'preface', null);
    return true;
  }

  joins(): void {
    const said = http2Client(this.flow, this.context.limits.ports);
    const found = joined([this.#first.chain, this.#second.chain], said);
    if (found !== null && this.speaks(found.by, found.kind === 'request' ? 'REQUEST' : 'RESPONSE', 'h2'))
      this.#succeed().toHttp2(this.#client as 0 | 1, 'unknown', null);
  }

  handed(direction: 0 | 1, data: Buffer, start: number, end: number): void {
    this.#succession!.read(direction, data, start, end, this.#direction(direction).ts);
  }

  #succeed(): Succession {
    const { flow } = this;
    const { limits, ledger, weird } = this.context;
    return (this.#succession ??= new Succession([this.#first, this.#second], flow, limits, ledger, weird, {
      open: () => this.#open(),
      end: (exchange, reason) => this.#end(exchange, reason),
    }));
  }

  note(direction: 0 | 1, name: Weird): void {
    this.context.weird.note(name);
    const exchange = direction === this.#client ? this.#requesting : this.#responding;
    if (exchange !== null) exchange.note(name);
    else this.#direction(direction).noteEarly(name);
  }

  head(direction: 0 | 1, parser: MessageParser): boolean {
    this.context.ledger.counts[C.messagesParsed]!++;
    return direction === this.#client ? this.#requestHead(direction, parser) : this.#responseHead(direction, parser);
  }

  body(direction: 0 | 1, data: Buffer, start: number, end: number, last: boolean): void {
    const message = this.#message(direction);
    if (message === null) return;
    message.body(data, start, end, last);
    message.endTs = this.#direction(direction).ts;
  }

  /** Octets of content were lost and the framing bridges them. */
  bodyGap(direction: 0 | 1, length: number): void {
    const message = this.#message(direction);
    if (message !== null) message.gap(length);
  }

  end(direction: 0 | 1, parser: MessageParser): void {
    const message = this.#message(direction);
    if (message !== null) {
      message.complete = true;
      message.endTs = this.#direction(direction).ts;
      message.trailers = parser.trailers;
    }
    this.#ended(direction);
  }

  /** A message broke off: a gap its framing can't bridge, or octets that are no HTTP. */
  broken(direction: 0 | 1, byGap: boolean, lost: number): void {
    const message = this.#message(direction);
    if (message !== null && byGap) message.gapBytes += lost;
    this.#ended(direction);
    if (this.#client < 0) this.#facts |= LOST_FIRST << direction;
    else if (direction === this.#client) this.#order.loseRequests(byGap);
    else this.#order.loseResponses(message === null);
  }

  // Requests

  #requestHead(direction: 0 | 1, parser: MessageParser): boolean {
    this.context.ledger.counts[C.requestsParsed]!++;
    const from = this.#direction(direction);
    const server = this.#direction(direction === 0 ? 1 : 0);
    const settled = this.#order.asks({
      peerOffset: from.messagePeerOffset,
      answeredOffset: server.offset,
      midAnswer: server.midMessage,
      answering: this.#responding !== null,
      silentUs: parser.beganTs - this.#latestTs,
      waiting: this.#waiting.length,
    });
    if (settled) for (const exchange of this.#takeWaiting()) this.#end(exchange, 'gap');
    if (this.#waiting.length >= this.context.limits.maxPipelined) {
      this.note(direction, 'http_pipeline_limit');
      const oldest = this.#waiting.shift()!;
      this.#order.loseResponses(true);
      this.#end(oldest, 'evicted');
    }
    const exchange = this.#open();
    from.handEarly(exchange);
    const message = exchange.begin(
      {
        side: 'request',
        ts: parser.beganTs,
        method: parser.method,
        target: parser.target,
        version: parser.httpVersion,
        host: requestHost(parser.target, parser.fields.host, parser.method),
        headers: parser.headers,
      },
      parser.fields,
    );
    message.headBytes = parser.headBytes;
    message.endTs = from.ts;
    exchange.requestOffset = parser.beganOffset;
    exchange.sequence = (this.flow.sequence(direction) + parser.beganOffset) >>> 0;
    exchange.afterGap = this.#order.takeRequestsLost();
    this.#requesting = exchange;
    if (this.#waiting === noExchanges) this.#waiting = [exchange];
    else this.#waiting.push(exchange);
    if (parser.method === 'CONNECT' || parser.fields.upgrade) this.#switching = exchange;
    if (hasSmallLetters(parser.method)) exchange.note('http_lowercase_method');
    return parser.method !== 'CONNECT';
  }

  // Responses

  #responseHead(direction: 0 | 1, parser: MessageParser): boolean {
    this.context.ledger.counts[C.responsesParsed]!++;
    const from = this.#direction(direction);
    const { status } = parser;
    this.#direction(direction === 0 ? 1 : 0).answered(from.messagePeerOffset);
    const exchange = this.#match(from.messagePeerOffset, status);
    if (exchange !== null && switchesTo(status, parser.headers) === 'http2') this.#upgrading = exchange;
    if (status >= 100 && status < 200 && (status !== 101 || this.#upgrading !== null)) {
      this.context.ledger.counts[C.interimResponses]!++;
      exchange?.noteInterim(status);
      this.#facts |= INTERIM;
      return false;
    }
    this.#order.answers(exchange !== null);
    const target = exchange ?? this.#open();
    if (exchange === null) {
      this.context.weird.note('http_response_without_request');
      target.note('http_response_without_request');
      target.sequence = (this.flow.sequence(direction) + parser.beganOffset) >>> 0;
    } else {
      // Whatever waited before it has lost its response.
      while (this.#waiting[0] !== exchange) this.#end(this.#waiting.shift()!, 'gap');
      if (this.#waiting.length === 1) this.#waiting = noExchanges;
      else this.#waiting.shift();
    }
    from.handEarly(target);
    const message = target.begin(
      {
        side: 'response',
        ts: parser.beganTs,
        status,
        reason: parser.reason,
        version: parser.httpVersion,
        headers: parser.headers,
      },
      parser.fields,
    );
    message.headBytes = parser.headBytes;
    message.endTs = from.ts;
    this.#responding = target;
    const request = target.request?.head;
    const method = request?.side === 'request' ? request.method : '';
    const switches = status === 101 || (method === 'CONNECT' && status >= 200 && status < 300);
    if (this.#switching !== null && (this.#switching === exchange || exchange === null)) {
      this.#switching = null;
      if (!switches) this.#direction(direction === 0 ? 1 : 0).resume();
    }
    if (switches) from.noteSwitchAfter();
    return !(switches || method === 'HEAD' || status === 204 || status === 304 || status === 101);
  }

  /** The waiting exchange that a response beginning now answers, or null when none does or it can't be told. */
  #match(peerOffset: number, status: number): Exchange | null {
    const candidates = answerable(this.#waiting, peerOffset, status);
    if (candidates === 0) return null;
    const client = this.#direction(this.#client as 0 | 1);
    const unseen = client.waits || peerOffset > client.offset;
    return this.#order.choose(this.#waiting[0]!, this.#waiting[candidates - 1]!, unseen);
  }

  // Ends

  #ended(direction: 0 | 1): void {
    if (direction === this.#client) {
      const exchange = this.#requesting;
      this.#requesting = null;
      if (exchange !== null && exchange === this.#switching) this.#direction(direction).pause();
      // Its response is over already, whole or broken off.
      if (exchange !== null && exchange.response !== null && exchange !== this.#responding)
        this.#end(exchange, 'closed');
      return;
    }
    if ((this.#facts & INTERIM) !== 0) {
      this.#facts &= ~INTERIM;
      if (this.#upgrading !== null) this.#upgrade(this.#upgrading);
      return;
    }
    const exchange = this.#responding;
    this.#responding = null;
    if (this.#direction(direction).switchAfter) this.#switch(exchange!);
    else if (exchange !== null && exchange !== this.#requesting)
      this.#end(exchange, this.#whyAlone(exchange, 'unsolicited'));
  }

  /** The response just read has switched protocols. */
  #switch(exchange: Exchange): void {
    const head = exchange.response!.head as ResponseHead;
    const next = switchesTo(head.status, head.headers);
    const alone = this.#whyAlone(exchange, 'unsolicited');
    if (next !== 'websocket') this.#end(exchange, alone);
    for (const waiting of this.#takeWaiting()) this.#end(waiting, 'protocol-switch');
    this.#requesting = null;
    const client = this.#client as 0 | 1;
    if (next === 'http2') this.#succeed().toHttp2(client, 'preface', null);
    else if (next === 'websocket') this.#succeed().toWebSocket(client, exchange, alone);
    else for (const each of [this.#first, this.#second]) each.switchProtocol();
  }

  /** The connection goes on in HTTP/2; nobody answers what else was asked in HTTP/1. */
  #upgrade(upgraded: Exchange): void {
    for (const waiting of this.#takeWaiting()) if (waiting !== upgraded) this.#end(waiting, 'protocol-switch');
    this.#requesting = this.#switching = null;
    this.#upgrading = null;
    this.#succeed().toHttp2(this.#client as 0 | 1, 'preface', upgraded);
  }

  #end(exchange: Exchange, reason: UnpairedReason): void {
    countEnd(this.context.ledger.counts, exchange);
    exchange.end(this.flow.clock, reason);
  }

  /** Why `exchange`, when one half is missing, will never have it. `otherwise` is what the flow's end says. */
  #whyAlone(exchange: Exchange, otherwise: UnpairedReason): UnpairedReason {
    const client = this.#client as 0 | 1;
    const server = client === 0 ? 1 : 0;
    if (exchange.request !== null) {
      if (!this.flow.spoke(server)) return this.flow.seen(server) ? otherwise : 'one-sided';
      if (this.#direction(server).lossy) return 'gap';
      return this.#direction(server).unread > 0 ? 'unparsed' : otherwise;
    }
    const requests = this.#direction(client);
    if (!this.flow.seen(client)) return 'one-sided';
    if (!this.flow.spoke(client) && this.flow.midStream) return 'mid-stream';
    if (requests.lossy || this.#order.ambiguous || this.#direction(server).messagePeerOffset > requests.offset)
      return 'gap';
    if (requests.unread > 0) return this.flow.midStream ? 'mid-stream' : 'unparsed';
    return this.flow.midStream && exchange.depth === 1 ? 'mid-stream' : 'unsolicited';
  }

  #takeWaiting(): readonly Exchange[] {
    const waiting = this.#waiting;
    this.#waiting = noExchanges;
    return waiting;
  }

  #message(direction: 0 | 1): Message | null {
    if (direction === this.#client) return this.#requesting?.request ?? null;
    return (this.#facts & INTERIM) !== 0 ? null : (this.#responding?.response ?? null);
  }

  #open(): Exchange {
    const { ledger, sink, limits, shedder } = this.context;
    ledger.counts[C.exchangesOpened]!++;
    const info = (this.#info ??= flowInfo(this.flow, this.#client as 0 | 1));
    const depth = ++this.#depth;
    const first = this.flow.sequence(this.#client as 0 | 1);
    const sequence = first === 0 ? 0 : (first + depth) >>> 0;
    return new Exchange(sink.open(info, depth), depth, sequence, limits.content, shedder, info.server);
  }
}
