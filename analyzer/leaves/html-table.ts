/**
 * Tables of HTML: each row belongs together, and each column is a place of its own, named by its heading where it has
 * one. Without this every cell of a page would be a value of one place, and no column could be judged.
 */
import type { LeafOutput } from './output.ts';
import type { TreeNode } from './tree.ts';

/** Columns that get a place of their own; what stands further right shares the page's. */
const mostColumns = 64;
/** Octets of a heading. */
const longestHeading = 64;

const row = 0x7472; // tr
const cell = 0x7464; // td
const heading = 0x7468; // th
const table = 0x7461626c; // tabl(e)

export class HtmlTable {
  readonly #output: LeafOutput;
  readonly #page: TreeNode;
  /** What all rows of tables share; made at the first. */
  #rows: TreeNode | null = null;
  #inRow = false;
  #column = 0;
  #isHeading = false;
  /** Octets of the headings met in this row, by column. */
  #headings: Uint8Array[] = [];
  /** Those of the row before, while they hold. */
  #names: Uint8Array[] = [];

  constructor(output: LeafOutput, page: TreeNode) {
    this.#output = output;
    this.#page = page;
  }

  /**
   * A tag begins or ends: `tag` are its first four letters in lower case, as a number; `node` is the place so far. The
   * place that values have from here on.
   */
  tag(tag: number, closes: boolean, node: TreeNode): TreeNode {
    switch (tag) {
      case row:
        this.#endRow();
        if (!closes) this.#beginRow();
        return this.#page;
      case cell:
      case heading:
        if (closes) return this.#inRow ? this.#rows! : this.#page;
        return this.#cell(tag === heading);
      case table:
        this.#endRow();
        this.#names = [];
        return this.#page;
      default:
        return node;
    }
  }

  /** Text of the cell at hand; of a heading the first words name the column. */
  text(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isHeading || this.#column === 0 || this.#column > mostColumns) return;
    const known = this.#headings[this.#column - 1]!;
    const size = Math.min(end - start, longestHeading - known.length - 1);
    if (size <= 0) return;
    const joined = new Uint8Array(known.length === 0 ? size : known.length + 1 + size);
    joined.set(known);
    if (known.length > 0) joined[known.length] = 0x20;
    joined.set(bytes.subarray(start, start + size), joined.length - size);
    this.#headings[this.#column - 1] = joined;
  }

  end(): void {
    this.#endRow();
  }

  #beginRow(): void {
    this.#rows ??= this.#output.tree.items(this.#output.tree.childNamed(this.#page, 'tr'));
    this.#inRow = true;
    this.#column = 0;
    this.#headings = [];
    this.#output.rowBegin(this.#rows);
  }

  #endRow(): void {
    this.#isHeading = false;
    if (!this.#inRow) return;
    this.#inRow = false;
    // A row of nothing but headings; one that begins with a heading names itself.
    if (this.#headings.length > 1 && this.#headings.length === this.#column) this.#names = this.#headings;
    this.#output.rowEnd(this.#rows!);
  }

  #cell(isHeading: boolean): TreeNode {
    if (!this.#inRow) return this.#page;
    this.#isHeading = isHeading;
    const column = this.#column++;
    if (isHeading && column < mostColumns) this.#headings[column] = new Uint8Array(0);
    if (column >= mostColumns) return this.#rows!;
    const name = this.#names[column];
    if (!isHeading && name !== undefined && name.length > 0) {
      return this.#output.key(this.#rows!, name, 0, name.length);
    }
    // Digits are no part of a name: `td3` says as little as `td`.
    return this.#output.tree.childNamed(this.#rows!, `td${column + 1}`);
  }
}
