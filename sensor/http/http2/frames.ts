/** Frames of HTTP/2: their header, types and flags (RFC 9113 §4, §6). */

export const FRAME_HEADER = 9;
/** What a client sends first (§3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  promise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** Flags that mean something, by type; others are sent as 0 (§4.1). */
const meant = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04];
/** Longest frame before anything is said of it (§6.5.2). */
const INITIAL_LENGTH = 16384;
/** SETTINGS of which there are more than these are none that anybody sends. */
const MAX_SETTINGS = 6 * 64;

export interface FrameHeader {
  length: number;
  type: number;
  flags: number;
  /** 0 for the connection. */
  stream: number;
}

/** Whether type, length and stream fit together (§6): else the receiver ends the connection. */
export function isSound({ length, type, stream }: FrameHeader): boolean {
  switch (type) {
    case frameTypes.data:
    case frameTypes.headers:
    case frameTypes.continuation:
      return stream > 0;
    case frameTypes.priority:
      return stream > 0 && length === 5;
    case frameTypes.reset:
      return stream > 0 && length === 4;
    case frameTypes.settings:
      return stream === 0 && length % 6 === 0;
    case frameTypes.promise:
      return stream > 0 && length >= 4;
    case frameTypes.ping:
      return stream === 0 && length === 8;
    case frameTypes.goAway:
      return stream === 0 && length >= 8;
    case frameTypes.windowUpdate:
      return length === 4;
    default:
      return true;
  }
}

/** Whether nine octets at `at` are a frame header beyond reasonable doubt: of a known type, with nothing odd. */
export function isPlausible(data: Buffer, at: number): boolean {
  const type = data[at + 3]!;
  if (data[at]! > 1 || type > 9 || data[at + 5]! >= 0x80) return false;
  const length = lengthAt(data, at);
  const flags = data[at + 4]!;
  if (length > INITIAL_LENGTH || (flags & ~meant[type]!) !== 0) return false;
  const header = { length, type, flags, stream: data.readUInt32BE(at + 5) };
  if (!isSound(header)) return false;
  if (type === frameTypes.settings) return length <= MAX_SETTINGS && ((flags & frameFlags.ack) === 0 || length === 0);
  return type !== frameTypes.headers || length > 0;
}

export function lengthAt(data: Buffer, at: number): number {
  return (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
}

/** Whether octets at the beginning of a connection are a server's SETTINGS, which is what it sends first (§3.4), or may be. */
export function beginsWithSettings(data: Buffer, start: number, end: number): 'yes' | 'more' | 'no' {
  const size = Math.min(FRAME_HEADER, end - start);
  for (let i = 0; i < size; i++) {
    const octet = data[start + i]!;
    if (i === 1 ? octet > 1 : i === 3 ? octet !== frameTypes.settings : i !== 2 && octet !== 0) return 'no';
  }
  if (size < FRAME_HEADER) return 'more';
  return isPlausible(data, start) ? 'yes' : 'no';
}
