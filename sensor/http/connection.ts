/**
 * HTTP/1 on one TCP connection: both directions' messages, put together to exchanges.
 *
 * Pairing is by order (RFC 9112 §9.3) and checked by causality: a response answers a request only if its sender had
 * received that request's first octet, which the acknowledgement numbers tell. Where octets were lost and the order
 * can't be told, a message stays alone, with a reason: no pair is better than a wrong one.
 */
import type { CloseReason, Conversation, FlowView } from '../flow/conversation.ts';
import { flowInfo } from '../flow/flow-info.ts';
import { C, type Ledger } from '../ledger.ts';
import type { FlowInfo, ResponseHead, TransactionSink, UnpairedReason } from '../transaction.ts';
import type { Weird, WeirdCounts } from '../weird.ts';
import { Direction } from './direction.ts';
import type { DirectionOwner } from './direction-owner.ts';
import { Exchange, type Message, type Shedder } from './exchange.ts';
import { joined } from './http2/frame-search.ts';
import type { HttpLimits } from './limits.ts';
import type { MessageParser } from './message-parser.ts';
import { answerable, PairingOrder } from './pairing-order.ts';
import type { MessageKind } from './parser-base.ts';
import type { ParserPool } from './parser-pool.ts';
import { Succession, switchesTo } from './succession.ts';
import { requestHost } from './target.ts';

/** Nearly every method: of these nothing need be turned into capitals to see that it is in capitals. */
const capitals = /^[A-Z]+$/;

export class HttpConnection implements Conversation, DirectionOwner {
  readonly #directions: readonly [Direction, Direction];
  /** Which direction sends requests; -1 while unknown. */
  #client: 0 | 1 | -1 = -1;
  #info: FlowInfo | null = null;
  #depth = 0;
  /** Exchanges whose final response has not begun, in order. */
  readonly #waiting: Exchange[] = [];
  #requesting: Exchange | null = null;
  #responding: Exchange | null = null;
  /** The final or interim response being read is not handed to any exchange. */
  #interimStatus = 0;
  readonly #order: PairingOrder;
  /** Packet time of the octets before those being read, of either direction. */
  #latestTs = 0;
  /** Octets of that direction were lost before it was known which one asks. */
  readonly #lostFirst = [false, false];
  #switching: Exchange | null = null;
  /** The request that is answered in HTTP/2 (RFC 7540 §3.2), while the answer that says so is read. */
  #upgrading: Exchange | null = null;
  /** Reads the connection in place of HTTP/1. */
  #succession: Succession | null = null;

