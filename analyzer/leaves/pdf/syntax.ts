/**
 * Objects of PDF as text (ISO 32000-1 §7.2 and §7.3). Nothing makes it throw: what is no object is passed over. Depth is
 * bounded; what lies deeper is null. Everything else is bounded by the octets that are read.
 */

export class PdfName {
  constructor(readonly text: string) {}
}

/** Stands for another object, by number; generations are not told apart. */
export class PdfRef {
  constructor(readonly number: number) {}
}

/** A bare word: an operator of a content stream, `obj`, `endobj` … */
export class PdfWord {
  constructor(readonly text: string) {}
}

export type PdfDict = Map<string, PdfValue>;

/** A string is its octets. */
export type PdfValue = null | boolean | number | PdfName | PdfRef | PdfWord | Uint8Array | PdfValue[] | PdfDict;

/** Arrays and dictionaries in one another. */
const MOST_DEEP = 32;
/** Octets of a name or a word. */
const LONGEST_WORD = 256;

const REGULAR = 0;
const SPACE = 1;
const DELIMITER = 2;
const kinds = new Uint8Array(256);
for (const c of [0, 9, 10, 12, 13, 32]) kinds[c] = SPACE;
for (const c of '()<>[]{}/%') kinds[c.charCodeAt(0)] = DELIMITER;

const close = new PdfWord(']');
const closeDict = new PdfWord('>>');

