/**
 * State by application and name in two generations (generations.ts): two look-ups of texts that are there anyway cost a
 * third of one by a text that is put together for it.
 *
 * Bound: `most` entries.
 */
import type { Party, Place } from '../parties.ts';
import { type Aged, Generations } from './generations.ts';

interface Entry<V> extends Aged {
  readonly app: string;
  readonly name: string;
  value: V;
}

type Stored<S> = readonly (readonly [app: string, name: string, value: S])[];

export interface AppTableSnapshot<S> {
  readonly old: Stored<S>;
  readonly young: Stored<S>;
  readonly evicted: number;
}

export class AppTable<V> {
  readonly #apps = new Map<string, Map<string, Entry<V>>>();
  readonly #generations: Generations<Entry<V>>;

  constructor(most: number) {
    this.#generations = new Generations<Entry<V>>(most, ({ app, name }) => {
      const names = this.#apps.get(app)!;
      names.delete(name);
      if (names.size === 0) this.#apps.delete(app);
    });
  }

  get evicted(): number {
    return this.#generations.evicted;
  }

  touch(app: string, name: string, make: () => V): V {
    return this.#touch(app, name, make).value;
  }

  /** The same of the party, which keeps it. */
  touchOf(party: Party, at: Place, make: () => V): V {
    const entry = party.kept[at] as Entry<V> | null;
    if (entry !== null && this.#generations.isYoung(entry)) return entry.value;
    const touched = this.#touch(party.app, party.id, make);
    party.kept[at] = touched;
    return touched.value;
  }

  #touch(app: string, name: string, make: () => V): Entry<V> {
    const known = this.#apps.get(app)?.get(name);
    if (this.#generations.touch(known)) return known;
    const entry = { turn: 0, app, name, value: make() };
    this.#keep(entry);
    this.#generations.add(entry);
    return entry;
  }

  /** Begins anew with those that match. */
  renew(matches: (app: string, name: string) => boolean, make: () => V): void {
    for (const [app, names] of this.#apps)
      for (const entry of names.values()) if (matches(app, entry.name)) entry.value = make();
  }

  *entries(): IterableIterator<readonly [app: string, name: string, value: V]> {
    for (const [app, names] of this.#apps) for (const [name, { value }] of names) yield [app, name, value];
  }

  #keep(entry: Entry<V>): void {
    const names = this.#apps.get(entry.app);
    if (names === undefined) this.#apps.set(entry.app, new Map([[entry.name, entry]]));
    else names.set(entry.name, entry);
  }

  snapshot<S>(store: (value: V) => S): AppTableSnapshot<S> {
    const of = (entries: readonly Entry<V>[]) =>
      entries.map(({ app, name, value }) => [app, name, store(value)] as const);
    return { old: of(this.#generations.old()), young: of(this.#generations.young()), evicted: this.evicted };
  }

  restore<S>({ old, young, evicted }: AppTableSnapshot<S>, revive: (stored: S) => V): void {
    this.#apps.clear();
    const of = (entries: Stored<S>) =>
      entries.map(([app, name, value]): Entry<V> => {
        const entry = { turn: 0, app, name, value: revive(value) };
        this.#keep(entry);
        return entry;
      });
    this.#generations.restore(of(old), of(young), evicted);
  }
}
