/** Who asked by which parameter: keys of traversal, found by API, parameter and subject without joining the three. */
import { AskedValues } from './asked-values.ts';
import { Generations } from './generations.ts';

export interface Key {
  turn: number;
  readonly group: Group;
  /** Name of the subject; empty for the API as a whole. */
  readonly subject: string;
  readonly values: AskedValues;
  /** Values so far, those that have gone included. */
  total: number;
  /** By window: the total from which on the next observation is due. */
  readonly due: [number, number, number];
}

/** The keys of one parameter of one API. */
interface Group {
  readonly apiId: string;
  readonly parameter: string;
  readonly keys: Map<string, Key>;
}

export class KeyTable {
  readonly #groups = new Map<string, Map<string, Group>>();
  readonly generations: Generations<Key>;
  /** The group looked up last: a value is asked for by its subject and of the API as a whole. */
  #last: Group | null = null;

  /** `forgotten`: told of each key that goes. */
  constructor(most: number, mostValues: number, forgotten: (key: Key) => void) {
    const weigh = ({ values }: Key): number => values.size;
    const forget = (key: Key): void => {
      this.#forget(key);
      forgotten(key);
    };
    this.generations = new Generations<Key>(most, forget, mostValues, weigh);
  }

  get evicted(): number {
    return this.generations.evicted;
  }

  /** A touched key got more values, or fewer. */
  grow(by: number): void {
    this.generations.grow(by);
  }

  /** The key, if it is known; it grows no younger. */
  peek(apiId: string, parameter: string, subject: string): Key | undefined {
    return this.#find(apiId, parameter)?.keys.get(subject);
  }

  /** The key, made when there is none. */
  touch(apiId: string, parameter: string, subject: string): Key {
    const known = this.#find(apiId, parameter)?.keys.get(subject);
    if (this.generations.touch(known)) return known;
    const key = this.make(apiId, parameter, subject);
    this.generations.add(key);
    return key;
  }

  #find(apiId: string, parameter: string): Group | undefined {
    const last = this.#last;
    if (last !== null && last.apiId === apiId && last.parameter === parameter) return last;
    const group = this.#groups.get(apiId)?.get(parameter);
    if (group !== undefined) this.#last = group;
    return group;
  }

  /** A key that belongs to no generation yet. */
  make(apiId: string, parameter: string, subject: string): Key {
    let group = this.#find(apiId, parameter);
    if (group === undefined) {
      group = { apiId, parameter, keys: new Map() };
      const ofApi = this.#groups.get(apiId);
      if (ofApi === undefined) this.#groups.set(apiId, new Map([[parameter, group]]));
      else ofApi.set(parameter, group);
    }
    const key: Key = { turn: 0, group, subject, values: new AskedValues(), total: 0, due: [0, 0, 0] };
    group.keys.set(subject, key);
    return key;
  }

  #forget({ group, subject }: Key): void {
    group.keys.delete(subject);
    if (group.keys.size > 0) return;
    const { apiId, parameter } = group;
    const ofApi = this.#groups.get(apiId)!;
    ofApi.delete(parameter);
    if (ofApi.size === 0) this.#groups.delete(apiId);
    this.#last = null;
  }

  clear(): void {
    this.#groups.clear();
    this.#last = null;
  }
}
