/**
 * Frame to TCP segment: link layer, IP, TCP. Reads in place, allocates nothing, never throws: every frame ends in one
 * counter of the ledger's `decoded` stage, and `decode` returns that counter.
 */
import type { Packet } from '../capture/packet.ts';
import { C } from '../ledger.ts';
import type { Segment } from './segment.ts';

/** LINKTYPE_ values (draft-ietf-opsawg-pcaplinktype) that are decoded. */
const LINK_NULL = 0;
const LINK_ETHERNET = 1;
const LINK_RAW_BSD = 12;
const LINK_RAW_OPENBSD = 14;
const LINK_RAW = 101;
const LINK_LOOP = 108;
const LINK_LINUX_SLL = 113;
const LINK_IPV4 = 228;
const LINK_IPV6 = 229;
const LINK_LINUX_SLL2 = 276;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_QINQ = 0x88a8;
const ETHERTYPE_QINQ_OLD = 0x9100;
const ETHERTYPE_QINQ_OLDER = 0x9200;

/** An EtherType field up to this is a length, with LLC behind it (IEEE 802.3 §3.2.6). */
const MAX_LENGTH_FIELD = 1500;

const PROTOCOL_TCP = 6;
/** More nested headers than any real frame has: a bound against crafted chains. */
const MAX_NESTED_HEADERS = 16;

// Buffer's own readers check their arguments each time; every caller here has compared the lengths.

function word16(data: Buffer, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}

