/**
 * A PDF file's objects, found by what they look like (`12 0 obj`) and not by its cross-reference table, which is often
 * damaged, and of which a hostile one says what it likes. Of a number that is there twice the later object counts, as after
 * an incremental update. Objects in object streams stand where their stream does.
 *
 * Bounds: objects, octets that all streams together give, and references followed one after the other.
 */
import { decoded, type OctetBudget } from './filters.ts';
import { latin1, type PdfDict, PdfLexer, PdfName, PdfRef, type PdfValue, PdfWord } from './syntax.ts';

const MOST_OBJECTS = 200_000;
const MOST_IN_STREAM = 20_000;
const MOST_REFS = 16;
/** Octets of one object without its stream, and of all that are looked into; more are a trick. */
const LONGEST_OBJECT = 1 << 20;
const MOST_LEXED = 32 << 20;

/** A dictionary with octets behind it. */
export class PdfStream {
  constructor(
    readonly dict: PdfDict,
    readonly data: Uint8Array,
  ) {}
}

/** Where an object's value begins, in the file or in what an object stream holds. */
interface Place {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
}

export class PdfDocument {
  readonly #places = new Map<number, Place>();
  readonly #values = new Map<number, PdfValue | PdfStream>();
  readonly #opening = new Set<number>();
  readonly #budget: OctetBudget;
  #lexable = MOST_LEXED;
  isEncrypted = false;
  /** A stream could not be read, so that what it says is lost. */
  isDamaged = false;
  /** A bound was met. */
  isBeyond = false;

  constructor(
    private readonly file: Uint8Array,
    mostOctets: number,
  ) {
    this.#budget = { left: mostOctets };
    this.#scan();
  }

  /** Numbers of all objects, in order. */
  numbers(): number[] {
    return [...this.#places.keys()].sort((a, b) => a - b);
  }

  /** What a value stands for; null for what is not there. */
  readonly resolve = (value: PdfValue | undefined): PdfValue => {
    const found = this.object(value);
    return found instanceof PdfStream ? found.dict : found;
  };

  /** The same, a stream as such. */
  object(value: PdfValue | undefined): PdfValue | PdfStream {
    let at: PdfValue | PdfStream = value ?? null;
    for (let k = 0; at instanceof PdfRef; k++) {
      if (k === MOST_REFS) return null;
      at = this.#load(at.number);
    }
    return at;
  }

  dict(value: PdfValue | undefined): PdfDict | null {
    const found = this.resolve(value);
    return found instanceof Map ? found : null;
  }

  array(value: PdfValue | undefined): PdfValue[] {
    const found = this.resolve(value);
    return Array.isArray(found) ? found : [];
  }

  number(value: PdfValue | undefined, otherwise: number): number {
    const found = this.resolve(value);
    return typeof found === 'number' ? found : otherwise;
  }

  /** Empty when there is none. */
  name(value: PdfValue | undefined): string {
    const found = this.resolve(value);
    return found instanceof PdfName ? found.text : '';
  }

  /** Null when it can't be had; it is named then. */
  content(stream: PdfStream): Uint8Array | null {
    const octets = decoded(stream.dict, stream.data, this.#budget, this.resolve);
    if (octets === null) this.isDamaged = true;
    if (octets !== 'too-large') return octets;
    this.isBeyond = true;
    this.#budget.left = -1;
    return null;
  }

  /** Charges work that streams cause before they are opened; false when there is none left for them. */
  spend(octets: number): boolean {
    this.#budget.left -= octets;
    if (this.#budget.left >= 0) return true;
    this.isBeyond = true;
    return false;
  }

  #load(number: number): PdfValue | PdfStream {
    const known = this.#values.get(number);
    if (known !== undefined) return known;
    const place = this.#places.get(number);
    // One that is asked for while it is opened refers to itself (the length of a stream).
    if (place === undefined || this.#opening.has(number)) return null;
    this.#opening.add(number);
    const value = this.#read(place);
    this.#opening.delete(number);
    this.#values.set(number, value);
    return value;
  }

  #read({ bytes, at, end }: Place): PdfValue | PdfStream {
    if (this.#lexable <= 0) {
      this.isBeyond = true;
      return null;
    }
    const lexer = new PdfLexer(bytes, at, Math.min(end, at + LONGEST_OBJECT), true);
    const value = lexer.value() ?? null;
    this.#lexable -= lexer.at - at;
    if (!(value instanceof Map) || bytes !== this.file) return value instanceof PdfWord ? null : value;
    const span = streamAfter(bytes, lexer.at, this.number(value.get('Length'), -1));
    return span === null ? value : new PdfStream(value, bytes.subarray(span.start, span.end));
  }

  /** Every `12 0 obj`, and what trailers say. Octets of streams are passed over where their length is told at once. */
  #scan(): void {
    const { file } = this;
    const text = Buffer.from(file.buffer, file.byteOffset, file.length);
    const streams: number[] = [];
    let at = 0;
    for (;;) {
      const found = text.indexOf('obj', at);
      if (found < 0) break;
      at = found + 3;
      const number = numberBefore(file, found);
      if (number < 0) continue;
      if (this.#places.size >= MOST_OBJECTS) {
        this.isBeyond = true;
        break;
      }
      this.#places.delete(number);
      this.#places.set(number, { bytes: file, at, end: file.length });
      at = this.#pass(number, at, streams);
    }
    this.#readTrailers(text);
    if (!this.isEncrypted) for (const number of streams) this.#open(number);
  }

  #readTrailers(text: Buffer): void {
    for (let from = text.indexOf('trailer'); from >= 0; ) {
      const lexer = new PdfLexer(this.file, from + 7, Math.min(text.length, from + 65_536), true);
      const dict = lexer.value();
      if (dict instanceof Map && dict.has('Encrypt')) this.isEncrypted = true;
      // What was looked at is not looked at again; a word that comes next may be a trailer of its own.
      const behind = dict instanceof PdfWord ? lexer.at - 7 : lexer.at;
      from = text.indexOf('trailer', Math.max(from + 7, behind));
    }
  }

