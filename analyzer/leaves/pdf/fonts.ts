/**
 * What the octets of a text say in a font (ISO 32000-1 §9.6, §9.7, §9.10): characters, and how far each moves. A code
 * whose character nothing tells is null, and never guessed: glyph numbers of an embedded subset are no text.
 */
import { type CodeBudget, type CodeReader, numberOf, predefined, ToUnicode } from './cmap.ts';
import { type PdfDocument, PdfStream } from './document.ts';
import { baseEncoding, glyphText } from './glyph-names.ts';
import { type PdfDict, PdfName, type PdfValue } from './syntax.ts';

/** Widths that one font tells. */
const MOST_WIDTHS = 140_000;

export interface PdfFont {
  /** Octets of the code at `at`: at least 1. */
  length(bytes: Uint8Array, at: number): number;
  /** Null when nothing says what it is. */
  text(bytes: Uint8Array, at: number, length: number): string | null;
  /** How far the code moves, in thousandths of the size. */
  width(bytes: Uint8Array, at: number, length: number): number;
}

/** Of a font that is not there, or of no known kind. */
export const noFont: PdfFont = { length: () => 1, text: () => null, width: () => 500 };

export function openFont(document: PdfDocument, font: PdfDict, budget: CodeBudget): PdfFont {
  const toUnicode = toUnicodeOf(document, font, budget);
  const kind = document.name(font.get('Subtype'));
  if (kind === 'Type0') return compositeFont(document, font, toUnicode, budget);
  return simpleFont(document, font, toUnicode, kind);
}

function toUnicodeOf(document: PdfDocument, font: PdfDict, budget: CodeBudget): ToUnicode | null {
  const stream = document.object(font.get('ToUnicode'));
  if (!(stream instanceof PdfStream)) return null;
  const octets = document.content(stream);
  if (octets === null) return null;
  const map = new ToUnicode(budget);
  map.read(octets);
  return map.isEmpty ? null : map;
}

function simpleFont(document: PdfDocument, font: PdfDict, toUnicode: ToUnicode | null, kind: string): PdfFont {
  const texts = encodingOf(document, font, kind);
  const first = document.number(font.get('FirstChar'), 0);
  const widths = document.array(font.get('Widths')).slice(0, 256);
  const descriptor = document.dict(font.get('FontDescriptor'));
  const missing = document.number(descriptor?.get('MissingWidth'), widths.length > 0 ? 0 : 556);
  // Of a Type 3 font widths are in its own space.
  const matrix = document.array(font.get('FontMatrix'));
  const scale = kind === 'Type3' ? Math.abs(document.number(matrix[0], 0.001)) * 1000 : 1;
  const byCode = widths.map((width) => document.number(width, missing) * scale);
  return {
    length: () => 1,
    text: (bytes, at) => toUnicode?.of(bytes[at]!) ?? texts[bytes[at]!] ?? null,
    width: (bytes, at) => byCode[bytes[at]! - first] ?? missing,
  };
}

/** Characters by octet, as far as the font says. */
function encodingOf(document: PdfDocument, font: PdfDict, kind: string): readonly (string | null)[] {
  const encoding = document.resolve(font.get('Encoding'));
  if (encoding instanceof PdfName) return baseEncoding(encoding.text);
  const descriptor = document.dict(font.get('FontDescriptor'));
  const isEmbedded = ['FontFile', 'FontFile2', 'FontFile3'].some((key) => descriptor?.has(key));
  const isSymbolic = (document.number(descriptor?.get('Flags'), 0) & 4) !== 0;
  const name = document.name(font.get('BaseFont'));
  // An encoding of the font file's own.
  const isOwn = kind === 'Type3' || isEmbedded || isSymbolic || /Symbol|Dingbats|Wingdings/i.test(name);
  if (!(encoding instanceof Map)) return isOwn ? [] : baseEncoding('');
  const base = document.name(encoding.get('BaseEncoding'));
  const texts: (string | null)[] = base === '' && isOwn ? [] : [...baseEncoding(base)];
  let code = 0;
  for (const each of document.array(encoding.get('Differences')).slice(0, 1024)) {
    const item = document.resolve(each);
    if (typeof item === 'number') code = item;
    else if (item instanceof PdfName && code >= 0 && code < 256) texts[code++] = glyphText(item.text);
  }
  return texts;
}

function compositeFont(document: PdfDocument, font: PdfDict, toUnicode: ToUnicode | null, budget: CodeBudget): PdfFont {
  const descendant = document.dict(document.array(font.get('DescendantFonts'))[0]) ?? new Map<string, PdfValue>();
  const codes = codesOf(document, font, toUnicode, budget);
  const missing = document.number(descendant.get('DW'), 1000);
  const widths = widthsOf(document, descendant);
  return {
    length: (bytes, at) => Math.max(1, Math.min(bytes.length - at, codes.length(bytes, at))),
    text(bytes, at, length) {
      return toUnicode?.of(numberOf(bytes.subarray(at, at + length))) ?? codes.text(bytes, at, length);
    },
    width(bytes, at, length) {
      const cid = codes.cid(numberOf(bytes.subarray(at, at + length)));
      // A font that tells no widths is one of a viewer's own, and Latin letters are half as wide as others there.
      return widths.get(cid) ?? ((cid < 0 && length === 1) || (widths.size === 0 && cid < 96) ? 500 : missing);
    },
  };
}

function codesOf(document: PdfDocument, font: PdfDict, toUnicode: ToUnicode | null, budget: CodeBudget): CodeReader {
  const encoding = document.object(font.get('Encoding'));
  if (encoding instanceof PdfName) {
    const known = predefined(encoding.text);
    if (known !== null) return known;
    return {
      length: () => 2,
      text: () => null,
      cid: encoding.text.startsWith('Identity') ? (code) => code : unknownCid,
    };
  }
  // A CMap of the font's own: which octets are a code stands there; what glyph it is does not matter.
  const own = new ToUnicode(budget);
  if (encoding instanceof PdfStream) {
    const octets = document.content(encoding);
    if (octets !== null) own.read(octets);
    const name = document.name(encoding.dict.get('UseCMap'));
    const known = predefined(name);
    if (known !== null) return known;
  }
  const length = (bytes: Uint8Array, at: number) => own.lengthAt(bytes[at]!) || toUnicode?.lengthAt(bytes[at]!) || 2;
  return { length, text: () => null, cid: unknownCid };
}

function unknownCid(): number {
  return -1;
}

/** §9.7.4.3. */
function widthsOf(document: PdfDocument, descendant: PdfDict): Map<number, number> {
  const widths = new Map<number, number>();
  const list = document.array(descendant.get('W'));
  let left = MOST_WIDTHS;
  for (let i = 0; i < list.length && left > 0; ) {
    const first = document.number(list[i++], -1);
    const next = document.resolve(list[i++]);
    if (Array.isArray(next)) {
      for (let k = 0; k < next.length && left-- > 0; k++) widths.set(first + k, document.number(next[k], 1000));
    } else if (typeof next === 'number') {
      const width = document.number(list[i++], 1000);
      for (let cid = first; cid <= next && left-- > 0; cid++) widths.set(cid, width);
    }
  }
  return widths;
}
