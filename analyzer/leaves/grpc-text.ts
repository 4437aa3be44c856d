/**
 * The text form of gRPC-Web: its octets in Base64, in one piece or several, each with its own padding (PROTOCOL-WEB). What
 * is no Base64 ends the reading.
 */
import type { LeafParser } from '../leaf.ts';

const PAD = 0x3d;
/** Octets that are decoded at once. */
const BLOCK = 3 * 1024;

/** Value of each octet, -1 for those that are none. */
const values = new Int8Array(256).fill(-1);
for (const [value, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  values[letter.charCodeAt(0)] = value;
}

export class GrpcText implements LeafParser {
  readonly #plain = new Uint8Array(BLOCK);
  #length = 0;
  #bits = 0;
  /** Letters of the group of four at hand, and how many of them were padding. */
  #letters = 0;
  #pads = 0;
  #failed = false;

  constructor(private readonly inner: LeafParser) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end && !this.#failed; i++) {
      const c = bytes[i]!;
      // Line ends between pieces.
      if (c === 0x0a || c === 0x0d) continue;
      const value = c === PAD ? 0 : values[c]!;
      if (value < 0 || (c !== PAD && this.#pads > 0) || (c === PAD && this.#letters < 2)) {
        this.#failed = true;
        break;
      }
      if (c === PAD) this.#pads++;
      this.#bits = ((this.#bits << 6) | value) & 0xffffff;
      if (++this.#letters === 4) this.#endGroup();
    }
    this.#flush();
  }

  #endGroup(): void {
    if (this.#length + 3 > BLOCK) this.#flush();
    const plain = this.#plain;
    plain[this.#length++] = this.#bits >> 16;
    if (this.#pads < 2) plain[this.#length++] = (this.#bits >> 8) & 0xff;
    if (this.#pads < 1) plain[this.#length++] = this.#bits & 0xff;
    this.#letters = this.#pads = this.#bits = 0;
  }

  #flush(): void {
    if (this.#length > 0) this.inner.write(this.#plain, 0, this.#length);
    this.#length = 0;
  }

  end(): boolean {
    if (this.#letters !== 0) this.#failed = true;
    return this.inner.end() && !this.#failed;
  }
}
