/** What the columns of a block are to whoever fills them (columns.ts), and what they have in common. */
import type { ByteWriter } from './byte-writer.ts';

/** A value does not fit its column; a fault of the code that made the row. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

export type Fields = Readonly<Record<string, unknown>>;

/** Values of one column, gathered for a block. */
export abstract class ColumnWriter {
  /** Octets so far, about. */
  abstract readonly octets: number;
  /** Adds a value; undefined and null are the type's zero where it is not Nullable. */
  abstract put(value: unknown): void;
  /** Leaves only the first `count` values. */
  abstract cut(count: number): void;
  /** Appends the values to `out`, or gives what was in it and its own to `parts`; begins anew. */
  abstract take(out: ByteWriter, parts: Uint8Array[]): void;

  /** What the format wants before all values: versions of what is inside. */
  begin(_out: ByteWriter): void {}

  /**
   * Adds what each of the objects has under the name. The columns that lists of tuples are made of have their own, in
   * the same words: so their `put` is part of the loop.
   */
  putField(objects: readonly Fields[], name: string): void {
    for (let i = 0; i < objects.length; i++) this.put(objects[i]![name]);
  }
}

export function wrong(wanted: string, value: unknown): never {
  throw new RowError(`wants ${wanted}, was given ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
}

/** Large ones go as they are, between what is written around them. */
export function append(written: ByteWriter, out: ByteWriter, parts: Uint8Array[]): void {
  if (written.length > 1 << 16) {
    parts.push(out.take(), written.take());
    return;
  }
  out.reserve(written.length);
  written.bytes.copy(out.bytes, out.length, 0, written.length);
  out.length += written.length;
  written.length = 0;
}
