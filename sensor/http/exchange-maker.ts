/** Who makes exchanges for what is spoken on a connection, and counts them. */
import type { UnpairedReason } from '../transaction.ts';
import type { Exchange } from './exchange.ts';

export interface ExchangeMaker {
  open(): Exchange;
  end(exchange: Exchange, reason: UnpairedReason): void;
}
