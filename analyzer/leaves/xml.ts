/**
 * XML 1.0 as leaves, SOAP included: text and CDATA of elements, and attributes, which are places like child elements
 * (`row.id`). Prefixes of namespaces are dropped, document types and processing instructions are passed over without
 * being read. An element that holds others or has attributes is a row, but for the outermost. There is no recursion.
 */
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';
import { XmlText } from './xml-text.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const COLON = 0x3a;

// What the next octet is part of.
const TEXT = 0;
const TAG = 1; // just after `<`
const NAME = 2; // an element's
const IN_TAG = 3;
const ATTRIBUTE = 4; // its name
const BEFORE_EQUALS = 5;
const BEFORE_VALUE = 6;
const ATTRIBUTE_VALUE = 7;
const EMPTY_TAG = 8; // after the `/` of `<a/`
const CLOSING = 9; // in `</…>`
const DECLARATION = 10; // in `<!…>`, not yet known which
const COMMENT = 11;
const CDATA = 12;
const DOCTYPE = 13;
const INSTRUCTION = 14; // in `<?…?>`
const STOPPED = 15;

export class XmlParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #text: XmlText;
  #state = TEXT;
  #node: TreeNode;
  readonly #outer: TreeNode[] = [];
  /** Has this open element been begun as a row? */
  readonly #isRow: boolean[] = [];
  #depth = 0;
  /** Elements open below the deepest that has a place. */
  #tooDeep = 0;
  #elements = 0;
  /** A name under way, from the last colon on. */
  readonly #name: Scratch = borrowScratch();
  #attribute: TreeNode | null = null;
  #quote = 0;
  /** How much of `--`, `]]`, `?` or of `[CDATA[` has come; brackets open in a document type. */
  #matched = 0;
  #failed = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode) {
    this.#output = output;
    this.#node = root;
    this.#text = new XmlText(output.limits.valueBytes);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    while (i < end) {
      switch (this.#state) {
        case TEXT:
          i = this.#readText(bytes, i, end, LESS);
          break;
        case ATTRIBUTE_VALUE:
          i = this.#readText(bytes, i, end, this.#quote);
          break;
        case NAME:
        case ATTRIBUTE:
          i = this.#readName(bytes, i, end);
          break;
        case CLOSING:
          while (i < end && bytes[i] !== GREATER) i++;
          if (i < end) {
            this.#close();
            this.#state = TEXT;
            i++;
          }
          break;
        case CDATA:
          i = this.#readCdata(bytes, i, end);
          break;
        case STOPPED:
          return;
        default:
          i = this.#readMarkup(bytes, i);
      }
    }
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    if (this.#text.held) this.#handOver(this.#state === ATTRIBUTE_VALUE ? this.#attribute : this.#node);
    const whole = this.#state === TEXT && this.#depth === 0 && this.#tooDeep === 0 && this.#elements > 0;
    if (!whole) this.#failed = true;
    while (this.#depth > 0) this.#close();
    giveBack(this.#name);
    return !this.#failed;
  }

  /** Up to `stop`, which ends the text, or in place of it begins a tag. */
  #readText(bytes: Uint8Array, start: number, end: number, stop: number): number {
    let i = start;
    let special = false;
    let c = 0;
    while (i < end && (c = bytes[i]) !== stop) {
      if (c === 0x26) special = true;
      i++;
    }
    const isValue = this.#state === ATTRIBUTE_VALUE;
    const node = isValue ? this.#attribute : this.#node;
    if (i === end || special || this.#text.held) {
      if (!this.#text.held) this.#text.hold();
      this.#text.append(bytes, start, i, false);
      if (i === end) return i;
      // CDATA may follow, which is part of the same text: handed over once a tag is certain.
      if (isValue) this.#handOver(node);
    } else if (!isValue) {
      this.#inPlace(node, bytes, start, i, i + 1 < end && bytes[i + 1] !== 0x21);
    } else {
      this.#inPlace(node, bytes, start, i, true);
    }
    this.#state = isValue ? IN_TAG : TAG;
    return i + 1;
  }

  /** Text that lies whole in one piece; kept instead when what follows may be more of it. */
  #inPlace(node: TreeNode | null, bytes: Uint8Array, start: number, end: number, isWhole: boolean): void {
    let from = start;
    let to = end;
    while (from < to && bytes[from] <= 0x20) from++;
    if (from === to) return;
    if (!isWhole) {
      this.#text.hold();
      this.#text.append(bytes, from, end, false);
      return;
    }
    while (bytes[to - 1] <= 0x20) to--;
    const { valueBytes } = this.#output.limits;
    const cut = to - from > valueBytes;
    if (cut) {
      to = from + valueBytes;
      while (bytes[to - 1] <= 0x20) to--;
    }
    this.#leaf(node, bytes, from, to, cut);
  }

  #handOver(node: TreeNode | null): void {
    const { bytes, length, cut } = this.#text.finish();
    if (length > 0) this.#leaf(node, bytes, 0, length, cut);
    this.#text.release();
  }

  #leaf(node: TreeNode | null, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    if (this.#tooDeep > 0) this.#output.counts.deepValues++;
    else if (node !== null && this.#depth > 0) this.#output.leaf(node, 'text', bytes, start, end, cut);
  }

  #readName(bytes: Uint8Array, start: number, end: number): number {
    const name = this.#name;
    const isElement = this.#state === NAME;
    let i = start;
    let from = start;
    let c = 0;
    while (i < end && (c = bytes[i]) > 0x20 && c !== GREATER && c !== SLASH && c !== 0x3d && c !== LESS) {
      i++;
      if (c !== COLON) continue;
      // What came so far was a prefix; but `xmlns:` says that the attribute is none.
      name.append(bytes, from, i - 1, this.#output.limits.valueBytes);
      if (!isElement && isNamespace(name.bytes, 0, name.length)) name.push(COLON, this.#output.limits.valueBytes);
      else name.clear();
      from = i;
    }
    if (i < end && name.length === 0) {
      this.#named(bytes, from, i);
    } else {
      name.append(bytes, from, i, this.#output.limits.valueBytes);
      if (i < end) this.#named(name.bytes, 0, name.length);
    }
    return i;
  }

  #named(bytes: Uint8Array, start: number, end: number): void {
    if (this.#state === NAME) {
      this.#open(bytes, start, end);
      this.#state = IN_TAG;
    } else {
      this.#nameAttribute(bytes, start, end);
      this.#state = BEFORE_EQUALS;
    }
  }

  #open(bytes: Uint8Array, start: number, end: number): void {
    const { limits } = this.#output;
    this.#elements++;
    if (this.#tooDeep > 0 || this.#depth >= limits.depth) {
      this.#tooDeep++;
      return;
    }
    this.#beginRow();
    this.#outer[this.#depth] = this.#node;
    this.#isRow[this.#depth++] = false;
    this.#node = this.#child(bytes, start, end);
  }

  #child(bytes: Uint8Array, start: number, end: number): TreeNode {
    const { limits, tree } = this.#output;
    return tree.child(this.#node, bytes, start, Math.min(end, start + limits.valueBytes));
  }

  /** The open element holds something with a name of its own. */
  #beginRow(): void {
    const level = this.#depth - 1;
    if (level < 1 || this.#isRow[level]) return;
    this.#isRow[level] = true;
    this.#output.rowBegin(this.#node);
  }

  #close(): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep--;
      return;
    }
    if (this.#depth === 0) {
      this.#failed = true;
      return;
    }
    if (this.#isRow[--this.#depth]) this.#output.rowEnd(this.#node);
    this.#node = this.#outer[this.#depth];
  }

  #nameAttribute(bytes: Uint8Array, start: number, end: number): void {
    this.#attribute = null;
    if (isNamespace(bytes, start, end)) return;
    this.#attribute = this.#node;
    if (this.#tooDeep > 0) return;
    this.#beginRow();
    this.#attribute = this.#child(bytes, start, end);
  }

  #readCdata(bytes: Uint8Array, start: number, end: number): number {
    let i = start;
    while (i < end) {
      if (this.#matched === 0) {
        const from = i;
        while (i < end && bytes[i] !== 0x5d) i++;
        this.#text.append(bytes, from, i, true);
        if (i < end) {
          this.#matched = 1;
          i++;
        }
        continue;
      }
      const c = bytes[i];
      if (this.#matched === 1 && c === 0x5d) {
        this.#matched = 2;
        i++;
      } else if (this.#matched === 2 && c === GREATER) {
        this.#state = TEXT;
        return i + 1;
      } else if (this.#matched === 2 && c === 0x5d) {
        this.#text.append(brackets, 0, 1, true);
        i++;
      } else {
        this.#text.append(brackets, 0, this.#matched, true);
        this.#matched = 0;
      }
    }
    return i;
  }

  /** One octet of anything short. Returns where to read on: the same octet again, or the next. */
  #readMarkup(bytes: Uint8Array, at: number): number {
    const c = bytes[at];
    switch (this.#state) {
      case TAG:
        if (c === 0x21) {
          this.#matched = 0;
          this.#state = DECLARATION;
          return at + 1;
        }
        if (this.#text.held) this.#handOver(this.#node);
        this.#name.clear();
        this.#matched = 0;
        if (c === SLASH) this.#state = CLOSING;
        else if (c === 0x3f) this.#state = INSTRUCTION;
        else if (c > 0x40 || c === COLON) this.#state = NAME;
        else return this.#stop(at);
        return this.#state === NAME ? at : at + 1;
      case IN_TAG:
        if (c === GREATER) this.#state = TEXT;
        else if (c === SLASH) this.#state = EMPTY_TAG;
        else if (c === LESS) return this.#stop(at);
        else if (c > 0x20) {
          this.#name.clear();
          this.#state = ATTRIBUTE;
          if (c !== 0x3d) return at;
        }
        return at + 1;
      case EMPTY_TAG:
        if (c !== GREATER) {
          this.#state = IN_TAG;
          return at;
        }
        this.#close();
        this.#state = TEXT;
        return at + 1;
      case BEFORE_EQUALS:
        if (c <= 0x20) return at + 1;
        this.#state = c === 0x3d ? BEFORE_VALUE : IN_TAG;
        return c === 0x3d ? at + 1 : at;
      case BEFORE_VALUE:
        if (c <= 0x20) return at + 1;
        if (c !== 0x22 && c !== 0x27) return this.#stop(at);
        this.#quote = c;
        this.#state = ATTRIBUTE_VALUE;
        return at + 1;
      default:
        return this.#readDeclaration(c, at);
    }
  }

  #readDeclaration(c: number, at: number): number {
    switch (this.#state) {
      case DECLARATION:
        if (this.#matched === 0 && c === 0x2d) {
          this.#matched = 0;
          this.#state = COMMENT;
        } else if (c === cdata[this.#matched]) {
          if (++this.#matched === cdata.length) {
            if (!this.#text.held) this.#text.hold();
            this.#matched = 0;
            this.#state = CDATA;
          }
        } else {
          if (this.#text.held) this.#handOver(this.#node);
          this.#matched = 0;
          this.#state = DOCTYPE;
          return at;
        }
        return at + 1;
      case COMMENT:
        // The second hyphen of `<!--` counts as none of the end's: `<!-->` goes on.
        if (c === GREATER && this.#matched >= 3) this.#state = TEXT;
        else if (c === 0x2d) this.#matched = this.#matched === 0 ? 1 : Math.min(3, this.#matched + 1);
        else this.#matched = 1;
        return at + 1;
      case DOCTYPE:
        if (c === 0x5b) this.#matched++;
        else if (c === 0x5d) this.#matched = Math.max(0, this.#matched - 1);
        else if (c === GREATER && this.#matched === 0) this.#state = TEXT;
        return at + 1;
      default:
        // INSTRUCTION
        if (c === GREATER && this.#matched === 1) this.#state = TEXT;
        this.#matched = c === 0x3f ? 1 : 0;
        return at + 1;
    }
  }

  #stop(at: number): number {
    this.#failed = true;
    if (this.#text.held) this.#text.release();
    this.#state = STOPPED;
    return at;
  }
}

const brackets = new TextEncoder().encode(']]');
const cdata = new TextEncoder().encode('[CDATA[');
const xmlns = new TextEncoder().encode('xmlns');

function isNamespace(bytes: Uint8Array, start: number, end: number): boolean {
  const size = end - start;
  if (size < xmlns.length) return false;
  for (let i = 0; i < xmlns.length; i++) if (bytes[start + i] !== xmlns[i]) return false;
  return size === xmlns.length || bytes[start + xmlns.length] === COLON;
}
