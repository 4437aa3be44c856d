/** The two entropy codes of Zstandard: finite state entropy (RFC 8878 §4.1) and Huffman (§4.2). */

/** Octets that are not Zstandard. Never leaves zstd.ts. */
export class ZstdCorrupt extends Error {}

export function refuse(what: string): never {
  throw new ZstdCorrupt(what);
}

/** Decoding table indexed by state: the symbol it stands for, and the next state is `base + read(bits)`. */
export interface FseTable {
  /** Base-2 logarithm of the number of states. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

/** Builds the table of a distribution (§4.1.1); `counts` sum to the table's size, -1 stands for «less than one». */
export function buildFse(counts: Int16Array, symbolCount: number, log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const base = new Uint16Array(size);
  const next = new Uint16Array(symbolCount);
  let high = size;
  for (let s = 0; s < symbolCount; s++) {
    if (counts[s] === -1) {
      symbols[--high] = s;
      next[s] = 1;
    } else next[s] = counts[s]!;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let s = 0; s < symbolCount; s++) {
    for (let i = 0; i < counts[s]!; i++) {
      symbols[at] = s;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const n = next[symbols[state]!]!++;
    const width = log - (31 - Math.clz32(n));
    bits[state] = width;
    base[state] = (n << width) - size;
  }
  return { log, symbols, bits, base };
}

/** A table that always yields one symbol. */
export function singleFse(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), base: new Uint16Array(1) };
}

/** Index after the last table description read; functions here return tables and leave their place here. */
export const place = { next: 0 };

const counts = new Int16Array(256);

/** Reads a table description (§4.1.1) from `start`; leaves the index after it in `place.next`. */
export function readFse(bytes: Uint8Array, start: number, end: number, maxLog: number, maxSymbol: number): FseTable {
  const log = (bytes[start]! & 15) + 5;
  if (log > maxLog || start >= end) refuse('accuracy of a table');
  let bitAt = start * 8 + 4;
  let left = 1 << log;
  let symbol = 0;
  while (left > 0) {
    if (symbol > maxSymbol) refuse('symbols of a table');
    const max = left + 1;
    const width = 32 - Math.clz32(max);
    const k = bitAt >> 3;
    const word = (bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16)) >> (bitAt & 7);
    const shortMask = (1 << (width - 1)) - 1;
    const shortCodes = (1 << width) - 1 - max;
    let value = word & shortMask;
    if (value < shortCodes) bitAt += width - 1;
    else {
      value = word & ((1 << width) - 1);
      if (value > shortMask) value -= shortCodes;
      bitAt += width;
    }
    const count = value - 1;
    counts[symbol++] = count;
    left -= count === -1 ? 1 : count;
    if (count === 0) {
      let repeat = 3;
      while (repeat === 3) {
        repeat = ((bytes[bitAt >> 3]! | (bytes[(bitAt >> 3) + 1]! << 8)) >> (bitAt & 7)) & 3;
        bitAt += 2;
        if (symbol + repeat > maxSymbol + 1 || bitAt > end * 8) refuse('symbols of a table');
        counts.fill(0, symbol, symbol + repeat);
        symbol += repeat;
      }
    }
  }
  place.next = (bitAt + 7) >> 3;
  if (place.next > end) refuse('table ends early');
  return buildFse(counts, symbol, log);
}

/** Bits of a stream that is read from its end towards its beginning (§4.1), below the topmost set bit, its marker. */
export function bitsOf(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) refuse('empty bit stream');
  const last = bytes[end - 1]!;
  if (last === 0) refuse('bit stream without marker');
  return (end - start) * 8 - 1 - (Math.clz32(last) - 24);
}

/** `width` ≤ 25 bits of the stream that begins at `start`, from bit `low` ≥ 0 up. */
export function bitsAt(bytes: Uint8Array, start: number, low: number, width: number): number {
  const k = start + (low >> 3);
  const word = bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16) | (bytes[k + 3]! << 24);
  return (word >>> (low & 7)) & ((1 << width) - 1);
}

