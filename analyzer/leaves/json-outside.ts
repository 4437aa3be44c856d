/**
 * What lies around the values of a JSON text: white space, a byte order mark, RFC 7464's separators, what servers put
 * before JSON (`)]}',` and `for(;;);` against inclusion, `callback(` of JSONP, names of event streams), and what ends it.
 */

/** What to do with an octet. */
export type Outside = 'past' | 'value' | 'stop';

/** The longest word that is a value by itself: `undefined`. */
const longestWord = 9;

const BEFORE = 0;
const PREFIX = 1;
const AFTER = 2;
const BAD_LINE = 3;

export class JsonOutside {
  /** Values of the outermost level that have ended. */
  documents = 0;
  #where = BEFORE;
  #length = 0;
  #letters: number[] | null = null;
  #afterParenthesis = false;

  constructor(
    private readonly lines: boolean,
    private readonly longestPrefix: number,
  ) {}

  reset(): void {
    this.documents = 0;
    this.#where = BEFORE;
  }

  valueEnded(): void {
    this.documents++;
    this.#where = AFTER;
  }

  /** What is left of this line can't be read. */
  skipLine(): void {
    this.#where = BAD_LINE;
  }

  /** May the text end here? */
  get isWhole(): boolean {
    return this.#where === AFTER || (this.#where === BEFORE && this.documents > 0);
  }

  /** What came before a value that never came, without spaces; null when nothing did. */
  get word(): Uint8Array | null {
    return this.#where === PREFIX ? Uint8Array.from(this.#letters!) : null;
  }

  next(c: number): Outside {
    switch (this.#where) {
      case BEFORE:
        return this.#before(c);
      case PREFIX:
        return this.#prefix(c);
      case AFTER:
        if (c === 0x7b || c === 0x5b) return 'value';
        if (this.lines && c > 0x20) return this.#before(c);
        // The end of JSONP.
        return c <= 0x20 || c === 0x29 || c === 0x3b ? 'past' : 'stop';
      default:
        if (c === 0x0a) this.#where = BEFORE;
        return 'past';
    }
  }

  #before(c: number): Outside {
    if (c <= 0x20 || c === 0xef || c === 0xbb || c === 0xbf) return 'past';
    if (c === 0x7b || c === 0x5b || c === 0x22 || (c >= 0x30 && c <= 0x39) || c === 0x2d) return 'value';
    this.#where = PREFIX;
    this.#length = 0;
    this.#letters = [];
    this.#afterParenthesis = false;
    return this.#prefix(c);
  }

  #prefix(c: number): Outside {
    if (c === 0x7b || c === 0x5b || (c === 0x22 && this.#afterParenthesis)) return 'value';
    if (c > 0x20) {
      this.#afterParenthesis = c === 0x28;
      if (this.#letters!.length <= longestWord) this.#letters!.push(c);
    }
    return ++this.#length > this.longestPrefix ? 'stop' : 'past';
  }
}
