/**
 * Content of another charset than UTF-8 on its way to a parser, in pieces through reused buffers. Where none is
 * declared, the first characters beyond ASCII decide between UTF-8 and GB 18030, which holds GBK and GB 2312.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { LeafParser } from '../leaf.ts';
import { codePage } from './code-pages.ts';
import { type Decoding, PageDecoding, type TakeUtf8, Utf16Decoding } from './decode.ts';

/** Charsets that need no work: ASCII is part of UTF-8. */
const asIs = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
/** Labels servers put on everything: what they label is looked at. */
const notTrusted = new Set(['', 'iso-8859-1', 'latin1', 'windows-1252']);

/** `charset` as declared, empty for none. `inner` gets UTF-8. A charset nobody knows is passed on as it is. */
export function transcoded(charset: string, inner: LeafParser): LeafParser {
  const label = charset.trim().toLowerCase().replaceAll('"', '');
  if (asIs.has(label)) return inner;
  if (notTrusted.has(label)) return new GuessedCharset(inner);
  const decoding = decodingOf(label);
  return decoding === null ? inner : new Transcoder(decoding, inner);
}

function decodingOf(label: string): Decoding | null {
  if (/^utf-?16/.test(label)) return new Utf16Decoding(label.endsWith('be'));
  const page = codePage(/^(cp936|x-gbk|gb)/.test(label) ? 'gb18030' : label);
  return page === null ? null : new PageDecoding(page);
}

class Transcoder implements LeafParser {
  readonly #decoding: Decoding;
  readonly #inner: LeafParser;
  readonly #take: TakeUtf8;

  constructor(decoding: Decoding, inner: LeafParser) {
    this.#decoding = decoding;
    this.#inner = inner;
    this.#take = (bytes, start, end) => inner.write(bytes, start, end);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.#decoding.write(bytes, start, end, this.#take);
  }

  end(): boolean {
    this.#decoding.end(this.#take);
    return this.#inner.end();
  }
}

/** Octets of characters beyond ASCII that are enough to be sure of UTF-8: GBK is seldom valid UTF-8 for so long. */
const enough = 12;

const noBytes = new Uint8Array(0);

class GuessedCharset implements LeafParser {
  /** What all further octets go to, once decided. */
  #decided: LeafParser | null = null;
  /** A character that is not complete yet, at the end of what was written. */
  #held = noBytes;
  #heldLength = 0;
  #evidence = 0;
  /** Octets seen, up to 2: for the byte order mark. */
  #seen = 0;
  #mark = 0;

  constructor(private readonly inner: LeafParser) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    // UTF-16's byte order mark counts in the first two octets alone.
    while (this.#seen < 2 && i < end) {
      if (this.#seen === 0 && end - i >= 2) {
        if (this.#readMark((bytes[i] << 8) | bytes[i + 1])) i += 2;
      } else {
        this.#mark = (this.#mark << 8) | bytes[i++];
        if (++this.#seen === 2 && !this.#readMark(this.#mark)) {
          this.#guess(Uint8Array.of(this.#mark >> 8, this.#mark & 0xff), 0, 2);
        }
      }
    }
    if (i === end) return;
    if (this.#decided !== null) this.#decided.write(bytes, i, end);
    else this.#guess(bytes, i, end);
  }

  end(): boolean {
    if (this.#seen === 1) this.#guess(Uint8Array.of(this.#mark), 0, 1);
    if (this.#decided !== null) return this.#decided.end();
    if (this.#heldLength > 0) this.inner.write(this.#held, 0, this.#heldLength);
    return this.inner.end();
  }

  #readMark(mark: number): boolean {
    this.#seen = 2;
    const label = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : null;
    if (label === null) return false;
    this.#decided = new Transcoder(decodingOf(label)!, this.inner);
    return true;
  }

  #guess(bytes: Uint8Array, start: number, end: number): void {
    const all = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
    if (this.#heldLength === 0 && (isAscii(all) || isUtf8(all))) {
      for (let k = start; k < end && this.#evidence < enough; k++) if (bytes[k] >= 0x80) this.#evidence++;
      if (this.#evidence >= enough) this.#decided = this.inner;
      this.inner.write(bytes, start, end);
      return;
    }
    // All before `passed` has gone on, or is held.
    let passed = start;
    let i = start;
    while (i < end) {
      const c = bytes[i];
      if (this.#heldLength === 0 && c < 0x80) {
        i++;
        continue;
      }
      if (this.#heldLength === 0 && i > passed) this.inner.write(bytes, passed, i);
      if (this.#held === noBytes) this.#held = new Uint8Array(4);
      this.#held[this.#heldLength++] = c;
      passed = ++i;
      const state = utf8State(this.#held, this.#heldLength);
      if (state === 'more') continue;
      if (state === 'bad') {
        this.#decide(new Transcoder(decodingOf('gb18030')!, this.inner), bytes, passed, end);
        return;
      }
      this.#evidence += this.#heldLength;
      if (this.#evidence >= enough) {
        this.#decide(this.inner, bytes, passed, end);
        return;
      }
      this.inner.write(this.#held, 0, this.#heldLength);
      this.#heldLength = 0;
    }
    if (passed < end) this.inner.write(bytes, passed, end);
  }

  #decide(to: LeafParser, bytes: Uint8Array, start: number, end: number): void {
    this.#decided = to;
    to.write(this.#held, 0, this.#heldLength);
    this.#heldLength = 0;
    if (start < end) to.write(bytes, start, end);
  }
}

/** Are these octets one character of UTF-8, its beginning, or neither? */
function utf8State(bytes: Uint8Array, size: number): 'whole' | 'more' | 'bad' {
  const lead = bytes[0];
  const length =
    lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
  if (length === 0) return 'bad';
  for (let k = 1; k < size; k++) if (bytes[k] < 0x80 || bytes[k] > 0xbf) return 'bad';
  return size === length ? 'whole' : 'more';
}
