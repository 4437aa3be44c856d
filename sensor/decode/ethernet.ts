/** Ethernet, its tags, and what an EtherType, an LLC header or a PPP protocol number says comes next. */
import { C } from '../ledger.ts';
import { ETHERNET, type Frame, IP, IPV4, IPV6, LLC, MPLS, NSH, PPP, short, word16, word24 } from './frame.ts';
import type { Segment } from './segment.ts';
import { enter } from './tunnel.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_TEB = 0x6558; // transparent Ethernet bridging, inside tunnels
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_PPP = 0x880b;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE = 0x8864;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_PBB = 0x88e7; // IEEE 802.1ah, a provider's backbone
const ETHERTYPE_VNTAG = 0x8926; // Cisco fabric extenders
const ETHERTYPE_ETAG = 0x893f; // IEEE 802.1BR
const ETHERTYPE_NSH = 0x894f;
const ETHERTYPE_QINQ_OLD = 0x9100;
const ETHERTYPE_QINQ_OLDER = 0x9200;

/** An EtherType field up to this is a length, with LLC behind it (IEEE 802.3 §3.2.6). */
const MAX_LENGTH_FIELD = 1500;
/** More tags than any real frame has: a bound against crafted chains. */
const MAX_TAGS = 16;

export function ethernet(frame: Frame, segment: Segment): number {
  const { data, at } = frame;
  if (at + 14 > frame.end) return short(frame);
  const type = word16(data, at + 12);
  // Nearly every frame, without another step.
  if (type === ETHERTYPE_IPV4) {
    frame.at = at + 14;
    return IPV4;
  }
  return byEthertype(frame, segment, type, at + 14);
}

/** What of `type` begins at `at`; tags before it are peeled off. */
export function byEthertype(frame: Frame, segment: Segment, type: number, at: number): number {
  const { data, end } = frame;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    let length = 4;
    switch (type) {
      case ETHERTYPE_IPV4:
        frame.at = at;
        return IPV4;
      case ETHERTYPE_IPV6:
        frame.at = at;
        return IPV6;
      case ETHERTYPE_VLAN:
      case ETHERTYPE_QINQ:
      case ETHERTYPE_QINQ_OLD:
      case ETHERTYPE_QINQ_OLDER:
        if (at + 4 > end) return short(frame);
        if (segment.vlan < 0) segment.vlan = word16(data, at) & 0x0fff;
        break;
      case ETHERTYPE_VNTAG:
        length = 6;
        break;
      case ETHERTYPE_ETAG:
        length = 8;
        break;
      default:
        frame.at = at;
        return other(frame, segment, type);
    }
    if (at + length > end) return short(frame);
    type = word16(data, at + length - 2);
    at += length;
  }
  return C.headerMalformed;
}

function other(frame: Frame, segment: Segment, type: number): number {
  switch (type) {
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return MPLS;
    case ETHERTYPE_PPPOE:
      return pppoe(frame, segment);
    case ETHERTYPE_PPP:
      return PPP;
    case ETHERTYPE_NSH:
      return NSH;
    case ETHERTYPE_TEB:
      return ETHERNET;
    case ETHERTYPE_PBB:
      if (frame.at + 4 > frame.end) return short(frame);
      enter(segment, 'pbb:', word24(frame.data, frame.at + 1));
      frame.at += 4;
      return ETHERNET;
    default:
      return type <= MAX_LENGTH_FIELD ? LLC : C.notIp;
  }
}

/** IEEE 802.2; with a SNAP header of organisation 0 it carries an EtherType (RFC 1042), in a bridge tunnel's one Ethernet. */
export function llc(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 3 > end) return short(frame);
  if (word24(data, at) !== 0xaaaa03) return C.notIp;
  if (at + 8 > end) return short(frame);
  if (word24(data, at + 3) !== 0) return C.notIp;
  const type = word16(data, at + 6);
  return type <= MAX_LENGTH_FIELD ? C.notIp : byEthertype(frame, segment, type, at + 8);
}

/** RFC 2516 §4, of session stage. */
export function pppoe(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 6 > end) return short(frame);
  if (data[at] !== 0x11) return C.headerMalformed;
  if (data[at + 1] !== 0) return C.notIp;
  enter(segment, 'pppoe:', word16(data, at + 2));
  frame.at = at + 6;
  return PPP;
}

/** RFC 1661 §2; address and control (RFC 1662 §3.1) and the first octet of the protocol may be left out. */
export function ppp(frame: Frame): number {
  const { data, end } = frame;
  let at = frame.at;
  if (at + 2 > end) return short(frame);
  if (word16(data, at) === 0xff03) at += 2;
  if (at + 2 > end) return short(frame);
  // The last octet of a protocol number is odd, every other even.
  const protocol = (data[at]! & 1) === 1 ? data[at]! : word16(data, at);
  frame.at = at + ((data[at]! & 1) === 1 ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      return IPV4;
    case 0x0057:
      return IPV6;
    case 0x0281:
    case 0x0283:
      return MPLS;
    default:
      return C.notIp;
  }
}

/** RFC 8300 §2.2: of a service chain only the length of its header and what follows are of interest. */
export function nsh(frame: Frame): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  const length = (data[at + 1]! & 0x3f) * 4;
  if (data[at]! >> 6 !== 0 || length < 8) return C.headerMalformed;
  frame.at = at + length;
  switch (data[at + 3]) {
    case 1:
    case 2:
      return IP;
    case 3:
      return ETHERNET;
    case 5:
      return MPLS;
    default:
      return C.notIp;
  }
}

/** RFC 3032 §2.1, and behind the last label whatever it looks like: nothing names it. */
export function mpls(frame: Frame, segment: Segment): number {
  const { data, end } = frame;
  let at = frame.at;
  let id = 0;
  let isEntropy = false;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_TAGS) return C.headerMalformed;
    if (at + 4 > end) return short(frame);
    const label = word24(data, at) >> 4;
    const isLast = (data[at + 2]! & 1) === 1;
    if (label >= 16 && !isEntropy) id = label;
    isEntropy = label === 7; // RFC 6790 §3: the next one is no address of anything
    at += 4;
    if (isLast) break;
  }
  enter(segment, 'mpls:', id);
  if (at >= end) return short(frame);
  frame.at = at;
  switch (data[at]! >> 4) {
    case 4:
      return fits(frame, 20, word16(data, at + 2)) || !isEthernet(frame, at) ? IPV4 : ETHERNET;
    case 6:
      return fits(frame, 40, 40 + word16(data, at + 4)) || !isEthernet(frame, at) ? IPV6 : ETHERNET;
    case 0:
      // A control word (RFC 4385 §3), or the zeros that most makers' addresses begin with.
      if (isEthernet(frame, at + 4)) frame.at = at + 4;
      else if (!isEthernet(frame, at)) return C.notIp;
      return ETHERNET;
    case 1: // RFC 4385 §5: the associated channel carries no user's data
      return C.notIp;
  }
  return isEthernet(frame, at) ? ETHERNET : C.notIp;
}

/** Whether `length` is that of an IP packet at `frame.at`, and not octets of an Ethernet address. */
function fits({ at, end, wireEnd }: Frame, least: number, length: number): boolean {
  return at + least > end || (length >= least && at + length <= wireEnd);
}

/** Whether an Ethernet header with an EtherType that is read here may begin at `at`. */
function isEthernet({ data, end }: Frame, at: number): boolean {
  if (at + 14 > end) return false;
  switch (word16(data, at + 12)) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_OLD:
    case ETHERTYPE_QINQ_OLDER:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPPOE:
      return true;
    default:
      return false;
  }
}
