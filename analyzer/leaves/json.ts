/**
 * JSON (RFC 8259), JSON lines, JSONP and what servers put before JSON, as leaves. Each octet is looked at once; a value
 * that lies whole in one piece without escapes is handed over in place. There is no recursion: the stack is two arrays
 * of at most `depth` entries, and what lies deeper is skipped and counted.
 */
import type { LeafParser } from '../leaf.ts';
import { JsonOutside } from './json-outside.ts';
import { JsonSkip } from './json-skip.ts';
import { JsonString } from './json-string.ts';
import { plainNumberEnd, tokenEnd, tokenKind } from './json-token.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import { expectNext, isHere, type LeafTree, type TreeNode } from './tree.ts';

// What comes next. Octets are written as numbers: `"` 22, `,` 2c, `:` 3a, `[` 5b, `\` 5c, `]` 5d, `{` 7b, `}` 7d.
const OUTSIDE = 0;
const VALUE = 1;
const FIRST_ITEM = 2; // a value, or the end of the array
const KEY = 3;
const FIRST_KEY = 4; // a key, or the end of the object
const AFTER_KEY = 5;
const AFTER_VALUE = 6;
// Inside something that may be split between writes.
const IN_KEY = 7;
const IN_STRING = 8;
const IN_TOKEN = 9;
const IN_DEEP = 10;
const STOPPED = 11;

export interface JsonOptions {
  /** One value a line: each object is a row, and a line that can't be read costs that line alone. */
  readonly lines: boolean;
}

