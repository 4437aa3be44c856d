/** The first part of a capture, for tools too slow to read all of it in a benchmark. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Copies whole records of a little-endian pcap file until `bytes` octets are reached, and returns the size written.
 * Frames are at most 256 KiB there, as `PcapWriter` states.
 */
export function writeSlice(from: string, to: string, bytes: number): number {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w');
  try {
    const buffer = Buffer.allocUnsafe(4 << 20);
    let written = 0;
    let held = 0;
    let start = 24;
    for (;;) {
      const got = readSync(source, buffer, held, buffer.length - held, null);
      held += got;
      let end = start;
      while (written + end < bytes && end + 16 <= held) {
        const next = end + 16 + buffer.readUInt32LE(end + 8);
        if (next > held) break;
        end = next;
      }
      if (end > held) return written;
      written += writeSync(target, buffer, 0, end);
      if (got === 0 || written >= bytes) return written;
      buffer.copyWithin(0, end, held);
      held -= end;
      start = 0;
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
