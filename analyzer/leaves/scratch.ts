/**
 * Octets of a value that does not lie whole in one piece of content: split between writes, or with escapes undone.
 * A parser borrows one when it first needs one and gives it back at its end; an abandoned one is collected.
 */
const firstBytes = 256;
/** Scratches kept for reuse, a thread: at most 32 of `valueBytes`, 2 MiB. */
const kept: Scratch[] = [];
const maxKept = 32;

export class Scratch {
  bytes = new Uint8Array(firstBytes);
  length = 0;
  /** More came than `limit` octets. */
  cut = false;

  clear(): void {
    this.length = 0;
    this.cut = false;
  }

  append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    let stop = end;
    if (this.length + (end - start) > limit) {
      stop = start + limit - this.length;
      this.cut = true;
    }
    const size = stop - start;
    if (size <= 0) return;
    const at = this.length;
    if (at + size > this.bytes.length) this.#grow(at + size);
    const to = this.bytes;
    if (size < 48) for (let i = 0; i < size; i++) to[at + i] = bytes[start + i];
    else to.set(bytes.subarray(start, stop), at);
    this.length = at + size;
  }

  push(byte: number, limit: number): void {
    if (this.length >= limit) {
      this.cut = true;
      return;
    }
    if (this.length === this.bytes.length) this.#grow(this.length + 1);
    this.bytes[this.length++] = byte;
  }

  /** A code point in UTF-8; what is none becomes U+FFFD. */
  pushCodePoint(code: number, limit: number): void {
    if (code < 0x80) {
      this.push(code, limit);
      return;
    }
    let valid = code;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) valid = 0xfffd;
    if (valid < 0x800) {
      this.push(0xc0 | (valid >> 6), limit);
    } else {
      if (valid < 0x10000) {
        this.push(0xe0 | (valid >> 12), limit);
      } else {
        this.push(0xf0 | (valid >> 18), limit);
        this.push(0x80 | ((valid >> 12) & 0x3f), limit);
      }
      this.push(0x80 | ((valid >> 6) & 0x3f), limit);
    }
    this.push(0x80 | (valid & 0x3f), limit);
  }

  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

export function borrowScratch(): Scratch {
  const scratch = kept.pop() ?? new Scratch();
  scratch.clear();
  return scratch;
}

/** The caller must not touch it afterwards. */
export function giveBack(scratch: Scratch): void {
  if (kept.length < maxKept) kept.push(scratch);
}
