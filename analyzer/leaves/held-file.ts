/** A file that is held until its end, for it can't be read before. Bounded, each and all of a thread together. */

/** Octets of a file that is held, and of all that a thread holds. */
const MOST = 16 << 20;
const MOST_HELD = 64 << 20;

let heldByThread = 0;

export class HeldFile {
  #pieces: Buffer[] = [];
  #size = 0;
  #isBeyond = false;

  /** False once, when there is no more room: what was held is let go. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isBeyond) return true;
    const length = end - start;
    if (this.#size + length > MOST || heldByThread + length > MOST_HELD) {
      this.#isBeyond = true;
      this.#release();
      return false;
    }
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#size += length;
    heldByThread += length;
    return true;
  }

  /** All of it; null when there was no room. Nothing is held any more. */
  take(): Buffer | null {
    if (this.#isBeyond) return null;
    const file = Buffer.concat(this.#pieces, this.#size);
    this.#release();
    return file;
  }

  #release(): void {
    heldByThread -= this.#size;
    this.#size = 0;
    this.#pieces = [];
  }
}
