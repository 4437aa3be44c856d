/**
 * The packet and where it comes from. One Packet object is reused for every record: the hot path allocates nothing.
 */

/** A view of one captured frame. Valid until the next `read`. */
export interface Packet {
  /** Packet time, integer µs since 1970 (nanoseconds are cut, not rounded). */
  ts: number;
  /** LINKTYPE_ value (draft-ietf-opsawg-pcaplinktype). */
  linkType: number;
  /** The frame is `data[start, end)`; `end - start` octets were captured. */
  data: Buffer;
  start: number;
  end: number;
  /** Octets the frame had on the wire; greater than captured when a snap length cut it. */
  originalLength: number;
  /** Position in its file, from 1: what Wireshark calls the frame number. */
  number: number;
  /** Index into the source's `inputs`. */
  input: number;
}

/** Why reading an input ended before its end, or a part of it was passed over. */
export interface Damage {
  /** File name as the user gave it; `-` for standard input. */
  readonly input: string;
  /** Octet offset into the (uncompressed) capture where reading stopped. */
  readonly offset: number;
  /** One sentence in plain words. */
  readonly reason: string;
}

/** A pull source of packets in packet-time order over its inputs. Synchronous: it runs in the capture thread. */
export interface PacketSource {
  /** Names of the inputs, in the order they are read. */
  readonly inputs: readonly string[];
  /** What was damaged so far; complete after `read` returned false. */
  readonly damage: readonly Damage[];
  /** Octets read from files so far, before decompression. */
  readonly bytesRead: number;
  /** Fills `packet` with the next frame. False at the end. Throws CaptureError only from the opening. */
  read(packet: Packet): boolean;
  close(): void;
}

export function emptyPacket(): Packet {
  return { ts: 0, linkType: 0, data: Buffer.alloc(0), start: 0, end: 0, originalLength: 0, number: 0, input: 0 };
}

/** The input cannot be read at all: its message names the file and says what to do. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}