export class JsonParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #tree: LeafTree;
  readonly #lines: boolean;
  #root: TreeNode;
  #state = OUTSIDE;
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
  readonly #outside: JsonOutside;
  #failed = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, options: JsonOptions) {
    this.#output = output;
    this.#tree = output.tree;
    this.#lines = options.lines;
    this.#outside = new JsonOutside(options.lines, output.limits.prefixBytes);
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
    this.#state = OUTSIDE;
    this.#toTop();
    this.#outside.reset();
    this.#failed = false;
    this.#ended = false;
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    if (this.#state === IN_TOKEN) this.#endToken();
    else if (this.#state === OUTSIDE) this.#endPrefix();
    if (this.#state === IN_DEEP) this.#output.counts.deepValues += this.#skip!.values;
    if (this.#state !== OUTSIDE || !this.#outside.isWhole) this.#failed = true;
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
        case OUTSIDE:
          i = this.#readOutside(bytes[i], i);
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
    // A key, its colon, its value and the comma are read in one turn where nothing lies between them.
    while (i < end) {
      let c = bytes[i];
      if (c <= 0x20) {
        i++;
        continue;
      }
      if (state === KEY || state === FIRST_KEY) {
        if (c !== 0x22) {
          if (c === 0x7d && state === FIRST_KEY) {
            output.empty(container, false);
            state = AFTER_VALUE;
            continue;
          }
          state = STOPPED;
          break;
        }
        const from = ++i;
        // The key that followed last time, if it is here again, needs no hash and no look-up.
        const guess = previous === null ? container.first : previous.after;
        if (guess !== null && isHere(guess, bytes, from, end)) {
          i = from + guess.size;
          node = tree.isMet(guess) ? guess : output.key(container, bytes, from, i, false, guess);
        } else {
          let d = 0;
          while (i < end && (d = bytes[i]) !== 0x22 && d !== 0x5c) i++;
          if (i === end || d === 0x5c) {
            this.#string.begin();
            i = from;
            state = IN_KEY;
            break;
          }
          node = output.key(container, bytes, from, i);
          expectNext(container, previous, node);
        }
        state = AFTER_KEY;
        if (++i === end) break;
        c = bytes[i];
      }
      if (state === AFTER_KEY) {
        if (c !== 0x3a) {
          if (c <= 0x20) continue;
          state = STOPPED;
          break;
        }
        state = VALUE;
        if (++i === end) break;
        c = bytes[i];
        if (c <= 0x20) continue;
      }
      if (state !== AFTER_VALUE) {
        if (c === 0x22) {
          const from = ++i;
          let d = 0;
          while (i < end && (d = bytes[i]) !== 0x22 && d !== 0x5c) i++;
          if (i === end || d === 0x5c) {
            this.#string.begin();
            i = from;
            state = IN_STRING;
            break;
          }
          output.leaf(node, 'text', bytes, from, i++, false);
        } else if (c === 0x7b || c === 0x5b) {
          i++;
          if (this.#depth >= output.limits.depth) {
            (this.#skip ??= new JsonSkip()).begin();
            state = IN_DEEP;
            break;
          }
          const isRow = c === 0x7b && (inArray || (this.#depth === 0 && (this.#lines || this.#outside.documents > 0)));
          this.#outer[this.#depth] = container;
          this.#outerKind[this.#depth++] = (inArray ? 1 : 0) | (isRow ? 2 : 0);
          if (isRow) output.rowBegin(node);
          container = node;
          inArray = c === 0x5b;
          if (inArray) node = tree.items(container);
          previous = null;
          state = inArray ? FIRST_ITEM : FIRST_KEY;
          continue;
        } else if (c === 0x5d && state === FIRST_ITEM) {
          output.empty(container, true);
          state = AFTER_VALUE;
          continue;
        } else {
          const from = i;
          i = plainNumberEnd(bytes, from, end);
          if (i > from) {
            output.leaf(node, 'number', bytes, from, i, false);
          } else {
            i = tokenEnd(bytes, from, end);
            if (i === end && i > from) {
              this.#token ??= borrowScratch();
              this.#token.clear();
              i = from;
              state = IN_TOKEN;
              break;
            }
            const kind = i === from ? null : tokenKind(bytes, from, i);
            if (kind === null) {
              state = STOPPED;
              break;
            }
            output.leaf(node, kind, bytes, from, i, false);
          }
        }
        if (this.#depth === 0) {
          state = OUTSIDE;
          break;
        }
        state = AFTER_VALUE;
        if (i === end) break;
        c = bytes[i];
        if (c <= 0x20) continue;
      }
      // After a value, or at the end of an empty object or array.
      if (c === 0x2c) {
        i++;
        if (inArray) {
          state = VALUE;
        } else {
          previous = node;
          state = KEY;
        }
      } else if (c === (inArray ? 0x5d : 0x7d)) {
        i++;
        const kind = this.#outerKind[--this.#depth];
        node = container;
        container = this.#outer[this.#depth];
        inArray = (kind & 1) !== 0;
        if ((kind & 2) !== 0) output.rowEnd(node);
        if (this.#depth === 0) {
          state = OUTSIDE;
          break;
        }
      } else {
        state = STOPPED;
        break;
      }
    }
    this.#node = node;
    this.#container = container;
    this.#previous = previous;
    this.#inArray = inArray;
    this.#state = state;
    if (state === OUTSIDE) this.#outside.valueEnded();
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
    const i = tokenEnd(bytes, start, end);
    this.#token!.append(bytes, start, i, this.#output.limits.valueBytes);
    if (i < end) this.#endToken();
    return i;
  }

  #endToken(): void {
    const token = this.#token!;
    // Of a token that was cut, its beginning tells.
    const kind = token.cut && token.bytes[0] <= 0x39 ? 'number' : tokenKind(token.bytes, 0, token.length);
    if (kind === null) {
      this.#stop();
      return;
    }
    this.#output.leaf(this.#node, kind, token.bytes, 0, token.length, token.cut);
    this.#afterValue();
  }

  /** What was no JSON was all there is: a lone word, perhaps. */
  #endPrefix(): void {
    const word = this.#outside.word;
    if (word === null || tokenKind(word, 0, word.length) === null) return;
    this.#output.leaf(this.#node, 'literal', word, 0, word.length);
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
      this.#state = OUTSIDE;
      this.#outside.valueEnded();
    }
  }

  /** The place to read on from: the same octet again where a value begins with it. */
  #readOutside(c: number, at: number): number {
    switch (this.#outside.next(c)) {
      case 'past':
        return at + 1;
      case 'value':
        this.#toTop();
        this.#state = VALUE;
        return at;
      default:
        this.#stop();
        return at + 1;
    }
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
    this.#outside.skipLine();
    this.#state = this.#lines ? OUTSIDE : STOPPED;
  }

  #unwind(): void {
    while (this.#depth > 0) {
      const kind = this.#outerKind[--this.#depth];
      if ((kind & 2) !== 0) this.#output.rowEnd(this.#container);
      this.#container = this.#outer[this.#depth];
    }
  }
}
