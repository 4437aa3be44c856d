/** IPv4 (RFC 791), IPv6 (RFC 8200), what may stand between them and the transport header, and their fragments. */
import { C } from '../ledger.ts';
import { type Fragments, WHOLE } from './fragments.ts';
import { ETHERNET, type Frame, GRE, IPV4, IPV6, MPLS, short, TRANSPORT, UDP, word16, word32 } from './frame.ts';
import type { Segment } from './segment.ts';
import { tcp } from './tcp.ts';
import { enter } from './tunnel.ts';
import { isTunnel } from './udp.ts';

const PROTOCOL_IPV4 = 4;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_AUTHENTICATION = 51;
const PROTOCOL_ETHERIP = 97;
const PROTOCOL_MPLS = 137;

/** More extension headers than any real datagram has: a bound against crafted chains. */
const MAX_EXTENSIONS = 16;
/** A datagram's length field has 16 bits. */
const MAX_DATAGRAM = 65_535;

export function ipv4(frame: Frame, segment: Segment, fragments: Fragments): number {
  const { data, at, end } = frame;
  if (at + 20 > end) return short(frame);
  const headerLength = (data[at]! & 0x0f) * 4;
  if (data[at]! >> 4 !== 4 || headerLength < 20) return C.headerMalformed;
  const protocol = data[at + 9]!;
  // As plain.ts does; within tunnels both headers count.
  segment.tap ^= (segment.vlan << 16) ^ data[at + 8]!;
  const totalLength = word16(data, at + 2);
  // Segmentation offload leaves 0 in frames captured on the sending host: then the frame itself is the measure.
  // A length beyond the frame is a cut frame whose cutter did not say so: what is missing becomes a gap.
  if (totalLength !== 0) {
    if (totalLength < headerLength || (frame.guessed && at + totalLength > frame.wireEnd)) return C.headerMalformed;
    frame.wireEnd = at + totalLength;
  }
  segment.source0 = segment.source1 = segment.destination0 = segment.destination1 = 0;
  segment.source2 = segment.destination2 = 0xffff;
  segment.source3 = word32(data, at + 12);
  segment.destination3 = word32(data, at + 16);
  frame.version = 4;
  frame.protocol = protocol;
  frame.at = at + headerLength;
  // Don't-fragment aside, any flag or offset means a piece of a datagram.
  const piece = word16(data, at + 6) & 0x3fff;
  if (piece !== 0) {
    if (frame.at > end) return short(frame);
    return fragment(frame, segment, fragments, word16(data, at + 4), (piece & 0x1fff) * 8, (piece & 0x2000) !== 0);
  }
  return protocol === PROTOCOL_TCP ? tcp(segment, data, frame.at, end, frame.wireEnd, frame.cut) : TRANSPORT;
}

export function ipv6(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 40 > end) return short(frame);
  if (data[at]! >> 4 !== 6) return C.headerMalformed;
  const payloadLength = word16(data, at + 4);
  // 0 is a jumbogram (RFC 2675) or segmentation offload.
  if (payloadLength !== 0) {
    if (frame.guessed && at + 40 + payloadLength > frame.wireEnd) return C.headerMalformed;
    frame.wireEnd = at + 40 + payloadLength;
  }
  segment.tap ^= (segment.vlan << 16) ^ data[at + 7]!;
  segment.source0 = word32(data, at + 8);
  segment.source1 = word32(data, at + 12);
  segment.source2 = word32(data, at + 16);
  segment.source3 = word32(data, at + 20);
  segment.destination0 = word32(data, at + 24);
  segment.destination1 = word32(data, at + 28);
  segment.destination2 = word32(data, at + 32);
  segment.destination3 = word32(data, at + 36);
  frame.version = 6;
  frame.protocol = data[at + 6]!;
  frame.at = at + 40;
  return TRANSPORT;
}

