/**
 * Rows to ClickHouse's RowBinary format. The encoder is compiled from the column types the engine itself reports, so
 * that tables/*.sql stays the only description of a table.
 *
 * Everything is written into one Buffer that grows and is used again. Strings are UTF-8; a length prefix is LEB128 and
 * may be padded (`0x85 0x00` is 5), which lets a string be written before its length is known.
 */
import { type Element, tupleElements } from './column-type.ts';

export interface Column {
  readonly name: string;
  /** As `DESCRIBE TABLE` says it. */
  readonly type: string;
}

/** A value does not fit its column; a fault of the code that made the row. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** Grows by doubling. One row must fit in 2 GiB, the engine's own limit of a string. */
export class ByteWriter {
  bytes: Buffer;
  view: DataView;
  length = 0;

  constructor(capacity = 1 << 20) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** What was written since `reset`; valid until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  reset(): void {
    this.length = 0;
  }
}

type WriteValue = (out: ByteWriter, value: unknown) => void;

/** Below this many UTF-16 units a loop beats the call into the native encoder. */
const shortString = 48;

function writeString(out: ByteWriter, value: unknown): void {
  const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : wrong('text', value);
  const units = text.length;
  out.reserve(units * 3 + 5);
  const { bytes } = out;
  let at = out.length;
  if (units < shortString) {
    bytes[at++] = units;
    let i = 0;
    for (; i < units; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      bytes[at + i] = unit;
    }
    if (i === units) {
      out.length = at + units;
      return;
    }
    at--;
  }
  // Three bytes a UTF-16 unit at most decide how wide the prefix must be.
  const width = units * 3 < 0x80 ? 1 : units * 3 < 0x4000 ? 2 : units * 3 < 0x200000 ? 3 : 5;
  const size = bytes.write(text, at + width, 'utf8');
  let rest = size;
  for (let i = 1; i < width; i++) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  out.length = at + size;
}

function wrong(wanted: string, value: unknown): never {
  throw new RowError(`wants ${wanted}, was given ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
}

function integer(value: unknown, low: number, high: number): number {
  if (value === undefined || value === null) return 0;
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high) {
    wrong(`an integer from ${low} to ${high}`, value);
  }
  return number;
}

function integerWriter(bits: number, signed: boolean): WriteValue {
  // JavaScript's integers end at 2^53 - 1; wider values do not exist in a row.
  const span = bits === 64 ? Number.MAX_SAFE_INTEGER : 2 ** (signed ? bits - 1 : bits) - 1;
  const low = signed ? (bits === 64 ? -span : -span - 1) : 0;
  switch (bits) {
    case 8:
      return (out, value) => {
        const number = integer(value, low, span);
        out.reserve(1);
        out.bytes[out.length++] = number;
      };
    case 16:
      return (out, value) => {
        const number = integer(value, low, span);
        out.reserve(2);
        out.view.setUint16(out.length, number, true);
        out.length += 2;
      };
    case 32:
      return (out, value) => {
        const number = integer(value, low, span);
        out.reserve(4);
        out.view.setUint32(out.length, number, true);
        out.length += 4;
      };
    default:
      return (out, value) => {
        const number = integer(value, low, span);
        out.reserve(8);
        const high = Math.floor(number / 0x1_0000_0000);
        out.view.setUint32(out.length, number - high * 0x1_0000_0000, true);
        out.view.setUint32(out.length + 4, high, true);
        out.length += 8;
      };
  }
}

function floatWriter(bits: number): WriteValue {
  const size = bits / 8;
  return (out, value) => {
    const number =
      value === undefined || value === null ? 0 : typeof value === 'number' ? value : wrong('a number', value);
    out.reserve(size);
    if (size === 8) out.view.setFloat64(out.length, number, true);
    else out.view.setFloat32(out.length, number, true);
    out.length += size;
  };
}

function nullableWriter(write: WriteValue): WriteValue {
  return (out, value) => {
    const absent = value === null || value === undefined;
    out.reserve(1);
    out.bytes[out.length++] = absent ? 1 : 0;
    if (!absent) write(out, value);
  };
}

function arrayWriter(write: WriteValue): WriteValue {
  return (out, value) => {
    const list = value === undefined || value === null ? [] : Array.isArray(value) ? value : wrong('an array', value);
    out.reserve(5);
    let rest = list.length;
    while (rest > 0x7f) {
      out.bytes[out.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    out.bytes[out.length++] = rest;
    for (const item of list) write(out, item);
  };
}

/** A tuple with names takes an object; what its elements do not name is left, and one it lacks is its type's zero. */
function tupleWriter(elements: readonly Element[]): WriteValue {
  const names = elements.map((element) => element.name);
  const writers = elements.map((element) => writerOf(element.type));
  return (out, value) => {
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      wrong('an object', value);
    }
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    for (let i = 0; i < writers.length; i++) writers[i]!(out, fields[names[i]!]);
  };
}

function writerOf(type: string): WriteValue {
  const elements = tupleElements(type);
  if (elements !== null) return tupleWriter(elements);
  const wrapped = /^(LowCardinality|Nullable|Array)\((.*)\)$/s.exec(type);
  if (wrapped) {
    const inner = writerOf(wrapped[2]!);
    // LowCardinality is a matter of storage: on the wire it is the type inside.
    return wrapped[1] === 'Nullable' ? nullableWriter(inner) : wrapped[1] === 'Array' ? arrayWriter(inner) : inner;
  }
  const number = /^(U?Int|Float)(8|16|32|64)$/.exec(type);
  if (number) {
    const bits = Number(number[2]);
    return number[1] === 'Float' ? floatWriter(bits) : integerWriter(bits, number[1] === 'Int');
  }
  if (type === 'String') return writeString;
  if (type === 'Bool') return integerWriter(8, false);
  // µs since 1970, as rows carry every time.
  if (/^DateTime64\(6(,.*)?\)$/.test(type)) return integerWriter(64, true);
  throw new RowError(`type ${type} has no encoding`);
}

export class RowEncoder {
  readonly #names: string[];
  readonly #writers: WriteValue[];
  readonly #known: ReadonlySet<string>;

  constructor(
    readonly table: string,
    readonly columns: readonly Column[],
  ) {
    this.#names = columns.map((column) => column.name);
    this.#known = new Set(this.#names);
    this.#writers = columns.map((column) => writerOf(column.type));
  }

  /** Appends one row. A column the row lacks takes its type's zero; on an error nothing of the row stays. */
  write(out: ByteWriter, row: Readonly<Record<string, unknown>>): void {
    const start = out.length;
    let i = 0;
    try {
      for (; i < this.#names.length; i++) this.#writers[i]!(out, row[this.#names[i]!]);
    } catch (error) {
      out.length = start;
      if (error instanceof RowError) throw new RowError(`${this.table}.${this.#names[i]} ${error.message}`);
      throw error;
    }
  }

  /** Names a field of the row that no column takes; undefined when there is none. */
  stranger(row: Readonly<Record<string, unknown>>): string | undefined {
    return Object.keys(row).find((name) => !this.#known.has(name));
  }
}
