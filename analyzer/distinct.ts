/**
 * How many different values: exact while few, then a HyperLogLog sketch (Flajolet et al. 2007) with 2,048 registers,
 * whose standard error is 2.3 %, in 2 KiB. Values are keyed hashes of 53 bits (`hashNumber`).
 */
import { NumberSet } from './number-set.ts';

const usualExact = 1024;
/** So many are compared one by one; more are looked up in a set. */
const few = 12;
const registerBits = 11;
const registers = 1 << registerBits;
const alpha = 0.7213 / (1 + 1.079 / registers);

/** No rank is higher (43 at most); 2^-rank by rank. */
const mostRank = 64;
const shares = Float64Array.from({ length: mostRank + 1 }, (_, rank) => 2 ** -rank);

export interface DistinctSnapshot {
  /** Either the values, or the registers in Base64. */
  readonly values?: readonly number[];
  readonly registers?: string;
}

export class Distinct {
  /** In the order they came; a Set would make an object of each. */
  #exact: number[] | undefined = [];
  /** The same, once they are more than `few`. */
  #known: NumberSet | undefined;
  #sketch: Uint8Array | undefined;
  /** Of the sketch: sum of 2^-rank over its registers, and how many are 0. Powers of two add up exactly. */
  #sum = registers;
  #empty = registers;

  /** `mostExact`: values up to which it counts exactly, at about 40 octets each. */
  constructor(private readonly mostExact = usualExact) {}

  add(value: number): void {
    const exact = this.#exact;
    if (exact === undefined) {
      this.#note(value);
      return;
    }
    if (!this.#isNew(value, exact)) return;
    exact.push(value);
    if (exact.length <= this.mostExact) return;
    this.#begin();
    for (const known of exact) this.#note(known);
    this.#exact = undefined;
    this.#known = undefined;
  }

  /** Whether it is none of those that came before; from then on it is one of them. */
  #isNew(value: number, exact: readonly number[]): boolean {
    if (this.#known === undefined) {
      if (exact.length < few) return !exact.includes(value);
      this.#known = new NumberSet(32);
      for (const known of exact) this.#known.add(known);
    }
    return this.#known.add(value);
  }

  #begin(): Uint8Array {
    this.#sum = registers;
    this.#empty = registers;
    return (this.#sketch = new Uint8Array(registers));
  }

  /** The top bits choose the register; the run of zeros in the other 42 is what it remembers. */
  #note(value: number): void {
    const high = Math.floor(value / 0x20_0000);
    const low = (value % 0x20_0000) << registerBits;
    const rest = high << registerBits;
    const rank = rest !== 0 ? Math.clz32(rest) + 1 : 32 - registerBits + Math.clz32(low) + 1;
    const register = high >>> (32 - registerBits);
    const before = this.#sketch![register]!;
    if (rank <= before) return;
    this.#sketch![register] = rank;
    this.#sum += shares[rank]! - shares[before]!;
    if (before === 0) this.#empty--;
  }

  get exact(): boolean {
    return this.#exact !== undefined;
  }

  get estimate(): number {
    if (this.#exact !== undefined) return this.#exact.length;
    const empty = this.#empty;
    const raw = (alpha * registers * registers) / this.#sum;
    // Linear counting where the sketch is still sparse.
    const estimate = raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw;
    return Math.round(estimate);
  }

  snapshot(): DistinctSnapshot {
    if (this.#exact !== undefined) return { values: [...this.#exact] };
    return { registers: Buffer.from(this.#sketch!).toString('base64') };
  }

  restore({ values, registers: text }: DistinctSnapshot): void {
    this.#exact = values === undefined ? undefined : [...values];
    this.#known = undefined;
    this.#sketch = undefined;
    if (text === undefined) return;
    const sketch = this.#begin();
    const stored = Buffer.from(text, 'base64');
    for (let i = 0; i < Math.min(stored.length, registers); i++) {
      const rank = Math.min(stored[i]!, mostRank);
      sketch[i] = rank;
      this.#sum += shares[rank]! - 1;
      if (rank > 0) this.#empty--;
    }
  }
}
