/** How much of an exchange went over the wire, and how much of that was seen. */
import type { TransactionTail } from '../../sensor/transaction.ts';

/** Of head and content on the wire. */
export function octets(facts: TransactionTail['request']): number {
  return facts === null ? 0 : facts.headBytes + facts.wireBytes;
}

/** Share of the exchange's octets that was seen. A missing half, or a cut of unknown size, counts as half. */
export function completeness(tail: TransactionTail): number {
  const shed = (tail.request?.shedBytes ?? 0) + (tail.response?.shedBytes ?? 0);
  const seen = octets(tail.request) + octets(tail.response) - shed;
  const all = seen + shed + tail.gapBytes;
  const share = all === 0 ? 1 : seen / all;
  const known = tail.pairing === 'paired' && !(tail.truncated && tail.gapBytes + shed === 0);
  return Math.round((known ? share : share / 2) * 1000) / 1000;
}
