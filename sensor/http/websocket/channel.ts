/**
 * A WebSocket behind its handshake: the exchange that opened it stays open, and what client and server say is the
 * content of its request and of its response, a line for each message. A channel that lives long is told in parts, so
 * that it is known while it lives: each is an exchange with the same heads.
 */
import type { CloseReason } from '../../flow/conversation.ts';
import { C, type Ledger } from '../../ledger.ts';
import { type HeaderList, headerValue, type MessageHead, type UnpairedReason } from '../../transaction.ts';
import type { Weird, WeirdCounts } from '../../weird.ts';
import type { Exchange, Message } from '../exchange.ts';
import type { ExchangeMaker } from '../exchange-maker.ts';
import { HeadFields } from '../head.ts';
import { type Compression, Half, type HalfOwner } from './half.ts';

export interface ChannelLimits {
  /** Octets of messages in one part. */
  readonly partBytes: number;
  /** Packet time of one part, µs. */
  readonly partTime: number;
}

export const channelLimits: ChannelLimits = { partBytes: 1024 * 1024, partTime: 60_000_000 };

export interface ChannelContext {
  readonly maker: ExchangeMaker;
  readonly limits: ChannelLimits;
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
}

const endOfMessage = Buffer.from('\n');

export class WebSocketChannel implements HalfOwner {
  readonly #halves: readonly [Half, Half];
  readonly #heads: readonly MessageHead[];
  /** Null between parts: the next one begins with the next message. */
  #part: Exchange | null;
  #partBegin: number;
  #partBytes = 0;
  #ts = 0;

  constructor(
    private readonly client: 0 | 1,
    /** Its response has switched protocols. */
    exchange: Exchange,
    /** Why it stays alone, if its request was not seen. */
    private readonly alone: UnpairedReason,
    private readonly context: ChannelContext,
  ) {
    this.#part = exchange;
    this.#heads = [exchange.request, exchange.response].flatMap((message) => (message === null ? [] : [message.head]));
    this.#partBegin = exchange.response!.head.ts;
    const agreed = headerValue(exchange.response!.head.headers, 'sec-websocket-extensions') ?? '';
    const half = (direction: 0 | 1): Half =>
      new Half(direction, this, compression(agreed, direction === client ? 'client' : 'server'));
    this.#halves = [half(0), half(1)];
  }

  read(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number): void {
    this.#ts = ts;
    const octets = this.#halves[direction].read(data, start, end);
    const { counts } = this.context.ledger;
    counts[C.messageBytes]! += octets;
    counts[C.resyncBytes]! += end - start - octets;
  }

  gap(direction: 0 | 1, length: number): void {
    this.#halves[direction].gap(length);
  }

  conflict(): void {
    this.#part?.note('tcp_overlap_conflict');
  }

  close(_reason: CloseReason): void {
    for (const half of this.#halves) half.close();
    this.#endPart();
  }

  // HalfOwner

  carried(direction: 0 | 1, octets: number): void {
    this.#partBytes += octets;
    this.#message(direction)?.carried(octets, this.#ts);
  }

  text(direction: 0 | 1, data: Uint8Array, start: number, end: number): void {
    this.#message(direction)?.content(Buffer.from(data.buffer, data.byteOffset, data.length), start, end, false);
  }

  /** Here a part may end: what is asked and its answer stay together more often than at a message's end. */
  betweenMessages(direction: 0 | 1): void {
    const { partBytes, partTime } = this.context.limits;
    if (this.#partBytes < partBytes && this.#ts - this.#partBegin < partTime) return;
    // A message that the other side is in the middle of stays whole, unless it takes too long.
    const isQuiet = this.#halves[direction === 0 ? 1 : 0].between;
    if (isQuiet || this.#partBytes >= 8 * partBytes) this.#endPart();
  }

  messageEnded(direction: 0 | 1, told: boolean): void {
    if (told) this.#message(direction)?.content(endOfMessage, 0, 1, false);
  }

  broken(direction: 0 | 1, lost: number): void {
    const message = this.#message(direction);
    if (message === null) return;
    if (lost > 0) message.gap(lost);
    else message.complete = false;
  }

  note(name: Weird): void {
    this.context.weird.note(name);
    this.#part?.note(name);
  }

  // Parts

  #message(direction: 0 | 1): Message | null {
    const part = (this.#part ??= this.#nextPart());
    return direction === this.client ? part.request : part.response;
  }

  #nextPart(): Exchange {
    const { ledger, maker } = this.context;
    const exchange = maker.open();
    exchange.note('websocket_continued');
    this.#partBegin = this.#ts;
    this.#partBytes = 0;
    for (const head of this.#heads) {
      const isRequest = head.side === 'request';
      ledger.counts[C.messagesParsed]!++;
      ledger.counts[isRequest ? C.requestsParsed : C.responsesParsed]!++;
      exchange.begin({ ...head, ts: this.#ts }, new HeadFields()).complete = true;
    }
    return exchange;
  }

  #endPart(): void {
    if (this.#part !== null) this.context.maker.end(this.#part, this.alone);
    this.#part = null;
  }
}

/** Whether a response that switches protocols switches to WebSocket. */
export function upgradesToWebSocket(headers: HeaderList): boolean {
  return /\bwebsocket\b/i.test(headerValue(headers, 'upgrade') ?? '');
}

/** What was agreed on for messages of `side` (RFC 7692 §7.1). */
function compression(agreed: string, side: 'client' | 'server'): Compression | null {
  if (!/(?:^|,)\s*permessage-deflate\b/i.test(agreed)) return null;
  return { takeover: !new RegExp(`\\b${side}_no_context_takeover\\b`, 'i').test(agreed) };
}
