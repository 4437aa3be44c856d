/** What all TLS connections of a sensor share. */
import type { Conversation, FlowView } from '../flow/conversation.ts';
import type { Ledger } from '../ledger.ts';
import type { TransactionSink } from '../transaction.ts';
import type { WeirdCounts } from '../weird.ts';
import type { CertificateCache } from './certificate.ts';
import type { KeyLog } from './key-log.ts';
import type { TlsLimits } from './limits.ts';

export interface TlsContext {
  readonly limits: TlsLimits;
  /** Null when there are no keys at all. */
  readonly keys: KeyLog | null;
  readonly certificates: CertificateCache;
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
  readonly sink: TransactionSink;
  /** Makes the conversation that reads what was encrypted. */
  readonly converse: (flow: FlowView) => Conversation;
  /** Octets of unfinished records and messages, of all connections. */
  held: number;
}
