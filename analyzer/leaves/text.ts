/**
 * Text for people as leaves, a word each. `key: value`, `key = value` and `"key": 'value'` name the words that follow, up
 * to the end of the line, the closing quote or the next comma; other words are bare values of the root. A word that merely stands before another does not
 * name it: it may be somebody's name, and names of places are stored in the clear. Of HTML, tags and style sheets are
 * passed over; of scripts within it literals are told that could be keys.
 */
import type { LeafParser } from '../leaf.ts';
import { HtmlTable } from './html-table.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import { ScriptParser } from './script.ts';
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

/** What may stand between a name's sign and its value: `key = "value"`, `key => value`, `key: [value`. */
const opens = new Uint8Array(256);
for (const c of '"\'`>([{') opens[c.charCodeAt(0)] = 1;

const schemes = new Set([
  'http',
  'https',
  'ws',
  'wss',
  'ftp',
  'jdbc',
  'redis',
  'mysql',
  'mongodb',
  'postgres',
  'postgresql',
  'amqp',
]);
const longestScheme = 10;

/** Octets of a name. */
const longestName = 64;

export interface TextOptions {
  readonly markup: boolean;
}

export class TextParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #root: TreeNode;
  readonly #table: HtmlTable | null;
  /** What a value is named by that has no name of its own: the page, or the cell of a table. */
  #base: TreeNode;
  #node: TreeNode;
  #word: Scratch | null = null;
  #held = false;
  /** A word behind which a name's sign may still come: `key =`, `"key":`. Empty for none. */
  readonly #waiting = new Uint8Array(longestName);
  #waitingLength = 0;
  /** A sign was met, and nothing but signs and opening brackets since. */
  #named = false;
  readonly #wide = new Uint8Array(3);
  #wideLength = 0;
  /** Inside a tag: its first letters, to tell scripts; -1 outside. */
  #tagLength = -1;
  #tag = 0;
  #closes = false;
  /** Inside a script or style sheet. */
  #inScript = false;
  /** Reads the script it is in; null in a style sheet. */
  #script: ScriptParser | null = null;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, options: TextOptions) {
    this.#output = output;
    this.#root = root;
    this.#base = root;
    this.#node = root;
    this.#table = options.markup ? new HtmlTable(output, root) : null;
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
        this.#script?.write(bytes, from, i);
        if (i < end) this.#beginTag();
        from = ++i;
        continue;
      }
      if (this.#wideLength > 0) {
        this.#wide[this.#wideLength++] = bytes[i++];
        if (this.#wideLength === 3) {
          this.#wideLength = 0;
          const kind = wideClass(this.#wide[0], this.#wide[1], this.#wide[2]);
          if (kind === WORD || !this.#endWord(bytes, i, i, kind, 0)) this.#hold(this.#wide, 0, 3);
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
          if (!this.#endWord(bytes, from, i, wide, 0)) this.#hold(bytes, i, i + 3);
          from = i + 3;
        }
        i += 3;
        continue;
      }
      const isTag = this.#table !== null && bytes[i] === 0x3c;
      if (!this.#endWord(bytes, from, i, isTag ? TAG : kind, bytes[i])) {
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
    this.#endWord(this.#wide, 0, 0, STOP, 0);
    this.#endScript();
    this.#table?.end();
    if (this.#word !== null) giveBack(this.#word);
    this.#word = null;
    return true;
  }

  #endScript(): void {
    this.#script?.end();
    this.#script = null;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#word ??= borrowScratch();
    if (!this.#held) this.#word.clear();
    this.#held = true;
    this.#word.append(bytes, start, end, this.#output.limits.valueBytes);
  }

  /** False when the word does not end here after all: it is held then, and what should have ended it is part of it. */
  #endWord(bytes: Uint8Array, start: number, end: number, kind: number, octet: number): boolean {
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
        // The question mark of `key ?= value`.
        const isSign = this.#waitingLength > 0 && to - from < 3 && !hasLetter(text, from, to);
        if (!isSign && (cut || to - from > this.#output.limits.valueBytes || !isName(text, from, to))) {
          if (!this.#held) this.#hold(bytes, start, end);
          return false;
        }
        if (isSign) this.#name(this.#waiting, 0, this.#waitingLength);
        else {
          this.#letGo();
          this.#name(text, from, to);
        }
      } else {
        this.#letGo();
        this.#named = false;
        const mayName = kind === SPACE || isQuote(octet);
        // A word of a value that has a name names nothing.
        if (mayName && !cut && this.#node === this.#base && isName(text, from, to)) {
          this.#waiting.set(text.subarray(from, to));
          this.#waitingLength = to - from;
        } else this.#leaf(this.#node, text, from, to, cut);
      }
    } else if (kind === NAMES) {
      if (this.#waitingLength > 0) this.#name(this.#waiting, 0, this.#waitingLength);
    } else if (kind !== SPACE) this.#letGo();
    this.#held = false;
    if (kind === TAG || (kind === STOP && !(this.#named && opens[octet] === 1))) {
      this.#node = this.#base;
      this.#named = false;
    }
    return true;
  }

  #leaf(node: TreeNode, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    this.#table?.text(bytes, start, end);
    this.#output.leaf(node, 'text', bytes, start, end, cut);
  }

  #name(bytes: Uint8Array, start: number, end: number): void {
    this.#node = this.#output.key(this.#root, bytes, start, end);
    this.#waitingLength = 0;
    this.#named = true;
  }

  /** The word that waited is a word. */
  #letGo(): void {
    if (this.#waitingLength === 0) return;
    this.#leaf(this.#base, this.#waiting, 0, this.#waitingLength, false);
    this.#waitingLength = 0;
  }

  #beginTag(): void {
    this.#tagLength = 0;
    this.#tag = 0;
    this.#closes = false;
  }

  #readTag(c: number): void {
    if (c === 0x3e) {
      const isScript = !this.#closes && (this.#tag === scriptTag || this.#tag === styleTag);
      this.#inScript = isScript || (this.#inScript && !this.#closes);
      this.#tagLength = -1;
      if (isScript && this.#tag === scriptTag) this.#script ??= new ScriptParser(this.#output, this.#root);
      else if (!this.#inScript) this.#endScript();
      if (this.#inScript || this.#table === null) return;
      this.#base = this.#table.tag(this.#tag, this.#closes, this.#base);
      this.#node = this.#base;
    } else if (this.#tagLength === 0 && c === 0x2f) {
      this.#closes = true;
    } else if (this.#inScript && !this.#closes) {
      // `a < b` in a script.
      if (this.#tagLength < 4) this.#tagLength = -1;
    } else if (this.#tagLength < 4) {
      const letter = c | 0x20;
      if (letter >= 0x61 && letter <= 0x7a) {
        this.#tag = (this.#tag << 8) | letter;
        this.#tagLength++;
      } else this.#tagLength = 4;
    }
  }
}

const scriptTag = fourLetters('scri');
const styleTag = fourLetters('styl');

function fourLetters(text: string): number {
  let code = 0;
  for (const letter of text) code = (code << 8) | letter.charCodeAt(0);
  return code;
}

function isQuote(octet: number): boolean {
  return octet === 0x22 || octet === 0x27 || octet === 0x60;
}

function hasLetter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = bytes[i];
    if (c >= 0x80 || (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a)) return true;
  }
  return false;
}

/** A word that can name what follows: not a number, not somebody's data, not the scheme of a URL or its beginning. */
function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const c = bytes[start];
  if (end - start > longestName || (c >= 0x30 && c <= 0x39) || isValueLike(bytes, start, end)) return false;
  for (let i = start; i < end; i++) if (bytes[i] === 0x3a) return false;
  return end - start > longestScheme || !schemes.has(latin1Of(bytes, start, end).toLowerCase());
}

function latin1Of(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

function wideClass(a: number, b: number, c: number): number {
  if (a === 0xe3 && b === 0x80) return c === 0x80 ? SPACE : c === 0x81 || c === 0x82 ? STOP : WORD;
  if (a !== 0xef || b !== 0xbc) return WORD;
  if (c === 0x9a || c === 0x9d) return NAMES; // U+FF1A, U+FF1D
  return c === 0x8c || c === 0x9b || c === 0x88 || c === 0x89 ? STOP : WORD; // U+FF0C, U+FF1B, U+FF08, U+FF09
}
