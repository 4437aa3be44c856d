/** A connection that nobody wants read: its octets are counted, as no HTTP, and no longer put in order. */
import type { Conversation, FlowView } from './flow/conversation.ts';
import { C, type Ledger } from './ledger.ts';

export class UnreadConnection implements Conversation {
  constructor(
    private readonly flow: FlowView,
    private readonly ledger: Ledger,
  ) {}

  data(_direction: 0 | 1, _data: Buffer, start: number, end: number): void {
    this.ledger.counts[C.bytesToParse]! += end - start;
    this.ledger.counts[C.otherProtocolBytes]! += end - start;
    this.flow.ignore();
  }

  gap(): void {}

  conflict(): void {}

  finish(): void {}

  close(): void {}
}
