/**
 * The frame being decoded: where its next header begins, and where it ends. One object is reused for every frame.
 *
 * Each layer looks at one header and answers with a number: a counter of the ledger (0 and up), which ends the frame,
 * or the name of the header that comes next (below 0). `decode.ts` goes from one to the next; no layer calls another
 * that may call it back, so that any nesting is a loop, and its bound one number.
 */
import type { Packet } from '../capture/packet.ts';
import { C } from '../ledger.ts';

/** Nothing is to be counted yet: the frame is a fragment that waits for others. */
export const HELD = -1;

// Headers that may come next, at `frame.at`.
export const IPV4 = -2;
export const IPV6 = -3;
/** IPv4 or IPv6, by its first four bits. */
export const IP = -4;
export const ETHERNET = -5;
/** IEEE 802.2 LLC. */
export const LLC = -6;
export const PPP = -7;
export const MPLS = -8;
export const GRE = -9;
export const UDP = -10;
export const NSH = -11;
/** What `frame.protocol` says: a header behind the one of IP. */
export const TRANSPORT = -12;

export class Frame {
  data: Buffer = Buffer.alloc(0);
  /** The next header begins here. */
  at = 0;
  /** What was captured ends here. */
  end = 0;
  /** The innermost layer read so far ends here on the wire: more than `end` in a cut frame. */
  wireEnd = 0;
  /** A snap length cut the frame. */
  cut = false;
  /** Inside what only a UDP port says is a tunnel: whatever contradicts it means that it is none. */
  guessed = false;
  /** IP version and protocol (IPv6: next header) of the innermost IP header. */
  version = 0;
  protocol = 0;

  /** `ports`: what each UDP port suggests (`udp.ts`). */
  constructor(readonly ports: Uint8Array) {}

  begin(packet: Packet): void {
    this.data = packet.data;
    this.at = packet.start;
    this.end = packet.end;
    this.wireEnd = packet.start + packet.originalLength;
    this.cut = this.wireEnd > packet.end;
    this.guessed = false;
  }

  /** Goes on in what was put together of fragments. */
  become(data: Buffer, length: number): void {
    this.data = data;
    this.at = 0;
    this.end = this.wireEnd = length;
    this.cut = false;
  }
}

/** The frame ended inside a header: because a snap length cut it, or because it was sent so. */
export function short(frame: Frame): number {
  return frame.cut ? C.headerCut : C.headerMalformed;
}

// Buffer's own readers check their arguments each time; every caller here has compared the lengths.

export function word16(data: Buffer, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}

export function word24(data: Buffer, at: number): number {
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

/** Signed. */
export function word32(data: Buffer, at: number): number {
  return (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
}