/** Signed. */
function word32(data: Buffer, at: number): number {
  return (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
}

/** Fills `segment` (all but `clock`) and returns `C.tcpSegments`, or returns the counter that says why not. */
export function decode(packet: Packet, segment: Segment): number {
  const { data, start } = packet;
  const captured = packet.end - start;
  segment.vlan = -1;
  switch (packet.linkType) {
    case LINK_ETHERNET:
      if (captured < 14) return short(packet);
      return byEthertype(packet, segment, word16(data, start + 12), start + 14);
    case LINK_LINUX_SLL:
      if (captured < 16) return short(packet);
      return byEthertype(packet, segment, word16(data, start + 14), start + 16);
    case LINK_LINUX_SLL2:
      if (captured < 20) return short(packet);
      return byEthertype(packet, segment, word16(data, start), start + 20);
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6:
      return byVersion(packet, segment, start);
    case LINK_NULL:
    case LINK_LOOP:
      // A 4-octet address family, in the byte order of whoever captured; the IP version behind it says the same.
      if (captured < 4) return short(packet);
      return byVersion(packet, segment, start + 4);
    default:
      return C.unknownLinkType;
  }
}

/** What of `type` begins at `at`; tags before the network header are peeled off. */
function byEthertype(packet: Packet, segment: Segment, type: number, at: number): number {
  const { data, end } = packet;
  for (let tags = 0; tags < MAX_NESTED_HEADERS; tags++) {
    if (
      type !== ETHERTYPE_VLAN &&
      type !== ETHERTYPE_QINQ &&
      type !== ETHERTYPE_QINQ_OLD &&
      type !== ETHERTYPE_QINQ_OLDER
    ) {
      return network(packet, segment, type, at);
    }
    if (at + 4 > end) return short(packet);
    if (segment.vlan < 0) segment.vlan = word16(data, at) & 0x0fff;
    type = word16(data, at + 2);
    at += 4;
  }
  return C.headerMalformed;
}

function network(packet: Packet, segment: Segment, type: number, at: number): number {
  if (type === ETHERTYPE_IPV4) return ipv4(packet, segment, at);
  if (type === ETHERTYPE_IPV6) return ipv6(packet, segment, at);
  if (type <= MAX_LENGTH_FIELD) return snap(packet, segment, at);
  return C.notIp;
}

/** IEEE 802.2 LLC with a SNAP header of organisation 0 carries an EtherType (RFC 1042). */
function snap(packet: Packet, segment: Segment, at: number): number {
  const { data, end } = packet;
  if (at + 8 > end || data.readUIntBE(at, 6) !== 0xaaaa03000000) return C.notIp;
  const type = word16(data, at + 6);
  return type <= MAX_LENGTH_FIELD ? C.notIp : network(packet, segment, type, at + 8);
}

function byVersion(packet: Packet, segment: Segment, at: number): number {
  if (at >= packet.end) return short(packet);
  const version = packet.data[at]! >> 4;
  if (version === 4) return ipv4(packet, segment, at);
  if (version === 6) return ipv6(packet, segment, at);
  return C.notIp;
}

/** RFC 791 §3.1. */
function ipv4(packet: Packet, segment: Segment, at: number): number {
  const { data, end } = packet;
  if (at + 20 > end) return short(packet);
  const headerLength = (data[at]! & 0x0f) * 4;
  if (data[at]! >> 4 !== 4 || headerLength < 20) return C.headerMalformed;
  if (data[at + 9] !== PROTOCOL_TCP) return C.notTcp;
  // Don't-fragment aside, any flag or offset means a piece of a datagram.
  if ((word16(data, at + 6) & 0x3fff) !== 0) return C.ipFragments;
  const totalLength = word16(data, at + 2);
  const wireEnd = packet.start + packet.originalLength;
  // Segmentation offload leaves 0 in frames captured on the sending host: then the frame itself is the measure.
  // A length beyond the frame is a cut frame whose cutter did not say so: what is missing becomes a gap.
  const ipEnd = totalLength === 0 ? wireEnd : at + totalLength;
  if (totalLength !== 0 && totalLength < headerLength) return C.headerMalformed;
  segment.source0 = segment.source1 = segment.destination0 = segment.destination1 = 0;
  segment.source2 = segment.destination2 = 0xffff;
  segment.source3 = word32(data, at + 12);
  segment.destination3 = word32(data, at + 16);
  return tcp(packet, segment, at + headerLength, ipEnd);
}

/** RFC 8200 §3–4. */
function ipv6(packet: Packet, segment: Segment, at: number): number {
  const { data, end } = packet;
  if (at + 40 > end) return short(packet);
  if (data[at]! >> 4 !== 6) return C.headerMalformed;
  const payloadLength = word16(data, at + 4);
  const wireEnd = packet.start + packet.originalLength;
  // 0 is a jumbogram (RFC 2675) or segmentation offload.
  const ipEnd = payloadLength === 0 ? wireEnd : at + 40 + payloadLength;
  let next = data[at + 6]!;
  let header = at + 40;
  for (let count = 0; next !== PROTOCOL_TCP; count++) {
    if (count === MAX_NESTED_HEADERS) return C.headerMalformed;
    let length: number;
    switch (next) {
      case 0: // hop-by-hop options
      case 43: // routing
      case 60: // destination options
      case 135: // mobility
      case 139: // host identity
      case 140: // shim6
        if (header + 8 > end) return short(packet);
        length = (data[header + 1]! + 1) * 8;
        break;
      case 51: // authentication header (RFC 4302 §2.2)
        if (header + 8 > end) return short(packet);
        length = (data[header + 1]! + 2) * 4;
        break;
      case 44: // fragment; one that is the whole datagram is no fragment (RFC 6946)
        if (header + 8 > end) return short(packet);
        if ((word16(data, header + 2) & 0xfff9) !== 0) return C.ipFragments;
        length = 8;
        break;
      default:
        return C.notTcp;
    }
    next = data[header]!;
    header += length;
    if (header > ipEnd) return C.headerMalformed;
  }
  segment.source0 = word32(data, at + 8);
  segment.source1 = word32(data, at + 12);
  segment.source2 = word32(data, at + 16);
  segment.source3 = word32(data, at + 20);
  segment.destination0 = word32(data, at + 24);
  segment.destination1 = word32(data, at + 28);
  segment.destination2 = word32(data, at + 32);
  segment.destination3 = word32(data, at + 36);
  return tcp(packet, segment, header, ipEnd);
}

/** RFC 9293 §3.1. `ipEnd` is where the datagram ends on the wire, which may lie behind what was captured. */
function tcp(packet: Packet, segment: Segment, at: number, ipEnd: number): number {
  const { data, end } = packet;
  if (at + 20 > ipEnd) return C.headerMalformed;
  if (at + 20 > end) return short(packet);
  const headerLength = (data[at + 12]! >> 4) * 4;
  if (headerLength < 20 || at + headerLength > ipEnd) return C.headerMalformed;
  segment.ts = packet.ts;
  segment.sourcePort = word16(data, at);
  segment.destinationPort = word16(data, at + 2);
  segment.sequence = word32(data, at + 4) >>> 0;
  segment.acknowledgement = word32(data, at + 8) >>> 0;
  segment.flags = data[at + 13]!;
  segment.data = data;
  segment.start = Math.min(at + headerLength, end);
  segment.end = Math.min(ipEnd, end);
  segment.wireLength = ipEnd - at - headerLength;
  return C.tcpSegments;
}

/** The frame ended inside a header: because a snap length cut it, or because it was sent so. */
function short(packet: Packet): number {
  return packet.originalLength > packet.end - packet.start ? C.headerCut : C.headerMalformed;
}
