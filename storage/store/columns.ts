/**
 * Columns of ClickHouse's Native format, a value at a time. A block has all values of a column side by side, and repeated
 * texts once: what a row costs is a look-up where RowBinary writes, and the engine reads, every text again.
 *
 * Numbers are little-endian, as the machines are that the engine runs on.
 */
import { ByteWriter } from './byte-writer.ts';
import { tupleElements } from './column-type.ts';

export interface Column {
  readonly name: string;
  /** As `DESCRIBE TABLE` says it. */
  readonly type: string;
}

/** A value does not fit its column; a fault of the code that made the row. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** Values of one column, gathered for a block. */
export interface ColumnWriter {
  /** Octets so far, about. */
  readonly octets: number;
  /** Adds a value; undefined and null are the type's zero where it is not Nullable. */
  put(value: unknown): void;
  /** Leaves only the first `count` values. */
  cut(count: number): void;
  /** What the format wants before all values: versions of what is inside. */
  begin(out: ByteWriter): void;
  /** Appends the values to `out`, or gives what was in it and its own to `parts`; begins anew. */
  take(out: ByteWriter, parts: Uint8Array[]): void;
}

export function columnWriter(type: string): ColumnWriter {
  const elements = tupleElements(type);
  if (elements !== null) {
    return new Tuples(elements.map(({ name, type: inner }) => ({ name, writer: columnWriter(inner) })));
  }
  const wrapped = /^(LowCardinality|Nullable|Array)\((.*)\)$/s.exec(type);
  if (wrapped?.[1] === 'Nullable') return new Nullables(columnWriter(wrapped[2]!));
  if (wrapped?.[1] === 'Array') return new Arrays(columnWriter(wrapped[2]!));
  if (type === 'LowCardinality(String)') return new Repeated(false);
  if (type === 'LowCardinality(Nullable(String))') return new Repeated(true);
  const number = /^(U?Int|Float)(8|16|32|64)$/.exec(type);
  if (number) {
    const bits = Number(number[2]);
    if (number[1] === 'Float') return new Floats(bits);
    return new Integers(bits, number[1] === 'Int');
  }
  if (type === 'String') return new Texts();
  if (type === 'Bool') return new Integers(8, false);
  // µs since 1970, as rows carry every time.
  if (/^DateTime64\(6(,.*)?\)$/.test(type)) return new Integers(64, true);
  throw new RowError(`type ${type} has no encoding`);
}

