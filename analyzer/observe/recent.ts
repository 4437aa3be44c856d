/**
 * State per key in two generations: what is touched moves into the young one; when that is full, the old one is
 * forgotten and counted, and the young one grows old. So a key that is touched stays, at the price of one look-up.
 *
 * Bound: `most` keys, and where they are weighed, `mostWeight` in all (the key at hand may pass it by its own weight).
 */
import { nextTurn, type Party, type Place } from '../parties.ts';

interface Entry<V> {
  /** That it was touched in; 0 once it is forgotten by name. */
  turn: number;
  /** Null once it is forgotten: parties may keep the entry. */
  value: V | null;
}

export class Recent<V> {
  evicted = 0;
  #turn = nextTurn();
  #young = new Map<string, Entry<V>>();
  #old = new Map<string, Entry<V>>();
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
    return (this.#young.get(key) ?? this.#old.get(key))?.value ?? undefined;
  }

  touch(key: string, make: () => V): V {
    return this.#touch(key, make).value!;
  }

  /** As `touch`, where the party keeps it and it is young; else undefined. */
  held(party: Party, at: Place): V | undefined {
    const entry = party.kept[at] as Entry<V> | null;
    if (entry === null || entry.turn !== this.#turn || this.#weight >= this.mostWeight / 2) return undefined;
    return entry.value!;
  }

  /** As `touch`, and the party keeps it from now on. */
  hold(party: Party, at: Place, key: string, make: () => V): V {
    const entry = this.#touch(key, make);
    party.kept[at] = entry;
    return entry.value!;
  }

  #touch(key: string, make: () => V): Entry<V> {
    const known = this.#young.get(key);
    const isHeavy = this.#weight >= this.mostWeight / 2;
    if (known !== undefined && !isHeavy) return known;
    if (this.#young.size >= this.most / 2 || isHeavy) this.#turnOver();
    let entry = this.#old.get(key);
    if (entry === undefined) entry = { turn: this.#turn, value: make() };
    else {
      this.#old.delete(key);
      entry.turn = this.#turn;
    }
    this.#young.set(key, entry);
    this.#weight += this.weigh(entry.value!);
    return entry;
  }

  /** Forgets those that match: they are not counted as forgotten for want of room. */
  forget(matches: (key: string) => boolean): void {
    for (const map of [this.#young, this.#old]) {
      for (const [key, entry] of map) {
        if (!matches(key)) continue;
        if (map === this.#young) this.#weight -= this.weigh(entry.value!);
        map.delete(key);
        drop(entry);
      }
    }
  }

  *entries(): IterableIterator<[string, V]> {
    for (const map of [this.#old, this.#young]) for (const [key, { value }] of map) yield [key, value!];
  }

  /** A touched value grew heavier, or lighter. */
  grow(by: number): void {
    this.#weight += by;
  }

  #turnOver(): void {
    this.evicted += this.#old.size;
    for (const entry of this.#old.values()) drop(entry);
    this.#old = this.#young;
    this.#young = new Map();
    this.#turn = nextTurn();
    this.#weight = 0;
  }

  /** The old ones first: `restore` takes them up as they were. */
  snapshot<S>(store: (value: V) => S): RecentSnapshot<S> {
    const entries = (map: ReadonlyMap<string, Entry<V>>) =>
      [...map].map(([key, { value }]): [string, S] => [key, store(value!)]);
    return { old: entries(this.#old), young: entries(this.#young), evicted: this.evicted };
  }

  restore<S>({ old, young, evicted }: RecentSnapshot<S>, revive: (stored: S) => V): void {
    this.#turn = nextTurn();
    const map = (entries: RecentSnapshot<S>['old'], turn: number) =>
      new Map(entries.map(([key, stored]): [string, Entry<V>] => [key, { turn, value: revive(stored) }]));
    this.#old = map(old, 0);
    this.#young = map(young, this.#turn);
    this.#weight = 0;
    for (const { value } of this.#young.values()) this.#weight += this.weigh(value!);
    this.evicted = evicted;
  }
}

function drop(entry: Entry<unknown>): void {
  entry.turn = 0;
  entry.value = null;
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
