/**
 * JSON (RFC 8259), JSON lines, JSONP and what servers put before JSON, as leaves. Each octet is looked at once; a value
 * that lies whole in one piece without escapes is handed over in place. There is no recursion: the stack is two arrays
 * of at most `depth` entries, and what lies deeper is skipped and counted.
 */
import type { LeafParser } from '../leaf.ts';
import { JsonSkip } from './json-skip.ts';
import { JsonString } from './json-string.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { LeafTree, TreeNode } from './tree.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

// What is expected next.
const VALUE = 0;
const FIRST_ITEM = 1; // a value, or the end of the array
const KEY = 2;
const FIRST_KEY = 3; // a key, or the end of the object
const AFTER_KEY = 4; // a colon
const AFTER_VALUE = 5; // a comma, or the end
const TOP = 6; // between values of the outermost level
const START = 7; // before the first
const PREFIX = 8; // in what is no JSON before the first
// Inside something that may be split between writes.
const IN_KEY = 9;
const IN_STRING = 10;
const IN_TOKEN = 11;
const IN_DEEP = 12;
const BAD_LINE = 13; // up to the next line
const STOPPED = 14;

export interface JsonOptions {
  /** One value a line: each object is a row, and a line that can't be read costs that line alone. */
  readonly lines: boolean;
}

