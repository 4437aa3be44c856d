/**
 * A set of networks. The blocks become sorted, merged ranges: a look-up is one binary search, whatever the list's length.
 */
import { type Family, parseAddress } from './address.ts';

const words = new Uint32Array(4);

interface Range {
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}

export class CidrSet {
  readonly #v4: Uint32Array;
  /** Eight words a range: first address, last address. */
  readonly #v6: Uint32Array;
  /** Blocks that read as such; the others are told by `cidrProblem` and left out. */
  readonly size: number;

  constructor(blocks: readonly string[]) {
    const v4: Range[] = [];
    const v6: Range[] = [];
    for (const block of blocks) {
      const parsed = parseCidr(block);
      if (parsed !== null) (parsed.family === 4 ? v4 : v6).push(parsed);
    }
    this.size = v4.length + v6.length;
    this.#v4 = Uint32Array.from(merge(v4).flatMap(({ first, last }) => [first[3]!, last[3]!]));
    this.#v6 = Uint32Array.from(merge(v6).flatMap(({ first, last }) => [...first, ...last]));
  }

  /** False too when `address` is no address. */
  has(address: string): boolean {
    if (this.size === 0) return false;
    const family = parseAddress(address, 0, address.length, words);
    if (family === 0) return false;
    return family === 4 ? this.#hasV4(words[3]!) : this.#hasV6();
  }

  #hasV4(value: number): boolean {
    const ranges = this.#v4;
    let low = 0;
    let high = (ranges.length >> 1) - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      if (value < ranges[2 * mid]!) high = mid - 1;
      else if (value > ranges[2 * mid + 1]!) low = mid + 1;
      else return true;
    }
    return false;
  }

  #hasV6(): boolean {
    const ranges = this.#v6;
    let low = 0;
    let high = (ranges.length >> 3) - 1;
    while (low <= high) {
      const mid = (low + high) >> 1;
      if (compareWords(words, 0, ranges, 8 * mid) < 0) high = mid - 1;
      else if (compareWords(words, 0, ranges, 8 * mid + 4) > 0) low = mid + 1;
      else return true;
    }
    return false;
  }
}

/** What is wrong with a block of the configuration, or null. Bits behind the prefix may be set. */
export function cidrProblem(block: string): string | null {
  if (parseCidr(block) !== null) return null;
  return `"${block}" is no network: write an address and a prefix length, such as 10.0.0.0/8 or 2001:db8::/32`;
}

function parseCidr(block: string): (Range & { family: 4 | 6 }) | null {
  const ends = new Uint32Array(8);
  const family = readCidr(block, ends, 0);
  return family === 0 ? null : { family, first: ends.subarray(0, 4), last: ends.subarray(4) };
}

/** Writes first and last address of a block into `ends[at, at + 8)`; 0 when it is no block. */
export function readCidr(block: string, ends: Uint32Array, at: number): Family {
  const text = block.trim();
  const slash = text.indexOf('/');
  const family = parseAddress(text, 0, slash < 0 ? text.length : slash, words);
  if (family === 0) return 0;
  // A mapped block (::ffff:10.0.0.0/104) counts its bits as IPv6 does.
  const isMapped = family === 4 && text.includes(':');
  const width = family === 4 && !isMapped ? 32 : 128;
  let bits = width;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length)) return 0;
    bits = Number(length);
    if (bits > width || (isMapped && bits < 96)) return 0;
  }
  if (family === 4 && !isMapped) bits += 96;
  for (let i = 0; i < 4; i++) {
    const own = Math.max(0, Math.min(32, bits - 32 * i));
    const mask = own === 0 ? 0 : (0xffffffff << (32 - own)) >>> 0;
    ends[at + i] = words[i]! & mask;
    ends[at + 4 + i] = words[i]! | ~mask;
  }
  return family;
}

const canonical = new Uint32Array(8);

/** One name for all spellings of a block; null when it is none. A number for IPv4: tables have a million of them. */
export function canonicalCidr(block: string): string | number | null {
  const family = readCidr(block, canonical, 0);
  if (family === 4) return canonical[3]! * 64 + Math.clz32(canonical[7]! ^ canonical[3]!);
  return family === 0 ? null : canonical.join(' ');
}

/** Four words of each, as one number. */
export function compareWords(a: Uint32Array, at: number, b: Uint32Array, bt: number): number {
  for (let i = 0; i < 4; i++) {
    const difference = a[at + i]! - b[bt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function merge(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => compareWords(a.first, 0, b.first, 0));
  const merged: { first: Uint32Array; last: Uint32Array }[] = [];
  for (const { first, last } of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && compareWords(first, 0, before.last, 0) <= 0) {
      if (compareWords(last, 0, before.last, 0) > 0) before.last = last;
    } else merged.push({ first, last });
  }
  return merged;
}
