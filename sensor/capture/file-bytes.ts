import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './byte-window.ts';

/** How long to sleep when a pipe set to non-blocking has nothing yet, ms. */
const PIPE_WAIT = 5;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** An open file or pipe, read synchronously from its present position. */
export class FileBytes implements ByteSource {
  bytesRead = 0;
  failure: string | null = null;

  private fd: number;

  /** `onWait` is called again and again while a pipe has nothing; what comes ends when it answers false. */
  constructor(
    private readonly given: number,
    private readonly onWait?: () => boolean,
  ) {
    this.fd = onWait === undefined ? given : withoutBlocking(given);
  }

  read(into: Buffer, at: number, length: number): number {
    while (this.failure === null) {
      try {
        const read = readSync(this.fd, into, at, length, null);
        this.bytesRead += read;
        return read;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return 0; // a closed pipe on Windows
        if (code === 'EAGAIN') {
          Atomics.wait(sleeper, 0, 0, PIPE_WAIT);
          if (this.onWait?.() === false) return 0;
        } else if (code !== 'EINTR') this.failure = `reading stopped: ${message}`;
      }
    }
    return 0;
  }

  close(): void {
    // Standard input stays open: it belongs to the process.
    if (this.fd !== 0) closeSync(this.fd);
    if (this.fd !== this.given && this.given !== 0) closeSync(this.given);
  }
}

/** A pipe opened once more, so that its other users keep reading it as they do. Anything else is read as it is. */
function withoutBlocking(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}
