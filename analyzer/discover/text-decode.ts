import { isUtf8 } from 'node:buffer';

/**
 * Percent-decoding of one path segment or query name (RFC 3986 §2.1), once, with the charsets met in the field.
 *
 * `text` is what was meant, for judging; `encoded` is its one canonical spelling, for storing: what has a meaning in
 * a path or template, and what does not print, stays percent-encoded. Decoding `encoded` again gives the same pair.
 */
export interface DecodedText {
  readonly text: string;
  readonly encoded: string;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const gbk = new TextDecoder('gbk');
const encoder = new TextEncoder();

/** 1 where an ASCII character means only itself, decoded or not. */
const plain = new Uint8Array(128);
for (let c = 0x21; c < 0x7f; c++) plain[c] = 1;
for (const c of '%/?#;{}"') plain[c.charCodeAt(0)] = 0;

export function decodeText(raw: string): DecodedText {
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c > 0x7f || plain[c] === 0) return decodeSlowly(raw);
  }
  return { text: raw, encoded: raw };
}

function decodeSlowly(raw: string): DecodedText {
  // A char above U+00FF cannot come from the wire (Latin-1, one char a byte): this text was decoded before.
  let decodedBefore = false;
  let ascii = true;
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c > 0xff) decodedBefore = true;
    if (c > 0x7f) ascii = false;
  }
  if (ascii && raw.indexOf('%') < 0) return { text: raw, encoded: encodeText(raw) };
  const bytes = unescapeBytes(decodedBefore ? encoder.encode(raw) : Buffer.from(raw, 'latin1'));
  const text = decodeBytes(bytes);
  if (text !== null) return { text, encoded: encodeText(text) };
  const kept = escapeBytes(bytes);
  return { text: kept, encoded: kept };
}

/** Not by a fatal decoder's exceptions: those cost more than the rest together, and a hostile path could ask for 64 of them. */
function decodeBytes(bytes: Uint8Array): string | null {
  if (isUtf8(bytes)) return utf8.decode(bytes);
  // Chinese back ends of some age send GBK.
  try {
    const text = gbk.decode(bytes);
    return isDefined(text) ? text : null;
  } catch {
    // Node 20's decoder refuses a few octets that it should replace.
    return null;
  }
}

/** The decoder writes what GBK does not define as U+FFFD, private use characters and C1 controls. */
function isDefined(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0xfffd || (c >= 0xe000 && c <= 0xf8ff) || (c >= 0x80 && c < 0xa0)) return false;
  }
  return true;
}

/** Bytes with `%XX` replaced; a percent sign without two hex digits stays. */
function unescapeBytes(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let n = 0;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === 0x25 && i + 2 < bytes.length) {
      const high = hexValue(bytes[i + 1]!);
      const low = hexValue(bytes[i + 2]!);
      if (high >= 0 && low >= 0) {
        out[n++] = high * 16 + low;
        i += 2;
        continue;
      }
    }
    out[n++] = c;
  }
  return out.subarray(0, n);
}

/** Value of a hex digit's character code, or -1. */
export function hexValue(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function percent(byte: number): string {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
}

/** Bytes of no known charset: everything but plain ASCII as `%XX`. */
function escapeBytes(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte < 0x80 && plain[byte] === 1 ? String.fromCharCode(byte) : percent(byte);
  return out;
}

/** True for characters that do not print or that change the direction of text around them. */
function isInvisible(c: number): boolean {
  return (
    c < 0x20 ||
    (c >= 0x7f && c < 0xa0) ||
    (c >= 0x200b && c <= 0x200f) ||
    (c >= 0x2028 && c <= 0x202e) ||
    (c >= 0x2066 && c <= 0x2069) ||
    c === 0xfeff
  );
}

function encodeText(text: string): string {
  // If none above U+00FF stays, Latin-1 characters would read as bytes the next time: those are written as escapes.
  let latin1 = true;
  for (let i = 0; i < text.length && latin1; i++)
    latin1 = text.charCodeAt(i) <= 0xff || isInvisible(text.charCodeAt(i));
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x25) {
      const isEscape =
        i + 2 < text.length && hexValue(text.charCodeAt(i + 1)) >= 0 && hexValue(text.charCodeAt(i + 2)) >= 0;
      out += isEscape ? '%25' : '%';
    } else if (c < 0x80) {
      out += plain[c] === 1 ? text[i] : percent(c);
    } else if (latin1 || isInvisible(c)) {
      for (const byte of encoder.encode(text[i])) out += percent(byte);
    } else {
      out += text[i];
    }
  }
  return out;
}
