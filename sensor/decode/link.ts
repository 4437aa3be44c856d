/** Link types: which header a frame begins with. */
import { C } from '../ledger.ts';
import { byEthertype, ethernet, pppoe } from './ethernet.ts';
import { type Frame, IP, IPV4, IPV6, LLC, PPP, short, word16, word24 } from './frame.ts';
import type { Segment } from './segment.ts';
import { behindPpi, behindPrism, radiotap, wireless } from './wireless.ts';

/** LINKTYPE_ values (draft-ietf-opsawg-pcaplinktype) that are decoded. */
const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
const LINK_PPP = 9;
const LINK_RAW_BSD = 12;
const LINK_RAW_OPENBSD = 14;
const LINK_PPP_HDLC = 50;
const LINK_PPP_ETHER = 51;
const LINK_ATM_RFC1483 = 100;
const LINK_RAW = 101;
const LINK_C_HDLC = 104;
const LINK_IEEE802_11 = 105;
const LINK_FRELAY = 107;
const LINK_LOOP = 108;
const LINK_ENC = 109;
const LINK_LINUX_SLL = 113;
const LINK_PFLOG = 117;
const LINK_PRISM = 119;
const LINK_RADIOTAP = 127;
const LINK_AVS = 163;
const LINK_PPP_PPPD = 166;
const LINK_PPI = 192;
const LINK_PPP_WITH_DIR = 204;
const LINK_IPV4 = 228;
const LINK_IPV6 = 229;
const LINK_NFLOG = 239;
const LINK_NETANALYZER = 240;
const LINK_MPACKET = 274;
const LINK_LINUX_SLL2 = 276;

export function link(type: number, frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  switch (type) {
    case LINK_ETHERNET:
      return ethernet(frame, segment);
    case LINK_LINUX_SLL:
      if (at + 16 > end) return short(frame);
      return byEthertype(frame, segment, word16(data, at + 14), at + 16);
    case LINK_LINUX_SLL2:
      if (at + 20 > end) return short(frame);
      return byEthertype(frame, segment, word16(data, at), at + 20);
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6:
      return IP;
    case LINK_NULL:
    case LINK_LOOP:
      // A 4-octet address family, in the byte order of whoever captured; the IP version behind it says the same.
      return behind(frame, 4);
    case LINK_ENC:
      return behind(frame, 12);
    case LINK_PFLOG:
      // The length of the header without its padding stands first.
      if (at >= end) return short(frame);
      return behind(frame, (data[at]! + 3) & ~3);
    case LINK_NFLOG:
      return nflog(frame);
    case LINK_PPP:
      return PPP;
    case LINK_PPP_WITH_DIR:
      frame.at = at + 1;
      return PPP;
    case LINK_PPP_PPPD:
      // A direction stands in the place of the address.
      frame.at = at + (data[at + 1] === 0x03 ? 2 : 1);
      return PPP;
    case LINK_PPP_ETHER:
      return pppoe(frame, segment);
    case LINK_PPP_HDLC:
    case LINK_C_HDLC:
      if (at + 4 > end) return short(frame);
      if (data[at] === 0xff) return PPP;
      if (data[at] !== 0x0f && data[at] !== 0x8f) return C.notIp;
      return byEthertype(frame, segment, word16(data, at + 2), at + 4);
    case LINK_FRELAY:
      return frameRelay(frame, segment);
    case LINK_ATM_RFC1483:
      return LLC;
    case LINK_IEEE802_11:
      return wireless(frame, false);
    case LINK_RADIOTAP:
      return radiotap(frame);
    case LINK_PPI:
      return behindPpi(frame);
    case LINK_PRISM:
    case LINK_AVS:
      return behindPrism(frame);
    case LINK_NETANALYZER:
      frame.at = at + 4;
      return ethernet(frame, segment);
    case LINK_MPACKET:
      frame.at = at + 8;
      return ethernet(frame, segment);
    default:
      return C.unknownLinkType;
  }
}

/** IP behind a header of `length` octets. */
function behind(frame: Frame, length: number): number {
  frame.at += length;
  return frame.at > frame.end ? short(frame) : IP;
}

/** RFC 2427 §4, or an EtherType right behind the address (Cisco). Addresses of two octets only. */
function frameRelay(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 5 > end) return short(frame);
  if (data[at + 2] !== 0x03) return byEthertype(frame, segment, word16(data, at + 2), at + 4);
  const protocolAt = data[at + 3] === 0 ? at + 4 : at + 3;
  frame.at = protocolAt + 1;
  switch (data[protocolAt]) {
    case 0xcc:
      return IPV4;
    case 0x8e:
      return IPV6;
    case 0x80: // SNAP
      if (protocolAt + 6 > end) return short(frame);
      if (word24(data, protocolAt + 1) !== 0) return C.notIp;
      return byEthertype(frame, segment, word16(data, protocolAt + 4), protocolAt + 6);
    default:
      return C.notIp;
  }
}

/** Linux netfilter log: attributes, each with its length, in the byte order of whoever captured. The packet is one of them. */
function nflog(frame: Frame): number {
  const { data, end } = frame;
  const PAYLOAD = 9;
  let at = frame.at + 4;
  while (at + 4 <= end) {
    // The first octet of a length in network order is zero, of one in the other order not: no length is 256.
    const isBig = data[at] === 0;
    const length = isBig ? word16(data, at) : data[at]! | (data[at + 1]! << 8);
    const type = isBig ? word16(data, at + 2) : data[at + 2]! | (data[at + 3]! << 8);
    if (length < 4) return C.headerMalformed;
    if ((type & 0x7fff) === PAYLOAD) {
      frame.wireEnd = Math.min(frame.wireEnd, at + length);
      frame.at = at + 4;
      return IP;
    }
    at += (length + 3) & ~3;
  }
  return short(frame);
}
