/**
 * State per key, least recently touched first. At the bound the least recently touched key is forgotten and counted.
 */
export class Recent<V> {
  evicted = 0;
  readonly #map = new Map<string, V>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#map.size;
  }

  /** Without touching. */
  peek(key: string): V | undefined {
    return this.#map.get(key);
  }

  touch(key: string, make: () => V): V {
    let value = this.#map.get(key);
    if (value === undefined) value = make();
    else this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.most) {
      this.#map.delete(this.#map.keys().next().value!);
      this.evicted++;
    }
    return value;
  }

  entries(): [string, V][] {
    return [...this.#map];
  }

  restore(entries: readonly (readonly [string, V])[]): void {
    this.#map.clear();
    for (const [key, value] of entries) this.#map.set(key, value);
  }
}

/** Adds to a small set kept as a list, up to `most`. */
export function include(list: string[], name: string | undefined, most = 100): void {
  if (name !== undefined && name !== '' && list.length < most && !list.includes(name)) list.push(name);
}
