/**
 * Frames of made-up traffic: link layer, VLAN tags, IPv4 or IPv6 with extension headers, TCP, valid checksums.
 *
 * `tcpFrame` makes one Buffer for tests; `writeTcpFrame` writes into a buffer of the caller and allocates nothing, so a
 * capture of gigabytes is written as fast as its payload is summed.
 */

/** LINKTYPE_ values (draft-ietf-opsawg-pcaplinktype) of the link layers that can be written. */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  raw: 101,
  loop: 108,
  'linux-sll': 113,
  ipv4: 228,
  ipv6: 229,
  'linux-sll2': 276,
} as const;
export type LinkName = keyof typeof linkTypes;

/** TCP control bits (RFC 9293 §3.1). */
export const tcpFlags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

/** IPv6 extension headers that can be put before TCP (RFC 8200 §4), by next-header value; each is 8 octets long. */
const extensionNumbers = { 'hop-by-hop': 0, routing: 43, fragment: 44, destination: 60 } as const;
export type ExtensionHeader = keyof typeof extensionNumbers;

/** One TCP segment and the layers around it. Optional fields may be left out; a writer reuses one object. */
export interface TcpFrame {
  /** Link layer; `ethernet` when absent. */
  link?: LinkName;
  /** VLAN ids, outermost first; two or more are QinQ (IEEE 802.1ad outside). Ethernet and cooked only. */
  vlans?: readonly number[];
  /** `null` link only: address family in big-endian order, as captured on a big-endian host. */
  bigEndianFamily?: boolean;
  /** 4 octets for IPv4, 16 for IPv6; both addresses alike. `address` makes them of text. */
  source: Uint8Array;
  destination: Uint8Array;
  /** IPv4 identification; 0 when absent. */
  ipId?: number;
  /** TTL or hop limit; 64 when absent. */
  ttl?: number;
  /** IPv4 options, a multiple of 4 octets up to 40. */
  ipOptions?: Uint8Array;
  /** IPv6 extension headers in order. */
  extensions?: readonly ExtensionHeader[];
  sourcePort: number;
  destinationPort: number;
  /** Sequence and acknowledgement numbers; taken modulo 2^32. */
  sequence: number;
  acknowledgement: number;
  /** Sum of `tcpFlags`. */
  flags: number;
  /** Window field, unscaled; 64240 when absent. */
  window?: number;
  /** TCP options, a multiple of 4 octets up to 40. */
  tcpOptions?: Uint8Array;
  payload: Uint8Array;
  /** `sumWords` over the payload where the caller knows it, which saves most of the time; computed when absent or negative. */
  payloadSum?: number;
  /** TCP checksum: computed when absent, 0 as a sender with checksum offload leaves it, or a wrong one. */
  checksum?: 'zero' | 'wrong';
  /** Ethernet only: zero octets are added behind the IP packet up to this frame length (60 is the shortest on a wire). */
  padTo?: number;
}

const none = new Uint8Array(0);

