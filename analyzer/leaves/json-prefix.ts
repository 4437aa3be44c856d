/** What servers put before JSON: `)]}',` and `for(;;);` against inclusion, `callback(` of JSONP, names of event streams. */

/** The longest word that is a value by itself: `undefined`. */
const longestWord = 9;

export class JsonPrefix {
  length = 0;
  readonly #letters: number[] = [];
  #afterParenthesis = false;

  /** Does the value begin with this octet? */
  endsAt(c: number): boolean {
    if (c === 0x7b || c === 0x5b || (c === 0x22 && this.#afterParenthesis)) return true;
    this.length++;
    if (c > 0x20) {
      this.#afterParenthesis = c === 0x28;
      if (this.#letters.length <= longestWord) this.#letters.push(c);
    }
    return false;
  }

  /** All of it without spaces, one octet more than a word has at most. */
  get word(): Uint8Array {
    return Uint8Array.from(this.#letters);
  }
}
