/** One compressed block of Zstandard (RFC 8878 §3.1.1.3): literals, then sequences that mix them with history. */
import {
  bitsAt,
  bitsOf,
  buildFse,
  decodeHuffman,
  type FseTable,
  type HuffmanTable,
  place,
  readFse,
  readHuffman,
  refuse,
  singleFse,
} from './zstd-entropy.ts';

/** Largest block, coded or decoded, octets (§3.1.1.2.4). */
export const maxBlock = 128 * 1024;

/** What one block leaves for the next of its frame. */
export interface FrameMemory {
  huffman: HuffmanTable | null;
  literalLengths: FseTable | null;
  offsets: FseTable | null;
  matchLengths: FseTable | null;
  /** The three last offsets, newest first (§3.1.1.5). */
  readonly recent: [number, number, number];
}

export function freshMemory(): FrameMemory {
  return { huffman: null, literalLengths: null, offsets: null, matchLengths: null, recent: [1, 4, 8] };
}

function baselines(first: number, extra: readonly number[]): Int32Array {
  const table = new Int32Array(extra.length);
  let value = first;
  for (const [code, bits] of extra.entries()) {
    table[code] = value;
    value += 1 << bits;
  }
  return table;
}

const zeros = (n: number): number[] => new Array<number>(n).fill(0);
// §3.1.1.3.2.1.1: extra bits of each length code; the baselines follow from them.
const literalExtraList = [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const matchExtraList = [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const literalExtra = Uint8Array.from(literalExtraList);
const literalBase = baselines(0, literalExtraList);
const matchExtra = Uint8Array.from(matchExtraList);
const matchBase = baselines(3, matchExtraList);
/** Offsets of more bits reach behind any window accepted here. */
const maxOffsetCode = 25;

function predefined(log: number, counts: readonly number[]): FseTable {
  return buildFse(Int16Array.from(counts), counts.length, log);
}

// §3.1.1.3.2.2: default distributions.
const defaultLiteralLengths = predefined(
  6,
  [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
);
const defaultMatchLengths = predefined(6, [
  ...[1, 4, 3, 2, 2, 2, 2, 2, 2],
  ...new Array<number>(37).fill(1),
  ...new Array<number>(7).fill(-1),
]);
const defaultOffsets = predefined(
  5,
  [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
);

// Scratch of the thread: decoding a block never yields, so no two blocks need it at once.
const decodedLiterals = new Uint8Array(maxBlock);
const literals = { bytes: decodedLiterals as Uint8Array, at: 0, length: 0 };

/** Reads the literals section (§3.1.1.3.1) into `literals`; returns the index after it. */
function readLiterals(bytes: Uint8Array, start: number, end: number, limit: number, memory: FrameMemory): number {
  if (start >= end) refuse('block without literals');
  const first = bytes[start]!;
  const type = first & 3;
  const format = (first >> 2) & 3;
  if (type < 2) {
    const headerSize = format === 1 ? 2 : format === 3 ? 3 : 1;
    const header = bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16);
    const length = headerSize === 1 ? first >> 3 : headerSize === 2 ? (header & 0xffff) >> 4 : header >>> 4;
    const at = start + headerSize;
    const next = at + (type === 0 ? length : 1);
    if (length > limit || next > end) refuse('literals pass the block');
    literals.length = length;
    literals.at = type === 0 ? at : 0;
    literals.bytes = type === 0 ? bytes : decodedLiterals.fill(bytes[at]!, 0, length);
    return next;
  }
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const headerSize = format < 2 ? 3 : format === 2 ? 4 : 5;
  const low = (bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24)) >>> 4;
  const mask = (1 << width) - 1;
  const length = low & mask;
  // The longest header has 36 bits of sizes: the coded size is taken in two parts.
  const coded = width === 18 ? (low >>> 18) | (bytes[start + 4]! << 10) : (low >>> width) & mask;
  let at = start + headerSize;
  const next = at + coded;
  if (length > limit || next > end) refuse('literals pass the block');
  if (type === 2) {
    memory.huffman = readHuffman(bytes, at, next);
    at = place.next;
  }
  const table = memory.huffman ?? refuse('literals repeat a tree that was never sent');
  if (format === 0) decodeHuffman(bytes, at, next, table, decodedLiterals, 0, length);
  else readFourStreams(bytes, at, next, table, length);
  literals.bytes = decodedLiterals;
  literals.at = 0;
  literals.length = length;
  return next;
}

/** Four Huffman streams behind a jump table of the first three sizes (§3.1.1.3.1.6). */
function readFourStreams(bytes: Uint8Array, start: number, end: number, table: HuffmanTable, length: number): void {
  if (start + 6 > end) refuse('jump table ends early');
  const share = (length + 3) >> 2;
  if (share * 3 > length) refuse('too few literals for four streams');
  let at = start + 6;
  for (let i = 0; i < 4; i++) {
    const k = start + 2 * i;
    const stop = i < 3 ? at + (bytes[k]! | (bytes[k + 1]! << 8)) : end;
    if (stop > end) refuse('Huffman stream passes the block');
    decodeHuffman(bytes, at, stop, table, decodedLiterals, i * share, i < 3 ? (i + 1) * share : length);
    at = stop;
  }
}

/** The table one kind of code uses (§3.1.1.3.2.1); leaves the index after its description in `place.next`. */
function pickTable(
  mode: number,
  bytes: Uint8Array,
  end: number,
  standard: FseTable,
  previous: FseTable | null,
  maxLog: number,
  maxSymbol: number,
): FseTable {
  if (mode === 0) return standard;
  if (mode === 3) return previous ?? refuse('sequences repeat a table that was never sent');
  if (mode === 2) return readFse(bytes, place.next, end, maxLog, maxSymbol);
  if (place.next >= end || bytes[place.next]! > maxSymbol) refuse('symbol of a table');
  return singleFse(bytes[place.next++]!);
}

function takeOffset(value: number, literalLength: number, recent: FrameMemory['recent']): number {
  if (value > 3) {
    recent[2] = recent[1];
    recent[1] = recent[0];
    recent[0] = value - 3;
    return recent[0];
  }
  const index = literalLength === 0 ? value : value - 1;
  if (index === 0) return recent[0];
  const offset = index === 3 ? recent[0] - 1 : recent[index as 1 | 2];
  if (index > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  recent[0] = offset;
  return offset;
}

/**
 * Decodes the block in `bytes[start…end)` to `out` from `at` on, at most `limit` octets; `history` octets before `at` may
 * be referred to. `bytes` must be readable eight octets past `end`. Returns the index after the last octet written.
 */
export function decodeBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  memory: FrameMemory,
  out: Uint8Array,
  at: number,
  limit: number,
  history: number,
): number {
  let next = readLiterals(bytes, start, end, limit, memory);
  if (next >= end) refuse('block without sequences');
  let count = bytes[next++]!;
  if (count === 255) {
    count = (bytes[next]! | (bytes[next + 1]! << 8)) + 0x7f00;
    next += 2;
  } else if (count > 127) count = ((count - 128) << 8) | bytes[next++]!;
  let to = at;
  if (count > 0) {
    if (next >= end) refuse('sequences end early');
    const modes = bytes[next]!;
    if ((modes & 3) !== 0) refuse('reserved mode');
    place.next = next + 1;
    const m = memory;
    m.literalLengths = pickTable(modes >> 6, bytes, end, defaultLiteralLengths, m.literalLengths, 9, 35);
    m.offsets = pickTable((modes >> 4) & 3, bytes, end, defaultOffsets, m.offsets, 8, 31);
    m.matchLengths = pickTable((modes >> 2) & 3, bytes, end, defaultMatchLengths, m.matchLengths, 9, 52);
    to = runSequences(bytes, place.next, end, count, m, out, at, at + limit, history);
  } else if (next !== end) refuse('octets after the last literal');
  const rest = literals.length;
  if (to + rest > at + limit) refuse('block passes its limit');
  copy(literals.bytes, literals.at, out, to, rest);
  return to + rest;
}

/** Executes sequences (§3.1.1.4); every octet written is counted against `stop`, so the work is bounded by the block. */
function runSequences(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  memory: FrameMemory,
  out: Uint8Array,
  from: number,
  stop: number,
  history: number,
): number {
  const ll = memory.literalLengths!;
  const of = memory.offsets!;
  const ml = memory.matchLengths!;
  const oldest = from - history;
  let left = bitsOf(bytes, start, end) - ll.log - of.log - ml.log;
  if (left < 0) refuse('sequences end early');
  let llState = bitsAt(bytes, start, left + of.log + ml.log, ll.log);
  let ofState = bitsAt(bytes, start, left + ml.log, of.log);
  let mlState = bitsAt(bytes, start, left, ml.log);
  let at = from;
  for (let i = 0; i < count; i++) {
    const ofCode = of.symbols[ofState]!;
    if (ofCode > maxOffsetCode) refuse('offset behind the window');
    const mlCode = ml.symbols[mlState]!;
    const llCode = ll.symbols[llState]!;
    const mlExtra = matchExtra[mlCode]!;
    const llExtra = literalExtra[llCode]!;
    left -= ofCode + mlExtra + llExtra;
    if (left < 0) refuse('sequences end early');
    const value = (1 << ofCode) + bitsAt(bytes, start, left + mlExtra + llExtra, ofCode);
    const length = matchBase[mlCode]! + bitsAt(bytes, start, left + llExtra, mlExtra);
    const literalLength = literalBase[llCode]! + bitsAt(bytes, start, left, llExtra);
    if (i + 1 < count) {
      const llBits = ll.bits[llState]!;
      const mlBits = ml.bits[mlState]!;
      const ofBits = of.bits[ofState]!;
      left -= llBits + mlBits + ofBits;
      if (left < 0) refuse('sequences end early');
      llState = ll.base[llState]! + bitsAt(bytes, start, left + mlBits + ofBits, llBits);
      mlState = ml.base[mlState]! + bitsAt(bytes, start, left + ofBits, mlBits);
      ofState = of.base[ofState]! + bitsAt(bytes, start, left, ofBits);
    }
    const offset = takeOffset(value, literalLength, memory.recent);
    if (literalLength > literals.length || at + literalLength + length > stop) refuse('sequence passes the block');
    copy(literals.bytes, literals.at, out, at, literalLength);
    literals.at += literalLength;
    literals.length -= literalLength;
    at += literalLength;
    if (offset <= 0 || at - offset < oldest) refuse('offset behind the window');
    if (length > 48 && offset >= length) out.copyWithin(at, at - offset, at - offset + length);
    else for (let k = at, stopAt = at + length; k < stopAt; k++) out[k] = out[k - offset]!;
    at += length;
  }
  if (left !== 0) refuse('sequences do not end with their bit stream');
  return at;
}

function copy(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  if (length > 48) to.set(from.subarray(start, start + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
}