export class JsonParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #tree: LeafTree;
  readonly #lines: boolean;
  #root: TreeNode;
  #state = START;
  /** Where the next or latest value belongs. */
  #node: TreeNode;
  #container: TreeNode;
  #previous: TreeNode | null = null;
  #inArray = false;
  #depth = 0;
  /** Of each open level: what it lies in, and what that is. */
  readonly #outer: TreeNode[] = [];
  readonly #outerKind: number[] = [];
  readonly #string: JsonString;
  #token: Scratch | null = null;
  #skip: JsonSkip | null = null;
  #prefixLength = 0;
  #afterParenthesis = false;
  #documents = 0;
  #failed = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, options: JsonOptions) {
    this.#output = output;
    this.#tree = output.tree;
    this.#lines = options.lines;
    this.#root = root;
    this.#node = root;
    this.#container = root;
    this.#string = new JsonString(output.limits.valueBytes);
  }

  /** True once something was met that can't be read. */
  get stopped(): boolean {
    return this.#failed;
  }

  /** Ready for another text, whose places lie under `root`. */
  reset(root: TreeNode): void {
    this.#root = root;
    this.#state = START;
    this.#toTop();
    this.#prefixLength = 0;
    this.#afterParenthesis = false;
    this.#documents = 0;
    this.#failed = false;
    this.#ended = false;
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    if (this.#state === IN_TOKEN || (this.#state === PREFIX && isWord(this.#token!))) this.#endToken();
    if (this.#state === IN_DEEP) this.#output.counts.deepValues += this.#skip!.values;
    if (this.#state !== TOP && this.#state !== STOPPED && !(this.#state === START && this.#documents > 0)) {
      this.#failed = true;
    }
    this.#unwind();
    this.#string.release();
    if (this.#token !== null) giveBack(this.#token);
    this.#token = null;
    return !this.#failed;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    while (i < end) {
      // What is done octet by octet, or was begun in an earlier write.
      switch (this.#state) {
        case STOPPED:
          return;
        case START:
          i = this.#readStart(bytes, i);
          continue;
        case PREFIX:
          i = this.#readPrefix(bytes, i);
          continue;
        case TOP:
          i = this.#readTop(bytes, i);
          continue;
        case IN_KEY:
        case IN_STRING:
          i = this.#readString(bytes, i, end);
          continue;
        case IN_TOKEN:
          i = this.#readToken(bytes, i, end);
          continue;
        case IN_DEEP:
          i = this.#readDeep(bytes, i, end);
          continue;
        case BAD_LINE:
          if (bytes[i++] === 0x0a) this.#state = START;
          continue;
        default:
          i = this.#readInside(bytes, i, end);
      }
    }
  }

  /** The hot loop: all that lies in one piece. Returns where it met what another method reads, or `end`. */
  #readInside(bytes: Uint8Array, start: number, end: number): number {
    const output = this.#output;
    const tree = this.#tree;
    let state = this.#state;
    let node = this.#node;
    let container = this.#container;
    let previous = this.#previous;
    let inArray = this.#inArray;
    let i = start;
    loop: while (i < end) {
      const c = bytes[i];
      if (c <= 0x20) {
        i++;
        continue;
      }
      switch (state) {
        case FIRST_KEY:
        case KEY: {
          if (c !== QUOTE) {
            if (c === CLOSE_OBJECT && state === FIRST_KEY) {
              state = AFTER_VALUE;
              break;
            }
            state = STOPPED;
            break loop;
          }
          const from = ++i;
          // The key that followed last time, if it is here again, needs no hash and no look-up.
          const guess = previous === null ? container.first : previous.after;
          if (guess !== null) {
            const key = guess.key;
            const size = key.length;
            if (from + size < end && bytes[from + size] === QUOTE) {
              let k = 0;
              while (k < size && key[k] === bytes[from + k]) k++;
              if (k === size) {
                node = guess;
                i = from + size + 1;
                if (i < end && bytes[i] === COLON) {
                  i++;
                  state = VALUE;
                } else {
                  state = AFTER_KEY;
                }
                break;
              }
            }
          }
          let d = 0;
          while (i < end && (d = bytes[i]) !== QUOTE && d !== BACKSLASH) i++;
          if (i === end || d === BACKSLASH) {
            this.#string.begin();
            i = from;
            state = IN_KEY;
            break loop;
          }
          node = output.key(container, bytes, from, i);
          expectNext(container, previous, node);
          i++;
          state = AFTER_KEY;
          break;
        }
        case AFTER_KEY:
          if (c !== COLON) {
            state = STOPPED;
            break loop;
          }
          i++;
          state = VALUE;
          break;
        case FIRST_ITEM:
        case VALUE:
          if (c === CLOSE_ARRAY && state === FIRST_ITEM) {
            state = AFTER_VALUE;
            break;
          }
          if (c === QUOTE) {
            const from = ++i;
            let d = 0;
            while (i < end && (d = bytes[i]) !== QUOTE && d !== BACKSLASH) i++;
            if (i === end || d === BACKSLASH) {
              this.#string.begin();
              i = from;
              state = IN_STRING;
              break loop;
            }
            output.leaf(node, 'text', bytes, from, i++);
            state = AFTER_VALUE;
          } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
            i++;
            if (this.#depth >= output.limits.depth) {
              (this.#skip ??= new JsonSkip()).begin();
              state = IN_DEEP;
              break loop;
            }
            const isRow = c === OPEN_OBJECT && (inArray || (this.#depth === 0 && (this.#lines || this.#documents > 0)));
            this.#outer[this.#depth] = container;
            this.#outerKind[this.#depth++] = (inArray ? 1 : 0) | (isRow ? 2 : 0);
            if (isRow) output.rowBegin(node);
            container = node;
            inArray = c === OPEN_ARRAY;
            if (inArray) node = tree.items(container);
            previous = null;
            state = inArray ? FIRST_ITEM : FIRST_KEY;
          } else {
            const from = i;
            while (i < end && isTokenByte(bytes[i])) i++;
            if (i === from) {
              state = STOPPED;
              break loop;
            }
            if (i === end) {
              this.#token ??= borrowScratch();
              this.#token.clear();
              i = from;
              state = IN_TOKEN;
              break loop;
            }
            const kind = tokenKind(bytes, from, i);
            if (kind === null) {
              state = STOPPED;
              break loop;
            }
            output.leaf(node, kind, bytes, from, i);
            state = AFTER_VALUE;
          }
          if (state === AFTER_VALUE && this.#depth === 0) {
            state = TOP;
            break loop;
          }
          break;
        default:
          // AFTER_VALUE, or the end of an empty object or array
          if (c === COMMA) {
            i++;
            if (inArray) {
              state = VALUE;
            } else {
              previous = node;
              state = KEY;
            }
          } else if (c === (inArray ? CLOSE_ARRAY : CLOSE_OBJECT)) {
            i++;
            const kind = this.#outerKind[--this.#depth];
            node = container;
            container = this.#outer[this.#depth];
            inArray = (kind & 1) !== 0;
            if ((kind & 2) !== 0) output.rowEnd(node);
            if (this.#depth === 0) {
              state = TOP;
              break loop;
            }
          } else {
            state = STOPPED;
            break loop;
          }
      }
    }
    this.#node = node;
    this.#container = container;
    this.#previous = previous;
    this.#inArray = inArray;
    this.#state = state;
    if (state === TOP) this.#documents++;
    else if (state === STOPPED) this.#stop();
    return i;
  }

  #readString(bytes: Uint8Array, start: number, end: number): number {
    const next = this.#string.read(bytes, start, end);
    if (next < 0) return end;
    const scratch = this.#string.scratch!;
    if (this.#state === IN_KEY) {
      this.#node = this.#output.key(this.#container, scratch.bytes, 0, scratch.length, scratch.cut);
      expectNext(this.#container, this.#previous, this.#node);
      this.#state = AFTER_KEY;
    } else {
      this.#output.leaf(this.#node, 'text', scratch.bytes, 0, scratch.length, scratch.cut);
      this.#afterValue();
    }
    return next;
  }

  #readToken(bytes: Uint8Array, start: number, end: number): number {
    let i = start;
    while (i < end && isTokenByte(bytes[i])) i++;
    this.#token!.append(bytes, start, i, this.#output.limits.valueBytes);
    if (i < end) this.#endToken();
    return i;
  }

  #endToken(): void {
    const token = this.#token!;
    const kind = tokenKind(token.bytes, 0, token.length);
    if (kind === null) {
      this.#stop();
      return;
    }
    this.#output.leaf(this.#node, kind, token.bytes, 0, token.length, token.cut);
    this.#afterValue();
  }

  #readDeep(bytes: Uint8Array, start: number, end: number): number {
    const next = this.#skip!.read(bytes, start, end);
    if (next < 0) return end;
    this.#output.counts.deepValues += this.#skip!.values;
    this.#afterValue();
    return next;
  }

  #afterValue(): void {
    if (this.#depth > 0) {
      this.#state = AFTER_VALUE;
    } else {
      this.#state = TOP;
      this.#documents++;
    }
  }

  /** Before a value of the outermost level: white space, a byte order mark, RFC 7464's separator. */
  #readStart(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    if (c <= 0x20 || c === 0xef || c === 0xbb || c === 0xbf) return at + 1;
    this.#toTop();
    if (c === OPEN_OBJECT || c === OPEN_ARRAY || c === QUOTE || (c >= 0x30 && c <= 0x39) || c === 0x2d) {
      this.#state = VALUE;
    } else {
      this.#state = PREFIX;
      this.#prefixLength = 0;
      this.#afterParenthesis = false;
      this.#token ??= borrowScratch();
      this.#token.clear();
    }
    return at;
  }

  /** `)]}',` and `callback(` before the value; or the value is a lone word (`true`). */
  #readPrefix(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    if (c === OPEN_OBJECT || c === OPEN_ARRAY || (c === QUOTE && this.#afterParenthesis)) {
      this.#state = VALUE;
      return at;
    }
    if (c > 0x20) {
      this.#afterParenthesis = c === 0x28;
      this.#token!.push(c, 16);
    }
    if (++this.#prefixLength > this.#output.limits.prefixBytes) this.#stop();
    return at + 1;
  }

  #readTop(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    if (c === OPEN_OBJECT || c === OPEN_ARRAY || (this.#lines && c > 0x20)) {
      this.#state = START;
      return at;
    }
    // The end of JSONP.
    if (c > 0x20 && c !== 0x29 && c !== 0x3b) this.#stop();
    return at + 1;
  }

  #toTop(): void {
    this.#depth = 0;
    this.#node = this.#root;
    this.#container = this.#root;
    this.#previous = null;
    this.#inArray = false;
  }

  /** What comes can't be read: rows are closed, and the rest is passed over. */
  #stop(): void {
    this.#failed = true;
    this.#unwind();
    this.#state = this.#lines ? BAD_LINE : STOPPED;
  }

  #unwind(): void {
    while (this.#depth > 0) {
      const kind = this.#outerKind[--this.#depth];
      if ((kind & 2) !== 0) this.#output.rowEnd(this.#container);
      this.#container = this.#outer[this.#depth];
    }
  }
}

/** Remembers which key followed which. Only a guess: it changes no result. */
function expectNext(container: TreeNode, previous: TreeNode | null, node: TreeNode): void {
  if (!node.plain) return;
  if (previous === null) container.first = node;
  else if (!previous.full) previous.after = node;
}

/** Digits, letters, sign, point. */
function isTokenByte(c: number): boolean {
  return (
    (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d || c === 0x2b || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a)
  );
}

/** Words that some writers of JSON use as values. */
const words = ['true', 'false', 'null', 'NaN', 'Infinity', 'undefined'].map((word) => new TextEncoder().encode(word));

function isWord(token: Scratch): boolean {
  return !token.cut && tokenKind(token.bytes, 0, token.length) !== null;
}

function tokenKind(bytes: Uint8Array, start: number, end: number): 'number' | 'literal' | null {
  const c = bytes[start];
  if ((c >= 0x30 && c <= 0x39) || c === 0x2d) return 'number';
  for (const word of words) {
    if (word.length !== end - start) continue;
    let i = 0;
    while (i < word.length && word[i] === bytes[start + i]) i++;
    if (i === word.length) return 'literal';
  }
  return null;
}
