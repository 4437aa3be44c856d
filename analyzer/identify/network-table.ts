/**
 * What is said of networks, by address: the longest prefix decides. Blocks that lie in one another are cut once into
 * ranges that do not, so that a look-up is one binary search, whatever the table's length. Memory: 20 octets a range, of
 * which there are at most twice as many as blocks.
 */
import { type Family, parseAddress } from './address.ts';
import { compareWords, readCidr } from './cidr.ts';

export interface Said {
  readonly cidr: string;
  readonly value: string;
}

const words = new Uint32Array(4);

export class NetworkTable {
  readonly #values: string[] = [''];
  readonly #v4: Ranges;
  readonly #v6: Ranges;

  /** Blocks that read as none are left out: the configuration has told of them. Of one block twice the later decides. */
  constructor(said: readonly Said[]) {
    const ends = new Uint32Array(8 * said.length);
    const named = new Uint32Array(said.length);
    const numbers = new Map<string, number>([['', 0]]);
    const families: Record<4 | 6, number[]> = { 4: [], 6: [] };
    for (const [i, { cidr, value }] of said.entries()) {
      const family = readCidr(cidr, ends, 8 * i);
      if (family === 0) continue;
      families[family].push(i);
      let number = numbers.get(value);
      if (number === undefined) numbers.set(value, (number = this.#values.push(value) - 1));
      named[i] = number;
    }
    this.#v4 = rangesOf(families[4], ends, named);
    this.#v6 = rangesOf(families[6], ends, named);
  }

  /** Empty where nothing is said, or `address` is none. */
  of(address: string): string {
    const family: Family = parseAddress(address, 0, address.length, words);
    if (family === 0) return '';
    const { starts, named } = family === 4 ? this.#v4 : this.#v6;
    let low = 0;
    let high = named.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (compareWords(starts, 4 * mid, words, 0) <= 0) low = mid + 1;
      else high = mid;
    }
    return low === 0 ? '' : this.#values[named[low - 1]!]!;
  }
}

/** Each range ends before the next begins; 0 names nothing. */
interface Ranges {
  /** Four words a range. */
  readonly starts: Uint32Array;
  readonly named: Uint32Array;
}

/** Goes along the addresses with a stack of the blocks that it is in, the innermost on top. */
function rangesOf(blocks: number[], ends: Uint32Array, named: Uint32Array): Ranges {
  blocks.sort(
    (a, b) => compareWords(ends, 8 * a, ends, 8 * b) || compareWords(ends, 8 * b + 4, ends, 8 * a + 4) || a - b,
  );
  const starts = new Uint32Array(4 * (2 * blocks.length + 1));
  const names = new Uint32Array(2 * blocks.length + 1);
  const next = new Uint32Array(4);
  const inside: number[] = [];
  let count = 0;
  const begin = (from: Uint32Array, at: number, name: number): void => {
    // A block that ends where another begins leaves no range between them.
    if (count > 0 && compareWords(starts, 4 * (count - 1), from, at) === 0) count--;
    starts.set(from.subarray(at, at + 4), 4 * count);
    names[count++] = name;
  };
  const leave = (): void => {
    const left = inside.pop()!;
    const outer = inside.at(-1);
    if (behind(ends, 8 * left + 4, next)) begin(next, 0, outer === undefined ? 0 : named[outer]!);
  };
  for (const block of blocks) {
    while (inside.length > 0 && compareWords(ends, 8 * inside.at(-1)! + 4, ends, 8 * block) < 0) leave();
    begin(ends, 8 * block, named[block]!);
    inside.push(block);
  }
  while (inside.length > 0) leave();
  return { starts: starts.slice(0, 4 * count), named: names.slice(0, count) };
}

/** Writes the address behind `ends[at, at + 4)` into `next`; false when there is none. */
function behind(ends: Uint32Array, at: number, next: Uint32Array): boolean {
  for (let i = 3; i >= 0; i--) next[i] = ends[at + i]!;
  for (let i = 3; i >= 0; i--) {
    next[i] = next[i]! + 1;
    if (next[i] !== 0) return true;
  }
  return false;
}