function wrong(wanted: string, value: unknown): never {
  throw new RowError(`wants ${wanted}, was given ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
}

/** Large ones go as they are, between what is written around them. */
function append(written: ByteWriter, out: ByteWriter, parts: Uint8Array[]): void {
  if (written.length > 1 << 16) {
    parts.push(out.take(), written.take());
    return;
  }
  out.reserve(written.length);
  written.bytes.copy(out.bytes, out.length, 0, written.length);
  out.length += written.length;
  written.length = 0;
}

abstract class Plain implements ColumnWriter {
  protected readonly out = new ByteWriter();
  get octets(): number {
    return this.out.length;
  }
  abstract put(value: unknown): void;
  abstract cut(count: number): void;
  begin(): void {}
  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.out, out, parts);
  }
}

class Integers extends Plain {
  readonly #low: number;
  readonly #high: number;
  readonly #width: number;

  constructor(bits: number, signed: boolean) {
    super();
    this.#width = bits / 8;
    // JavaScript's integers end at 2^53 - 1; wider values do not exist in a row.
    this.#high = bits === 64 ? Number.MAX_SAFE_INTEGER : 2 ** (signed ? bits - 1 : bits) - 1;
    this.#low = signed ? (bits === 64 ? -this.#high : -this.#high - 1) : 0;
  }

  put(value: unknown): void {
    const number = value === undefined || value === null ? 0 : typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < this.#low || number > this.#high) {
      wrong(`an integer from ${this.#low} to ${this.#high}`, value);
    }
    const { out } = this;
    out.reserve(8);
    const { bytes } = out;
    let at = out.length;
    const upper = Math.floor(number / 0x1_0000_0000);
    let rest = number - upper * 0x1_0000_0000;
    const narrow = Math.min(this.#width, 4);
    for (let i = 0; i < narrow; i++) {
      bytes[at++] = rest;
      rest >>>= 8;
    }
    if (this.#width === 8) {
      rest = upper;
      for (let i = 0; i < 4; i++) {
        bytes[at++] = rest;
        rest >>= 8;
      }
    }
    out.length = at;
  }

  cut(count: number): void {
    this.out.length = count * this.#width;
  }
}

class Floats extends Plain {
  readonly #width: number;

  constructor(bits: number) {
    super();
    this.#width = bits / 8;
  }

  put(value: unknown): void {
    const number =
      value === undefined || value === null ? 0 : typeof value === 'number' ? value : wrong('a number', value);
    const { out } = this;
    out.reserve(this.#width);
    out.length =
      this.#width === 8 ? out.bytes.writeDoubleLE(number, out.length) : out.bytes.writeFloatLE(number, out.length);
  }

  cut(count: number): void {
    this.out.length = count * this.#width;
  }
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : wrong('text', value);
}

class Texts extends Plain {
  put(value: unknown): void {
    this.out.text(textOf(value));
  }

  cut(count: number): void {
    const { bytes } = this.out;
    let at = 0;
    for (let i = 0; i < count; i++) {
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const octet = bytes[at++]!;
        length += (octet & 0x7f) * 2 ** shift;
        if (octet < 0x80) break;
      }
      at += length;
    }
    this.out.length = at;
  }
}

/** Versions and flags of LowCardinality: keys of its own, which are all there are. */
const sharedDictionaries = 1;
const ownKeys = 0x600;

/** LowCardinality: each text once, and a number a row. Key 0 is the null of a Nullable, and then 1 the empty text. */
class Repeated implements ColumnWriter {
  #keys = new ByteWriter();
  #numbers = new Map<string, number>();
  #indexes = new Uint32Array(256);
  #count = 0;
  /** The value put last, which often comes again. */
  #last: unknown;
  #lastIndex = 0;

  constructor(private readonly nullable: boolean) {
    this.#reset();
  }

  get octets(): number {
    return this.#keys.length + 4 * this.#count;
  }

  put(value: unknown): void {
    if (value !== this.#last || this.#count === 0) {
      this.#lastIndex = this.#indexOf(value);
      this.#last = value;
    }
    if (this.#count === this.#indexes.length) {
      const grown = new Uint32Array(this.#count * 2);
      grown.set(this.#indexes);
      this.#indexes = grown;
    }
    this.#indexes[this.#count++] = this.#lastIndex;
  }

  #indexOf(value: unknown): number {
    if (this.nullable && (value === null || value === undefined)) return 0;
    const text = textOf(value);
    let index = this.#numbers.get(text);
    if (index === undefined) {
      index = this.#numbers.size + (this.nullable ? 1 : 0);
      this.#numbers.set(text, index);
      this.#keys.text(text);
    }
    return index;
  }

  cut(count: number): void {
    this.#count = count;
  }

  begin(out: ByteWriter): void {
    out.wide(sharedDictionaries);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    const count = this.#count;
    if (count === 0) {
      this.#reset();
      return;
    }
    const keys = this.#numbers.size + (this.nullable ? 1 : 0);
    const width = keys <= 0x100 ? 1 : keys <= 0x1_0000 ? 2 : 4;
    out.wide(ownKeys | (width >> 1));
    out.wide(keys);
    append(this.#keys, out, parts);
    out.wide(count);
    out.reserve(count * width);
    const { bytes } = out;
    let at = out.length;
    for (let i = 0; i < count; i++) {
      const index = this.#indexes[i]!;
      bytes[at++] = index;
      if (width === 1) continue;
      bytes[at++] = index >>> 8;
      if (width === 2) continue;
      bytes[at++] = index >>> 16;
      bytes[at++] = index >>> 24;
    }
    out.length = at;
    this.#reset();
  }

  #reset(): void {
    this.#keys.length = 0;
    this.#numbers = new Map([['', this.nullable ? 1 : 0]]);
    this.#count = 0;
    this.#last = undefined;
    // What stands at 0 is the type's own zero, in the place of the null too.
    this.#keys.text('');
    if (this.nullable) this.#keys.text('');
  }
}

class Nullables implements ColumnWriter {
  readonly #absent = new ByteWriter();

  constructor(private readonly inner: ColumnWriter) {}

  get octets(): number {
    return this.#absent.length + this.inner.octets;
  }

  put(value: unknown): void {
    this.inner.put(value);
    this.#absent.octet(value === null || value === undefined ? 1 : 0);
  }

  cut(count: number): void {
    this.#absent.length = count;
    this.inner.cut(count);
  }

  begin(out: ByteWriter): void {
    this.inner.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.#absent, out, parts);
    this.inner.take(out, parts);
  }
}

class Arrays implements ColumnWriter {
  /** Ends of the arrays, counted in items. */
  readonly #ends = new ByteWriter();
  #items = 0;

  constructor(private readonly inner: ColumnWriter) {}

  get octets(): number {
    return this.#ends.length + this.inner.octets;
  }

  put(value: unknown): void {
    if (value !== undefined && value !== null) {
      const list: readonly unknown[] = Array.isArray(value) ? value : wrong('an array', value);
      for (let i = 0; i < list.length; i++) this.inner.put(list[i]);
      this.#items += list.length;
    }
    this.#ends.wide(this.#items);
  }

  cut(count: number): void {
    this.#ends.length = count * 8;
    this.#items = count === 0 ? 0 : Number(this.#ends.bytes.readBigUInt64LE(count * 8 - 8));
    this.inner.cut(this.#items);
  }

  begin(out: ByteWriter): void {
    this.inner.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.#ends, out, parts);
    this.inner.take(out, parts);
    this.#items = 0;
  }
}

/** A tuple with names takes an object; what its elements do not name is left, and one it lacks is its type's zero. */
class Tuples implements ColumnWriter {
  constructor(private readonly elements: readonly { readonly name: string; readonly writer: ColumnWriter }[]) {}

  get octets(): number {
    let octets = 0;
    for (const { writer } of this.elements) octets += writer.octets;
    return octets;
  }

  put(value: unknown): void {
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      wrong('an object', value);
    }
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    for (const { name, writer } of this.elements) writer.put(fields[name]);
  }

  cut(count: number): void {
    for (const { writer } of this.elements) writer.cut(count);
  }

  begin(out: ByteWriter): void {
    for (const { writer } of this.elements) writer.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    for (const { writer } of this.elements) writer.take(out, parts);
  }
}
