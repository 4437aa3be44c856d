/** What the connections of a shard share: one reference in each, for there may be a million. */
import type { Ledger } from '../ledger.ts';
import type { TransactionSink } from '../transaction.ts';
import type { WeirdCounts } from '../weird.ts';
import type { Shedder } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import type { ParserPool } from './parser-pool.ts';

export interface HttpContext {
  readonly limits: HttpLimits;
  readonly sink: TransactionSink;
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
  readonly parsers: ParserPool;
  /** Null where nothing is shed. */
  readonly shedder: Shedder | null;
}
