/** Octets that are written one after the other: a Buffer that grows by doubling and is used again. */
import { giveBack, lendBuffer } from './octet-pool.ts';

/** Below this many UTF-16 units a loop beats the call into the native encoder. */
const shortString = 48;
/** Longer texts are written in parts of so much: room for the most they could take would be three times their size. */
const longString = 1 << 16;
/** Octets of such a text's length. */
const longSize = 5;
/** Octets up to which a buffer is kept for what comes next. */
const keptBytes = 1 << 16;

export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity = 1 << 10) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for `more` bytes. One column of an insert must fit in what a Buffer can be (4 GiB). */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const size = Math.max(needed, this.bytes.length * 2);
    const grown = size > keptBytes ? lendBuffer(size) : Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown, 0, 0, this.length);
    giveBack([this.bytes]);
    this.bytes = grown;
  }

  octet(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A length, or another number of at most 32 bits, as LEB128. */
  size(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** A whole number in 1, 2 or 4 octets, least significant first; a negative one as its complement. */
  narrow(value: number, width: number): void {
    this.reserve(width);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = value;
    if (width > 1) bytes[at++] = value >>> 8;
    if (width > 2) {
      bytes[at++] = value >>> 16;
      bytes[at++] = value >>> 24;
    }
    this.length = at;
  }

  /** A whole number from -2^53 to 2^53, in 64 bits. */
  wide(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    const upper = Math.floor(value / 0x1_0000_0000);
    const lower = value - upper * 0x1_0000_0000;
    let at = this.length;
    bytes[at++] = lower;
    bytes[at++] = lower >>> 8;
    bytes[at++] = lower >>> 16;
    bytes[at++] = lower >>> 24;
    bytes[at++] = upper;
    bytes[at++] = upper >> 8;
    bytes[at++] = upper >> 16;
    bytes[at++] = upper >> 24;
    this.length = at;
  }

  /**
   * Length and UTF-8. The length may be padded (`0x85 0x00` is 5), which lets a text be written before its length in
   * octets is known.
   */
  text(text: string): void {
    const units = text.length;
    if (units >= longString) {
      this.#longText(text);
      return;
    }
    this.reserve(units * 3 + 3);
    const { bytes } = this;
    let at = this.length;
    if (units < shortString) {
      bytes[at++] = units;
      let i = 0;
      for (; i < units; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f) break;
        bytes[at + i] = unit;
      }
      if (i === units) {
        this.length = at + units;
        return;
      }
      at--;
    }
    // Three bytes a UTF-16 unit at most decide how wide the prefix must be.
    const width = units * 3 < 0x80 ? 1 : units * 3 < 0x4000 ? 2 : 3;
    const size = bytes.write(text, at + width, 'utf8');
    let rest = size;
    for (let i = 1; i < width; i++) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.length = at + size;
  }

  /** A large one is not measured before it is written. */
  #longText(text: string): void {
    // Nearly all of it takes one octet a character, and then it is enough to the end.
    this.reserve(longSize + text.length + 2 * longString);
    const begin = this.length;
    this.length += longSize;
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + longString, text.length);
      // Half of a surrogate pair has no encoding.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      this.reserve((end - at) * 3);
      this.length += this.bytes.write(text.slice(at, end), this.length, 'utf8');
      at = end;
    }
    let rest = this.length - begin - longSize;
    for (let i = 1; i < longSize; i++) {
      this.bytes[begin + i - 1] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[begin + longSize - 1] = rest;
  }

  /** What was written; begins anew. A large buffer is given away, and may be given back; a small one is copied. */
  take(): Uint8Array {
    const written = this.bytes.subarray(0, this.length);
    this.length = 0;
    if (written.length <= keptBytes) return Buffer.from(written);
    this.bytes = Buffer.allocUnsafeSlow(1 << 10);
    return written;
  }
}
