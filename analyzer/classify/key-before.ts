/** The word in front of a value inside running text: `手机号：138…`, `card number is 4…`, `"idNo":"32…"`. */

import { KeyMemory, longestKey } from './key-memory.ts';
import { Meaning, type NameReader } from './name-reader.ts';
import { isAlphanumeric, isDigit, textOf } from './octets.ts';
import type { Profile, Profiles } from './profiles.ts';
import { LatinIndex, WordIndex } from './word-index.ts';

/** Octets looked back over. */
const farthest = longestKey;

const separators = new Uint8Array(256);
for (const separator of ' \t\r\n:="\'([{<>#|/\\?') separators[separator.charCodeAt(0)] = 1;

/** What a key consists of: 2 letters of ASCII, 1 the rest, digits and what may stand between its words. */
const insideKey = new Uint8Array(256);
insideKey.fill(1, 0x80);
for (let octet = 0; octet < 0x80; octet++) insideKey[octet] = isAlphanumeric[octet]! * (2 - isDigit[octet]!);
for (const letter of ' _-') insideKey[letter.charCodeAt(0)] = 1;

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
  readonly #kept = new KeyMemory<Profile>();
  readonly #words: WordIndex;
  readonly #latin: LatinIndex;

  constructor(
    private readonly names: NameReader,
    private readonly profiles: Profiles,
  ) {
    this.#words = new WordIndex(names.chineseWords);
    this.#latin = new LatinIndex(names.latinWords);
  }

  /** False when no part of `bytes[start, end)` is a word that means something: then `read` says undefined throughout. */
  maySpeak(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#latin.mayOccurIn(bytes, start, end) || this.#words.occursIn(bytes, start, end);
  }

  /** Undefined when nothing stands before the value or it says nothing. */
  read(bytes: Uint8Array, start: number, at: number): Profile | undefined {
    let end = at;
    while (end > start && separators[bytes[end - 1]!] === 1) end--;
    let begin = end;
    const least = Math.max(start, at - farthest);
    let kinds = 0;
    while (begin > least) {
      const kind = insideKey[bytes[begin - 1]!]!;
      if (kind === 0) break;
      kinds |= kind;
      begin--;
    }
    // A cut inside a character would make a wrong one.
    while (begin < end && (bytes[begin]! & 0xc0) === 0x80) begin++;
    // Without a word that means something it says nothing: the street before a number, the first part of a UUID.
    if (begin === end) return undefined;
    const speaks = kinds >= 2 && this.#latin.mayOccurIn(bytes, begin, end);
    if (!speaks && !this.#words.occursIn(bytes, begin, end)) return undefined;
    if (this.#kept.knows(bytes, begin, end)) return this.#kept.value;
    return this.#kept.keep(this.#read(textOf(bytes, begin, end)));
  }

  #read(text: string): Profile | undefined {
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
    return meanings.some((meaning) => meaning >= Meaning.hint) ? this.profiles.of(meanings, true) : undefined;
  }
}
