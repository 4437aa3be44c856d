/**
 * A set of identity hashes: whole numbers of 0 … 2^53 - 1. A Set would make an object of each, and follow it for every
 * look. Slots are probed one after the other; a number is stored as itself plus one, so that 0 is an empty slot.
 */
export class NumberSet {
  size = 0;
  #slots: Float64Array;

  /** `slots`: a power of two. */
  constructor(slots = 8) {
    this.#slots = new Float64Array(slots);
  }

  clear(): void {
    if (this.size === 0) return;
    this.#slots.fill(0);
    this.size = 0;
  }

  has(value: number): boolean {
    const slots = this.#slots;
    const last = slots.length - 1;
    const stored = value + 1;
    for (let i = homeOf(value) & last; ; i = (i + 1) & last) {
      const each = slots[i]!;
      if (each === stored) return true;
      if (each === 0) return false;
    }
  }

  /** False when it was there. */
  add(value: number): boolean {
    const slots = this.#slots;
    const last = slots.length - 1;
    const stored = value + 1;
    let i = homeOf(value) & last;
    for (; ; i = (i + 1) & last) {
      const each = slots[i]!;
      if (each === stored) return false;
      if (each === 0) break;
    }
    slots[i] = stored;
    this.size++;
    // At two thirds: fuller, and searches in vain grow long.
    if (this.size * 3 > slots.length * 2) this.#grow(slots.length * 2);
    return true;
  }

  delete(value: number): void {
    const slots = this.#slots;
    const last = slots.length - 1;
    const stored = value + 1;
    let hole = homeOf(value) & last;
    for (; slots[hole] !== stored; hole = (hole + 1) & last) if (slots[hole] === 0) return;
    this.size--;
    // What follows without a gap moves into the hole, unless its own place is behind it.
    for (let i = (hole + 1) & last; slots[i] !== 0; i = (i + 1) & last) {
      const home = homeOf(slots[i]! - 1) & last;
      if (((i - home) & last) < ((i - hole) & last)) continue;
      slots[hole] = slots[i]!;
      hole = i;
    }
    slots[hole] = 0;
  }

  #grow(length: number): void {
    const before = this.#slots;
    const slots = new Float64Array(length);
    const last = slots.length - 1;
    for (let k = 0; k < before.length; k++) {
      const stored = before[k]!;
      if (stored === 0) continue;
      let i = homeOf(stored - 1) & last;
      while (slots[i] !== 0) i = (i + 1) & last;
      slots[i] = stored;
    }
    this.#slots = slots;
  }

  /** Writes the numbers in ascending order from `at` on: the same set is always told the same. */
  writeTo(into: Float64Array, at: number): void {
    const slots = this.#slots;
    let end = at;
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) into[end++] = slots[i]! - 1;
    into.subarray(at, end).sort();
  }
}

/** From the low 32 bits: hashes need no stirring, numbers in a row do. */
function homeOf(value: number): number {
  const h = Math.imul(value | 0, 0x9e3779b1);
  return h ^ (h >>> 15);
}
