/**
 * Tunnels over UDP. A port only suggests one: whatever does not read as the tunnel's header, with an IP packet inside
 * that fits into the datagram, is ordinary UDP.
 */
import { C } from '../ledger.ts';
import { byEthertype } from './ethernet.ts';
import { ETHERNET, type Frame, GRE, IP, IPV6, MPLS, NSH, short, word16, word24, word32 } from './frame.ts';
import type { DecodeLimits } from './limits.ts';
import type { Segment } from './segment.ts';
import { enter } from './tunnel.ts';

const VXLAN = 1;
const GENEVE = 2;
const GTP = 3;
const TEREDO = 4;
const AYIYA = 5;
const MPLS_IN_UDP = 6;
const GRE_IN_UDP = 7;

/** Ports that IANA gave to tunnels whose port nobody changes. Of these, Teredo, AYIYA and GTP answer from theirs. */
const fixedPorts: readonly (readonly [number, number])[] = [
  [2152, GTP], // 3GPP TS 29.281 §4.4.2
  [3544, TEREDO], // RFC 4380 §2.7
  [5072, AYIYA], // draft-massar-v6ops-ayiya
  [6635, MPLS_IN_UDP], // RFC 7510 §3
  [4754, GRE_IN_UDP], // RFC 8086 §3.1; 4755 is the same under DTLS
];

/** What each UDP port suggests. */
export function tunnelPorts(limits: DecodeLimits): Uint8Array {
  const ports = new Uint8Array(65_536);
  for (const [port, kind] of fixedPorts) ports[port] = kind;
  for (const port of limits.genevePorts) ports[port] = GENEVE;
  for (const port of limits.vxlanPorts) ports[port] = VXLAN;
  return ports;
}

/** The tunnel that the ports of the UDP header at `frame.at` suggest; 0 for none. Four octets are there. */
function suggestion({ data, at, ports }: Frame): number {
  const byDestination = ports[word16(data, at + 2)]!;
  if (byDestination !== 0) return byDestination;
  const bySource = ports[word16(data, at)]!;
  return bySource === GTP || bySource === TEREDO || bySource === AYIYA ? bySource : 0;
}

/** Whether the UDP header at `frame.at`, of which four octets are there, may be a tunnel's. */
export function isTunnel(frame: Frame): boolean {
  return suggestion(frame) !== 0;
}

const HTTPS = 443;
/** Octets of a UDP header and of the shortest QUIC packet that is no probe (RFC 9000 §10.3). */
const LEAST_QUIC = 8 + 21;

/** A packet of QUIC, which is HTTP/3 at this port: its fixed bit is set (RFC 9000 §17.2, §17.3), as it is in no DTLS. */
function isQuic({ data, at, end }: Frame): boolean {
  if (at + LEAST_QUIC > end || (data[at + 8]! & 0x40) === 0) return false;
  return word16(data, at) === HTTPS || word16(data, at + 2) === HTTPS;
}

/** Octets of headers of UDP, of VXLAN and of Ethernet, and of IPv4 up to its protocol. */
const LEAST_VXLAN = 8 + 8 + 14 + 10;
const TCP = 6;

/** VXLAN (RFC 7348 §5) with TCP in IPv4 inside, sent to a port that nobody told us: a mirror whose wrapping we lack. */
function isStrangeTunnel({ data, at, end }: Frame): boolean {
  if (at + LEAST_VXLAN > end || data[at + 8] !== 0x08) return false;
  if (word24(data, at + 9) !== 0 || data[at + 15] !== 0) return false;
  const inner = at + 16;
  return word16(data, inner + 12) === 0x0800 && (data[inner + 14]! & 0xf0) === 0x40 && data[inner + 23] === TCP;
}

