/** Octets in order: a file, a pipe, or what a decoder makes of either. */
export interface ByteSource {
  /** Puts at most `length` octets at `into[at…]` and returns how many; 0 at the end. Waits while there are none yet. */
  read(into: Buffer, at: number, length: number): number;
  /** Why the octets ended before their end, one sentence; null while nothing went wrong. */
  readonly failure: string | null;
}

/**
 * A stretch of a source in one reused buffer. Walkers look at `buffer[start, end)` and move `start`; `ensure` moves what
 * is left to the front and reads on. The buffer grows only when a record is larger than it and only as octets arrive,
 * so a claimed length costs nothing by itself; the callers bound what they ask for (MAX_FRAME, MAX_BLOCK).
 */
export class ByteWindow {
  start = 0;
  end = 0;
  /** Offset in the source of `buffer[0]`. */
  private base = 0;

  constructor(
    readonly source: ByteSource,
    public buffer: Buffer,
  ) {}

  /** Offset in the source of `start`. */
  get offset(): number {
    return this.base + this.start;
  }

  /** True when `count` octets lie from `start` on; false when the source ended first (what there is stays). */
  ensure(count: number): boolean {
    if (this.end - this.start >= count) return true;
    if (this.start > 0) {
      this.buffer.copyWithin(0, this.start, this.end);
      this.base += this.start;
      this.end -= this.start;
      this.start = 0;
    }
    while (this.end < count) {
      if (this.end === this.buffer.length) this.grow(count);
      const read = this.source.read(this.buffer, this.end, this.buffer.length - this.end);
      if (read === 0) return false;
      this.end += read;
    }
    return true;
  }

  /** Passes over `count` octets of any length in bounded memory. False when the source ended first. */
  skip(count: number): boolean {
    let left = count;
    while (left > this.end - this.start) {
      left -= this.end - this.start;
      this.start = this.end;
      if (!this.ensure(1)) return false;
    }
    this.start += left;
    return true;
  }

  private grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(count, Math.max(4096, this.buffer.length * 2)));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}
