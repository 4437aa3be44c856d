/**
 * A set of identity hashes by their low 32 bits: half the memory of whole ones, and what is looked up in it lies more
 * often in the processor's caches. A value that is not in a set of a thousand is taken for one of them by a chance of
 * 2e-7. Slots are probed one after the other; 0 is an empty slot, and the hash 0 counts as 1.
 */
const fewest = 16;

export class FingerprintSet {
  size = 0;
  #slots: Uint32Array;

  /** `slots`: a power of two. */
  constructor(slots = fewest) {
    this.#slots = new Uint32Array(slots);
  }

  /** Empty, with the room it has. */
  clear(): void {
    if (this.size > 0) this.#slots.fill(0);
    this.size = 0;
  }

  has(value: number): boolean {
    const slots = this.#slots;
    const last = slots.length - 1;
    const stored = fingerprintOf(value);
    for (let i = homeOf(stored) & last; ; i = (i + 1) & last) {
      const each = slots[i]!;
      if (each === stored) return true;
      if (each === 0) return false;
    }
  }

  /** A value, or the fingerprint that stands for it. */
  add(value: number): void {
    const slots = this.#slots;
    const last = slots.length - 1;
    const stored = fingerprintOf(value);
    let i = homeOf(stored) & last;
    for (; ; i = (i + 1) & last) {
      const each = slots[i]!;
      if (each === stored) return;
      if (each === 0) break;
    }
    slots[i] = stored;
    this.size++;
    // At two thirds: fuller, and searches in vain grow long. Few sizes: most sets grow large.
    if (this.size * 3 > slots.length * 2) this.#grow(slots.length * 4);
  }

  #grow(length: number): void {
    const before = this.#slots;
    const slots = new Uint32Array(length);
    const last = length - 1;
    for (let k = 0; k < before.length; k++) {
      const stored = before[k]!;
      if (stored === 0) continue;
      let i = homeOf(stored) & last;
      while (slots[i] !== 0) i = (i + 1) & last;
      slots[i] = stored;
    }
    this.#slots = slots;
  }

  /** Writes the fingerprints in ascending order from `at` on: the same set is always told the same. */
  writeTo(into: Uint32Array, at: number): void {
    const slots = this.#slots;
    let end = at;
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) into[end++] = slots[i]!;
    into.subarray(at, end).sort();
  }
}

/** Slots of a set that grew to so many values. */
export function roomFor(values: number): number {
  let slots = fewest;
  while (values * 3 > slots * 2) slots *= 4;
  return slots;
}

function fingerprintOf(value: number): number {
  return value >>> 0 || 1;
}

/** Hashes need no stirring, numbers in a row do. */
function homeOf(fingerprint: number): number {
  const h = Math.imul(fingerprint, 0x9e3779b1);
  return h ^ (h >>> 15);
}
