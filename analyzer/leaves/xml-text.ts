/**
 * Character data of XML: white space around it dropped, the five named entities and character references undone
 * (XML 1.0 §4.1). Other entities stay as sent: nothing a document type declares is ever expanded.
 */
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';

/** Octets between `&` and `;`: `#x10FFFF` and leading zeros. */
const longestEntity = 12;

export class XmlText {
  /** Text so far, when it is not handed over in place. */
  scratch: Scratch | null = null;
  #entity: Uint8Array | null = null;
  #entityLength = -1;

  constructor(private readonly limit: number) {}

  get held(): boolean {
    return this.scratch !== null;
  }

  hold(): void {
    if (this.scratch === null) this.scratch = borrowScratch();
    this.#entityLength = -1;
  }

  /** Text as sent; `literal` where `&` has no meaning (CDATA). */
  append(bytes: Uint8Array, start: number, end: number, literal: boolean): void {
    let from = start;
    for (let i = start; i < end; i++) {
      const c = bytes[i];
      if (this.#entityLength >= 0) {
        this.#readEntity(c);
        from = i + 1;
      } else if (c === 0x26 && !literal) {
        this.#plain(bytes, from, i);
        this.#entityLength = 0;
        this.#entity ??= new Uint8Array(longestEntity);
        from = i + 1;
      }
    }
    this.#plain(bytes, from, end);
  }

  /** Ends the text: an entity that never ended is text. The scratch's length is without white space at the end. */
  finish(): Scratch {
    if (this.#entityLength >= 0) this.#giveUpEntity();
    const scratch = this.scratch!;
    while (scratch.length > 0 && scratch.bytes[scratch.length - 1] <= 0x20) scratch.length--;
    return scratch;
  }

  release(): void {
    if (this.scratch !== null) giveBack(this.scratch);
    this.scratch = null;
  }

  #plain(bytes: Uint8Array, start: number, end: number): void {
    const scratch = this.scratch!;
    let from = start;
    if (scratch.length === 0) while (from < end && bytes[from] <= 0x20) from++;
    if (from === end) return;
    if (scratch.length + (end - from) <= this.limit) {
      scratch.append(bytes, from, end, this.limit);
      return;
    }
    const room = this.limit - scratch.length;
    scratch.append(bytes, from, from + room, this.limit);
    for (let i = from + room; i < end && !scratch.cut; i++) if (bytes[i] > 0x20) scratch.cut = true;
  }

  #readEntity(c: number): void {
    if (c === 0x3b) {
      const code = codeOf(this.#entity!, this.#entityLength);
      if (code < 0) {
        this.#giveUpEntity();
        this.scratch!.push(c, this.limit);
      } else {
        this.#entityLength = -1;
        this.scratch!.pushCodePoint(code, this.limit);
      }
      return;
    }
    const isName = c === 0x23 || (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a);
    if (isName && this.#entityLength < longestEntity) {
      this.#entity![this.#entityLength++] = c;
      return;
    }
    this.#giveUpEntity();
    if (c === 0x26) this.#entityLength = 0;
    else this.#one(c);
  }

  #giveUpEntity(): void {
    const size = this.#entityLength;
    this.#entityLength = -1;
    this.scratch!.push(0x26, this.limit);
    this.scratch!.append(this.#entity!, 0, size, this.limit);
  }

  #one(c: number): void {
    if (c <= 0x20 && (this.scratch!.length === 0 || this.scratch!.length >= this.limit)) return;
    this.scratch!.push(c, this.limit);
  }
}

const named = new Map([
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['quot', 0x22],
  ['apos', 0x27],
]);

/** The code point an entity's name stands for, or -1. */
function codeOf(name: Uint8Array, size: number): number {
  const text = String.fromCharCode(...name.subarray(0, size));
  const known = named.get(text);
  if (known !== undefined) return known;
  if (!/^#(\d+|x[0-9a-f]+)$/i.test(text)) return -1;
  const code =
    text[1] === 'x' || text[1] === 'X' ? Number.parseInt(text.slice(2), 16) : Number.parseInt(text.slice(1), 10);
  return code === 0 ? 0xfffd : code;
}
