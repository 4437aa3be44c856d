import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { explainSystemError } from './unreadable-input.ts';

/** Octets from a file's beginning that tell it from others, together with its size. */
const SAMPLE = 1_048_576;

/** What makes a capture file the same one under another name or on another day. */
export interface CaptureIdentity {
  /** 64 lower-case hex digits: SHA-256 of the size (64 bits, big-endian) and the first MiB, as they are on the disk. */
  readonly id: string;
  /** Octets of the file, before decompression. */
  readonly size: number;
}

/** Identity of a regular file; standard input and pipes have none. Throws CaptureError. */
export function captureIdentity(path: string): CaptureIdentity {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw explainSystemError(path, error);
  }
  try {
    const { size } = fstatSync(fd);
    const sample = Buffer.allocUnsafe(Math.min(size, SAMPLE));
    let length = 0;
    while (length < sample.length) {
      const read = readSync(fd, sample, length, sample.length - length, length);
      if (read === 0) break;
      length += read;
    }
    const sizeOctets = Buffer.alloc(8);
    sizeOctets.writeBigUInt64BE(BigInt(size));
    const id = createHash('sha256').update(sizeOctets).update(sample.subarray(0, length)).digest('hex');
    return { id, size };
  } catch (error) {
    throw explainSystemError(path, error);
  } finally {
    closeSync(fd);
  }
}
