/**
 * Filters of streams (ISO 32000-1 §7.4) that text lies behind. Pictures' filters are none of ours. What a filter gives is
 * bounded; what is damaged gives what came before the damage.
 */
import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { hexValue, type PdfDict, PdfName, type PdfValue } from './syntax.ts';

/** More filters on one stream are a trick. */
const MOST_FILTERS = 4;

/** Null when a filter is of pictures, or unknown; `too-large` when more than `most` octets come out. */
export function decoded(
  dict: PdfDict,
  data: Uint8Array,
  most: number,
  resolve: (value: PdfValue | undefined) => PdfValue,
): Uint8Array | 'too-large' | null {
  const names = listOf(resolve(dict.get('Filter') ?? dict.get('F'))).map(resolve);
  const parameters = listOf(resolve(dict.get('DecodeParms') ?? dict.get('DP'))).map(resolve);
  if (names.length > MOST_FILTERS) return null;
  let octets = data;
  for (const [i, name] of names.entries()) {
    const result = name instanceof PdfName ? filtered(name.text, octets, most) : null;
    if (result === null || result === 'too-large') return result;
    const with_ = parameters[i];
    octets = with_ instanceof Map && isPredicted(name as PdfName) ? unpredicted(result, with_, resolve) : result;
  }
  return octets.length > most ? 'too-large' : octets;
}

function listOf(value: PdfValue): PdfValue[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isPredicted({ text }: PdfName): boolean {
  return text === 'FlateDecode' || text === 'Fl' || text === 'LZWDecode' || text === 'LZW';
}

function filtered(name: string, octets: Uint8Array, most: number): Uint8Array | 'too-large' | null {
  switch (name) {
    case 'FlateDecode':
    case 'Fl':
      return inflated(octets, most);
    case 'ASCII85Decode':
    case 'A85':
      return fromAscii85(octets);
    case 'ASCIIHexDecode':
    case 'AHx':
      return fromHex(octets);
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

function inflated(octets: Uint8Array, most: number): Uint8Array | 'too-large' | null {
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

function fromHex(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array((octets.length + 1) >> 1);
  let digits = 0;
  for (const c of octets) {
    if (c === 0x3e) break;
    const value = hexValue(c);
    if (value < 0) continue;
    out[digits >> 1]! |= digits % 2 === 0 ? value << 4 : value;
    digits++;
  }
  return out.subarray(0, (digits + 1) >> 1);
}

function fromAscii85(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array(octets.length * 4);
  let length = 0;
  let value = 0;
  let count = 0;
  const put = (octetsOut: number) => {
    for (let k = 0; k < octetsOut; k++) out[length++] = Math.floor(value / 256 ** (3 - k)) & 0xff;
  };
  for (const c of octets) {
    if (c === 0x7e) break;
    if (c === 0x7a && count === 0) {
      value = 0;
      put(4);
    } else if (c >= 0x21 && c <= 0x75) {
      value = value * 85 + (c - 0x21);
      if (++count < 5) continue;
      put(4);
      value = count = 0;
    }
  }
  if (count > 1) {
    for (let k = count; k < 5; k++) value = value * 85 + 84;
    put(count - 1);
  }
  return out.subarray(0, length);
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
  const rows = Math.ceil(octets.length / (width + 1));
  const out = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const from = row * (width + 1);
    const kind = octets[from]!;
    const to = row * width;
    for (let i = 0; i < width; i++) {
      const raw = octets[from + 1 + i] ?? 0;
      const left = i < step ? 0 : out[to + i - step]!;
      const up = row === 0 ? 0 : out[to + i - width]!;
      const corner = row === 0 || i < step ? 0 : out[to + i - width - step]!;
      out[to + i] = raw + predicted(kind, left, up, corner);
    }
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
