/**
 * CMaps (ISO 32000-1 §9.7.5, §9.10.3): which octets are one code, and what text a code stands for. Of a font's own ToUnicode
 * the text; of predefined ones those whose codes are texts of a known charset already.
 */
import { PdfLexer, type PdfValue, PdfWord } from './syntax.ts';

/** Ranges of one map. */
const MOST_RANGES = 5000;
/** Characters of one font in a charset. */
const MOST_REMEMBERED = 30_000;
/** Characters a code may stand for (ligatures). */
const LONGEST_TEXT = 16;
const utf16 = new TextDecoder('utf-16be');

/** Takes the code at `at`: how many octets it has, and its text; null when that is not known. */
export interface CodeReader {
  readonly length: (bytes: Uint8Array, at: number) => number;
  readonly text: (bytes: Uint8Array, at: number, length: number) => string | null;
  /** The glyph's number, by which widths go; -1 when it is not known. */
  readonly cid: (code: number) => number;
}

/** Codes that all maps of a document may still have. */
export interface CodeBudget {
  codes: number;
}

export class ToUnicode {
  readonly #texts = new Map<number, string>();
  #ranges: { readonly low: number; readonly high: number; readonly base: Uint8Array }[] = [];
  /** Octets of codes, by what the first one is; 0 where no range says. */
  readonly #lengths = new Uint8Array(256);

  constructor(private readonly budget: CodeBudget) {}

  get isEmpty(): boolean {
    return this.#texts.size === 0 && this.#ranges.length === 0;
  }

  /** 0 when nothing says. */
  lengthAt(first: number): number {
    return this.#lengths[first]!;
  }

  of(code: number): string | null {
    const known = this.#texts.get(code);
    if (known !== undefined) return known;
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.low <= code) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low - 1];
    return range === undefined || code > range.high ? null : shifted(range.base, code - range.low);
  }

  read(bytes: Uint8Array): void {
    const lexer = new PdfLexer(bytes, 0, bytes.length, false);
    let operands: PdfValue[] = [];
    for (;;) {
      const value = lexer.value();
      if (value === undefined || this.budget.codes <= 0) break;
      if (!(value instanceof PdfWord)) {
        if (operands.length < 1000) operands.push(value);
        continue;
      }
      if (value.text === 'endbfchar') this.#chars(operands);
      else if (value.text === 'endbfrange') this.#bfRanges(operands);
      else if (value.text === 'endcodespacerange') this.#spaces(operands);
      operands = [];
    }
    this.#ranges.sort((a, b) => a.low - b.low);
  }

  #chars(operands: readonly PdfValue[]): void {
    for (let i = 0; i + 1 < operands.length; i += 2) {
      const [code, text] = [operands[i], operands[i + 1]];
      if (code instanceof Uint8Array && text instanceof Uint8Array) this.#set(numberOf(code), text);
    }
  }

  #bfRanges(operands: readonly PdfValue[]): void {
    for (let i = 0; i + 2 < operands.length; i += 3) {
      const [low, high, to] = [operands[i], operands[i + 1], operands[i + 2]];
      if (!(low instanceof Uint8Array && high instanceof Uint8Array)) continue;
      const [first, last] = [numberOf(low), numberOf(high)];
      if (to instanceof Uint8Array) {
        if (last === first) this.#set(first, to);
        else if (last > first && this.#ranges.length < MOST_RANGES) {
          this.budget.codes--;
          this.#ranges.push({ low: first, high: last, base: to });
        }
      } else if (Array.isArray(to)) {
        for (const [k, text] of to.entries()) {
          if (text instanceof Uint8Array && first + k <= last) this.#set(first + k, text);
        }
      }
    }
  }

  #spaces(operands: readonly PdfValue[]): void {
    for (let i = 0; i + 1 < operands.length; i += 2) {
      const [low, high] = [operands[i], operands[i + 1]];
      if (!(low instanceof Uint8Array && high instanceof Uint8Array) || low.length === 0 || low.length > 4) continue;
      for (let c = low[0]!; c <= (high[0] ?? 0); c++) this.#lengths[c] = low.length;
    }
  }

  #set(code: number, octets: Uint8Array): void {
    this.budget.codes--;
    this.#texts.set(code, utf16.decode(octets.subarray(0, LONGEST_TEXT * 2)));
  }
}

