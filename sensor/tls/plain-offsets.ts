/**
 * How far the plaintext of a direction had come where its records ended: acknowledgements speak of the octets on the
 * wire, and who reads the plaintext must know what of it the other side had.
 */

/** Records remembered: more than any window holds while somebody waits for an answer. */
const MARKS = 256;

export class PlainOffsets {
  /** Octets of plaintext so far, lost ones included. */
  plain = 0;
  readonly #wireEnds = new Float64Array(MARKS);
  readonly #plainEnds = new Float64Array(MARKS);
  #count = 0;

  /** A record that ends at the stream offset `wireEnd` brought, or lost, `length` octets of plaintext. */
  advance(length: number, wireEnd: number): void {
    this.plain += length;
    const at = this.#count++ % MARKS;
    this.#wireEnds[at] = wireEnd;
    this.#plainEnds[at] = this.plain;
  }

  /**
   * Octets of plaintext in the first `wireOffset` octets; `wire` of them have been seen so far, and the rest counts as
   * plaintext that is not seen yet. -1 when it is unknown, or too long ago.
   */
  at(wireOffset: number, wire: number): number {
    if (wireOffset < 0) return -1;
    if (wireOffset > wire) return this.plain + wireOffset - wire;
    const oldest = Math.max(0, this.#count - MARKS);
    for (let i = this.#count - 1; i >= oldest; i--) {
      if (this.#wireEnds[i % MARKS]! <= wireOffset) return this.#plainEnds[i % MARKS]!;
    }
    return oldest === 0 ? 0 : -1;
  }
}
