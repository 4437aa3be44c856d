/** Columns whose values lie one after the other as they are: numbers and texts. */
import { ByteWriter } from './byte-writer.ts';
import { append, ColumnWriter, type Fields, wrong } from './column-writer.ts';

abstract class Plain extends ColumnWriter {
  protected readonly out = new ByteWriter();
  get octets(): number {
    return this.out.length;
  }
  take(out: ByteWriter, parts: Uint8Array[]): void {
    append(this.out, out, parts);
  }
}

export class Integers extends Plain {
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
    if (this.#width === 8) this.out.wide(number);
    else this.out.narrow(number, this.#width);
  }

  override putField(objects: readonly Fields[], name: string): void {
    for (let i = 0; i < objects.length; i++) this.put(objects[i]![name]);
  }

  cut(count: number): void {
    this.out.length = count * this.#width;
  }
}

export class Floats extends Plain {
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

export function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : wrong('text', value);
}

export class Texts extends Plain {
  put(value: unknown): void {
    this.out.text(textOf(value));
  }

  override putField(objects: readonly Fields[], name: string): void {
    for (let i = 0; i < objects.length; i++) this.put(objects[i]![name]);
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
