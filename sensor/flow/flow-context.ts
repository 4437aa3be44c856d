/** What the flows of a shard share: one reference in each, for there may be a million. */
import type { Ledger } from '../ledger.ts';
import type { WeirdCounts } from '../weird.ts';
import type { Conversation, FlowView } from './conversation.ts';
import type { FlowLimits } from './limits.ts';

export interface FlowContext {
  readonly limits: FlowLimits;
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
  /** Who reads a flow's octets; asked for with the first ones. */
  readonly converse: (flow: FlowView) => Conversation;
}
