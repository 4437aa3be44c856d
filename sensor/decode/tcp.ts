/** The TCP header (RFC 9293 §3.1): where decoding a frame succeeds. */
import { C } from '../ledger.ts';
import { word16, word32 } from './frame.ts';
import type { Segment } from './segment.ts';

/** Known once, for every packet asks. */
const { tcpSegments } = C;

/** The datagram ends at `wireEnd`, which may lie behind what was captured; `isCut`: because a snap length cut the frame. */
export function tcp(segment: Segment, data: Buffer, at: number, end: number, wireEnd: number, isCut: boolean): number {
  if (at + 20 > wireEnd) return C.headerMalformed;
  if (at + 20 > end) return isCut ? C.headerCut : C.headerMalformed;
  const headerLength = (data[at + 12]! >> 4) * 4;
  if (headerLength < 20 || at + headerLength > wireEnd) return C.headerMalformed;
  segment.sourcePort = word16(data, at);
  segment.destinationPort = word16(data, at + 2);
  segment.sequence = word32(data, at + 4) >>> 0;
  segment.acknowledgement = word32(data, at + 8) >>> 0;
  segment.flags = data[at + 13]!;
  segment.data = data;
  segment.start = Math.min(at + headerLength, end);
  segment.end = Math.min(wireEnd, end);
  segment.wireLength = wireEnd - at - headerLength;
  return tcpSegments;
}
