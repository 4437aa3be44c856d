import { DecodeError, type Decoder, openDecoder } from '../decompress.ts';
import type { ByteSource, ByteWindow } from './byte-window.ts';

export type Compression = 'gzip' | 'zstd';

/**
 * Octets handed to the decoder at once. A decoder gives all a piece holds before it returns, so the piece bounds the
 * memory: DEFLATE makes at most 1,032 octets of one (16 MiB a piece), a zstd block of 4 octets can make 128 KiB
 * (32 MiB a piece).
 */
const PIECE: Readonly<Record<Compression, number>> = { gzip: 16_384, zstd: 1024 };

/** A compressed capture as the octets it holds. What was decoded before damage is delivered first. */
export class DecodedBytes implements ByteSource {
  failure: string | null = null;
  private readonly decoder: Decoder;
  private readonly piece: number;
  private pending = Buffer.allocUnsafeSlow(65_536);
  private start = 0;
  private end = 0;
  private ended = false;

  constructor(
    private readonly compressed: ByteWindow,
    private readonly compression: Compression,
  ) {
    this.piece = PIECE[compression];
    // A capture may be of any size, so the sum of the output has no bound here; the pieces bound what is held.
    this.decoder = openDecoder(compression, { maxOutput: Number.MAX_SAFE_INTEGER });
  }

  read(into: Buffer, at: number, length: number): number {
    while (this.start === this.end) {
      if (this.ended) return 0;
      this.decodePiece();
    }
    const count = Math.min(length, this.end - this.start);
    this.pending.copy(into, at, this.start, this.start + count);
    this.start += count;
    return count;
  }

  private decodePiece(): void {
    this.start = 0;
    this.end = 0;
    const { compressed } = this;
    const offset = compressed.offset;
    try {
      if (compressed.ensure(1)) {
        const from = compressed.start;
        compressed.start = Math.min(from + this.piece, compressed.end);
        this.decoder.push(compressed.buffer.subarray(from, compressed.start), this.keep);
      } else {
        this.ended = true;
        this.failure = compressed.source.failure;
        this.decoder.end(this.keep);
      }
    } catch (error) {
      this.ended = true;
      this.failure ??= this.explain(error, offset);
    }
  }

  close(): void {
    this.decoder.close();
  }

  private explain(error: unknown, offset: number): string {
    if (!(error instanceof DecodeError)) throw error;
    if (error.code === 'cut') return `the ${this.compression} data is cut: it ends at octet ${offset}, before its end`;
    return `the ${this.compression} data is damaged at or after its octet ${offset}`;
  }

  /** The decoder's chunks are valid during its call only. */
  private readonly keep = (chunk: Uint8Array): void => {
    const needed = this.end + chunk.length;
    if (needed > this.pending.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.pending.length * 2));
      this.pending.copy(larger, 0, 0, this.end);
      this.pending = larger;
    }
    this.pending.set(chunk, this.end);
    this.end = needed;
  };
}
