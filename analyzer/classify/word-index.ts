/** Words looked for in octets as they lie, by how they begin: tells whether making a text is worth it. */

const encoder = new TextEncoder();

export class WordIndex {
  /** Code point of an ideograph → words that begin with it, in UTF-8; one unit higher so that 0 is none. */
  readonly #lists = new Uint16Array(0x10000);
  readonly #words: Uint8Array[][] = [];

  constructor(words: Iterable<string>) {
    for (const word of words) {
      const code = word.charCodeAt(0);
      let list = this.#lists[code]!;
      if (list === 0) {
        list = this.#words.push([]);
        this.#lists[code] = list;
      }
      this.#words[list - 1]!.push(encoder.encode(word));
    }
  }

  /** Whether one of the words lies in `bytes[start, end)`. */
  occursIn(bytes: Uint8Array, start: number, end: number): boolean {
    const lists = this.#lists;
    for (let i = start; i + 2 < end; i++) {
      const lead = bytes[i]!;
      if (lead < 0xe0 || lead > 0xef) continue;
      const code = ((lead & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f);
      const list = lists[code]!;
      if (list !== 0 && beginsWithOne(this.#words[list - 1]!, bytes, i, end)) return true;
      // On to the next character, where this one is whole.
      if ((bytes[i + 1]! & 0xc0) === 0x80 && (bytes[i + 2]! & 0xc0) === 0x80) i += 2;
    }
    return false;
  }
}

function beginsWithOne(words: readonly Uint8Array[], bytes: Uint8Array, at: number, end: number): boolean {
  for (let w = 0; w < words.length; w++) {
    const word = words[w]!;
    if (at + word.length > end) continue;
    let same = 0;
    while (same < word.length && word[same] === bytes[at + same]) same++;
    if (same === word.length) return true;
  }
  return false;
}

/** Octet → 1 … 26 for letters of either case, 0 for anything else: digits among letters would make a branch a guess. */
const letterNumber = new Uint8Array(256);
for (let letter = 1; letter <= 26; letter++) {
  letterNumber[0x40 + letter] = letter;
  letterNumber[0x60 + letter] = letter;
}

/** Of what begins with three letters: no word, a word in any case, or one whose other letters must follow. */
const noWord = 0;
const aWord = 1;
const goesOn = 2;
const none: readonly Uint8Array[] = [];

/** Latin words in any case, by their first three letters. Says yes to one of two letters or fewer as soon as it begins. */
export class LatinIndex {
  /** By three letters, 5 bits each; a word of two has every third. */
  readonly #begins = new Uint8Array(0x8000);
  /** By the same: letters of the words behind their third, as `letterNumber` has them. */
  readonly #rests = new Map<number, Uint8Array[]>();

  constructor(words: Iterable<string>) {
    const known = [...words];
    for (const word of known) {
      if (word.length <= 3) continue;
      const letters = Uint8Array.from(word, (letter) => letter.charCodeAt(0) & 0x1f);
      const begin = (letters[0]! << 10) | (letters[1]! << 5) | letters[2]!;
      this.#begins[begin] = goesOn;
      const rests = this.#rests.get(begin);
      if (rests === undefined) this.#rests.set(begin, [letters.subarray(3)]);
      else rests.push(letters.subarray(3));
    }
    for (const word of known) {
      const [a, b, c] = [0, 1, 2].map((i) => word.charCodeAt(i) & 0x1f);
      if (word.length > 3) continue;
      if (word.length === 3) this.#begins[(a! << 10) | (b! << 5) | c!] = aWord;
      else if (word.length === 2) this.#begins.fill(1, (a! << 10) + (b! << 5), (a! << 10) + (b! << 5) + 0x20);
      else this.#begins.fill(1, a! << 10, (a! << 10) + 0x400);
    }
  }

  mayOccurIn(bytes: Uint8Array, start: number, end: number): boolean {
    const begins = this.#begins;
    // The latest three octets; what is no letter counts as 0.
    let window = 0;
    for (let i = start; i < end; i++) {
      window = ((window << 5) & 0x7fff) | letterNumber[bytes[i]!]!;
      const begin = begins[window]!;
      if (begin !== noWord && (begin === aWord || this.#goesOn(window, bytes, i + 1, end))) return true;
    }
    // Words of one and two letters at the very end.
    return begins[(window << 5) & 0x7fff] === aWord || begins[(window << 10) & 0x7fff] === aWord;
  }

  #goesOn(begin: number, bytes: Uint8Array, from: number, end: number): boolean {
    for (const rest of this.#rests.get(begin) ?? none) {
      if (from + rest.length > end) continue;
      let same = 0;
      while (same < rest.length && letterNumber[bytes[from + same]!] === rest[same]) same++;
      if (same === rest.length) return true;
    }
    return false;
  }
}