/** The last UTF-16 unit counts up (§9.10.3). */
function shifted(base: Uint8Array, by: number): string {
  const octets = Uint8Array.from(base.subarray(0, LONGEST_TEXT * 2));
  if (octets.length < 2) return String.fromCharCode((octets[0] ?? 0) + by);
  const last = octets.length - 2;
  const sum = (octets[last]! << 8) + octets[last + 1]! + by;
  octets[last] = sum >> 8;
  octets[last + 1] = sum;
  return utf16.decode(octets);
}

export function numberOf(octets: Uint8Array): number {
  let value = 0;
  for (const c of octets.subarray(0, 4)) value = value * 256 + c;
  return value;
}

/** Charset of the codes of predefined CMaps (Adobe's table 118), by what their names begin with. */
const charsets: readonly (readonly [RegExp, string])[] = [
  [/^Uni(?:GB|CNS|JIS|KS)[^-]*-UTF16-/, 'utf-16be'],
  [/^Uni(?:GB|CNS|JIS|KS)[^-]*-UCS2-/, 'utf-16be'],
  [/^(?:GB-EUC|GBpc-EUC|GBK-EUC|GBKp-EUC|GBK2K)-/, 'gb18030'],
  [/^(?:B5pc|ETen-B5|ETenms-B5)-/, 'big5'],
  [/^(?:90ms|90msp|83pv|90pv)-RKSJ-/, 'shift_jis'],
  [/^EUC-/, 'euc-jp'],
  [/^(?:KSC-EUC|KSCms-UHC|KSCms-UHC-HW|KSCpc-EUC)-/, 'euc-kr'],
];

/** Null when the name is of none of them: the codes are glyphs, or a charset that is not read. */
export function predefined(name: string): CodeReader | null {
  const charset = charsets.find(([pattern]) => pattern.test(name))?.[1];
  if (charset === undefined) return null;
  const decoder = new TextDecoder(charset);
  return {
    length: charset === 'utf-16be' ? lengthOfUtf16 : charset === 'gb18030' ? lengthOfGb : lengthOfDouble,
    text: charset === 'utf-16be' ? textOfUtf16 : remembered(decoder),
    // Of Latin letters every collection has the first numbers.
    cid: (code) => (code >= 0x20 && code < 0x7f ? code - 0x1f : -1),
  };
}

function textOfUtf16(bytes: Uint8Array, at: number, length: number): string {
  const unit = (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  return length < 4 ? String.fromCharCode(unit) : utf16.decode(bytes.subarray(at, at + length));
}

/** Few different characters come, each of them again and again. */
function remembered(decoder: { decode(octets: Uint8Array): string }): CodeReader['text'] {
  const texts = new Map<number, string>();
  return (bytes, at, length) => {
    const octets = bytes.subarray(at, at + length);
    const code = numberOf(octets);
    let text = texts.get(code);
    if (text === undefined) {
      text = decoder.decode(octets);
      if (texts.size < MOST_REMEMBERED) texts.set(code, text);
    }
    return text;
  };
}

function lengthOfUtf16(bytes: Uint8Array, at: number): number {
  const c = bytes[at]!;
  return c >= 0xd8 && c < 0xdc ? 4 : 2;
}

function lengthOfGb(bytes: Uint8Array, at: number): number {
  if (bytes[at]! <= 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  return second >= 0x30 && second <= 0x39 ? 4 : 2;
}

function lengthOfDouble(bytes: Uint8Array, at: number): number {
  const c = bytes[at]!;
  // Half-width katakana of Shift_JIS are single octets; elsewhere these begin a pair that is decoded the same way.
  return c <= 0x80 ? 1 : 2;
}
