/**
 * The short way for nearly every frame of a mirror: TCP in IPv4 in Ethernet, with a VLAN tag at most. It needs none of
 * the state that goes from header to header elsewhere, which is a quarter of the time. It reads no odd frame: whatever
 * is not at once plain goes the long way, and a plain one would end there just the same.
 */
import type { Packet } from '../capture/packet.ts';
import { word16, word32 } from './frame.ts';
import type { Segment } from './segment.ts';
import { tcp } from './tcp.ts';

/** The frame must go the long way. */
export const NOT_PLAIN = -1;

/** What the Ethernet addresses bring to a segment's tap. */
export function tapOf(data: Buffer, start: number): number {
  return Math.imul(word32(data, start + 2) ^ Math.imul(word32(data, start + 8), 0x9e3779b1), 0x85ebca6b);
}

export function plain(packet: Packet, segment: Segment): number {
  const { data, start, end } = packet;
  let at = start + 14;
  if (at + 24 > end) return NOT_PLAIN;
  let type = word16(data, start + 12);
  let vlan = -1;
  if (type === 0x8100) {
    vlan = word16(data, at) & 0x0fff;
    type = word16(data, at + 2);
    at += 4;
  }
  // EtherType, version and length of the header, protocol; don't-fragment aside, no flag or offset of a piece.
  if (type !== 0x0800 || data[at] !== 0x45 || data[at + 9] !== 6) return NOT_PLAIN;
  if ((word16(data, at + 6) & 0x3fff) !== 0) return NOT_PLAIN;
  const totalLength = word16(data, at + 2);
  if (totalLength < 40) return NOT_PLAIN;
  segment.vlan = vlan;
  segment.tunnel = segment.tunnelId = 0;
  segment.tap = tapOf(data, start) ^ (vlan << 16) ^ data[at + 8]!;
  segment.source0 = segment.source1 = segment.destination0 = segment.destination1 = 0;
  segment.source2 = segment.destination2 = 0xffff;
  segment.source3 = word32(data, at + 12);
  segment.destination3 = word32(data, at + 16);
  return tcp(segment, data, at + 20, end, at + totalLength, packet.originalLength > end - start);
}
