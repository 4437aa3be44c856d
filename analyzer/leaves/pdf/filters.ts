/**
 * Filters of streams (ISO 32000-1 §7.4) that text lies behind. Pictures' filters are none of ours. What a filter gives is
 * bounded, and so is what they are given, also where nothing comes out; what is cut gives what came before the cut.
 */
import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { hexValue, type PdfDict, PdfName, type PdfValue } from './syntax.ts';

/** More filters on one stream are a trick. */
const MOST_FILTERS = 4;

/** What opening a stream costs besides its octets, for as often as anything refers to it. */
const COST = 1024;

/** Octets that all streams of a document may still give to filters and take from them. */
export interface OctetBudget {
  left: number;
}

/** Null when a filter is of pictures, unknown, or finds no sense in it; `too-large` when the budget is used up. */
export function decoded(
  dict: PdfDict,
  data: Uint8Array,
  budget: OctetBudget,
  resolve: (value: PdfValue | undefined) => PdfValue,
): Uint8Array | 'too-large' | null {
  budget.left -= data.length + COST;
  if (budget.left < 0) return 'too-large';
  const filters = listOf(resolve(dict.get('Filter') ?? dict.get('F')));
  if (filters.length > MOST_FILTERS) return null;
  const names = filters.map(resolve);
  // Before any of them works: what it gives would be for nothing.
  if (!names.every(isOfText)) return null;
  const parameters = listOf(resolve(dict.get('DecodeParms') ?? dict.get('DP')));
  let octets = data;
  for (const [i, { text }] of names.entries()) {
    const result = filtered(text, octets, budget);
    if (result === null || result === 'too-large') return result;
    budget.left -= result.length;
    const with_ = resolve(parameters[i]);
    octets = with_ instanceof Map && isPredicted(text) ? unpredicted(result, with_, resolve) : result;
  }
  return octets;
}

const ofText = new Set([
  ...['FlateDecode', 'Fl', 'ASCII85Decode', 'A85', 'ASCIIHexDecode', 'AHx'],
  ...['RunLengthDecode', 'RL', 'LZWDecode', 'LZW'],
]);

function isOfText(name: PdfValue): name is PdfName {
  return name instanceof PdfName && ofText.has(name.text);
}