  /** Where to look on behind an object that begins at `at`. */
  #pass(number: number, at: number, streams: number[]): number {
    const { file } = this;
    // Most objects are small; of a larger one what lies behind this is looked through as it is.
    const lexer = new PdfLexer(file, at, Math.min(file.length, at + 65_536), true);
    const value = lexer.value();
    if (!(value instanceof Map)) return lexer.at;
    const type = value.get('Type');
    if (type instanceof PdfName && type.text === 'ObjStm') streams.push(number);
    if (type instanceof PdfName && type.text === 'XRef' && value.has('Encrypt')) this.isEncrypted = true;
    const length = value.get('Length');
    const span = streamAfter(file, lexer.at, typeof length === 'number' ? length : -1);
    return span === null ? lexer.at : span.end;
  }

  /** §7.5.7. */
  #open(number: number): void {
    const stream = this.#load(number);
    const place = this.#places.get(number);
    if (!(stream instanceof PdfStream) || place === undefined) return;
    const bytes = this.content(stream);
    if (bytes === null) return;
    const first = this.number(stream.dict.get('First'), 0);
    const lexer = new PdfLexer(bytes, 0, Math.min(bytes.length, first), false);
    for (let k = Math.min(MOST_IN_STREAM, this.number(stream.dict.get('N'), 0)); k > 0; k--) {
      const [inner, offset] = [lexer.value(), lexer.value()];
      if (typeof inner !== 'number' || typeof offset !== 'number' || this.#places.size >= MOST_OBJECTS) return;
      const known = this.#places.get(inner);
      // One that stands behind the stream in the file is newer.
      if (known !== undefined && known.bytes === this.file && known.at > place.at) continue;
      this.#places.set(inner, { bytes, at: first + offset, end: bytes.length });
      this.#values.delete(inner);
    }
  }
}

/** The object's number before `0 obj`; -1 where there is none, as in `endobj`. */
function numberBefore(file: Uint8Array, at: number): number {
  let i = at - 1;
  const digits = (): number => {
    while (i >= 0 && (file[i] === 0x20 || file[i] === 0x0a || file[i] === 0x0d || file[i] === 0x09)) i--;
    const end = i + 1;
    while (i >= 0 && end - i <= 10 && file[i]! >= 0x30 && file[i]! <= 0x39) i--;
    return i + 1 === end ? -1 : Number(latin1(file, i + 1, end));
  };
  if (file[i] === 0x64) return -1;
  return digits() < 0 ? -1 : digits();
}

/** The octets behind `stream`, when that comes next. `length` -1: not told, or wrong; then `endstream` ends them. */
function streamAfter(file: Uint8Array, at: number, length: number): { start: number; end: number } | null {
  let i = at;
  while (i < file.length && file[i]! <= 0x20) i++;
  if (latin1(file, i, Math.min(file.length, i + 6)) !== 'stream') return null;
  i += 6;
  if (file[i] === 0x0d) i++;
  if (file[i] === 0x0a) i++;
  if (length >= 0 && i + length <= file.length) {
    const behind = latin1(file, i + length, Math.min(file.length, i + length + 12));
    if (/^\s{0,2}endstream/.test(behind) || /^\s{0,2}endstre/.test(behind)) return { start: i, end: i + length };
  }
  const end = Buffer.from(file.buffer, file.byteOffset, file.length).indexOf('endstream', i);
  return { start: i, end: end < 0 ? file.length : end };
}
