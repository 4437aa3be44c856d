/**
 * A cache of at most 2 × `size` entries. Entries live in two generations: when the young one is full it becomes the
 * old one and the oldest entries are forgotten at once, which costs nothing per look-up, unlike a true LRU.
 */
export class BoundedCache<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) this.set(key, aged);
    return aged;
  }

  /** Answers the value. `key` is kept as it is: one that was cut out of a larger text wants an `ownCopy`. */
  set(key: string, value: V): V {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }

  /** Entries held, at most 2 × size. */
  get length(): number {
    return this.#young.size + this.#old.size;
  }
}

/**
 * The same text as one run of characters. A text that was joined stays two parts to the engine, and where it is a key,
 * each other key of its length that falls near it is compared by a call into the runtime.
 */
export function laidOut(text: string): string {
  const copy = ownCopy(text);
  // Half of a surrogate pair has no copy.
  return copy === text ? copy : text;
}

/** A copy that shares no memory with `text`: a slice kept in a cache would keep the whole received buffer alive. */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
