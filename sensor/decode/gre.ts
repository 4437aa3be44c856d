/** Generic routing encapsulation (RFC 2784, 2890, 1701; RFC 2637 for PPTP) and ERSPAN in it. */
import { C } from '../ledger.ts';
import { byEthertype } from './ethernet.ts';
import { ETHERNET, type Frame, IP, PPP, short, word16, word32 } from './frame.ts';
import type { Segment } from './segment.ts';
import { enter } from './tunnel.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;

const PROTOCOL_ERSPAN = 0x88be;
const PROTOCOL_ERSPAN_III = 0x22eb;
const PROTOCOL_PPP = 0x880b;
/** Protocol types below this are no EtherTypes. */
const LEAST_ETHERTYPE = 0x0600;

/** More source routes (RFC 1701) than any real packet has: a bound against crafted chains. */
const MAX_ROUTES = 16;

export function gre(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 4 > end) return short(frame);
  const flags = word16(data, at);
  const protocol = word16(data, at + 2);
  const version = flags & 7;
  if (version === 1 && protocol === PROTOCOL_PPP) return pptp(frame, segment, flags);
  // Version 1 around anything but PPP is version 0 to those who send it so (Tencent's cloud does).
  if (version > 1) return C.notTcp;
  let next = at + 4;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) next += 4;
  const keyAt = next;
  if ((flags & KEY) !== 0) next += 4;
  if ((flags & SEQUENCE) !== 0) next += 4;
  if (next > end) return short(frame);
  if ((flags & KEY) !== 0) enter(segment, 'gre:', word32(data, keyAt));
  else enter(segment, 'gre');
  if ((flags & ROUTING) !== 0) {
    // Entries of family, offset, length, route; the last has family and length 0.
    for (let routes = 0; ; routes++) {
      if (routes === MAX_ROUTES) return C.headerMalformed;
      if (next + 4 > end) return short(frame);
      const length = data[next + 3]!;
      const isLast = word16(data, next) === 0 && length === 0;
      next += 4 + length;
      if (isLast) break;
    }
  }
  frame.at = next;
  if (protocol === PROTOCOL_ERSPAN) {
    if ((flags & SEQUENCE) !== 0) return erspan2(frame, segment);
    enter(segment, 'erspan'); // type I has no header of its own
    return ETHERNET;
  }
  if (protocol === PROTOCOL_ERSPAN_III) return erspan3(frame, segment);
  return protocol < LEAST_ETHERTYPE ? C.notIp : byEthertype(frame, segment, protocol, next);
}

/** RFC 2637 §4.1: the key is a length and a call id, and an acknowledgement may follow the sequence. */
function pptp(frame: Frame, segment: Segment, flags: number): number {
  const { data, at, end } = frame;
  if ((flags & KEY) === 0) return C.notTcp;
  const next = at + 8 + ((flags & SEQUENCE) !== 0 ? 4 : 0) + ((flags & ACKNOWLEDGEMENT) !== 0 ? 4 : 0);
  if (next > end) return short(frame);
  // A bare acknowledgement.
  if ((flags & SEQUENCE) === 0) return C.notIp;
  enter(segment, 'pptp:', word16(data, at + 6));
  frame.at = next;
  return PPP;
}

/** draft-foschiano-erspan §4.2. */
function erspan2(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  if (data[at]! >> 4 !== 1) return C.headerMalformed;
  const bits = word16(data, at + 2);
  // The mirrored frame had a tag, which now stands here alone.
  if ((bits & 0x1800) === 0x1000) outermostVlan(segment, word16(data, at));
  enter(segment, 'erspan:', bits & 0x03ff);
  frame.at = at + 8;
  return ETHERNET;
}

/** draft-foschiano-erspan §4.3. */
function erspan3(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 12 > end) return short(frame);
  if (data[at]! >> 4 !== 2) return C.headerMalformed;
  enter(segment, 'erspan:', word16(data, at + 2) & 0x03ff);
  const bits = word16(data, at + 10);
  // A header of the platform's own.
  frame.at = at + ((bits & 1) === 1 ? 20 : 12);
  switch ((bits >> 10) & 0x1f) {
    case 0:
      return ETHERNET;
    case 2:
      return IP;
    default:
      return C.notIp;
  }
}

function outermostVlan(segment: Segment, bits: number): void {
  if (segment.vlan < 0) segment.vlan = bits & 0x0fff;
}