function listOf(value: PdfValue): PdfValue[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isPredicted(text: string): boolean {
  return text === 'FlateDecode' || text === 'Fl' || text === 'LZWDecode' || text === 'LZW';
}

function filtered(name: string, octets: Uint8Array, budget: OctetBudget): Uint8Array | 'too-large' | null {
  const most = budget.left;
  switch (name) {
    case 'FlateDecode':
    case 'Fl':
      return inflated(octets, budget);
    case 'ASCII85Decode':
    case 'A85':
      return fromAscii85(octets, most);
    case 'ASCIIHexDecode':
    case 'AHx':
      return fromHex(octets, most);
    case 'RunLengthDecode':
    case 'RL':
      return fromRuns(octets, most);
    case 'LZWDecode':
    case 'LZW':
      return fromLzw(octets, most);
    default:
      return null;
  }
}

/**
 * What ends in damage does not tell how much had come out of it until there: it is given little room at first, so that
 * what is charged for it is what it may have cost.
 */
function inflated(octets: Uint8Array, budget: OctetBudget): Uint8Array | 'too-large' | null {
  for (let room = 16 * octets.length + 65_536; ; room *= 16) {
    const most = Math.min(room, budget.left);
    const result = inflatedTo(octets, most);
    if (result === 'too-large' && most < budget.left) continue;
    if (result === null) budget.left -= most;
    return result;
  }
}

function inflatedTo(octets: Uint8Array, most: number): Uint8Array | 'too-large' | null {
  const options = { maxOutputLength: Math.max(1, most), finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return inflateSync(octets, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
  }
  try {
    // A wrong checksum or head, and sound data behind it.
    return inflateRawSync(octets.subarray(2), options);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : null;
  }
}

function fromHex(octets: Uint8Array, most: number): Uint8Array | 'too-large' {
  const out = new Octets(most);
  let high = -1;
  for (const c of octets) {
    if (c === 0x3e) break;
    const value = hexValue(c);
    if (value < 0) continue;
    if (high < 0) high = value << 4;
    else {
      if (!out.push(high | value)) return 'too-large';
      high = -1;
    }
  }
  return high < 0 || out.push(high) ? out.octets() : 'too-large';
}

function fromAscii85(octets: Uint8Array, most: number): Uint8Array | 'too-large' {
  const out = new Octets(most);
  let value = 0;
  let count = 0;
  const put = (octetsOut: number): boolean => {
    for (let k = 0; k < octetsOut; k++) if (!out.push(Math.floor(value / 256 ** (3 - k)) & 0xff)) return false;
    return true;
  };
  for (const c of octets) {
    if (c === 0x7e) break;
    if (c === 0x7a && count === 0) {
      value = 0;
      if (!put(4)) return 'too-large';
    } else if (c >= 0x21 && c <= 0x75) {
      value = value * 85 + (c - 0x21);
      if (++count < 5) continue;
      if (!put(4)) return 'too-large';
      value = count = 0;
    }
  }
  if (count > 1) {
    for (let k = count; k < 5; k++) value = value * 85 + 84;
    if (!put(count - 1)) return 'too-large';
  }
  return out.octets();
}

function fromRuns(octets: Uint8Array, most: number): Uint8Array | 'too-large' {
  const out = new Octets(most);
  for (let i = 0; i < octets.length; ) {
    const length = octets[i++]!;
    if (length === 128) break;
    const isRun = length > 128;
    for (let k = isRun ? 257 - length : length + 1; k > 0; k--) {
      if (i >= octets.length) break;
      if (!out.push(octets[i]!)) return 'too-large';
      if (!isRun) i++;
    }
    if (isRun) i++;
  }
  return out.octets();
}

const CLEAR = 256;
const END = 257;

/** With early change, as is usual. */
function fromLzw(octets: Uint8Array, most: number): Uint8Array | 'too-large' {
  const out = new Octets(most);
  // Each entry is the one before it and an octet more.
  const before = new Int16Array(4097);
  const last = new Uint8Array(4097);
  const word = new Uint8Array(4097);
  let next = 258;
  let width = 9;
  let previous = -1;
  let bits = 0;
  let held = 0;
  let first = 0;
  for (const octet of octets) {
    bits = ((bits << 8) | octet) & 0xffffff;
    held += 8;
    if (held < width) continue;
    held -= width;
    const code = (bits >> held) & ((1 << width) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0)) break;
    let length = 0;
    let at = code;
    if (code === next) {
      word[length++] = first;
      at = previous;
    }
    for (; at >= 258; at = before[at]!) word[length++] = last[at]!;
    word[length++] = at;
    first = at;
    while (length > 0) if (!out.push(word[--length]!)) return 'too-large';
    if (previous >= 0 && next < 4096) {
      before[next] = previous;
      last[next++] = first;
    }
    width = next + 1 >= 2048 ? 12 : next + 1 >= 1024 ? 11 : next + 1 >= 512 ? 10 : 9;
    previous = code;
  }
  return out.octets();
}

class Octets {
  #bytes = new Uint8Array(1024);
  #length = 0;

  constructor(private readonly most: number) {}

  push(octet: number): boolean {
    if (this.#length >= this.most) return false;
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = octet;
    return true;
  }

  octets(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** §7.4.4.4: TIFF's predictor of octets, and PNG's. */
function unpredicted(
  octets: Uint8Array,
  dict: PdfDict,
  resolve: (value: PdfValue | undefined) => PdfValue,
): Uint8Array {
  const number = (key: string, otherwise: number): number => {
    const value = resolve(dict.get(key));
    return typeof value === 'number' && value >= 1 && value <= 1_000_000 ? Math.floor(value) : otherwise;
  };
  const predictor = number('Predictor', 1);
  if (predictor < 2) return octets;
  const sample = number('Colors', 1) * number('BitsPerComponent', 8);
  const step = Math.max(1, sample >> 3);
  const width = Math.max(1, Math.ceil((sample * number('Columns', 1)) / 8));
  // A row that is longer than all there is was never written so.
  if (width > octets.length) return octets;
  return predictor === 2 ? fromTiff(octets, step, width) : fromPng(octets, step, width);
}

function fromTiff(octets: Uint8Array, step: number, width: number): Uint8Array {
  const out = Uint8Array.from(octets);
  for (let row = 0; row < out.length; row += width) {
    for (let i = row + step; i < Math.min(out.length, row + width); i++) out[i] = out[i]! + out[i - step]!;
  }
  return out;
}

function fromPng(octets: Uint8Array, step: number, width: number): Uint8Array {
  // Each row has an octet before it that says how it was predicted.
  const out = new Uint8Array(octets.length - Math.ceil(octets.length / (width + 1)));
  let kind = 0;
  for (let i = 0, from = 0; i < out.length; i++) {
    const column = i % width;
    if (column === 0) kind = octets[from++]!;
    const left = column < step ? 0 : out[i - step]!;
    const up = i < width ? 0 : out[i - width]!;
    const corner = i < width || column < step ? 0 : out[i - width - step]!;
    out[i] = octets[from++]! + predicted(kind, left, up, corner);
  }
  return out;
}

function predicted(kind: number, left: number, up: number, corner: number): number {
  switch (kind) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}
