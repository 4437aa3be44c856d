/** Headers around frames of the tests' making: each function puts one before its payload. */
import { address, sumWords, type TcpFrame, tcpFlags, tcpFrame } from '../../../deploy/traffic/frames.ts';

export const payload = Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n');

/** Octets from hexadecimal; blanks are left out. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

export function words(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) out.writeUInt16BE(value & 0xffff, 2 * i);
  return out;
}

/** TCP in IPv4 between two fixed ends, or in IPv6, without a link layer. */
export function packetIn(version: 4 | 6, change: Partial<TcpFrame> = {}): Buffer {
  return tcpFrame({
    link: 'raw',
    source: address(version === 4 ? '10.0.0.1' : '2001:db8::1'),
    destination: address(version === 4 ? '192.168.7.9' : '2001:db8:0:1::ffff'),
    sourcePort: 50_000,
    destinationPort: 8080,
    sequence: 0xfffffff0,
    acknowledgement: 0x80000001,
    flags: tcpFlags.ack | tcpFlags.psh,
    payload,
    ...change,
  });
}

export function ethernet(type: number, inner: Buffer): Buffer {
  return Buffer.concat([hex('02 00 00 00 00 01 02 00 00 00 00 02'), words(type), inner]);
}

/** EtherType of an IP packet. */
export function typeOf(ip: Buffer): number {
  return ip[0]! >> 4 === 6 ? 0x86dd : 0x0800;
}

export interface Piece {
  readonly id: number;
  readonly offset: number;
  readonly more: boolean;
}

/** IPv4 between two fixed gateways; a piece when `piece` is given. */
export function ipv4(protocol: number, inner: Buffer, piece?: Piece): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + inner.length, 2);
  header.writeUInt16BE(piece?.id ?? 0, 4);
  header.writeUInt16BE(piece === undefined ? 0x4000 : (piece.more ? 0x2000 : 0) | (piece.offset >> 3), 6);
  header[8] = 64;
  header[9] = protocol;
  header.set(address('172.16.0.1'), 12);
  header.set(address('172.16.0.2'), 16);
  let sum = sumWords(header, 0, 20);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return Buffer.concat([header, inner]);
}

/** The same in IPv6. */
export function ipv6(protocol: number, inner: Buffer, piece?: Piece): Buffer {
  const header = Buffer.alloc(piece === undefined ? 40 : 48);
  header.writeUInt32BE(0x60000000, 0);
  header.writeUInt16BE(header.length - 40 + inner.length, 4);
  header[6] = piece === undefined ? protocol : 44;
  header[7] = 64;
  header.set(address('2001:db8:f::1'), 8);
  header.set(address('2001:db8:f::2'), 24);
  if (piece !== undefined) {
    header[40] = protocol;
    header.writeUInt16BE(piece.offset | (piece.more ? 1 : 0), 42);
    header.writeUInt32BE(piece.id, 44);
  }
  return Buffer.concat([header, inner]);
}

export function udp(port: number, inner: Buffer, sourcePort = 54_321): Buffer {
  return Buffer.concat([words(sourcePort, port, 8 + inner.length, 0), inner]);
}

export interface GreOptions {
  readonly checksum?: boolean;
  readonly key?: number;
  readonly sequence?: number;
  /** Source routes, each of so many octets. */
  readonly routes?: readonly number[];
}

export function gre(protocol: number, inner: Buffer, { checksum, key, sequence, routes }: GreOptions = {}): Buffer {
  const flags =
    (checksum ? 0x8000 : 0) |
    (routes === undefined ? 0 : 0x4000) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000);
  const parts = [words(flags, protocol)];
  if (checksum || routes !== undefined) parts.push(words(0, 0));
  for (const value of [key, sequence]) {
    if (value !== undefined) parts.push(words(value >>> 16, value & 0xffff));
  }
  if (routes !== undefined) {
    for (const length of routes) parts.push(hex('0800'), Buffer.from([0, length]), Buffer.alloc(length, 9));
    parts.push(Buffer.alloc(4));
  }
  return Buffer.concat([...parts, inner]);
}

export function erspan2(session: number, inner: Buffer, vlan = 0, tag = 0): Buffer {
  return Buffer.concat([words(0x1000 | vlan, (tag << 11) | session, 0, 1), inner]);
}

export function erspan3(session: number, inner: Buffer, { frameType = 0, extra = false } = {}): Buffer {
  const header = words(0x2000, session, 0, 0, 0, (frameType << 10) | (extra ? 1 : 0));
  return Buffer.concat([header, Buffer.alloc(extra ? 8 : 0, 3), inner]);
}

export function vxlan(id: number, inner: Buffer, flags = 0x08, next = 0): Buffer {
  return Buffer.concat([Buffer.from([flags, 0, 0, next]), words(id >>> 8, (id << 8) & 0xffff), inner]);
}

/** `options` in octets, a multiple of four. */
export function geneve(id: number, type: number, inner: Buffer, options = 0): Buffer {
  const header = Buffer.concat([Buffer.from([options / 4, 0]), words(type, id >>> 8, (id << 8) & 0xffff)]);
  return Buffer.concat([header, Buffer.alloc(options, 0x45), inner]);
}

export function mpls(labels: readonly number[], inner: Buffer): Buffer {
  const stack = labels.map((label, i) => {
    const entry = Buffer.alloc(4);
    entry.writeUInt32BE(((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64) >>> 0, 0);
    return entry;
  });
  return Buffer.concat([...stack, inner]);
}

/** `protocol` of one octet when it is below 256 and `compressed`. */
export function ppp(protocol: number, inner: Buffer, compressed = false): Buffer {
  return Buffer.concat([compressed ? Buffer.from([protocol]) : words(protocol), inner]);
}

export function pppoe(session: number, inner: Buffer): Buffer {
  return Buffer.concat([words(0x1100, session, inner.length), inner]);
}
