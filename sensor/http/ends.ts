/** How an exchange that is over counts. */
import { C } from '../ledger.ts';
import type { Exchange, Message } from './exchange.ts';

export function countEnd(counts: Float64Array, { pairing, request, response }: Exchange): void {
  if (pairing === 'paired') counts[C.messagesPaired]! += 2;
  else if (pairing === 'no-response') counts[C.requestsAlone]!++;
  else counts[C.responsesAlone]!++;
  counts[C.exchangesEmitted]!++;
  if (isTruncated(request)) counts[C.messagesTruncated]!++;
  if (isTruncated(response)) counts[C.messagesTruncated]!++;
}

function isTruncated(message: Message | null): boolean {
  return message !== null && (!message.complete || message.gapBytes > 0);
}
