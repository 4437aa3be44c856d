/**
 * multipart/form-data (RFC 7578) as leaves. A part of a format we read is given to that format's parser, a plain part
 * is one value, of a file only its name and kind are looked at. Nothing of a part is held but one value.
 */
import type { LeafParser } from '../leaf.ts';
import { fileKind, fileKindBytes } from './file-kind.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import type { TreeNode } from './tree.ts';

const CR = 0x0d;
const LF = 0x0a;

export interface PartHead {
  readonly node: TreeNode;
  /** Field value of Content-Type; empty when none was sent. */
  readonly contentType: string;
  readonly isFile: boolean;
}

/** A parser for a part's content, or null where the part is a plain value or a file. */
export type OpenPart = (head: PartHead) => LeafParser | null;

// What the next octet is part of.
const CONTENT = 0;
const DELIMITER_END = 1; // behind a delimiter: `--` or the end of the line
const HEADERS = 2;
const FINISHED = 3;

export class MultipartParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #root: TreeNode;
  readonly #open: OpenPart;
  /** CR LF `--` boundary. A CR can only be its first octet, so a failed match never has to look back. */
  readonly #delimiter: Uint8Array;
  #state = CONTENT;
  /** Octets of the delimiter matched so far; at the beginning the line end counts as met. */
  #matched = 2;
  /** Octets at its beginning that were not read as content. */
  #matchedFrom = 2;
  #hyphens = 0;
  #parts = 0;
  readonly #head: Scratch = borrowScratch();
  #lineLength = 0;
  /** The part under way: a parser, a value, or neither (preamble, skipped). */
  #parser: LeafParser | null = null;
  #value: Scratch | null = null;
  #node: TreeNode;
  #isFile = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode, boundary: string, open: OpenPart) {
    this.#output = output;
    this.#root = root;
    this.#node = root;
    this.#open = open;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    while (i < end) {
      if (this.#state === CONTENT) i = this.#readContent(bytes, i, end);
      else if (this.#state === DELIMITER_END) i = this.#readDelimiterEnd(bytes[i], i);
      else if (this.#state === HEADERS) i = this.#readHeaders(bytes, i, end);
      else return;
    }
  }

  end(): boolean {
    if (this.#ended) return this.#state === FINISHED;
    this.#ended = true;
    if (this.#state === CONTENT && this.#matched > 0) this.#failMatch();
    this.#endPart();
    giveBack(this.#head);
    return this.#state === FINISHED;
  }

  #readContent(bytes: Uint8Array, start: number, end: number): number {
    const delimiter = this.#delimiter;
    const size = delimiter.length;
    let i = start;
    while (i < end) {
      if (this.#matched === 0) {
        const from = i;
        while (i < end && bytes[i] !== CR) i++;
        if (i > from) this.#part(bytes, from, i);
        if (i === end) return i;
        this.#matched = 1;
        this.#matchedFrom = 0;
        i++;
        continue;
      }
      if (bytes[i] !== delimiter[this.#matched]) {
        this.#failMatch();
        continue;
      }
      i++;
      if (++this.#matched === size) {
        this.#endPart();
        this.#state = DELIMITER_END;
        this.#hyphens = 0;
        return i;
      }
    }
    return i;
  }

  /** What looked like a delimiter was content. */
  #failMatch(): void {
    const size = this.#matched;
    this.#matched = 0;
    if (this.#parts > 0 && size > this.#matchedFrom) this.#part(this.#delimiter, this.#matchedFrom, size);
  }

  #readDelimiterEnd(c: number, at: number): number {
    if (c === LF) {
      this.#head.clear();
      this.#lineLength = 0;
      this.#state = HEADERS;
    } else if (c === 0x2d && ++this.#hyphens === 2) {
      this.#state = FINISHED;
    }
    return at + 1;
  }

  #readHeaders(bytes: Uint8Array, start: number, end: number): number {
    const head = this.#head;
    const limit = this.#output.limits.partHeaderBytes;
    for (let i = start; i < end; i++) {
      const c = bytes[i];
      if (c === CR) continue;
      if (c !== LF) {
        head.push(c, limit);
        this.#lineLength++;
        continue;
      }
      if (this.#lineLength === 0) {
        this.#beginPart();
        this.#state = CONTENT;
        // An empty part's delimiter may follow at once: the line end before it has been read already.
        this.#matched = 2;
        this.#matchedFrom = 2;
        return i + 1;
      }
      this.#lineLength = 0;
      head.push(c, limit);
    }
    return end;
  }

  #beginPart(): void {
    this.#parts++;
    this.#parser = null;
    if (this.#value !== null) giveBack(this.#value);
    this.#value = null;
    const { limits, counts, tree } = this.#output;
    if (this.#parts > limits.parts) {
      counts.partsSkipped++;
      return;
    }
    const text = new TextDecoder().decode(this.#head.bytes.subarray(0, this.#head.length));
    const disposition = fieldOf(text, 'content-disposition');
    const contentType = fieldOf(text, 'content-type');
    const fileName = parameterOf(disposition, 'filename');
    const name = Buffer.from(parameterOf(disposition, 'name') ?? '');
    this.#node = name.length === 0 ? this.#root : this.#output.key(this.#root, name, 0, name.length);
    this.#isFile = fileName !== undefined;
    if (fileName !== undefined) {
      const octets = Buffer.from(fileName);
      this.#output.leaf(tree.childNamed(this.#node, '{filename}'), 'text', octets, 0, octets.length);
    }
    this.#parser = this.#open({ node: this.#node, contentType, isFile: this.#isFile });
    if (this.#parser === null) this.#value = borrowScratch();
  }

  #part(bytes: Uint8Array, start: number, end: number): void {
    if (this.#parser !== null) this.#parser.write(bytes, start, end);
    else this.#value?.append(bytes, start, end, this.#isFile ? fileKindBytes : this.#output.limits.valueBytes);
  }

  #endPart(): void {
    const { counts, tree } = this.#output;
    if (this.#parser !== null && !this.#parser.end()) counts.stopped++;
    this.#parser = null;
    const value = this.#value;
    this.#value = null;
    if (value === null) return;
    if (this.#isFile) {
      const kind = fileKind(value.bytes, value.length);
      this.#output.leaf(tree.childNamed(this.#node, '{kind}'), 'text', kind, 0, kind.length);
    } else {
      this.#output.leaf(this.#node, 'text', value.bytes, 0, value.length, value.cut);
    }
    giveBack(value);
  }
}

/** Value of a field of a part's header section, or empty; obsolete folding is not looked for. */
function fieldOf(head: string, name: string): string {
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return '';
}

/**
 * A parameter of a header field (RFC 9110 §5.6.6), quoted or not; the extended form `filename*=UTF-8''…` (RFC 8187)
 * counts before the plain one.
 */
export function parameterOf(field: string, name: string): string | undefined {
  let plain: string | undefined;
  for (let at = field.indexOf(';'); at >= 0; ) {
    const equals = field.indexOf('=', at);
    if (equals < 0) break;
    const key = field
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    let from = equals + 1;
    while (field[from] === ' ') from++;
    let end: number;
    let value: string;
    if (field[from] === '"') {
      end = from + 1;
      while (end < field.length && field[end] !== '"') end += field[end] === '\\' ? 2 : 1;
      value = field.slice(from + 1, end).replaceAll(/\\(["\\])/g, '$1');
    } else {
      end = field.indexOf(';', from);
      if (end < 0) end = field.length;
      value = field.slice(from, end).trim();
    }
    if (key === `${name}*`) return extendedValue(value);
    if (key === name) plain ??= value;
    at = field.indexOf(';', end);
  }
  return plain;
}

function extendedValue(value: string): string {
  const text = value.slice(value.lastIndexOf("'") + 1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
