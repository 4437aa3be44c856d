/** Header blocks of one direction to fields (RFC 7541 §3, §6). */
import { DynamicTable, STATIC_COUNT, staticNames, staticValues } from './hpack-table.ts';
import { huffmanText } from './huffman.ts';

/** Takes fields in order; null for a name or value that refers to an entry never seen. */
export interface FieldSink {
  field(name: string | null, value: string | null): void;
}

/** Octets of an integer behind its prefix: five carry 35 bits, more than any length or index here. */
const MAX_INTEGER_OCTETS = 5;
const MAX_INTEGER = 2 ** 28;

export class HpackDecoder {
  readonly #table = new DynamicTable();
  /** Of the block being decoded. */
  #data: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #ok = true;

  /** The table's state is lost: a block was not seen, or could not be decoded. */
  forget(): void {
    this.#table.forget();
  }

  /** Decodes a whole block. False when it can't be decoded (§2.3.3 … §6.3); what follows then lacks its table. */
  decode(data: Buffer, start: number, end: number, sink: FieldSink): boolean {
    this.#data = data;
    this.#at = start;
    this.#end = end;
    this.#ok = true;
    let updates = true;
    while (this.#at < end && this.#ok) {
      const first = data[this.#at]!;
      if ((first & 0xe0) === 0x20) {
        // §4.2: only at the beginning of a block.
        const size = this.#integer(5);
        if (updates && this.#ok) this.#table.resize(size);
        else this.#ok = false;
        continue;
      }
      updates = false;
      if (first >= 0x80) this.#indexed(sink);
      else this.#literal(first, sink);
    }
    if (!this.#ok) this.forget();
    return this.#ok;
  }

  #indexed(sink: FieldSink): void {
    const index = this.#integer(7);
    if (index <= 0) {
      this.#ok = false;
    } else if (index <= STATIC_COUNT) {
      sink.field(staticNames[index]!, staticValues[index]!);
    } else {
      const place = index - STATIC_COUNT;
      const known = this.#table.has(place);
      if (known === 1) sink.field(this.#table.nameOf(place), this.#table.valueOf(place));
      else if (known === 0) sink.field(null, null);
      else this.#ok = false;
    }
  }

  #literal(first: number, sink: FieldSink): void {
    const isAdded = first >= 0x40;
    const name = this.#name(this.#integer(isAdded ? 6 : 4));
    if (!this.#ok) return;
    const value = this.#string();
    if (!this.#ok) return;
    sink.field(name, value);
    if (isAdded) this.#table.add(name, value);
  }

  #name(index: number): string | null {
    if (index === 0) return this.#string();
    if (index <= STATIC_COUNT) return index < 0 ? null : staticNames[index]!;
    const place = index - STATIC_COUNT;
    const known = this.#table.has(place);
    if (known === 1) return this.#table.nameOf(place);
    if (known === -1) this.#ok = false;
    return null;
  }

  /** §5.2. */
  #string(): string {
    const isCoded = this.#at < this.#end && this.#data[this.#at]! >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    if (length < 0 || length > this.#end - start) {
      this.#ok = false;
      return '';
    }
    this.#at = start + length;
    const text = isCoded ? huffmanText(this.#data, start, this.#at) : this.#data.toString('latin1', start, this.#at);
    if (text !== null) return text;
    this.#ok = false;
    return '';
  }

  /** §5.1; -1 when it does not end or is beyond all bounds. */
  #integer(prefix: number): number {
    const data = this.#data;
    const most = 2 ** prefix - 1;
    if (this.#at >= this.#end) return this.#fail();
    let value = data[this.#at++]! & most;
    if (value < most) return value;
    for (let i = 0; i < MAX_INTEGER_OCTETS && this.#at < this.#end; i++) {
      const octet = data[this.#at++]!;
      value += (octet & 0x7f) * 2 ** (7 * i);
      if (octet < 0x80) return value <= MAX_INTEGER ? value : this.#fail();
    }
    return this.#fail();
  }

  #fail(): -1 {
    this.#ok = false;
    return -1;
  }
}
