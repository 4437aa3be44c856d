/**
 * A memory of at most 2 × `size` texts. Entries live in two generations: when the young one is full it becomes the old
 * one and the oldest entries are forgotten at once. Keys are copied: a slice would keep the whole received buffer.
 */
export class BoundedMap<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(private readonly size: number) {}

  get(key: string): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) this.#put(key, aged);
    return aged;
  }

  set(key: string, value: V): V {
    this.#put(Buffer.from(key, 'utf8').toString('utf8'), value);
    return value;
  }

  #put(key: string, value: V): void {
    if (this.#young.size >= this.size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
