import { closeSync, readSync } from 'node:fs';
import type { ByteSource } from './byte-window.ts';

/** How long to sleep when a pipe set to non-blocking has nothing yet, ms. */
const PIPE_WAIT = 5;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** An open file or pipe, read synchronously from its present position. */
export class FileBytes implements ByteSource {
  bytesRead = 0;
  failure: string | null = null;

  constructor(private readonly fd: number) {}

  read(into: Buffer, at: number, length: number): number {
    while (this.failure === null) {
      try {
        const read = readSync(this.fd, into, at, length, null);
        this.bytesRead += read;
        return read;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return 0; // a closed pipe on Windows
        if (code === 'EAGAIN') Atomics.wait(sleeper, 0, 0, PIPE_WAIT);
        else if (code !== 'EINTR') this.failure = `reading stopped: ${message}`;
      }
    }
    return 0;
  }

  close(): void {
    // Standard input stays open: it belongs to the process.
    if (this.fd !== 0) closeSync(this.fd);
  }
}
