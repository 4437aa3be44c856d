/**
 * Lines of cells as rows of tables, and the rest as text. A line of cells begins a table; lines below it whose cells lie
 * under its cells are rows, also on the next page. The first line names the columns where it says what they are and not
 * what is in them. What stands under a row without a first cell goes on with it.
 */
import { isValueLike } from '../tree.ts';
import type { Cell, Line } from './lines.ts';

/** Takes what the document says, in order. */
export interface PageReader {
  text(line: string): void;
  /** `names` is empty when nobody says them. Of `cells`, those of columns that the row has nothing in are empty. */
  row(names: readonly string[], cells: readonly string[]): void;
}

/** A label with its value is text, whatever stands beside it. */
const LABELLED = /[:：]\s*\S/;
const MOST_COLUMNS = 100;
/** Characters of a column's name. */
const LONGEST_NAME = 40;
/** Characters of a cell that goes on line by line; what would make it longer is lines of text. */
const LONGEST_CELL = 4096;

interface Column {
  left: number;
  right: number;
}

export class Tables {
  #columns: Column[] = [];
  /** The line that began the table, until a row tells whether it is a heading. */
  #first: string[] | null = null;
  #names: readonly string[] = [];
  #row: string[] | null = null;
  #rowLine: Line | null = null;

  constructor(private readonly reader: PageReader) {}

  line(line: Line): void {
    const { cells } = line;
    if (cells.length === 1 || cells.length > MOST_COLUMNS || cells.some(({ text }) => LABELLED.test(text))) {
      if (cells.length === 1 && this.#goesOn(line)) return;
      this.#endTable();
      this.reader.text(cells.map(({ text }) => text).join('  '));
      return;
    }
    if (this.#goesOn(line)) return;
    const placed = this.#place(cells);
    if (placed === null) {
      this.#endTable();
      this.#columns = cells.map(({ left, right }) => ({ left, right }));
      this.#first = cells.map(({ text }) => text);
      return;
    }
    // The heading again, on the next page.
    if (this.#names.length > 0 && placed.every((text, i) => nameOf(text) === this.#names[i])) return;
    this.#decide(placed);
    this.#endRow();
    this.#row = placed;
    this.#rowLine = line;
  }

  end(): void {
    this.#endTable();
  }

  /** Cells by column; null when they are not of this table. */
  #place(cells: readonly Cell[]): string[] | null {
    const columns = this.#columns;
    if (columns.length === 0 || cells.length > columns.length) return null;
    const texts = columns.map(() => '');
    let next = 0;
    for (const [i, cell] of cells.entries()) {
      const at = cells.length === columns.length ? i : nearest(columns, cell, next);
      if (at < 0) return null;
      texts[at] = cell.text;
      next = at + 1;
    }
    for (const [i, cell] of cells.entries()) {
      const column = cells.length === columns.length ? columns[i]! : columns[nearest(columns, cell, 0)]!;
      if (cells.length !== columns.length) continue;
      // Columns grow with what is in them, up to their neighbours.
      column.left = Math.max(Math.min(column.left, cell.left), columns[i - 1]?.right ?? Number.NEGATIVE_INFINITY);
      column.right = Math.min(Math.max(column.right, cell.right), columns[i + 1]?.left ?? Number.POSITIVE_INFINITY);
    }
    return texts;
  }

  /** Adds a line without a first cell, close below a row, to that row. */
  #goesOn(line: Line): boolean {
    const { cells } = line;
    const above = this.#rowLine;
    if (this.#row === null || above === null || cells.length >= this.#columns.length) return false;
    const gap = above.y - line.y;
    if (gap <= 0 || gap > 1.8 * above.size || cells[0]!.left < this.#columns[0]!.right) return false;
    for (const cell of cells) {
      const at = nearest(this.#columns, cell, 1);
      if (at < 0 || this.#row[at]!.length + cell.text.length > LONGEST_CELL) return false;
    }
    for (const cell of cells) {
      const at = nearest(this.#columns, cell, 1);
      const begun = this.#row[at]!;
      const last = begun.charCodeAt(begun.length - 1);
      this.#row[at] = `${begun}${last > 0x20 && last < 0x7f ? ' ' : ''}${cell.text}`;
    }
    this.#rowLine = line;
    return true;
  }

  #decide(row: readonly string[]): void {
    const first = this.#first;
    if (first === null) return;
    this.#first = null;
    // Two columns may be a form, whose second one is values from its first line on.
    const isHeading = first.every((text) => !isData(text)) && (first.length > 2 || row.some(isData));
    if (isHeading) this.#names = first.map(nameOf);
    else this.reader.row([], first);
  }

  #endRow(): void {
    if (this.#row !== null) this.reader.row(this.#names, this.#row);
    this.#row = null;
  }

  #endTable(): void {
    this.#endRow();
    // A line of cells with no row below it.
    if (this.#first !== null) this.reader.text(this.#first.join('  '));
    this.#first = null;
    this.#names = [];
    this.#columns = [];
    this.#rowLine = null;
  }
}

/** The column that the cell lies in or closest to, from `from` on; -1 when it lies across two. */
function nearest(columns: readonly Column[], cell: Cell, from: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let touched = 0;
  for (let i = from; i < columns.length; i++) {
    const { left, right } = columns[i]!;
    const away = Math.max(left - cell.right, cell.left - right);
    if (away < 0) touched++;
    if (away >= least) continue;
    least = away;
    best = i;
  }
  return touched > 1 ? -1 : best;
}

/** Numbers and somebody's data are in columns, and name none. */
function isData(text: string): boolean {
  const octets = Buffer.from(text);
  return isValueLike(octets, 0, octets.length) || /^[-+(]?[\d.,%￥¥$ )/:-]+$/.test(text) || text.length > LONGEST_NAME;
}

/** Blanks that spread a short word over its column are no part of it. */
function nameOf(text: string): string {
  return text.replaceAll(/(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])/g, '').trim();
}
