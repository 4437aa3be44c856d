/** SQL text as tokens, one at a time; comments and blanks are stepped over. Quoted text ends where its quote does. */
import { isAlphanumeric, isDigit, textOf } from './octets.ts';

/** `word`: bare. `quoted`: an identifier or text in quotes. `variable`: `?`, `:x`, `@x`, `$1`, `#{x}`, `${x}`. */
export type TokenKind = 'end' | 'word' | 'quoted' | 'number' | 'variable' | 'sign';

/** Words longer than this are no keyword and are not read. */
const longestWord = 64;
/** Octets looked at, from the first: a longer list of columns is not read to its end. */
const farthest = 16 * 1024;

const inWord = new Uint8Array(256);
for (let octet = 0; octet < 256; octet++) inWord[octet] = octet >= 0x80 ? 1 : isAlphanumeric[octet]!;
inWord[0x5f] = 1; // _
inWord[0x24] = 1; // $

export class StatementTokens {
  kind: TokenKind = 'end';
  /** Lower case; empty for what is no word. */
  word = '';
  /** The octet of a sign; 0 for what is none. */
  sign = 0;
  /** Where the token lies. */
  from = 0;
  to = 0;
  /** Whether it stands right behind the one before. */
  adjacent = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#end = Math.min(end, start + farthest);
    this.to = start;
    this.next();
  }

  /** Goes on to the next token; stays at the end. */
  next(): TokenKind {
    const bytes = this.#bytes;
    const before = this.to;
    const i = this.#skip(before);
    this.adjacent = i === before;
    this.from = i;
    this.word = '';
    this.sign = 0;
    if (i >= this.#end) {
      this.to = this.#end;
      this.kind = 'end';
      return this.kind;
    }
    const octet = bytes[i]!;
    if (isDigit[octet] === 1) return this.#take('number', this.#number(i));
    if (inWord[octet] === 1 && octet !== 0x24) {
      const to = this.#run(i);
      if (to - i <= longestWord) this.word = textOf(bytes, i, to).toLowerCase();
      return this.#take('word', to);
    }
    if (octet === 0x27 || octet === 0x22 || octet === 0x60) return this.#take('quoted', this.#quoted(i, octet));
    if (octet === 0x5b) return this.#take('quoted', this.#quoted(i, 0x5d));
    const next = i + 1 < this.#end ? bytes[i + 1]! : 0;
    if (octet === 0x3f) return this.#take('variable', i + 1);
    if ((octet === 0x24 || octet === 0x23) && next === 0x7b) return this.#take('variable', this.#quoted(i + 1, 0x7d));
    const prefixed = octet === 0x40 || octet === 0x3a || octet === 0x24;
    const at = octet === 0x40 && next === 0x40 ? i + 2 : i + 1;
    if (prefixed && at < this.#end && inWord[bytes[at]!] === 1) return this.#take('variable', this.#run(at));
    this.sign = octet;
    return this.#take('sign', i + 1);
  }

  /** Whether the word's letters have one case: people write keywords so, and sentences not. */
  get isUniform(): boolean {
    let upper = 0;
    for (let i = this.from; i < this.to; i++) if (this.#bytes[i]! >= 0x41 && this.#bytes[i]! <= 0x5a) upper++;
    return upper === 0 || upper === this.to - this.from;
  }

  /** Whether the word has an underscore or a digit inside: no word of a language has. */
  get isTechnical(): boolean {
    for (let i = this.from; i < this.to; i++) {
      if (this.#bytes[i] === 0x5f || isDigit[this.#bytes[i]!] === 1) return true;
    }
    return false;
  }

  #take(kind: TokenKind, to: number): TokenKind {
    this.kind = kind;
    this.to = to;
    return kind;
  }

  #run(at: number): number {
    let i = at;
    while (i < this.#end && inWord[this.#bytes[i]!] === 1) i++;
    return i;
  }

  #number(at: number): number {
    let i = at;
    while (i < this.#end && (isDigit[this.#bytes[i]!] === 1 || this.#bytes[i] === 0x2e)) i++;
    return i;
  }

  /** A doubled quote or a backslash keeps a text open. */
  #quoted(at: number, quote: number): number {
    const bytes = this.#bytes;
    let i = at + 1;
    for (; i < this.#end; i++) {
      if (bytes[i] === 0x5c && quote !== 0x5d) i++;
      else if (bytes[i] === quote) {
        if (bytes[i + 1] !== quote || i + 1 >= this.#end) return i + 1;
        i++;
      }
    }
    return this.#end;
  }

  /** Past blanks and comments: `-- …`, `# …`, and the kind between slash and star. */
  #skip(at: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = at;
    while (i < end) {
      const octet = bytes[i]!;
      const next = i + 1 < end ? bytes[i + 1]! : 0;
      if (octet <= 0x20) i++;
      else if ((octet === 0x2d && next === 0x2d) || (octet === 0x23 && next !== 0x7b)) {
        while (i < end && bytes[i] !== 0x0a) i++;
      } else if (octet === 0x2f && next === 0x2a) {
        i += 2;
        while (i < end && !(bytes[i] === 0x2a && bytes[i + 1] === 0x2f)) i++;
        i = Math.min(end, i + 2);
      } else break;
    }
    return i;
  }
}
