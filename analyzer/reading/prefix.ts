/** The first octets of a body, which its format is told from. Borrowed, since many bodies are under way at once. */

const firstOctets = 512;
/** Prefixes kept for reuse, a thread: of at most 16 KiB, together 1 MiB. */
const mostKept = 64;
const largestKept = 16 * 1024;
const kept: Prefix[] = [];
/** Fewer octets are copied one by one: a view of them would cost more. */
const few = 64;
const nothing = new Uint8Array(0);

export class Prefix {
  #bytes = new Uint8Array(firstOctets);
  #length = 0;

  static borrow(): Prefix {
    return kept.pop() ?? new Prefix();
  }

  /** The borrower, and who has its `octets`, must not touch it afterwards. */
  giveBack(): void {
    this.#length = 0;
    if (kept.length < mostKept && this.#bytes.length <= largestKept) kept.push(this);
  }

  /** Takes what `limit` octets have room for. */
  take(bytes: Uint8Array, start: number, end: number, limit: number): void {
    const at = this.#length;
    const size = Math.min(end - start, limit - at);
    if (size <= 0) return;
    if (at + size > this.#bytes.length) this.#grow(at + size, limit);
    const to = this.#bytes;
    if (size <= few) for (let i = 0; i < size; i++) to[at + i] = bytes[start + i]!;
    else to.set(new Uint8Array(bytes.buffer, bytes.byteOffset + start, size), at);
    this.#length = at + size;
  }

  /** Doubled, so that content in single octets is not copied each time. */
  #grow(least: number, limit: number): void {
    const larger = new Uint8Array(Math.max(least, Math.min(limit, this.#bytes.length * 2)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** A view: valid until more is taken. */
  get octets(): Uint8Array {
    return this.#length === 0 ? nothing : this.#bytes.subarray(0, this.#length);
  }
}
