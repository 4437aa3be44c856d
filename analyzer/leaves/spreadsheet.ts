/**
 * Sheets of a workbook (ECMA-376 part 1, §18.3 and §18.4) as rows: what a sheet shows is handed on as lines of CSV, so
 * that its first row names the columns as that of a CSV export does. The XML is read by our own parser.
 */
import type { LeafNode, LeafParser, LeafSink } from '../leaf.ts';
import { LeafCounts, leafLimits } from './limits.ts';
import { LeafOutput } from './output.ts';
import { LeafTree } from './tree.ts';
import { XmlParser } from './xml.ts';

/** Texts that cells share, and their characters together; a cell whose text lies beyond stays empty. */
const MAX_STRINGS = 500_000;
const MAX_STRING_CHARS = 16 << 20;
/** Columns of a sheet; XLSX itself ends at 16,384. */
const MAX_COLUMNS = 1000;
/** Values and attributes of one part: a cell has up to four. */
const limits = { ...leafLimits, leaves: 20_000_000 };

/** Of a place: what its values, or the end of its rows, mean. */
type Role = 'text' | 'cell' | 'row' | 'value' | 'reference' | 'type' | 'none';

const roles: readonly (readonly [RegExp, Role])[] = [
  [/\brPh\b/, 'none'],
  [/(^|\.)si(\.r)?\.t$/, 'text'],
  [/(^|\.)si$/, 'row'],
  [/(^|\.)row\.c\.(v|is\.t|is\.r\.t)$/, 'value'],
  [/(^|\.)row\.c\.r$/, 'reference'],
  [/(^|\.)row\.c\.t$/, 'type'],
  [/(^|\.)row\.c$/, 'cell'],
  [/(^|\.)row$/, 'row'],
];

abstract class PartReader implements LeafSink {
  readonly #roles: Role[] = [];

  protected roleOf(node: LeafNode): Role {
    return (this.#roles[node.id] ??= roles.find(([path]) => path.test(node.path))?.[1] ?? 'none');
  }

  read(xml: Uint8Array): void {
    const tree = new LeafTree();
    const output = new LeafOutput(tree, this, limits, new LeafCounts());
    output.begin();
    const parser = new XmlParser(output, tree.root('body'));
    parser.write(xml, 0, xml.length);
    parser.end();
  }

  abstract leaf(node: LeafNode, kind: unknown, bytes: Uint8Array, start: number, end: number): void;
  abstract rowEnd(node: LeafNode): void;
  rowBegin(): void {}
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** `xl/sharedStrings.xml` */
export class SharedStrings extends PartReader {
  readonly strings: string[] = [];
  #text = '';
  #left = MAX_STRING_CHARS;

  leaf(node: LeafNode, _kind: unknown, bytes: Uint8Array, start: number, end: number): void {
    if (this.#left > 0 && this.roleOf(node) === 'text') this.#text += textOf(bytes, start, end);
  }

  rowEnd(node: LeafNode): void {
    if (this.roleOf(node) !== 'row') return;
    this.#left -= this.#text.length;
    if (this.strings.length < MAX_STRINGS) this.strings.push(this.#text);
    this.#text = '';
  }
}

/** `xl/worksheets/sheet1.xml` */
export class Sheet extends PartReader {
  #cells: string[] = [];
  #column = 0;
  #value = '';
  #type = '';
  rows = 0;

  constructor(
    private readonly strings: readonly string[],
    /** Takes lines of CSV. */
    private readonly target: LeafParser,
  ) {
    super();
  }

  leaf(node: LeafNode, _kind: unknown, bytes: Uint8Array, start: number, end: number): void {
    switch (this.roleOf(node)) {
      case 'value':
        this.#value += textOf(bytes, start, end);
        break;
      case 'reference':
        this.#column = columnOf(bytes, start, end, this.#column);
        break;
      case 'type':
        this.#type = textOf(bytes, start, end);
        break;
    }
  }

  rowEnd(node: LeafNode): void {
    const role = this.roleOf(node);
    if (role === 'cell') this.#endCell();
    else if (role === 'row') this.#endRow();
  }

  #endCell(): void {
    const text = this.#type === 's' ? (this.strings[Number(this.#value)] ?? '') : this.#value;
    if (this.#column < MAX_COLUMNS) {
      while (this.#cells.length < this.#column) this.#cells.push('');
      this.#cells[this.#column] = text;
    }
    this.#column++;
    this.#value = this.#type = '';
  }

  #endRow(): void {
    const cells = this.#cells;
    this.#cells = [];
    this.#column = 0;
    if (!cells.some((cell) => cell !== '')) return;
    this.rows++;
    const line = Buffer.from(`${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`);
    this.target.write(line, 0, line.length);
  }
}

/** The column that `BC12` names, from 0; `otherwise` where it names none. */
function columnOf(bytes: Uint8Array, start: number, end: number, otherwise: number): number {
  let column = 0;
  for (let i = start; i < end && i < start + 4; i++) {
    const letter = (bytes[i]! | 32) - 96;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column > 0 ? column - 1 : otherwise;
}
