/**
 * Rows to a block of ClickHouse's Native format, compiled from the column types the engine itself reports, so that
 * tables/*.sql stays the only description of a table.
 */
import { ByteWriter } from './byte-writer.ts';
import { type ColumnWriter, RowError } from './column-writer.ts';
import { type Column, columnWriter } from './columns.ts';

export class Block {
  #rows = 0;
  readonly #names: readonly string[];
  readonly #writers: readonly ColumnWriter[];

  constructor(
    readonly table: string,
    readonly columns: readonly Column[],
  ) {
    this.#names = columns.map(({ name }) => name);
    this.#writers = columns.map(({ type }) => columnWriter(type));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Octets so far, about. */
  get octets(): number {
    let octets = 0;
    for (const writer of this.#writers) octets += writer.octets;
    return octets;
  }

  /** Adds a row. A column the row lacks takes its type's zero; on an error nothing of the row stays. */
  add(row: Readonly<Record<string, unknown>>): void {
    const names = this.#names;
    const writers = this.#writers;
    let i = 0;
    try {
      for (; i < names.length; i++) writers[i]!.put(row[names[i]!]);
      this.#rows++;
    } catch (error) {
      this.#cut(this.#rows);
      if (error instanceof RowError) throw new RowError(`${this.table}.${names[i]} ${error.message}`);
      throw error;
    }
  }

  /** Leaves no row. */
  clear(): void {
    this.#cut(0);
    this.#rows = 0;
  }

  #cut(rows: number): void {
    for (const writer of this.#writers) writer.cut(rows);
  }

  /** The rows so far, in pieces that belong together; begins anew. */
  take(): Uint8Array[] {
    const out = new ByteWriter(1 << 16);
    const parts: Uint8Array[] = [];
    out.size(this.columns.length);
    out.size(this.#rows);
    this.columns.forEach(({ name, type }, i) => {
      out.text(name);
      out.text(type);
      this.#writers[i]!.begin(out);
      this.#writers[i]!.take(out, parts);
    });
    this.#rows = 0;
    parts.push(out.take());
    return parts;
  }

  /** Names a field of the row that no column takes; undefined when there is none. */
  stranger(row: Readonly<Record<string, unknown>>): string | undefined {
    return Object.keys(row).find((name) => !this.#names.includes(name));
  }
}