  constructor(
    private readonly flow: FlowView,
    private readonly limits: HttpLimits,
    private readonly sink: TransactionSink,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
    parsers: ParserPool,
    private readonly shedder: Shedder | null = null,
  ) {
    this.#order = new PairingOrder(flow.midStream);
    this.#directions = [
      new Direction(0, this, limits, parsers, ledger),
      new Direction(1, this, limits, parsers, ledger),
    ];
  }

  // Conversation

  data(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    const from = this.#directions[direction];
    if (direction !== this.#client && this.#client >= 0) this.#directions[this.#client as 0 | 1].nudge();
    from.read(data, start, end, ts, peerOffset);
    this.#latestTs = ts;
  }

  gap(direction: 0 | 1, length: number, exact = true): void {
    if (this.#succession === null) this.#directions[direction].gap(length, exact);
    else this.#succession.gap(direction, length);
  }

  conflict(direction: 0 | 1): void {
    const exchange = direction === this.#client ? this.#requesting : this.#responding;
    exchange?.note('tcp_overlap_conflict');
    this.#succession?.conflict(direction);
  }

  finish(direction: 0 | 1): void {
    this.#directions[direction].finish();
  }

  close(reason: CloseReason): void {
    for (const direction of this.#directions) direction.close();
    this.#succession?.close(reason);
    const open = new Set([...this.#waiting, this.#requesting, this.#responding]);
    this.#waiting.length = 0;
    this.#requesting = this.#responding = null;
    for (const exchange of open) if (exchange !== null) this.#end(exchange, this.#whyAlone(exchange, reason));
  }

  // DirectionOwner

  speaks(direction: 0 | 1, kind: MessageKind): boolean {
    const client = kind === 'REQUEST' ? direction : direction === 0 ? 1 : 0;
    if (this.#client < 0) {
      this.#client = client;
      if (this.#lostFirst[client]) this.#order.loseRequests(true);
      if (this.#lostFirst[client === 0 ? 1 : 0]) this.#order.loseResponses(true);
    }
    return this.#client === client;
  }

  get midStream(): boolean {
    return this.flow.midStream;
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
    if (this.#client >= 0 || !this.speaks(direction, 'REQUEST')) return false;
    this.#succeed().toHttp2(direction, 'preface', null);
    return true;
  }

  joins(): void {
    const found = joined([this.#directions[0].chain, this.#directions[1].chain]);
    if (found !== null && this.speaks(found.by, found.kind === 'request' ? 'REQUEST' : 'RESPONSE'))
      this.#succeed().toHttp2(this.#client as 0 | 1, 'unknown', null);
  }

  handed(direction: 0 | 1, data: Buffer, start: number, end: number): void {
    this.#succession!.read(direction, data, start, end, this.#directions[direction].ts);
  }

  #succeed(): Succession {
    const { flow, limits, ledger, weird } = this;
    return (this.#succession ??= new Succession(this.#directions, flow, limits, ledger, weird, {
      open: () => this.#open(),
      end: (exchange, reason) => this.#end(exchange, reason),
    }));
  }

  note(direction: 0 | 1, name: Weird): void {
    this.weird.note(name);
    const exchange = direction === this.#client ? this.#requesting : this.#responding;
    if (exchange !== null) exchange.note(name);
    else this.#directions[direction].noteEarly(name);
  }

  head(direction: 0 | 1, parser: MessageParser): boolean {
    this.ledger.counts[C.messagesParsed]!++;
    return direction === this.#client ? this.#requestHead(direction, parser) : this.#responseHead(direction, parser);
  }

  body(direction: 0 | 1, data: Buffer, start: number, end: number, last: boolean): void {
    const message = this.#message(direction);
    if (message === null) return;
    message.body(data, start, end, last);
    message.endTs = this.#directions[direction].ts;
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
      message.endTs = this.#directions[direction].ts;
      message.trailers = parser.trailers;
    }
    this.#ended(direction);
  }

  /** A message broke off: a gap its framing can't bridge, or octets that are no HTTP. */
  broken(direction: 0 | 1, byGap: boolean, lost: number): void {
    const message = this.#message(direction);
    if (message !== null && byGap) message.gapBytes += lost;
    this.#ended(direction);
    if (this.#client < 0) this.#lostFirst[direction] = true;
    else if (direction === this.#client) this.#order.loseRequests(byGap);
    else this.#order.loseResponses(message === null);
  }

  // Requests

  #requestHead(direction: 0 | 1, parser: MessageParser): boolean {
    this.ledger.counts[C.requestsParsed]!++;
    const from = this.#directions[direction];
    const server = this.#directions[direction === 0 ? 1 : 0];
    const settled = this.#order.asks({
      peerOffset: from.messagePeerOffset,
      answeredOffset: server.offset,
      midAnswer: server.midMessage,
      answering: this.#responding !== null,
      silentUs: from.messageTs - this.#latestTs,
      waiting: this.#waiting.length,
    });
    if (settled) for (const exchange of this.#waiting.splice(0)) this.#end(exchange, 'gap');
    if (this.#waiting.length >= this.limits.maxPipelined) {
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
        ts: from.messageTs,
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
    exchange.requestOffset = from.messageOffset;
    exchange.sequence = (this.flow.sequence(direction) + from.messageOffset) >>> 0;
    exchange.afterGap = this.#order.takeRequestsLost();
    this.#requesting = exchange;
    this.#waiting.push(exchange);
    if (parser.method === 'CONNECT' || parser.fields.upgrade) this.#switching = exchange;
    if (!capitals.test(parser.method) && parser.method !== parser.method.toUpperCase())
      exchange.note('http_lowercase_method');
    return parser.method !== 'CONNECT';
  }

  // Responses

  #responseHead(direction: 0 | 1, parser: MessageParser): boolean {
    this.ledger.counts[C.responsesParsed]!++;
    const from = this.#directions[direction];
    const { status } = parser;
    this.#directions[direction === 0 ? 1 : 0].answered(from.messagePeerOffset);
    const exchange = this.#match(from.messagePeerOffset, status);
    if (exchange !== null && switchesTo(status, parser.headers) === 'http2') this.#upgrading = exchange;
    if (status >= 100 && status < 200 && (status !== 101 || this.#upgrading !== null)) {
      this.ledger.counts[C.interimResponses]!++;
      exchange?.noteInterim(status);
      this.#interimStatus = status;
      return false;
    }
    this.#order.answers(exchange !== null);
    const target = exchange ?? this.#open();
    if (exchange === null) {
      this.weird.note('http_response_without_request');
      target.note('http_response_without_request');
      target.sequence = (this.flow.sequence(direction) + from.messageOffset) >>> 0;
    } else {
      // Whatever waited before it has lost its response.
      for (let lost = this.#waiting.shift(); lost !== exchange; lost = this.#waiting.shift()) this.#end(lost!, 'gap');
    }
    from.handEarly(target);
    const message = target.begin(
      {
        side: 'response',
        ts: from.messageTs,
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
      if (!switches) this.#directions[direction === 0 ? 1 : 0].resume();
    }
    if (switches) from.switchAfter = true;
    return !(switches || method === 'HEAD' || status === 204 || status === 304 || status === 101);
  }

  /** The waiting exchange that a response beginning now answers, or null when none does or it can't be told. */
  #match(peerOffset: number, status: number): Exchange | null {
    const candidates = answerable(this.#waiting, peerOffset, status);
    if (candidates === 0) return null;
    const client = this.#directions[this.#client as 0 | 1];
    const unseen = client.waits || peerOffset > client.offset;
    return this.#order.choose(this.#waiting[0]!, this.#waiting[candidates - 1]!, unseen);
  }

  // Ends

  #ended(direction: 0 | 1): void {
    if (direction === this.#client) {
      const exchange = this.#requesting;
      this.#requesting = null;
      if (exchange !== null && exchange === this.#switching) this.#directions[direction].pause();
      // Its response is over already, whole or broken off.
      if (exchange !== null && exchange.response !== null && exchange !== this.#responding)
        this.#end(exchange, 'closed');
      return;
    }
    if (this.#interimStatus !== 0) {
      this.#interimStatus = 0;
      if (this.#upgrading !== null) this.#upgrade(this.#upgrading);
      return;
    }
    const exchange = this.#responding;
    this.#responding = null;
    if (this.#directions[direction].switchAfter) this.#switch(exchange!);
    else if (exchange !== null && exchange !== this.#requesting)
      this.#end(exchange, this.#whyAlone(exchange, 'unsolicited'));
  }

  /** The response just read has switched protocols. */
  #switch(exchange: Exchange): void {
    const head = exchange.response!.head as ResponseHead;
    const next = switchesTo(head.status, head.headers);
    const alone = this.#whyAlone(exchange, 'unsolicited');
    if (next !== 'websocket') this.#end(exchange, alone);
    for (const waiting of this.#waiting.splice(0)) this.#end(waiting, 'protocol-switch');
    this.#requesting = null;
    const client = this.#client as 0 | 1;
    if (next === 'http2') this.#succeed().toHttp2(client, 'preface', null);
    else if (next === 'websocket') this.#succeed().toWebSocket(client, exchange, alone);
    else for (const each of this.#directions) each.switchProtocol();
  }

  /** The connection goes on in HTTP/2; nobody answers what else was asked in HTTP/1. */
  #upgrade(upgraded: Exchange): void {
    for (const waiting of this.#waiting.splice(0)) if (waiting !== upgraded) this.#end(waiting, 'protocol-switch');
    this.#requesting = this.#switching = null;
    this.#upgrading = null;
    this.#succeed().toHttp2(this.#client as 0 | 1, 'preface', upgraded);
  }

  #end(exchange: Exchange, reason: UnpairedReason): void {
    const counts = this.ledger.counts;
    if (exchange.pairing === 'paired') counts[C.messagesPaired]! += 2;
    else if (exchange.pairing === 'no-response') counts[C.requestsAlone]!++;
    else counts[C.responsesAlone]!++;
    counts[C.exchangesEmitted]!++;
    exchange.end(this.flow.clock, reason);
    for (const message of [exchange.request, exchange.response]) {
      if (message !== null && (!message.complete || message.gapBytes > 0)) counts[C.messagesTruncated]!++;
    }
  }

  /** Why `exchange`, when one half is missing, will never have it. `otherwise` is what the flow's end says. */
  #whyAlone(exchange: Exchange, otherwise: UnpairedReason): UnpairedReason {
    const client = this.#client as 0 | 1;
    const server = client === 0 ? 1 : 0;
    if (exchange.request !== null) {
      if (!this.flow.spoke(server)) return this.flow.seen(server) ? otherwise : 'one-sided';
      if (this.#directions[server].lossy) return 'gap';
      return this.#directions[server].unread > 0 ? 'unparsed' : otherwise;
    }
    const requests = this.#directions[client];
    if (!this.flow.seen(client)) return 'one-sided';
    if (!this.flow.spoke(client) && this.flow.midStream) return 'mid-stream';
    if (requests.lossy || this.#order.ambiguous || this.#directions[server].messagePeerOffset > requests.offset)
      return 'gap';
    if (requests.unread > 0) return this.flow.midStream ? 'mid-stream' : 'unparsed';
    return this.flow.midStream && exchange.depth === 1 ? 'mid-stream' : 'unsolicited';
  }

  #message(direction: 0 | 1): Message | null {
    if (direction === this.#client) return this.#requesting?.request ?? null;
    return this.#interimStatus !== 0 ? null : (this.#responding?.response ?? null);
  }

  #open(): Exchange {
    this.ledger.counts[C.exchangesOpened]!++;
    const info = (this.#info ??= flowInfo(this.flow, this.#client as 0 | 1));
    const depth = ++this.#depth;
    const sequence = (this.flow.sequence(this.#client as 0 | 1) + depth) >>> 0;
    return new Exchange(this.sink.open(info, depth), depth, sequence, this.limits.content, this.shedder, info.server);
  }
}
