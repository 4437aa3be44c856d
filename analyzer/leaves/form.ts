/**
 * application/x-www-form-urlencoded (WHATWG URL §5.1), also query strings: `%XX`, `+`, and `%uXXXX` of old browsers'
 * escape(). Names like `rows[0][mobile]` and `user.name` are read as the places they stand for: `rows[].mobile`.
 */
import type { LeafParser } from '../leaf.ts';
import { toUtf8 } from './charset.ts';
import { hexDigit } from './json-string.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;

export interface FormOptions {
  /** What ends a pair: `&`, in cookies `;`, -1 for nothing. */
  readonly separator: number;
  readonly plusIsSpace: boolean;
  /** The text is one value of the root, without a name. */
  readonly valueOnly: boolean;
}

const formOptions: FormOptions = { separator: AMPERSAND, plusIsSpace: true, valueOnly: false };

export class FormParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #root: TreeNode;
  readonly #options: FormOptions;
  #node: TreeNode;
  #inValue = false;
  /** Held while the name or value under way can't be handed over in place. */
  #scratch: Scratch | null = null;
  #held = false;
  /** Octets of an escape that have come so far: none, `%`, `%X`, `%u`, `%uX` … */
  readonly #escape = new Uint8Array(6);
  #escaped = 0;
  #highOctets = false;
  #high = 0;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, options: FormOptions = formOptions) {
    this.#output = output;
    this.#root = root;
    this.#node = root;
    this.#options = options;
    this.#inValue = options.valueOnly;
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const { separator, plusIsSpace } = this.#options;
    let i = start;
    while (i < end) {
      if (this.#escaped > 0) {
        i = this.#readEscape(bytes[i], i);
        continue;
      }
      const from = i;
      let c = 0;
      // Names end at `=`, values don't.
      const stop = this.#inValue ? separator : EQUALS;
      while (i < end && (c = bytes[i]) !== separator && c !== stop && c !== PERCENT && !(c === PLUS && plusIsSpace)) {
        i++;
      }
      if (i === end) {
        this.#hold(bytes, from, i);
        return;
      }
      if (c === PERCENT) {
        this.#hold(bytes, from, i);
        i = this.#readOctets(bytes, i, end);
        if (i < end && bytes[i] === PERCENT) {
          this.#escape[0] = bytes[i++];
          this.#escaped = 1;
        }
      } else if (c === PLUS && plusIsSpace) {
        this.#hold(bytes, from, i++);
        this.#scratch!.push(0x20, this.#output.limits.valueBytes);
      } else {
        this.#endToken(bytes, from, i++, c === separator);
      }
    }
  }

  end(): boolean {
    if (this.#ended) return true;
    this.#ended = true;
    if (this.#escaped > 0) this.#giveUpEscape();
    if (this.#held || this.#inValue) this.#endToken(this.#escape, 0, 0, true);
    if (this.#scratch !== null) giveBack(this.#scratch);
    this.#scratch = null;
    return true;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#held) {
      this.#scratch ??= borrowScratch();
      this.#scratch.clear();
      this.#held = true;
    }
    if (start === end) return;
    this.#flushHigh();
    this.#scratch!.append(bytes, start, end, this.#output.limits.valueBytes);
  }

  /** Escapes that lie whole in this piece, one after the other; the place of what is none. */
  #readOctets(bytes: Uint8Array, start: number, end: number): number {
    if (this.#high !== 0) return start;
    const scratch = this.#scratch!;
    const { valueBytes } = this.#output.limits;
    let i = start;
    while (i + 2 < end && bytes[i] === PERCENT) {
      const high = hexDigit(bytes[i + 1]);
      const low = hexDigit(bytes[i + 2]);
      if (high < 0 || low < 0) break;
      if (high >= 8) this.#highOctets = true;
      scratch.push((high << 4) | low, valueBytes);
      i += 3;
    }
    return i;
  }

  #readEscape(c: number, at: number): number {
    const wide = this.#escaped > 1 && (this.#escape[1] | 0x20) === 0x75;
    const isDigit = hexDigit(c) >= 0;
    if (!isDigit && !(this.#escaped === 1 && (c | 0x20) === 0x75)) {
      this.#giveUpEscape();
      return at;
    }
    this.#escape[this.#escaped++] = c;
    if (this.#escaped === (wide ? 6 : 3) && (wide || (this.#escape[1] | 0x20) !== 0x75)) this.#undoEscape();
    return at + 1;
  }

  #undoEscape(): void {
    const wide = this.#escaped === 6;
    let code = 0;
    for (let k = wide ? 2 : 1; k < this.#escaped; k++) code = (code << 4) | hexDigit(this.#escape[k]);
    this.#escaped = 0;
    const scratch = this.#scratch!;
    const limit = this.#output.limits.valueBytes;
    if (!wide) {
      this.#flushHigh();
      if (code >= 0x80) this.#highOctets = true;
      scratch.push(code, limit);
    } else if (code >= 0xdc00 && code <= 0xdfff && this.#high !== 0) {
      scratch.pushCodePoint(0x10000 + ((this.#high - 0xd800) << 10) + (code - 0xdc00), limit);
      this.#high = 0;
    } else {
      this.#flushHigh();
      if (code >= 0xd800 && code <= 0xdbff) this.#high = code;
      else scratch.pushCodePoint(code, limit);
    }
  }

  /** Not an escape after all: its octets stay as sent. */
  #giveUpEscape(): void {
    const size = this.#escaped;
    this.#escaped = 0;
    this.#hold(this.#escape, 0, size);
  }

  #flushHigh(): void {
    if (this.#high === 0) return;
    this.#high = 0;
    this.#scratch!.pushCodePoint(0xfffd, this.#output.limits.valueBytes);
  }

  /** A name ended (at `=`), or a pair did. */
  #endToken(bytes: Uint8Array, start: number, end: number, pairEnds: boolean): void {
    let text = bytes;
    let from = start;
    let to = end;
    let cut = false;
    if (this.#held) {
      this.#hold(bytes, start, end);
      this.#flushHigh();
      const scratch = this.#scratch!;
      // Escaped octets are of the page's charset, which nobody declares: GBK where they are not UTF-8.
      if (this.#highOctets) toUtf8(scratch, this.#output.limits.valueBytes);
      text = scratch.bytes;
      from = 0;
      to = scratch.length;
      cut = scratch.cut;
    }
    this.#held = false;
    this.#highOctets = false;
    if (this.#inValue) {
      this.#output.leaf(this.#node, 'text', text, from, to, cut);
      this.#inValue = false;
      return;
    }
    if (this.#options.separator !== AMPERSAND) while (from < to && text[from] === 0x20) from++;
    if (pairEnds) {
      // A name alone has no value; in queries it often is one, so it does not become a place.
      if (from < to) this.#output.leaf(this.#root, 'text', text, from, to, cut);
      return;
    }
    const { valueBytes } = this.#output.limits;
    // Of a name longer than any value, only the beginning may be here: too long for a place in any case.
    if (cut || to - from > valueBytes) {
      this.#node = this.#output.key(this.#root, text, from, Math.min(to, from + valueBytes), true);
    } else {
      this.#node = this.#place(text, from, to);
    }
    this.#inValue = true;
  }

  /** Walks `a[0][b].c` down the tree; a name without brackets and points is one key. */
  #place(bytes: Uint8Array, start: number, end: number): TreeNode {
    let node = this.#root;
    let from = start;
    for (let i = start; i <= end; i++) {
      const c = i < end ? bytes[i] : 0x2e;
      if (c !== 0x5b && c !== 0x5d && c !== 0x2e) continue;
      if (i > from) {
        node =
          isIndex(bytes, from, i) && i < end && c === 0x5d
            ? this.#output.tree.items(node)
            : this.#output.key(node, bytes, from, i);
      } else if (c === 0x5d) {
        node = this.#output.tree.items(node);
      }
      from = i + 1;
    }
    return node;
  }
}

/** A position in an array: at most 5 digits, longer ones are somebody's number. */
function isIndex(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 5) return false;
  for (let i = start; i < end; i++) if (bytes[i] < 0x30 || bytes[i] > 0x39) return false;
  return true;
}
