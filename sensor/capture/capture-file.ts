import { fstatSync, openSync } from 'node:fs';
import { ByteWindow } from './byte-window.ts';
import { openContainer, recogniseCompression } from './container.ts';
import { DecodedBytes } from './decoded-bytes.ts';
import { FileBytes } from './file-bytes.ts';
import type { RecordReader, SecretsTaker } from './record-reader.ts';
import { explainSystemError } from './unreadable-input.ts';

/** Buffers that closed files gave back, for the next ones: a thousand files one after the other need but two. */
export class BufferPool {
  private readonly spare: Buffer[] = [];

  /** `size`: octets of each buffer. */
  constructor(private readonly size: number) {}

  /** A buffer for a file of `fileSize` octets; small files get small ones of their own. */
  take(fileSize: number): Buffer {
    if (fileSize < this.size) return Buffer.allocUnsafeSlow(Math.max(64, fileSize));
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  give(buffer: Buffer): void {
    if (buffer.length === this.size) this.spare.push(buffer);
  }
}

/** One open capture: a file or a pipe, with what was wrapped around it taken off. */
export class CaptureFile {
  private readonly file: FileBytes;
  private readonly windows: ByteWindow[] = [];
  private decoded: DecodedBytes | null = null;
  readonly reader: RecordReader;
  /** Standard input and named pipes give their octets once; a regular file can be opened again. */
  readonly isRegular: boolean;

  /** Throws UnreadableInput. */
  constructor(
    readonly input: string,
    private readonly pool: BufferPool,
    private readonly secrets: SecretsTaker | null = null,
    onWait?: () => boolean,
  ) {
    let fd = 0;
    let size: number;
    try {
      if (input !== '-') fd = openSync(input, 'r');
      const stat = fstatSync(fd);
      this.isRegular = stat.isFile();
      // Of a pipe, and of a file that standard input may already be in the midst of, the size tells nothing.
      size = this.isRegular && input !== '-' ? stat.size : Number.POSITIVE_INFINITY;
    } catch (error) {
      throw explainSystemError(input, error);
    }
    this.file = new FileBytes(fd, onWait);
    try {
      this.reader = this.openReader(size);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Octets read from the file so far, before decompression. */
  get bytesRead(): number {
    return this.file.bytesRead;
  }

  close(): void {
    this.file.close();
    this.decoded?.close();
    for (const window of this.windows.splice(0)) this.pool.give(window.buffer);
  }

  private openReader(size: number): RecordReader {
    const window = new ByteWindow(this.file, this.pool.take(size));
    this.windows.push(window);
    const compression = recogniseCompression(window);
    if (compression === null) return openContainer(window, this.input, this.secrets);
    this.decoded = new DecodedBytes(window, compression);
    const inner = new ByteWindow(this.decoded, this.pool.take(Number.POSITIVE_INFINITY));
    this.windows.push(inner);
    return openContainer(inner, this.input, this.secrets);
  }
}
