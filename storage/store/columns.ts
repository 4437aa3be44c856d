/**
 * Columns of ClickHouse's Native format, a value at a time. A block has all values of a column side by side, and repeated
 * texts once: what a row costs is a look-up where RowBinary writes, and the engine reads, every text again.
 *
 * Numbers are little-endian, as the machines are that the engine runs on.
 */
import { ByteWriter } from './byte-writer.ts';
import { tupleElements } from './column-type.ts';
import { append, ColumnWriter, type Fields, RowError, wrong } from './column-writer.ts';
import { Floats, Integers, Texts, textOf } from './plain-columns.ts';

export interface Column {
  readonly name: string;
  /** As `DESCRIBE TABLE` says it. */
  readonly type: string;
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

/** Versions and flags of LowCardinality: keys of its own, which are all there are. */
const sharedDictionaries = 1;
const ownKeys = 0x600;

/** LowCardinality: each text once, and a number a row. Key 0 is the null of a Nullable, and then 1 the empty text. */
class Repeated extends ColumnWriter {
  #keys = new ByteWriter();
  #numbers = new Map<string, number>();
  #indexes = new Uint32Array(256);
  #count = 0;
  /** The value put last, which often comes again. */
  #last: unknown;
  #lastIndex = 0;

  constructor(private readonly nullable: boolean) {
    super();
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

  override putField(objects: readonly Fields[], name: string): void {
    for (let i = 0; i < objects.length; i++) this.put(objects[i]![name]);
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

  override begin(out: ByteWriter): void {
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

class Nullables extends ColumnWriter {
  readonly #absent = new ByteWriter();

  constructor(private readonly inner: ColumnWriter) {
    super();
  }

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

  override begin(out: ByteWriter): void {
    this.inner.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.#absent, out, parts);
    this.inner.take(out, parts);
  }
}

class Arrays extends ColumnWriter {
  /** Ends of the arrays, counted in items. */
  readonly #ends = new ByteWriter();
  #items = 0;

  constructor(private readonly inner: ColumnWriter) {
    super();
  }

  get octets(): number {
    return this.#ends.length + this.inner.octets;
  }

  put(value: unknown): void {
    if (value !== undefined && value !== null) {
      const list: readonly unknown[] = Array.isArray(value) ? value : wrong('an array', value);
      if (list.length > 0) this.#putAll(list);
    }
    this.#ends.wide(this.#items);
  }

  #putAll(list: readonly unknown[]): void {
    if (this.inner instanceof Tuples) this.inner.putAll(list);
    else for (let i = 0; i < list.length; i++) this.inner.put(list[i]);
    this.#items += list.length;
  }

  cut(count: number): void {
    this.#ends.length = count * 8;
    this.#items = count === 0 ? 0 : Number(this.#ends.bytes.readBigUInt64LE(count * 8 - 8));
    this.inner.cut(this.#items);
  }

  override begin(out: ByteWriter): void {
    this.inner.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.#ends, out, parts);
    this.inner.take(out, parts);
    this.#items = 0;
  }
}

/** A tuple with names takes an object; what its elements do not name is left, and one it lacks is its type's zero. */
class Tuples extends ColumnWriter {
  readonly #names: readonly string[];
  readonly #writers: readonly ColumnWriter[];

  constructor(elements: readonly { readonly name: string; readonly writer: ColumnWriter }[]) {
    super();
    this.#names = elements.map(({ name }) => name);
    this.#writers = elements.map(({ writer }) => writer);
  }

  get octets(): number {
    let octets = 0;
    for (const writer of this.#writers) octets += writer.octets;
    return octets;
  }

  put(value: unknown): void {
    this.putAll([value]);
  }

  /** Many tuples, one element of all of them after the other. */
  putAll(list: readonly unknown[]): void {
    let fields = list as readonly Fields[];
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (value === undefined || value === null) fields = fields.map((each) => each ?? nothing);
      else if (typeof value !== 'object' || Array.isArray(value)) wrong('an object', value);
    }
    const writers = this.#writers;
    for (let e = 0; e < writers.length; e++) writers[e]!.putField(fields, this.#names[e]!);
  }

  cut(count: number): void {
    for (const writer of this.#writers) writer.cut(count);
  }

  override begin(out: ByteWriter): void {
    for (const writer of this.#writers) writer.begin(out);
  }

  take(out: ByteWriter, parts: Uint8Array[]): void {
    for (const writer of this.#writers) writer.take(out, parts);
  }
}

const nothing: Fields = Object.freeze({});
