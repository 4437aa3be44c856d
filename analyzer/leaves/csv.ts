/**
 * CSV (RFC 4180) with `,` `;` tab or `|`: the first record names the columns, every later one is a row of `[]`. The
 * separator is the most frequent one in the first line. A first record that holds numbers or somebody's data is no
 * header: columns are then called `1`, `2` ….
 */
import type { LeafParser } from '../leaf.ts';
import type { LeafOutput } from './output.ts';
import { borrowScratch, giveBack, type Scratch } from './scratch.ts';
import { isValueLike, type TreeNode } from './tree.ts';

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;
/** Which of two equally frequent separators is meant: the first. */
const separators = [0x2c, 0x09, 0x3b, 0x7c];

// Where in a field the next octet lies.
const FIELD_START = 0;
const PLAIN = 1;
const QUOTED = 2;
const AFTER_QUOTE = 3;

export class CsvParser implements LeafParser {
  readonly #output: LeafOutput;
  readonly #row: TreeNode;
  readonly #columns: TreeNode[] = [];
  /** The first line while it comes, at most `valueBytes`; null once read. */
  #firstLine: Scratch | null = borrowScratch();
  #inQuotes = false;
  #separator = 0x2c;
  #state = FIELD_START;
  #column = 0;
  #inRow = false;
  #field: Scratch | null = null;
  #held = false;
  #header: Uint8Array[] | null = [];
  #failed = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode) {
    this.#output = output;
    this.#row = output.tree.items(root);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let i = start;
    if (this.#firstLine !== null) {
      i = this.#takeFirstLine(bytes, start, end);
      if (i < 0) return;
    }
    this.#read(bytes, i, end);
  }

  end(): boolean {
    if (this.#ended) return !this.#failed;
    this.#ended = true;
    const empty = this.#firstLine !== null && this.#firstLine.length === 0;
    if (this.#firstLine !== null) this.#readFirstLine();
    if (this.#state === QUOTED) this.#failed = true;
    if (this.#inRow || this.#held || this.#column > 0) {
      this.#endField(noBytes, 0, 0);
      this.#endRow();
    }
    if (this.#field !== null) giveBack(this.#field);
    this.#field = null;
    return !this.#failed && !empty;
  }

  /** The place after the first line, or -1 while it goes on. */
  #takeFirstLine(bytes: Uint8Array, start: number, end: number): number {
    const line = this.#firstLine!;
    const limit = this.#output.limits.valueBytes;
    let i = start;
    let ended = false;
    while (i < end && !ended) {
      const c = bytes[i];
      if (c === QUOTE) this.#inQuotes = !this.#inQuotes;
      ended = (c === LF && !this.#inQuotes) || line.length + (i - start) + 1 >= limit;
      i++;
    }
    line.append(bytes, start, i, limit);
    if (!ended) return -1;
    this.#readFirstLine();
    return i;
  }

  #readFirstLine(): void {
    const line = this.#firstLine!;
    this.#firstLine = null;
    const { bytes, length } = line;
    const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && length > 2 ? 3 : 0;
    this.#separator = likeliestSeparator(bytes, from, length);
    this.#read(bytes, from, length);
    if (this.#header !== null) {
      // Too long for a first line, or the content ended with it.
      this.#endField(noBytes, 0, 0);
      this.#endRow();
    }
    giveBack(line);
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    const separator = this.#separator;
    let i = start;
    while (i < end) {
      if (this.#state === FIELD_START) {
        if (bytes[i] === QUOTE) {
          this.#hold();
          this.#state = QUOTED;
          i++;
        } else {
          this.#state = PLAIN;
        }
      } else if (this.#state === PLAIN) {
        const from = i;
        let c = 0;
        while (i < end && (c = bytes[i]) !== separator && c !== LF) i++;
        if (i === end) {
          this.#hold();
          this.#field!.append(bytes, from, i, this.#output.limits.valueBytes);
        } else {
          this.#endField(bytes, from, i++);
          if (c === LF) this.#endRow();
        }
      } else if (this.#state === QUOTED) {
        const from = i;
        while (i < end && bytes[i] !== QUOTE) i++;
        this.#field!.append(bytes, from, i, this.#output.limits.valueBytes);
        if (i < end) {
          this.#state = AFTER_QUOTE;
          i++;
        }
      } else if (bytes[i] === QUOTE) {
        this.#field!.push(QUOTE, this.#output.limits.valueBytes);
        this.#state = QUOTED;
        i++;
      } else {
        // What stands between a closing quote and the separator belongs to the field.
        this.#state = PLAIN;
      }
    }
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#field ??= borrowScratch();
    this.#field.clear();
  }

  #endField(bytes: Uint8Array, start: number, end: number): void {
    let text = bytes;
    let from = start;
    let to = end;
    let cut = false;
    if (this.#held) {
      const field = this.#field!;
      field.append(bytes, start, end, this.#output.limits.valueBytes);
      text = field.bytes;
      from = 0;
      to = field.length;
      cut = field.cut;
      this.#held = false;
    }
    this.#state = FIELD_START;
    if (to > from && text[to - 1] === CR) to--;
    const column = this.#column++;
    if (this.#header !== null) {
      if (column < this.#output.limits.columns) this.#header.push(new Uint8Array(text.subarray(from, to)));
      return;
    }
    if (!this.#inRow) {
      if (column === 0 && from === to) return;
      this.#beginRow();
    }
    if (column < this.#columns.length) this.#output.leaf(this.#columns[column], 'text', text, from, to, cut);
    else this.#output.counts.valuesUnplaced++;
  }

  /** An empty line is no row; the empty first field of one that has more fields is a value. */
  #beginRow(): void {
    this.#inRow = true;
    this.#output.rowBegin(this.#row);
    if (this.#column > 1 && this.#columns.length > 0) this.#output.leaf(this.#columns[0], 'text', noBytes, 0, 0);
  }

  #endRow(): void {
    this.#column = 0;
    if (this.#header !== null) this.#nameColumns();
    else if (this.#inRow) this.#output.rowEnd(this.#row);
    this.#inRow = false;
  }

  #nameColumns(): void {
    const header = this.#header!;
    this.#header = null;
    const { tree } = this.#output;
    const named = header.every((name) => name.length > 0 && !isData(name));
    for (let k = 0; k < header.length; k++) {
      this.#columns.push(
        named ? tree.child(this.#row, header[k], 0, header[k].length) : tree.childNamed(this.#row, String(k + 1)),
      );
    }
    if (named) return;
    for (const value of header) this.#endField(value, 0, value.length);
    this.#endRow();
  }
}

const noBytes = new Uint8Array(0);

/** A number, or somebody's data: not the name of a column. */
function isData(name: Uint8Array): boolean {
  return isValueLike(name, 0, name.length) || name.every((c) => (c >= 0x30 && c <= 0x39) || c === 0x2e || c === 0x2d);
}

function likeliestSeparator(bytes: Uint8Array, start: number, end: number): number {
  const counts = separators.map(() => 0);
  let inQuotes = false;
  for (let i = start; i < end; i++) {
    if (bytes[i] === QUOTE) inQuotes = !inQuotes;
    const which = inQuotes ? -1 : separators.indexOf(bytes[i]);
    if (which >= 0) counts[which]++;
  }
  return separators[counts.indexOf(Math.max(...counts))];
}
