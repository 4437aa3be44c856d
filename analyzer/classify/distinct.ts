/**
 * How many different values: exact while few, then a HyperLogLog sketch (Flajolet et al. 2007) over the same hashes,
 * with 2,048 registers, that is 2.3 % standard error in 2 KiB.
 */

const mostExact = 1024;
const registerBits = 11;
const registers = 1 << registerBits;
const alpha = 0.7213 / (1 + 1.079 / registers);

/** Two halves of a 64-bit hash as one whole number of 53 bits. */
export function hashNumber(high: number, low: number): number {
  return high * 2_097_152 + (low >>> 11);
}

export class Distinct {
  #exact: Set<number> | undefined = new Set();
  #sketch: Uint8Array | undefined;

  add(high: number, low: number): void {
    if (this.#exact !== undefined) {
      this.#exact.add(hashNumber(high, low));
      if (this.#exact.size <= mostExact) return;
      this.#sketch = new Uint8Array(registers);
      for (const number of this.#exact) this.#count(Math.floor(number / 2_097_152), (number % 2_097_152) * 2048);
      this.#exact = undefined;
      return;
    }
    // The exact set forgot the lowest 11 bits; both ways must see the same hash.
    this.#count(high, (low >>> 11) * 2048);
  }

  #count(high: number, low: number): void {
    const register = high >>> (32 - registerBits);
    const rest = high << registerBits;
    const rank = rest !== 0 ? Math.clz32(rest) + 1 : 32 - registerBits + Math.clz32(low) + 1;
    if (rank > this.#sketch![register]!) this.#sketch![register] = rank;
  }

  get exact(): boolean {
    return this.#exact !== undefined;
  }

  get estimate(): number {
    if (this.#exact !== undefined) return this.#exact.size;
    let sum = 0;
    let empty = 0;
    for (const rank of this.#sketch!) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const raw = (alpha * registers * registers) / sum;
    // Linear counting where the sketch is still sparse.
    const estimate = raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw;
    return Math.round(estimate);
  }
}
