/** The word in front of a value inside running text: `手机号：138…`, `card number is 4…`, `"idNo":"32…"`. */

import { Meaning, type Meanings, type NameReader } from './name-reader.ts';
import { isAlphanumeric, textOf } from './octets.ts';

/** Octets looked back over. */
const farthest = 48;
/** Answers kept; dropped together when full. */
const mostKept = 4096;

const separators = new Uint8Array(256);
for (const separator of ' \t\r\n:="\'([{<>#|/\\?') separators[separator.charCodeAt(0)] = 1;

/** What may stand between the words of a key; a full stop too: "my card. The number is 4…". */
const insideKey = new Uint8Array(256);
for (const letter of ' _-.') insideKey[letter.charCodeAt(0)] = 1;

/** Words of sentences that mean nothing to a name reader. */
const fillers = new Set(
  'a an and are as at be by have has i in is it its me my of on our please that the this to was with you your'.split(
    ' ',
  ),
);

/** Characters of three octets that stand between a key and its value. */
const wideSeparators = new Set(['：', '（', '“', '为', '是', '【', '至', '　']);
const closesSentence = new Set(['，', '。', '；', '、', '？', '！', '）', '”', '》']);

export class KeyBefore {
  /** Every recognizer is worth a try once a key speaks. */
  readonly all = new Uint8Array(256).fill(1);
  readonly #kept = new Map<string, Meanings | undefined>();

  constructor(private readonly names: NameReader) {}

  /** Undefined when nothing stands before the value or it says nothing. */
  read(bytes: Uint8Array, start: number, at: number): Meanings | undefined {
    let end = at;
    while (end > start && separators[bytes[end - 1]!] === 1) end--;
    let begin = end;
    const least = Math.max(start, at - farthest);
    while (begin > least) {
      const octet = bytes[begin - 1]!;
      const inKey = isAlphanumeric[octet] === 1 || octet >= 0x80 || octet === 0x20 || octet === 0x5f || octet === 0x2d;
      if (!inKey) break;
      begin--;
    }
    // A cut inside a character would make a wrong one.
    while (begin < end && (bytes[begin]! & 0xc0) === 0x80) begin++;
    if (begin === end) return undefined;
    const text = textOf(bytes, begin, end);
    const kept = this.#kept.get(text);
    if (kept !== undefined || this.#kept.has(text)) return kept;
    const meanings = this.#read(text);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(text, meanings);
    return meanings;
  }

  #read(text: string): Meanings | undefined {
    const letters = [...text];
    while (letters.length > 0 && wideSeparators.has(letters.at(-1)!)) letters.pop();
    const stop = letters.findLastIndex((letter) => closesSentence.has(letter) || wideSeparators.has(letter));
    const key = letters
      .slice(stop + 1)
      .join('')
      .trim();
    if (key === '') return undefined;
    // The last four words: a sentence says many things, its end what comes next.
    const words = key
      .split(/[\s.]+/)
      .filter((word) => !fillers.has(word.toLowerCase()))
      .slice(-4)
      .join(' ');
    const meanings = this.names.read(words, '');
    return meanings.some((meaning) => meaning >= Meaning.hint) ? meanings : undefined;
  }
}
