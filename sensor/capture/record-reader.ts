import type { Packet } from './packet.ts';

/**
 * Octets captured of one frame at most. The largest frames a port delivers are merged segments (BIG TCP, 512 KiB); a
 * record that claims more is damage, not a packet.
 */
export const MAX_FRAME = 1_048_576;

/** Damage of one input; its name is added by who knows it. */
export interface DamagePoint {
  /** Octet offset into the uncompressed capture. */
  readonly offset: number;
  /** One sentence. */
  readonly reason: string;
}

/** Walks the packet records of one uncompressed capture in file order. */
export interface RecordReader {
  /** Fills all of `packet` but `input`. False at the end, and ever after. */
  read(packet: Packet): boolean;
  /** What was damaged so far; complete after `read` returned false. */
  readonly damage: readonly DamagePoint[];
  /** Packets whose time was outside `packet-time.ts`'s bounds so far. */
  readonly clamped: number;
}

/** Takes the key logs that lie in a capture among its packets; the octets are valid during the call. */
export type SecretsTaker = (keyLog: Uint8Array) => void;
