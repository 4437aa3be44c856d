/**
 * Tables of charsets with characters of one and two octets, asked once from the runtime's TextDecoder. Decoding itself
 * is ours (`decode.ts`): Node 20's TextDecoder throws on some invalid GB 18030 even where it is told not to, and where
 * it finds an invalid character depends on how the octets were cut.
 */
import { TextDecoder } from 'node:util';

export interface CodePage {
  /** Code point by octet; 0 where the octet begins a pair or means nothing. Index 0x00…0xff. */
  readonly singles: Uint32Array;
  /** Code point by lead × 256 + trail; 0 for none. Null where no octet begins a pair. */
  readonly pairs: Uint32Array | null;
  /** GB 18030's characters of four octets. */
  readonly hasFours: boolean;
}

const pairLabels = new Set(['gb18030', 'gbk', 'big5', 'euc-kr']);
const made = new Map<string, CodePage | null>();
/** Charsets a thread keeps tables of; each of pairs is 256 KiB. All names of charsets together are fewer than 50. */
const maxMade = 50;

/** By any WHATWG label in lower case; null for UTF-8, UTF-16 and charsets with other ways of shifting. */
export function codePage(label: string): CodePage | null {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label);
  } catch {
    return null;
  }
  // GB 2312 and GBK are parts of GB 18030; text labelled so often holds more.
  const name = decoder.encoding === 'gbk' || decoder.encoding === 'gb2312' ? 'gb18030' : decoder.encoding;
  const known = made.get(name);
  if (known !== undefined) return known;
  const page = make(name);
  if (made.size < maxMade) made.set(name, page);
  return page;
}

function make(name: string): CodePage | null {
  const hasPairs = pairLabels.has(name);
  if (!hasPairs && !/^(iso-8859|windows|koi8|ibm|macintosh|x-mac)/.test(name)) return null;
  const singles = new Uint32Array(256);
  for (let c = 0; c < 256; c++) {
    if (c < 0x80) singles[c] = c;
    else if (!hasPairs) singles[c] = one(decoded(name, Uint8Array.of(c)));
  }
  if (name === 'gb18030') singles[0x80] = 0x20ac;
  return { singles, pairs: hasPairs ? pairsOf(name) : null, hasFours: name === 'gb18030' };
}

/** All pairs of a lead at once, a line feed after each: one that means nothing can't swallow its neighbour. */
function pairsOf(name: string): Uint32Array {
  const pairs = new Uint32Array(65_536);
  const trails = Array.from({ length: 0xbf }, (_, k) => 0x40 + k);
  const row = Buffer.alloc(trails.length * 3, 0x0a);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    trails.forEach((trail, k) => {
      row[k * 3] = lead;
      row[k * 3 + 1] = trail;
    });
    const lines = decoded(name, row).split('\n');
    trails.forEach((trail, k) => {
      pairs[lead * 256 + trail] = one(lines[k] ?? '');
    });
  }
  return pairs;
}

/** The code point of four octets of GB 18030 that have the form of a character; U+FFFD for none. */
export function fourOctets(octets: Uint8Array): number {
  const [a, b, c, d] = octets;
  const pointer = ((a - 0x81) * 10 + (b - 0x30)) * 1260 + (c - 0x81) * 10 + (d - 0x30);
  if (pointer >= 189_000) return pointer <= 1_237_575 ? pointer - 189_000 + 0x10000 : 0xfffd;
  return one(decoded('gb18030', octets)) || 0xfffd;
}

function decoded(name: string, octets: Uint8Array): string {
  try {
    return new TextDecoder(name).decode(octets);
  } catch {
    return '';
  }
}

/** The one character of a text, or 0. */
function one(text: string): number {
  const code = text.codePointAt(0) ?? 0;
  return code !== 0xfffd && text.length === (code > 0xffff ? 2 : 1) ? code : 0;
}
