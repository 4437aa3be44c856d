/**
 * JSON (RFC 8259), JSON lines, JSONP and what servers put before JSON, as leaves. Each octet is looked at once; a value
 * that lies whole in one piece without escapes is handed over in place. There is no recursion: the stack is two arrays
 * of at most `depth` entries, and what lies deeper is skipped and counted.
 */
import type { LeafParser } from '../leaf.ts';
import { JsonPrefix } from './json-prefix.ts';
import { JsonSkip } from './json-skip.ts';
import * as S from './json-states.ts';
import { JsonString } from './json-string.ts';
import { isTokenByte, tokenKind } from './json-token.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import { expectNext, type LeafTree, type TreeNode } from './tree.ts';

export interface JsonOptions {
  /** One value a line: each object is a row, and a line that can't be read costs that line alone. */
  readonly lines: boolean;
}

export class JsonParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #tree: LeafTree;
  readonly #lines: boolean;
  #root: TreeNode;
  #state = S.START;
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
  #prefix: JsonPrefix | null = null;
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
    this.#state = S.START;
    this.#toTop();
    this.#documents = 0;
    this.#failed = false;
    this.#ended = false;
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    if (this.#state === S.IN_TOKEN) this.#endToken();
    else if (this.#state === S.PREFIX) this.#endPrefix();
    if (this.#state === S.IN_DEEP) this.#output.counts.deepValues += this.#skip!.values;
    if (this.#state !== S.TOP && this.#state !== S.STOPPED && !(this.#state === S.START && this.#documents > 0)) {
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
        case S.STOPPED:
          return;
        case S.START:
          i = this.#readStart(bytes, i);
          continue;
        case S.PREFIX:
          i = this.#readPrefix(bytes, i);
          continue;
        case S.TOP:
          i = this.#readTop(bytes, i);
          continue;
        case S.IN_KEY:
        case S.IN_STRING:
          i = this.#readString(bytes, i, end);
          continue;
        case S.IN_TOKEN:
          i = this.#readToken(bytes, i, end);
          continue;
        case S.IN_DEEP:
          i = this.#readDeep(bytes, i, end);
          continue;
        case S.BAD_LINE:
          if (bytes[i++] === 0x0a) this.#state = S.START;
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
        case S.FIRST_KEY:
        case S.KEY: {
          if (c !== S.QUOTE) {
            if (c === S.CLOSE_OBJECT && state === S.FIRST_KEY) {
              state = S.AFTER_VALUE;
              break;
            }
            state = S.STOPPED;
            break loop;
          }
          const from = ++i;
          // The key that followed last time, if it is here again, needs no hash and no look-up.
          const guess = previous === null ? container.first : previous.after;
          if (guess !== null) {
            const key = guess.key;
            const size = key.length;
            if (from + size < end && bytes[from + size] === S.QUOTE) {
              let k = 0;
              while (k < size && key[k] === bytes[from + k]) k++;
              if (k === size) {
                node = guess;
                i = from + size + 1;
                if (i < end && bytes[i] === S.COLON) {
                  i++;
                  state = S.VALUE;
                } else {
                  state = S.AFTER_KEY;
                }
                break;
              }
            }
          }
          let d = 0;
          while (i < end && (d = bytes[i]) !== S.QUOTE && d !== S.BACKSLASH) i++;
          if (i === end || d === S.BACKSLASH) {
            this.#string.begin();
            i = from;
            state = S.IN_KEY;
            break loop;
          }
          node = output.key(container, bytes, from, i);
          expectNext(container, previous, node);
          i++;
          state = S.AFTER_KEY;
          break;
        }
        case S.AFTER_KEY:
          if (c !== S.COLON) {
            state = S.STOPPED;
            break loop;
          }
          i++;
          state = S.VALUE;
          break;
        case S.FIRST_ITEM:
        case S.VALUE:
          if (c === S.CLOSE_ARRAY && state === S.FIRST_ITEM) {
            state = S.AFTER_VALUE;
            break;
          }
          if (c === S.QUOTE) {
            const from = ++i;
            let d = 0;
            while (i < end && (d = bytes[i]) !== S.QUOTE && d !== S.BACKSLASH) i++;
            if (i === end || d === S.BACKSLASH) {
              this.#string.begin();
              i = from;
              state = S.IN_STRING;
              break loop;
            }
            output.leaf(node, 'text', bytes, from, i++);
            state = S.AFTER_VALUE;
          } else if (c === S.OPEN_OBJECT || c === S.OPEN_ARRAY) {
            i++;
            if (this.#depth >= output.limits.depth) {
              (this.#skip ??= new JsonSkip()).begin();
              state = S.IN_DEEP;
              break loop;
            }
            const isRow =
              c === S.OPEN_OBJECT && (inArray || (this.#depth === 0 && (this.#lines || this.#documents > 0)));
            this.#outer[this.#depth] = container;
            this.#outerKind[this.#depth++] = (inArray ? 1 : 0) | (isRow ? 2 : 0);
            if (isRow) output.rowBegin(node);
            container = node;
            inArray = c === S.OPEN_ARRAY;
            if (inArray) node = tree.items(container);
            previous = null;
            state = inArray ? S.FIRST_ITEM : S.FIRST_KEY;
          } else {
            const from = i;
            while (i < end && isTokenByte(bytes[i])) i++;
            if (i === from) {
              state = S.STOPPED;
              break loop;
            }
            if (i === end) {
              this.#token ??= borrowScratch();
              this.#token.clear();
              i = from;
              state = S.IN_TOKEN;
              break loop;
            }
            const kind = tokenKind(bytes, from, i);
            if (kind === null) {
              state = S.STOPPED;
              break loop;
            }
            output.leaf(node, kind, bytes, from, i);
            state = S.AFTER_VALUE;
          }
          if (state === S.AFTER_VALUE && this.#depth === 0) {
            state = S.TOP;
            break loop;
          }
          break;
        default:
          // S.AFTER_VALUE, or the end of an empty object or array
          if (c === S.COMMA) {
            i++;
            if (inArray) {
              state = S.VALUE;
            } else {
              previous = node;
              state = S.KEY;
            }
          } else if (c === (inArray ? S.CLOSE_ARRAY : S.CLOSE_OBJECT)) {
            i++;
            const kind = this.#outerKind[--this.#depth];
            node = container;
            container = this.#outer[this.#depth];
            inArray = (kind & 1) !== 0;
            if ((kind & 2) !== 0) output.rowEnd(node);
            if (this.#depth === 0) {
              state = S.TOP;
              break loop;
            }
          } else {
            state = S.STOPPED;
            break loop;
          }
      }
    }
    this.#node = node;
    this.#container = container;
    this.#previous = previous;
    this.#inArray = inArray;
    this.#state = state;
    if (state === S.TOP) this.#documents++;
    else if (state === S.STOPPED) this.#stop();
    return i;
  }

  #readString(bytes: Uint8Array, start: number, end: number): number {
    const next = this.#string.read(bytes, start, end);
    if (next < 0) return end;
    const scratch = this.#string.scratch!;
    if (this.#state === S.IN_KEY) {
      this.#node = this.#output.key(this.#container, scratch.bytes, 0, scratch.length, scratch.cut);
      expectNext(this.#container, this.#previous, this.#node);
      this.#state = S.AFTER_KEY;
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
    const word = this.#prefix!.word;
    if (tokenKind(word, 0, word.length) === null) return;
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
      this.#state = S.AFTER_VALUE;
    } else {
      this.#state = S.TOP;
      this.#documents++;
    }
  }

  /** Before a value of the outermost level: white space, a byte order mark, RFC 7464's separator. */
  #readStart(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    if (c <= 0x20 || c === 0xef || c === 0xbb || c === 0xbf) return at + 1;
    this.#toTop();
    if (c === S.OPEN_OBJECT || c === S.OPEN_ARRAY || c === S.QUOTE || (c >= 0x30 && c <= 0x39) || c === 0x2d) {
      this.#state = S.VALUE;
    } else {
      this.#state = S.PREFIX;
      this.#prefix = new JsonPrefix();
    }
    return at;
  }

  #readPrefix(bytes: Uint8Array, at: number): number {
    const prefix = this.#prefix!;
    if (prefix.endsAt(bytes[at])) {
      this.#state = S.VALUE;
      return at;
    }
    if (prefix.length > this.#output.limits.prefixBytes) this.#stop();
    return at + 1;
  }

  #readTop(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    if (c === S.OPEN_OBJECT || c === S.OPEN_ARRAY || (this.#lines && c > 0x20)) {
      this.#state = S.START;
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
    this.#state = this.#lines ? S.BAD_LINE : S.STOPPED;
  }

  #unwind(): void {
    while (this.#depth > 0) {
      const kind = this.#outerKind[--this.#depth];
      if ((kind & 2) !== 0) this.#output.rowEnd(this.#container);
      this.#container = this.#outer[this.#depth];
    }
  }
}