/** Decoding table indexed by the next `log` bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const maxHuffmanLog = 11;
const weights = new Uint8Array(256);

/** Reads a tree description (§4.2.1) from `start`; leaves the index after it in `place.next`. */
export function readHuffman(bytes: Uint8Array, start: number, end: number): HuffmanTable {
  if (start >= end) refuse('tree ends early');
  const header = bytes[start]!;
  let count = 0;
  if (header < 128) {
    const stop = start + 1 + header;
    if (stop > end) refuse('tree ends early');
    count = readWeights(bytes, start + 1, stop);
    place.next = stop;
  } else {
    count = header - 127;
    place.next = start + 1 + ((count + 1) >> 1);
    if (place.next > end) refuse('tree ends early');
    for (let i = 0; i < count; i++) {
      const octet = bytes[start + 1 + (i >> 1)]!;
      weights[i] = (i & 1) === 0 ? octet >> 4 : octet & 15;
    }
  }
  return buildHuffman(count);
}

/** Weights packed by two alternating FSE states; the octets end where a state would need more bits (§4.2.1.2). */
function readWeights(bytes: Uint8Array, start: number, end: number): number {
  const table = readFse(bytes, start, end, 6, 255);
  const from = place.next;
  const { log, symbols, bits, base } = table;
  let left = bitsOf(bytes, from, end) - 2 * log;
  if (left < 0) refuse('weights end early');
  let state = bitsAt(bytes, from, left + log, log);
  let other = bitsAt(bytes, from, left, log);
  let count = 0;
  for (;;) {
    if (count > 253) refuse('too many weights');
    weights[count++] = symbols[state]!;
    const width = bits[state]!;
    left -= width;
    if (left < 0) {
      weights[count++] = symbols[other]!;
      return count;
    }
    const next = base[state]! + bitsAt(bytes, from, left, width);
    state = other;
    other = next;
  }
}

/** The last symbol's weight is not sent: it completes the sum to a power of two. */
function buildHuffman(count: number): HuffmanTable {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (weights[i]! > maxHuffmanLog) refuse('weight of a symbol');
    sum += weights[i]! > 0 ? 1 << (weights[i]! - 1) : 0;
  }
  if (sum === 0) refuse('tree without symbols');
  const log = 32 - Math.clz32(sum);
  if (log > maxHuffmanLog) refuse('depth of a tree');
  const rest = (1 << log) - sum;
  if ((rest & (rest - 1)) !== 0) refuse('tree is not complete');
  weights[count] = 32 - Math.clz32(rest);
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    const span = 1 << (weight - 1);
    for (let s = 0; s <= count; s++) {
      if (weights[s] !== weight) continue;
      symbols.fill(s, at, at + span);
      bits.fill(log + 1 - weight, at, at + span);
      at += span;
    }
  }
  return { log, symbols, bits };
}

/** Decodes one Huffman stream into `out[from…to)`; the stream must end exactly with the last symbol (§4.2.2). */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  table: HuffmanTable,
  out: Uint8Array,
  from: number,
  to: number,
): void {
  const { log, symbols, bits } = table;
  const mask = (1 << log) - 1;
  let left = bitsOf(bytes, start, end);
  for (let i = from; i < to; i++) {
    const low = left - log;
    const k = low < 0 ? start : start + (low >> 3);
    const word = bytes[k]! | (bytes[k + 1]! << 8) | (bytes[k + 2]! << 16);
    const value = low < 0 ? ((word & ((1 << left) - 1)) << -low) & mask : (word >> (low & 7)) & mask;
    out[i] = symbols[value]!;
    left -= bits[value]!;
    if (left < 0) refuse('Huffman stream ends early');
  }
  if (left !== 0) refuse('Huffman stream does not end with its last symbol');
}