export class PdfLexer {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
    /** Whether `12 0 R` is a reference; in content streams there are none. */
    private readonly refs: boolean,
  ) {}

  /** Undefined at the end. */
  value(depth = 0): PdfValue | undefined {
    const { bytes, end } = this;
    this.#skipSpace();
    if (this.at >= end) return undefined;
    const c = bytes[this.at]!;
    switch (c) {
      case 0x2f: // /
        return this.#name();
      case 0x28: // (
        return this.#string();
      case 0x5b: // [
        this.at++;
        return depth < MOST_DEEP ? this.#array(depth) : null;
      case 0x5d:
        this.at++;
        return close;
      case 0x3c: // <
        if (bytes[this.at + 1] !== 0x3c) return this.#hex();
        this.at += 2;
        return depth < MOST_DEEP ? this.#dict(depth) : null;
      case 0x3e:
        this.at += bytes[this.at + 1] === 0x3e ? 2 : 1;
        return closeDict;
      case 0x7b: // { and } are words of PostScript functions.
      case 0x7d:
      case 0x29:
        this.at++;
        return new PdfWord(String.fromCharCode(c));
      default:
        if ((c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e) return this.#number();
        return this.#word();
    }
  }

  #skipSpace(): void {
    const { bytes, end } = this;
    let i = this.at;
    while (i < end) {
      const c = bytes[i]!;
      if (c === 0x25) while (i < end && bytes[i] !== 0x0a && bytes[i] !== 0x0d) i++;
      else if (kinds[c] === SPACE) i++;
      else break;
    }
    this.at = i;
  }

  #name(): PdfName {
    const { bytes, end } = this;
    const from = ++this.at;
    let isPlain = true;
    while (this.at < end && kinds[bytes[this.at]!] === REGULAR) if (bytes[this.at++] === 0x23) isPlain = false;
    const text = latin1(bytes, from, Math.min(this.at, from + LONGEST_WORD));
    return new PdfName(
      isPlain ? text : text.replace(/#([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
    );
  }

  #word(): PdfValue {
    const { bytes, end } = this;
    const from = this.at;
    while (this.at < end && kinds[bytes[this.at]!] === REGULAR) this.at++;
    if (this.at === from) this.at++;
    const text = latin1(bytes, from, Math.min(this.at, from + LONGEST_WORD));
    if (text === 'true') return true;
    if (text === 'false') return false;
    return text === 'null' ? null : new PdfWord(text);
  }

  #number(): PdfValue {
    const { bytes, end } = this;
    const from = this.at;
    let value = 0;
    let scale = 0;
    let isNegative = false;
    let i = from;
    for (; i < end; i++) {
      const c = bytes[i]!;
      if (c >= 0x30 && c <= 0x39) {
        value = value * 10 + c - 0x30;
        scale *= 10;
      } else if (c === 0x2e && scale === 0) scale = 1;
      else if (c === 0x2d && i === from) isNegative = true;
      else if (c !== 0x2d && c !== 0x2b) break;
    }
    // `1word` is a word that begins with a digit.
    if (i < end && kinds[bytes[i]!] === REGULAR && bytes[i] !== 0x65) {
      if (i === from || !this.refs) return this.#word();
    }
    this.at = Math.max(i, from + 1);
    if (scale > 1) value /= scale;
    if (isNegative) value = -value;
    if (this.refs && scale === 0 && !isNegative && this.#isRef()) return new PdfRef(value);
    return Number.isFinite(value) ? value : 0;
  }

  /** `0 R` comes next, and is taken. */
  #isRef(): boolean {
    const { bytes, end } = this;
    let i = this.at;
    while (i < end && kinds[bytes[i]!] === SPACE) i++;
    const from = i;
    while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++;
    if (i === from || i - from > 5) return false;
    const gap = i;
    while (i < end && kinds[bytes[i]!] === SPACE) i++;
    if (i === gap || bytes[i] !== 0x52 || (i + 1 < end && kinds[bytes[i + 1]!] === REGULAR)) return false;
    this.at = i + 1;
    return true;
  }

  /** §7.3.4.2. */
  #string(): Uint8Array {
    const { bytes, end } = this;
    let i = this.at + 1;
    let open = 1;
    const from = i;
    let isPlain = true;
    for (; i < end; i++) {
      const c = bytes[i]!;
      if (c === 0x5c) {
        isPlain = false;
        i++;
      } else if (c === 0x28) open++;
      else if (c === 0x29 && --open === 0) break;
    }
    this.at = Math.min(end, i + 1);
    const stop = Math.min(i, end);
    return isPlain ? bytes.subarray(from, stop) : unescaped(bytes, from, stop);
  }

  #hex(): Uint8Array {
    const { bytes, end } = this;
    const digits: number[] = [];
    let i = this.at + 1;
    for (; i < end && bytes[i] !== 0x3e; i++) {
      const value = hexValue(bytes[i]!);
      if (value >= 0) digits.push(value);
    }
    this.at = Math.min(end, i + 1);
    const octets = new Uint8Array((digits.length + 1) >> 1);
    for (let k = 0; k < digits.length; k++) octets[k >> 1]! |= k % 2 === 0 ? digits[k]! << 4 : digits[k]!;
    return octets;
  }

  #array(depth: number): PdfValue[] {
    const items: PdfValue[] = [];
    for (;;) {
      const item = this.value(depth + 1);
      if (item instanceof PdfWord && (item.text === 'endobj' || item.text === 'endstream')) {
        this.at -= item.text.length;
        return items;
      }
      if (item === undefined || item === close || item === closeDict) return items;
      items.push(item);
    }
  }

  #dict(depth: number): PdfDict {
    const dict: PdfDict = new Map();
    for (;;) {
      const key = this.value(depth + 1);
      if (key === undefined || key === closeDict) return dict;
      if (key instanceof PdfWord && (key.text === 'endobj' || key.text === 'stream')) {
        this.at -= key.text.length;
        return dict;
      }
      if (!(key instanceof PdfName)) continue;
      const value = this.value(depth + 1);
      if (value === undefined || value === closeDict) return dict;
      dict.set(key.text, value);
    }
  }
}

function unescaped(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const octets = new Uint8Array(end - start);
  let length = 0;
  for (let i = start; i < end; i++) {
    let c = bytes[i]!;
    if (c === 0x5c && i + 1 < end) {
      c = bytes[++i]!;
      if (c >= 0x30 && c <= 0x37) {
        let value = c - 0x30;
        for (let k = 0; k < 2 && i + 1 < end && bytes[i + 1]! >= 0x30 && bytes[i + 1]! <= 0x37; k++) {
          value = value * 8 + bytes[++i]! - 0x30;
        }
        c = value & 0xff;
      } else if (c === 0x0d || c === 0x0a) {
        if (c === 0x0d && bytes[i + 1] === 0x0a) i++;
        continue;
      } else c = escapes.get(c) ?? c;
    }
    octets[length++] = c;
  }
  return octets.subarray(0, length);
}

const escapes = new Map([...'nrtbf'].map((letter, i) => [letter.charCodeAt(0), [10, 13, 9, 8, 12][i]!]));

export function hexValue(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
