/** Captures made octet by octet, in either byte order, from nothing the readers under test share. */

export type Order = 'le' | 'be';

export interface Frame {
  /** High and low halves of a pcapng time, or seconds and fraction of a pcap time. */
  readonly time: readonly [number, number];
  readonly data: Uint8Array;
  /** Default: the length of `data`. */
  readonly originalLength?: number;
}

export function u32(order: Order, ...values: number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) {
    if (order === 'le') octets.writeUInt32LE(value >>> 0, i * 4);
    else octets.writeUInt32BE(value >>> 0, i * 4);
  }
  return octets;
}

function u16(order: Order, ...values: number[]): Buffer {
  const octets = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) {
    if (order === 'le') octets.writeUInt16LE(value, i * 2);
    else octets.writeUInt16BE(value, i * 2);
  }
  return octets;
}

export const MICROSECOND = 0xa1b2c3d4;
export const NANOSECOND = 0xa1b23c4d;
export const MODIFIED = 0xa1b2cd34;

export function pcapHeader(order: Order, magic = MICROSECOND, network = 1): Buffer {
  return Buffer.concat([u32(order, magic), u16(order, 2, 4), u32(order, 0, 0, 65_535, network)]);
}

export function pcapRecord(order: Order, frame: Frame, magic = MICROSECOND): Buffer {
  const { time, data, originalLength = data.length } = frame;
  const header = u32(order, time[0], time[1], data.length, originalLength);
  return Buffer.concat([header, magic === MODIFIED ? Buffer.alloc(8, 0xee) : Buffer.alloc(0), data]);
}

export function pcapFile(order: Order, frames: readonly Frame[], magic = MICROSECOND, network = 1): Buffer {
  return Buffer.concat([pcapHeader(order, magic, network), ...frames.map((f) => pcapRecord(order, f, magic))]);
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
}

export function block(order: Order, type: number, body: Uint8Array): Buffer {
  const octets = padded(body);
  const length = octets.length + 12;
  return Buffer.concat([u32(order, type, length), octets, u32(order, length)]);
}

export function option(order: Order, code: number, value: Uint8Array): Buffer {
  return Buffer.concat([u16(order, code, value.length), padded(value)]);
}

export function section(order: Order, major = 1): Buffer {
  const fixed = [u32(order, 0x1a2b3c4d), u16(order, major, 0), Buffer.alloc(8, 0xff)];
  return block(
    order,
    0x0a0d0d0a,
    Buffer.concat([...fixed, option(order, 1, Buffer.from('made by hand')), u32(order, 0)]),
  );
}

export function describedInterface(order: Order, linkType = 1, snapLength = 0, ...options: Buffer[]): Buffer {
  const end = options.length > 0 ? [u32(order, 0)] : [];
  return block(order, 1, Buffer.concat([u16(order, linkType, 0), u32(order, snapLength), ...options, ...end]));
}

export function enhancedPacket(order: Order, interfaceId: number, frame: Frame, ...options: Buffer[]): Buffer {
  const { time, data, originalLength = data.length } = frame;
  const fixed = u32(order, interfaceId, time[0], time[1], data.length, originalLength);
  return block(order, 6, Buffer.concat([fixed, padded(data), ...options]));
}

export function obsoletePacket(order: Order, interfaceId: number, frame: Frame): Buffer {
  const { time, data, originalLength = data.length } = frame;
  const fixed = [u16(order, interfaceId, 7), u32(order, time[0], time[1], data.length, originalLength)];
  return block(order, 2, Buffer.concat([...fixed, data]));
}

export function simplePacket(order: Order, originalLength: number, data: Uint8Array): Buffer {
  return block(order, 3, Buffer.concat([u32(order, originalLength), data]));
}

/** The halves of a 64-bit time. */
export function halves(value: bigint): [number, number] {
  return [Number(value >> 32n), Number(value & 0xffffffffn)];
}

/** Numbers that look random and are the same on every run (mulberry32): 0 ≤ x < 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}
