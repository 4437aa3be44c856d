/**
 * Text for people as leaves, a word each. `key: value` and `key=value` name the words that follow, up to the end of the
 * line or the next comma; other words are bare values of the root. A word that merely stands before another does not
 * name it: it may be somebody's name, and names of places are stored in the clear. Of HTML, tags, scripts and style
 * sheets are passed over.
 */
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import { isValueLike, type TreeNode } from './tree.ts';

// What an octet is to a word.
const WORD = 0;
const SPACE = 1; // between words of one value
const STOP = 2; // ends the value
const NAMES = 3; // `:` and `=`: what came before is a name
const TAG = 4;
const WIDE = 5; // perhaps the first octet of full-width punctuation

const classes = new Uint8Array(256);
for (let c = 0; c <= 0x20; c++) classes[c] = SPACE;
for (const c of '\n\r,;|()[]{}<>"\'`') classes[c.charCodeAt(0)] = STOP;
for (const c of ':=') classes[c.charCodeAt(0)] = NAMES;
classes[0xef] = WIDE;
classes[0xe3] = WIDE;

/** Octets of a name. */
const longestName = 64;

export interface TextOptions {
  readonly markup: boolean;
}

export class TextParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #root: TreeNode;
  readonly #markup: boolean;
  #node: TreeNode;
  #word: Scratch | null = null;
  #held = false;
  readonly #wide = new Uint8Array(3);
  #wideLength = 0;
  /** Inside a tag: its first letters, to tell scripts; -1 outside. */
  #tagLength = -1;
  #tag = 0;
  /** Inside a script or style sheet. */
  #inScript = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, options: TextOptions) {
    this.#output = output;
    this.#root = root;
    this.#node = root;
    this.#markup = options.markup;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    let from = start;
    while (i < end) {
      if (this.#tagLength >= 0) {
        this.#readTag(bytes[i++]);
        // Once it is known which tag it is, only its end counts.
        while (this.#tagLength >= 4 && i < end && bytes[i] !== 0x3e) i++;
        from = i;
        continue;
      }
      if (this.#inScript) {
        while (i < end && bytes[i] !== 0x3c) i++;
        if (i < end) this.#beginTag();
        from = ++i;
        continue;
      }
      if (this.#wideLength > 0) {
        this.#wide[this.#wideLength++] = bytes[i++];
        if (this.#wideLength === 3) {
          this.#wideLength = 0;
          const kind = wideClass(this.#wide[0], this.#wide[1], this.#wide[2]);
          if (kind === WORD || !this.#endWord(bytes, i, i, kind)) this.#hold(this.#wide, 0, 3);
        }
        from = i;
        continue;
      }
      let kind = WORD;
      while (i < end && (kind = classes[bytes[i]]) === WORD) i++;
      if (i === end) break;
      if (kind === WIDE) {
        if (i + 3 > end) {
          this.#hold(bytes, from, i);
          this.#wide[0] = bytes[i++];
          this.#wideLength = 1;
          from = i;
          continue;
        }
        const wide = wideClass(bytes[i], bytes[i + 1], bytes[i + 2]);
        if (wide !== WORD) {
          if (!this.#endWord(bytes, from, i, wide)) this.#hold(bytes, i, i + 3);
          from = i + 3;
        }
        i += 3;
        continue;
      }
      const isTag = this.#markup && bytes[i] === 0x3c;
      if (!this.#endWord(bytes, from, i, isTag ? TAG : kind)) {
        // The colon of a time is part of its word.
        this.#hold(bytes, i, i + 1);
      }
      if (isTag) this.#beginTag();
      from = ++i;
    }
    if (from < end) this.#hold(bytes, from, end);
  }

  end(): boolean {
    if (this.#ended) return true;
    this.#ended = true;
    if (this.#wideLength > 0) this.#hold(this.#wide, 0, this.#wideLength);
    this.#endWord(this.#wide, 0, 0, STOP);
    if (this.#word !== null) giveBack(this.#word);
    this.#word = null;
    return true;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#word ??= borrowScratch();
    if (!this.#held) this.#word.clear();
    this.#held = true;
    this.#word.append(bytes, start, end, this.#output.limits.valueBytes);
  }

  /** False when the word does not end here after all: it is held then, and what should have ended it is part of it. */
  #endWord(bytes: Uint8Array, start: number, end: number, kind: number): boolean {
    let text = bytes;
    let from = start;
    let to = end;
    let cut = false;
    if (this.#held) {
      this.#hold(bytes, start, end);
      const word = this.#word!;
      text = word.bytes;
      from = 0;
      to = word.length;
      cut = word.cut;
    }
    if (to > from) {
      if (kind === NAMES) {
        if (cut || to - from > this.#output.limits.valueBytes || !isName(text, from, to)) {
          if (!this.#held) this.#hold(bytes, start, end);
          return false;
        }
        this.#node = this.#output.key(this.#root, text, from, to);
      } else {
        this.#output.leaf(this.#node, 'text', text, from, to, cut);
      }
    }
    this.#held = false;
    if (kind === STOP || kind === TAG) this.#node = this.#root;
    return true;
  }

  #beginTag(): void {
    this.#tagLength = 0;
    this.#tag = 0;
  }

  #readTag(c: number): void {
    if (c === 0x3e) {
      const isScript = this.#tag === scriptTag || this.#tag === styleTag;
      this.#inScript = isScript || (this.#inScript && this.#tag !== endTag);
      this.#tagLength = -1;
    } else if (this.#tagLength === 0 && c === 0x2f) {
      this.#tag = endTag;
      this.#tagLength = 4;
    } else if (this.#inScript && this.#tagLength < 4) {
      // `a < b` in a script.
      this.#tagLength = -1;
    } else if (this.#tagLength < 4) {
      this.#tag = (this.#tag << 8) | (c | 0x20);
      this.#tagLength++;
    }
  }
}

const scriptTag = fourLetters('scri');
const styleTag = fourLetters('styl');
const endTag = 0x2f;

function fourLetters(text: string): number {
  let code = 0;
  for (const letter of text) code = (code << 8) | letter.charCodeAt(0);
  return code;
}

/** A word that can name what follows: not a number, not somebody's data, not the scheme of a URL cut off. */
function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const c = bytes[start];
  return end - start <= longestName && !(c >= 0x30 && c <= 0x39) && !isValueLike(bytes, start, end);
}

function wideClass(a: number, b: number, c: number): number {
  if (a === 0xe3 && b === 0x80) return c === 0x80 ? SPACE : c === 0x81 || c === 0x82 ? STOP : WORD;
  if (a !== 0xef || b !== 0xbc) return WORD;
  if (c === 0x9a || c === 0x9d) return NAMES; // U+FF1A, U+FF1D
  return c === 0x8c || c === 0x9b || c === 0x88 || c === 0x89 ? STOP : WORD; // U+FF0C, U+FF1B, U+FF08, U+FF09
}