/** Steps over extension headers (RFC 8200 §4) to the header that `frame.protocol` names in the end. */
export function transport(frame: Frame, segment: Segment, fragments: Fragments): number {
  for (let count = 0; count < MAX_EXTENSIONS; count++) {
    const { data, at, end } = frame;
    let length: number;
    switch (frame.protocol) {
      case PROTOCOL_TCP:
        return tcp(segment, data, at, end, frame.wireEnd, frame.cut);
      case PROTOCOL_UDP:
        return UDP;
      case PROTOCOL_IPV4:
        enter(segment, frame.version === 4 ? 'ipip' : '4in6');
        return IPV4;
      case PROTOCOL_IPV6:
        enter(segment, frame.version === 4 ? '6in4' : '6in6');
        return IPV6;
      case PROTOCOL_GRE:
        return GRE;
      case PROTOCOL_MPLS:
        return MPLS;
      case PROTOCOL_ETHERIP: // RFC 3378 §2: version 3 and nothing else in 16 bits
        if (at + 2 > end) return short(frame);
        if (word16(data, at) !== 0x3000) return C.notTcp;
        enter(segment, 'etherip');
        frame.at = at + 2;
        return ETHERNET;
      case PROTOCOL_AUTHENTICATION: // RFC 4302 §2.2
        if (at + 8 > end) return short(frame);
        length = (data[at + 1]! + 2) * 4;
        break;
      case 0: // hop-by-hop options
      case 43: // routing
      case 60: // destination options
      case 135: // mobility
      case 139: // host identity
      case 140: // shim6
        if (frame.version !== 6) return C.notTcp;
        if (at + 8 > end) return short(frame);
        length = (data[at + 1]! + 1) * 8;
        break;
      case 44: {
        if (frame.version !== 6) return C.notTcp;
        if (at + 8 > end) return short(frame);
        const piece = word16(data, at + 2);
        frame.protocol = data[at]!;
        frame.at = at + 8;
        // One that is the whole datagram is no fragment (RFC 6946).
        if ((piece & 0xfff9) === 0) {
          if (frame.at > frame.wireEnd) return C.headerMalformed;
          continue;
        }
        return fragment(frame, segment, fragments, word32(data, at + 4), piece & 0xfff8, (piece & 1) !== 0);
      }
      default:
        return C.notTcp;
    }
    frame.protocol = data[at]!;
    frame.at = at + length;
    if (frame.at > frame.wireEnd) return C.headerMalformed;
  }
  return C.headerMalformed;
}

/** Whether something behind this header is read at all. */
function isCarrier(protocol: number, version: number): boolean {
  switch (protocol) {
    case PROTOCOL_TCP:
    case PROTOCOL_UDP:
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
    case PROTOCOL_AUTHENTICATION:
    case PROTOCOL_ETHERIP:
    case PROTOCOL_MPLS:
      return true;
    default:
      return version === 6 && (protocol === 0 || protocol === 43 || protocol === 60 || protocol === 135);
  }
}

/** A piece at `offset` of its datagram's payload. The piece that makes the datagram whole goes on as the datagram. */
function fragment(
  frame: Frame,
  segment: Segment,
  fragments: Fragments,
  id: number,
  offset: number,
  more: boolean,
): number {
  const { data, at, wireEnd, protocol } = frame;
  const length = wireEnd - at;
  if (!isCarrier(protocol, frame.version)) return C.notTcp;
  // All but the last are multiples of 8 octets long (RFC 791 §3.2, RFC 8200 §4.5).
  if (length <= 0 || (more && length % 8 !== 0) || offset + length > MAX_DATAGRAM) return C.headerMalformed;
  if (wireEnd > frame.end) return C.fragmentsIncomplete;
  // The first piece of UDP tells whether anything will be read of it.
  const wanted = protocol !== PROTOCOL_UDP || offset > 0 || length < 4 || isTunnel(frame);
  const state = fragments.add(segment, frame.version, protocol, id, offset, more, wanted, data, at, wireEnd);
  if (state !== WHOLE) return state;
  frame.become(fragments.datagram, fragments.length);
  frame.protocol = fragments.protocol;
  return TRANSPORT;
}
