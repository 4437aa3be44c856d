/** A JSON string that is split between writes or holds escapes (RFC 8259 §7), undone into a scratch as it comes. */
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';

const noHigh = -1;

export class JsonString {
  scratch: Scratch | null = null;
  /** 0 none, 1 after the backslash, 2…5 hex digits of \u still to come, less one. */
  #escape = 0;
  #code = 0;
  /** First half of a surrogate pair that waits for its second, or none. */
  #high = noHigh;

  constructor(private readonly limit: number) {}

  begin(): Scratch {
    this.scratch ??= borrowScratch();
    this.scratch.clear();
    this.#escape = 0;
    this.#high = noHigh;
    return this.scratch;
  }

  /** Reads on from `start`; the place after the closing quote, or -1 when the string goes on beyond `end`. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const scratch = this.scratch!;
    const { limit } = this;
    let i = start;
    while (i < end) {
      if (this.#escape !== 0) {
        i = this.#readEscape(scratch, bytes[i], i);
        continue;
      }
      const from = i;
      let c = 0;
      while (i < end && (c = bytes[i]) !== 0x22 && c !== 0x5c) i++;
      if (i > from) {
        this.#flushHigh(scratch);
        scratch.append(bytes, from, i, limit);
      }
      if (i === end) return -1;
      i++;
      if (c === 0x22) {
        this.#flushHigh(scratch);
        return i;
      }
      this.#escape = 1;
    }
    return -1;
  }

  release(): void {
    if (this.scratch !== null) giveBack(this.scratch);
    this.scratch = null;
  }

  /** The place to read on from: the same octet again where it is not part of the escape. */
  #readEscape(scratch: Scratch, c: number, at: number): number {
    if (this.#escape === 1) {
      if (c === 0x75) {
        this.#escape = 5;
        this.#code = 0;
        return at + 1;
      }
      this.#escape = 0;
      this.#flushHigh(scratch);
      const plain = unescaped(c);
      // No escape of JSON's: both octets stay as they were sent.
      if (plain < 0) scratch.push(0x5c, this.limit);
      scratch.push(plain < 0 ? c : plain, this.limit);
      return at + 1;
    }
    const digit = hexDigit(c);
    if (digit < 0) {
      this.#escape = 0;
      this.#flushHigh(scratch);
      scratch.pushCodePoint(0xfffd, this.limit);
      return at;
    }
    this.#code = (this.#code << 4) | digit;
    if (--this.#escape === 1) {
      this.#escape = 0;
      this.#take(scratch, this.#code);
    }
    return at + 1;
  }

  #take(scratch: Scratch, code: number): void {
    const second = code >= 0xdc00 && code <= 0xdfff;
    if (second && this.#high !== noHigh) {
      scratch.pushCodePoint(0x10000 + ((this.#high - 0xd800) << 10) + (code - 0xdc00), this.limit);
      this.#high = noHigh;
      return;
    }
    this.#flushHigh(scratch);
    if (code >= 0xd800 && code <= 0xdbff) this.#high = code;
    else scratch.pushCodePoint(code, this.limit);
  }

  /** Half a pair alone is no character. */
  #flushHigh(scratch: Scratch): void {
    if (this.#high === noHigh) return;
    this.#high = noHigh;
    scratch.pushCodePoint(0xfffd, this.limit);
  }
}

function unescaped(c: number): number {
  switch (c) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return -1;
  }
}

/** Value of a hexadecimal digit, or -1. */
export function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