/** Octets of an address in text form: dotted IPv4, or IPv6 with or without `::` (RFC 4291 §2.2, no embedded IPv4). */
export function address(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

function linkLength(frame: TcpFrame): number {
  switch (frame.link) {
    case 'null':
    case 'loop':
      return 4;
    case 'raw':
    case 'ipv4':
    case 'ipv6':
      return 0;
    case 'linux-sll':
      return 16 + 4 * (frame.vlans?.length ?? 0);
    case 'linux-sll2':
      return 20 + 4 * (frame.vlans?.length ?? 0);
    default:
      return 14 + 4 * (frame.vlans?.length ?? 0);
  }
}

function ipHeaderLength(frame: TcpFrame): number {
  if (frame.source.length === 16) return 40 + 8 * (frame.extensions?.length ?? 0);
  return 20 + (frame.ipOptions?.length ?? 0);
}

function tcpHeaderLength(frame: TcpFrame): number {
  return 20 + (frame.tcpOptions?.length ?? 0);
}

/** Octets `writeTcpFrame` will write. */
export function frameLength(frame: TcpFrame): number {
  const length = linkLength(frame) + ipHeaderLength(frame) + tcpHeaderLength(frame) + frame.payload.length;
  return frame.padTo !== undefined && frame.padTo > length ? frame.padTo : length;
}

/** Writes the frame at `at` and returns the offset behind it. `out` must have room for `frameLength(frame)`. */
export function writeTcpFrame(out: Buffer, at: number, frame: TcpFrame): number {
  const end = at + frameLength(frame);
  const tcpLength = tcpHeaderLength(frame) + frame.payload.length;
  let offset = writeLink(out, at, frame);
  offset =
    frame.source.length === 16 ? writeIpv6(out, offset, frame, tcpLength) : writeIpv4(out, offset, frame, tcpLength);
  offset = writeTcp(out, offset, frame, tcpLength);
  if (offset < end) out.fill(0, offset, end);
  return end;
}

/** The frame as a Buffer of its own. */
export function tcpFrame(frame: TcpFrame): Buffer {
  const out = Buffer.alloc(frameLength(frame));
  writeTcpFrame(out, 0, frame);
  return out;
}

function put16(out: Buffer, at: number, value: number): number {
  out[at] = value >>> 8;
  out[at + 1] = value;
  return at + 2;
}

function put32(out: Buffer, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}

/** A locally administered MAC address made of the last four octets of the IP address. */
function putMac(out: Buffer, at: number, ip: Uint8Array): number {
  out[at] = 2;
  out[at + 1] = 0;
  out.set(ip.length === 4 ? ip : ip.subarray(12), at + 2);
  return at + 6;
}

function writeLink(out: Buffer, at: number, frame: TcpFrame): number {
  const ipv6 = frame.source.length === 16;
  // AF_INET6 of Darwin; 24 and 28 are the other BSDs'.
  const family = ipv6 ? 30 : 2;
  switch (frame.link) {
    case 'raw':
    case 'ipv4':
    case 'ipv6':
      return at;
    case 'null':
      return frame.bigEndianFamily ? put32(out, at, family) : out.writeUInt32LE(family, at);
    case 'loop':
      return put32(out, at, family);
    case 'linux-sll': {
      put16(out, at, 0); // packet type: to us
      put16(out, at + 2, 1); // ARPHRD_ETHER
      put16(out, at + 4, 6);
      put16(out, putMac(out, at + 6, frame.source), 0);
      return writeTypes(out, at + 14, frame, ipv6);
    }
    case 'linux-sll2': {
      // The protocol stands first here, the tags behind the whole header.
      const behind = writeTypes(out, at + 18, frame, ipv6);
      put16(out, at, (out[at + 18]! << 8) | out[at + 19]!);
      put16(out, at + 2, 0);
      put32(out, at + 4, 2); // interface index
      put16(out, at + 8, 1); // ARPHRD_ETHER
      out[at + 10] = 0; // packet type: to us
      out[at + 11] = 6;
      put16(out, putMac(out, at + 12, frame.source), 0);
      return behind;
    }
    default:
      putMac(out, putMac(out, at, frame.destination), frame.source);
      return writeTypes(out, at + 12, frame, ipv6);
  }
}

/** EtherType, or tag protocol ids each with its tag, then EtherType (IEEE 802.1Q, 802.1ad). */
function writeTypes(out: Buffer, at: number, frame: TcpFrame, ipv6: boolean): number {
  const vlans = frame.vlans;
  let offset = at;
  if (vlans !== undefined) {
    for (let i = 0; i < vlans.length; i++) {
      put16(out, offset, i < vlans.length - 1 ? 0x88a8 : 0x8100);
      put16(out, offset + 2, vlans[i]!);
      offset += 4;
    }
  }
  return put16(out, offset, ipv6 ? 0x86dd : 0x0800);
}

function writeIpv4(out: Buffer, at: number, frame: TcpFrame, tcpLength: number): number {
  const options = frame.ipOptions ?? none;
  const headerLength = 20 + options.length;
  out[at] = 0x40 | (headerLength >> 2);
  out[at + 1] = 0;
  put16(out, at + 2, headerLength + tcpLength);
  put16(out, at + 4, frame.ipId ?? 0);
  put16(out, at + 6, 0x4000); // don't fragment
  out[at + 8] = frame.ttl ?? 64;
  out[at + 9] = 6;
  put16(out, at + 10, 0);
  out.set(frame.source, at + 12);
  out.set(frame.destination, at + 16);
  if (options.length > 0) out.set(options, at + 20);
  put16(out, at + 10, complement(sumWords(out, at, at + headerLength)));
  return at + headerLength;
}

function writeIpv6(out: Buffer, at: number, frame: TcpFrame, tcpLength: number): number {
  const extensions = frame.extensions ?? [];
  put32(out, at, 0x60000000);
  put16(out, at + 4, 8 * extensions.length + tcpLength);
  out[at + 7] = frame.ttl ?? 64;
  out.set(frame.source, at + 8);
  out.set(frame.destination, at + 24);
  let nextField = at + 6;
  let offset = at + 40;
  for (const name of extensions) {
    out[nextField] = extensionNumbers[name];
    nextField = offset;
    out.fill(0, offset + 1, offset + 8);
    // One PadN option of 6 octets fills an options header; an experimental routing type with no segments left and an
    // atomic fragment (RFC 6946) leave the packet whole.
    if (name === 'hop-by-hop' || name === 'destination') {
      out[offset + 2] = 1;
      out[offset + 3] = 4;
    } else if (name === 'routing') out[offset + 2] = 253;
    offset += 8;
  }
  out[nextField] = 6;
  return offset;
}

function writeTcp(out: Buffer, at: number, frame: TcpFrame, tcpLength: number): number {
  const options = frame.tcpOptions ?? none;
  put16(out, at, frame.sourcePort);
  put16(out, at + 2, frame.destinationPort);
  put32(out, at + 4, frame.sequence);
  put32(out, at + 8, frame.acknowledgement);
  out[at + 12] = (20 + options.length) << 2;
  out[at + 13] = frame.flags;
  put16(out, at + 14, frame.window ?? 64240);
  put32(out, at + 16, 0); // checksum and urgent pointer
  if (options.length > 0) out.set(options, at + 20);
  out.set(frame.payload, at + 20 + options.length);
  const end = at + tcpLength;
  if (frame.checksum !== 'zero') {
    // Pseudo-header: addresses, protocol, length (RFC 9293 §3.1, RFC 8200 §8.1).
    const addresses = frame.source.length;
    const pseudo = sumWords(frame.source, 0, addresses) + sumWords(frame.destination, 0, addresses) + 6 + tcpLength;
    const header = end - frame.payload.length;
    const known = frame.payloadSum ?? -1;
    const payloadSum = known >= 0 ? known : sumWords(out, header, end);
    const checksum = complement(pseudo + sumWords(out, at, header) + payloadSum);
    put16(out, at + 16, frame.checksum === 'wrong' ? checksum ^ 0x5555 : checksum);
  }
  return end;
}

/** Sum of the 16-bit words of `bytes[start, end)`; an odd last octet counts as if a zero followed (RFC 1071). */
export function sumWords(bytes: Uint8Array, start: number, end: number): number {
  let high = 0;
  let low = 0;
  const even = end - ((end - start) & 1);
  for (let i = start; i < even; i += 2) {
    high += bytes[i]!;
    low += bytes[i + 1]!;
  }
  if (even < end) high += bytes[even]!;
  return high * 256 + low;
}

function complement(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