/** RFC 768. */
export function udp(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return at + 8 > frame.wireEnd ? C.notTcp : short(frame);
  const kind = suggestion(frame);
  if (kind === 0) return isQuic(frame) ? C.quicPackets : isStrangeTunnel(frame) ? C.strangeTunnels : C.notTcp;
  // 0 in a jumbogram (RFC 2675 §4) or where segmentation is left to the card.
  const length = word16(data, at + 4);
  if (length !== 0) {
    if (length < 8 || at + length > frame.wireEnd) return C.notTcp;
    frame.wireEnd = at + length;
  }
  frame.at = at + 8;
  frame.guessed = true;
  switch (kind) {
    case VXLAN:
      return vxlan(frame, segment);
    case GENEVE:
      return geneve(frame, segment);
    case GTP:
      return gtp(frame, segment);
    case TEREDO:
      return teredo(frame, segment);
    case AYIYA:
      return ayiya(frame, segment);
    case MPLS_IN_UDP:
      return MPLS;
    default:
      return GRE;
  }
}

/** RFC 7348 §5, with the next protocol of draft-ietf-nvo3-vxlan-gpe §3.1 where its flag is set. */
function vxlan(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  const flags = data[at]!;
  // The identifier is valid; version 0.
  if ((flags & 0x38) !== 0x08) return C.notTcp;
  enter(segment, 'vxlan:', word24(data, at + 4));
  frame.at = at + 8;
  if ((flags & 0x04) === 0) return ETHERNET;
  switch (data[at + 3]) {
    case 1:
    case 2:
      return IP;
    case 3:
      return ETHERNET;
    case 4:
      return NSH;
    case 5:
      return MPLS;
    default:
      return C.notTcp;
  }
}

/** RFC 8926 §3.4. */
function geneve(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  // Version 0; six reserved bits.
  if ((data[at]! & 0xc0) !== 0 || (data[at + 1]! & 0x3f) !== 0) return C.notTcp;
  const options = (data[at]! & 0x3f) * 4;
  enter(segment, 'geneve:', word24(data, at + 4));
  return byEthertype(frame, segment, word16(data, at + 2), at + 8 + options);
}

/** User data of GTP version 1 (3GPP TS 29.281 §5.1–5.2). */
function gtp(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 12 > end) return short(frame);
  const flags = data[at]!;
  if ((flags & 0xf0) !== 0x30 || data[at + 1] !== 0xff) return C.notTcp;
  const behind = at + 8 + word16(data, at + 2);
  if (behind > frame.wireEnd) return C.notTcp;
  frame.wireEnd = behind;
  enter(segment, 'gtp:', word32(data, at + 4));
  frame.at = at + 8;
  // Sequence number, N-PDU number and the type of an extension header: all there when one is.
  if ((flags & 0x07) === 0) return IP;
  let next = (flags & 0x04) !== 0 ? data[at + 11]! : 0;
  frame.at = at + 12;
  while (next !== 0) {
    if (frame.at >= end) return short(frame);
    const length = data[frame.at]! * 4;
    if (length === 0) return C.notTcp;
    frame.at += length;
    if (frame.at > end) return short(frame);
    next = data[frame.at - 1]!;
  }
  return IP;
}

/** RFC 4380 §5.1.1: authentication, origin indication, IPv6. */
function teredo(frame: Frame, segment: Segment): number {
  const { data, end } = frame;
  if (frame.at + 4 > end) return short(frame);
  if (word16(data, frame.at) === 0x0001) frame.at += 13 + data[frame.at + 2]! + data[frame.at + 3]!;
  if (frame.at + 2 > end) return short(frame);
  if (word16(data, frame.at) === 0x0000) frame.at += 8;
  enter(segment, 'teredo');
  return IPV6;
}

/** A header of 8 octets, identity and signature of the lengths it names, then what it says (41 is IPv6). */
function ayiya(frame: Frame, segment: Segment): number {
  const { data, at, end } = frame;
  if (at + 8 > end) return short(frame);
  const identity = 1 << (data[at]! >> 4);
  const signature = (data[at + 1]! >> 4) * 4;
  // Operation 1 is «forward».
  if ((data[at + 2]! & 0x0f) !== 1) return C.notTcp;
  enter(segment, 'ayiya');
  frame.at = at + 8 + identity + signature;
  if (data[at + 3] === 41) return IPV6;
  return data[at + 3] === 4 ? IP : C.notTcp;
}
