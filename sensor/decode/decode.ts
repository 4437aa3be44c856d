/**
 * Frame to TCP segment: link layer, tunnels, IP, fragments, TCP. Read this first; `frame.ts` says how layers answer.
 *
 *   link ─▶ ethernet · ppp · mpls ─▶ ip ─▶ tcp
 *              ▲                     │ └─▶ fragments ─▶ ip
 *              └──── gre · udp ◀─────┘
 *
 * Reads in place, allocates nothing but for fragments, never throws: every frame ends in one counter of the ledger's
 * `decoded` stage; a fragment does when it is known what becomes of its datagram.
 */
import type { Packet } from '../capture/packet.ts';
import { C, type Ledger } from '../ledger.ts';
import type { WeirdCounts } from '../weird.ts';
import { ethernet, llc, mpls, nsh, ppp } from './ethernet.ts';
import { Fragments } from './fragments.ts';
import { ETHERNET, Frame, GRE, HELD, IP, IPV4, IPV6, LLC, MPLS, NSH, PPP, short, TRANSPORT, UDP } from './frame.ts';
import { gre } from './gre.ts';
import { ipv4, ipv6, transport } from './ip.ts';
import { type DecodeLimits, defaultDecodeLimits } from './limits.ts';
import { LINK_ETHERNET, link } from './link.ts';
import { NOT_PLAIN, plain, tapOf } from './plain.ts';
import type { Segment } from './segment.ts';
import { tunnelPorts, udp } from './udp.ts';

/** Known once, for every packet asks. */
const { packetsToDecode, tcpSegments } = C;

/** Headers of one frame, tags and extension headers aside; more than any real nesting has. */
const MAX_HEADERS = 32;

export class Decoder {
  readonly #counts: Float64Array;
  readonly #frame: Frame;
  readonly #fragments: Fragments;

  constructor(
    ledger: Ledger,
    private readonly weird: WeirdCounts,
    limits: DecodeLimits = defaultDecodeLimits,
  ) {
    this.#counts = ledger.counts;
    this.#frame = new Frame(tunnelPorts(limits));
    this.#fragments = new Fragments(limits.fragments, ledger, weird);
  }

  /**
   * Counts the packet; true when it brought a TCP segment, which `segment` then is, until the next packet. The caller
   * has set `segment.clock`, which never goes back.
   */
  decode(packet: Packet, segment: Segment): boolean {
    this.#counts[packetsToDecode]!++;
    if (packet.linkType === LINK_ETHERNET) {
      const verdict = plain(packet, segment);
      if (verdict !== NOT_PLAIN) return this.#count(verdict, packet, segment);
    }
    const frame = this.#frame;
    frame.begin(packet);
    segment.vlan = -1;
    const { linkType, data, start, end } = packet;
    const isEthernet = linkType === LINK_ETHERNET && start + 12 <= end;
    segment.tap = isEthernet ? tapOf(data, start) : 0;
    // IEEE 802: the first bit of an address to a group. Nothing on the short way goes to one.
    if (isEthernet && (data[start]! & 1) !== 0) this.#counts[C.packetsFlooded]!++;
    segment.tunnel = segment.tunnelId = 0;
    let next = link(packet.linkType, frame, segment);
    for (let headers = 1; next < HELD; headers++) {
      if (headers === MAX_HEADERS) {
        this.weird.note('exceeded_tunnel_max_depth');
        next = C.nestedTooDeep;
        break;
      }
      next = this.#step(next, frame, segment);
    }
    if (next === HELD) return false;
    // It is UDP, whatever its port is known for.
    if (frame.guessed && (next === C.headerMalformed || next === C.notIp)) next = C.notTcp;
    return this.#count(next, packet, segment);
  }

  #count(verdict: number, packet: Packet, segment: Segment): boolean {
    this.#counts[verdict]!++;
    if (verdict === C.quicPackets) this.#counts[C.quicBytes]! += packet.originalLength;
    if (verdict !== tcpSegments) return false;
    segment.ts = packet.ts;
    return true;
  }

  #step(next: number, frame: Frame, segment: Segment): number {
    switch (next) {
      case IPV4:
        return ipv4(frame, segment, this.#fragments);
      case IPV6:
        return ipv6(frame, segment);
      case TRANSPORT:
        return transport(frame, segment, this.#fragments);
      case UDP:
        return udp(frame, segment);
      case GRE:
        return gre(frame, segment);
      case ETHERNET:
        return ethernet(frame, segment);
      case LLC:
        return llc(frame, segment);
      case PPP:
        return ppp(frame);
      case MPLS:
        return mpls(frame, segment);
      case NSH:
        return nsh(frame);
      case IP:
        return this.#byVersion(frame, segment);
      default:
        return C.headerMalformed;
    }
  }

  #byVersion(frame: Frame, segment: Segment): number {
    if (frame.at >= frame.end) return short(frame);
    const version = frame.data[frame.at]! >> 4;
    if (version === 4) return ipv4(frame, segment, this.#fragments);
    return version === 6 ? ipv6(frame, segment) : C.notIp;
  }

  /** Fragmented datagrams that are known. */
  get datagrams(): number {
    return this.#fragments.size;
  }

  /** Packet time has come to `clock`: fragments that waited too long are counted. */
  expire(clock: number): void {
    this.#fragments.expire(clock);
  }

  /** The input is over. */
  finish(): void {
    this.#fragments.finish();
  }
}
