/**
 * State per key in two generations: what is touched moves into the young one; when that is full, the old one is
 * forgotten and counted, and the young one grows old. So a key that is touched stays, at the price of one look-up.
 *
 * Bound: `most` keys, and where they are weighed, `mostWeight` in all (the key at hand may pass it by its own weight).
 */
export class Recent<V> {
  evicted = 0;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #weight = 0;

  constructor(
    private readonly most: number,
    private readonly mostWeight = Number.POSITIVE_INFINITY,
    private readonly weigh: (value: V) => number = () => 0,
  ) {}

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Without touching. */
  peek(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  touch(key: string, make: () => V): V {
    const known = this.#young.get(key);
    const isHeavy = this.#weight >= this.mostWeight / 2;
    if (known !== undefined && !isHeavy) return known;
    if (this.#young.size >= this.most / 2 || isHeavy) this.#turn();
    let value = this.#old.get(key);
    if (value === undefined) value = make();
    else this.#old.delete(key);
    this.#young.set(key, value);
    this.#weight += this.weigh(value);
    return value;
  }

  /** Forgets those that match: they are not counted as forgotten for want of room. */
  forget(matches: (key: string) => boolean): void {
    for (const map of [this.#young, this.#old]) {
      for (const [key, value] of map) {
        if (!matches(key)) continue;
        if (map === this.#young) this.#weight -= this.weigh(value);
        map.delete(key);
      }
    }
  }

  *entries(): IterableIterator<[string, V]> {
    yield* this.#old;
    yield* this.#young;
  }

  /** A touched value grew heavier, or lighter. */
  grow(by: number): void {
    this.#weight += by;
  }

  #turn(): void {
    this.evicted += this.#old.size;
    this.#old = this.#young;
    this.#young = new Map();
    this.#weight = 0;
  }

  /** The old ones first: `restore` takes them up as they were. */
  snapshot<S>(store: (value: V) => S): RecentSnapshot<S> {
    const entries = (map: ReadonlyMap<string, V>) => [...map].map(([key, value]): [string, S] => [key, store(value)]);
    return { old: entries(this.#old), young: entries(this.#young), evicted: this.evicted };
  }

  restore<S>({ old, young, evicted }: RecentSnapshot<S>, revive: (stored: S) => V): void {
    const map = (entries: RecentSnapshot<S>['old']) => new Map(entries.map(([key, stored]) => [key, revive(stored)]));
    this.#old = map(old);
    this.#young = map(young);
    this.#weight = 0;
    for (const value of this.#young.values()) this.#weight += this.weigh(value);
    this.evicted = evicted;
  }
}

export interface RecentSnapshot<S> {
  readonly old: readonly (readonly [string, S])[];
  readonly young: readonly (readonly [string, S])[];
  readonly evicted: number;
}

/** Adds to a small set, up to `most`. */
export function include(set: Set<string>, name: string | undefined, most = 100): void {
  if (name !== undefined && name !== '' && set.size < most) set.add(name);
}
