/** Octets of another charset, in pieces, as pieces of UTF-8. However they are cut, the same comes out. */
import { type CodePage, fourOctets } from './code-pages.ts';

/** Takes UTF-8; `bytes` is the taker's during the call only. */
export type TakeUtf8 = (bytes: Uint8Array, start: number, end: number) => void;

const INVALID = 0xfffd;
const bufferBytes = 16 * 1024;

/** Octets to UTF-8, gathered in one buffer. */
class Utf8Writer {
  readonly #bytes = Buffer.allocUnsafe(bufferBytes);
  #length = 0;

  put(code: number, take: TakeUtf8): void {
    if (this.#length > bufferBytes - 4) this.flush(take);
    const bytes = this.#bytes;
    if (code < 0x80) {
      bytes[this.#length++] = code;
      return;
    }
    if (code < 0x800) {
      bytes[this.#length++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[this.#length++] = 0xe0 | (code >> 12);
      } else {
        bytes[this.#length++] = 0xf0 | (code >> 18);
        bytes[this.#length++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[this.#length++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[this.#length++] = 0x80 | (code & 0x3f);
  }

  flush(take: TakeUtf8): void {
    const size = this.#length;
    this.#length = 0;
    if (size > 0) take(this.#bytes, 0, size);
  }
}

/** Writers not in use, a thread: as many as there are transcoders inside one another's calls. */
const writers: Utf8Writer[] = [];

export interface Decoding {
  write(bytes: Uint8Array, start: number, end: number, take: TakeUtf8): void;
  end(take: TakeUtf8): void;
}

/** Charsets of one, two and four octets a character. What is invalid becomes U+FFFD as in the WHATWG's decoders. */
export class PageDecoding implements Decoding {
  readonly #page: CodePage;
  /** A character's octets so far. */
  readonly #held = new Uint8Array(4);
  #length = 0;

  constructor(page: CodePage) {
    this.#page = page;
  }

  write(bytes: Uint8Array, start: number, end: number, take: TakeUtf8): void {
    const writer = writers.pop() ?? new Utf8Writer();
    for (let i = start; i < end; i++) {
      const c = bytes[i];
      if (c < 0x80 && this.#length === 0) writer.put(c, take);
      else this.#next(c, writer, take);
    }
    writer.flush(take);
    writers.push(writer);
  }

  end(take: TakeUtf8): void {
    const writer = writers.pop() ?? new Utf8Writer();
    const size = this.#length;
    this.#length = 0;
    if (size > 0) writer.put(INVALID, take);
    if (size > 1) writer.put(this.#held[1], take);
    if (size > 2) writer.put(INVALID, take);
    writer.flush(take);
    writers.push(writer);
  }

  #next(c: number, writer: Utf8Writer, take: TakeUtf8): void {
    const { singles, pairs, hasFours } = this.#page;
    const held = this.#held;
    const isDigit = c >= 0x30 && c <= 0x39;
    switch (this.#length) {
      case 0:
        if (singles[c] !== 0 || c === 0) writer.put(singles[c], take);
        else if (pairs !== null && c > 0x80 && c < 0xff) held[this.#length++] = c;
        else writer.put(INVALID, take);
        return;
      case 1: {
        if (hasFours && isDigit) {
          held[this.#length++] = c;
          return;
        }
        this.#length = 0;
        const code = pairs![held[0] * 256 + c];
        writer.put(code === 0 ? INVALID : code, take);
        if (code === 0 && c < 0x80) writer.put(c, take);
        return;
      }
      case 2:
        if (c > 0x80 && c < 0xff) {
          held[this.#length++] = c;
          return;
        }
        this.#length = 0;
        writer.put(INVALID, take);
        writer.put(held[1], take);
        this.#next(c, writer, take);
        return;
      default:
        this.#length = 0;
        if (isDigit) {
          held[3] = c;
          writer.put(fourOctets(held), take);
          return;
        }
        writer.put(INVALID, take);
        writer.put(held[1], take);
        // The third octet begins a pair.
        held[0] = held[2];
        this.#length = 1;
        this.#next(c, writer, take);
    }
  }
}

/** UTF-16; half a pair alone becomes U+FFFD. */
export class Utf16Decoding implements Decoding {
  readonly #isBig: boolean;
  /** First octet of a unit, or -1. */
  #first = -1;
  /** First half of a pair, or 0. */
  #high = 0;

  constructor(isBig: boolean) {
    this.#isBig = isBig;
  }

  write(bytes: Uint8Array, start: number, end: number, take: TakeUtf8): void {
    const writer = writers.pop() ?? new Utf8Writer();
    for (let i = start; i < end; i++) {
      const c = bytes[i];
      if (this.#first < 0) {
        this.#first = c;
        continue;
      }
      const unit = this.#isBig ? (this.#first << 8) | c : (c << 8) | this.#first;
      this.#first = -1;
      if (unit >= 0xdc00 && unit <= 0xdfff && this.#high !== 0) {
        writer.put(0x10000 + ((this.#high - 0xd800) << 10) + (unit - 0xdc00), take);
        this.#high = 0;
        continue;
      }
      if (this.#high !== 0) writer.put(INVALID, take);
      this.#high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
      if (this.#high === 0) writer.put(unit >= 0xdc00 && unit <= 0xdfff ? INVALID : unit, take);
    }
    writer.flush(take);
    writers.push(writer);
  }

  end(take: TakeUtf8): void {
    if (this.#first < 0 && this.#high === 0) return;
    const writer = writers.pop() ?? new Utf8Writer();
    writer.put(INVALID, take);
    writer.flush(take);
    writers.push(writer);
  }
}
