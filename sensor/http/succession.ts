/** What reads a connection's octets once HTTP/1 is over on it, or was never spoken. */
import type { CloseReason, FlowView } from '../flow/conversation.ts';
import type { Ledger } from '../ledger.ts';
import { type HeaderList, headerValue, type UnpairedReason } from '../transaction.ts';
import type { WeirdCounts } from '../weird.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeMaker } from './exchange-maker.ts';
import { Http2Connection } from './http2/connection.ts';
import type { Beginning } from './http2/half.ts';
import type { HttpLimits } from './limits.ts';
import { upgradesToWebSocket, WebSocketChannel } from './websocket/channel.ts';

/** Reads in place of HTTP/1. */
interface Successor {
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
  handOver(): void;
}

export class Succession {
  /** Set before any octets are handed over. */
  #reader: Successor | null = null;

  constructor(
    private readonly directions: readonly [Leaving, Leaving],
    private readonly flow: FlowView,
    private readonly limits: HttpLimits,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
    private readonly maker: ExchangeMaker,
  ) {}

  /**
   * `first`: how the client's octets begin where none of them was passed over. `adopted`: a request of HTTP/1 that is
   * answered in HTTP/2.
   */
  toHttp2(client: 0 | 1, first: Beginning, adopted: Exchange | null): void {
    const { flow, ledger, weird, maker } = this;
    const server = client === 0 ? 1 : 0;
    const isWhole = first === 'preface' || !flow.midStream;
    const asks = this.directions[client].beginning(first);
    const answers = this.directions[server].beginning(isWhole ? 'settings' : 'unknown');
    const http2 = new Http2Connection(client, asks, answers, { flow, limits: this.limits.http2, ledger, weird, maker });
    if (adopted !== null) http2.adopt(adopted);
    this.#follow(client, http2);
  }

  /** `alone`: why the exchange that opens the channel stays alone, if its request was not seen. */
  toWebSocket(client: 0 | 1, exchange: Exchange, alone: UnpairedReason): void {
    const { ledger, weird, maker } = this;
    const context = { limits: this.limits.webSocket, ledger, weird, maker };
    this.#follow(client, new WebSocketChannel(client, exchange, alone, context));
  }

  #follow(client: 0 | 1, reader: Successor): void {
    this.#reader = reader;
    this.directions[client].handOver();
    this.directions[client === 0 ? 1 : 0].handOver();
  }

  read(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number): void {
    this.#reader!.read(direction, data, start, end, ts);
  }

  gap(direction: 0 | 1, length: number): void {
    this.#reader!.gap(direction, length);
  }

  conflict(direction: 0 | 1): void {
    this.#reader!.conflict(direction);
  }

  close(reason: CloseReason): void {
    this.#reader!.close(reason);
  }
}

/** What a response that switches protocols switches to, as far as it is read here (RFC 7540 §3.2, RFC 6455 §4). */
export function switchesTo(status: number, headers: HeaderList): 'http2' | 'websocket' | 'other' {
  if (status !== 101) return 'other';
  if (/\bh2c\b/i.test(headerValue(headers, 'upgrade') ?? '')) return 'http2';
  return upgradesToWebSocket(headers) ? 'websocket' : 'other';
}
