/**
 * Which entries of a table are kept: two generations. What is touched belongs to the young one; when that is full, the
 * old one is forgotten and counted, and the young one grows old. As `Recent`, for tables that look their entries up by
 * more than one text: joining them would cost more than the look-up.
 *
 * Bound: `most` entries, and `mostWeight` in all (the entry at hand may pass it by its own weight).
 */
import { nextTurn } from '../parties.ts';

export interface Aged {
  /** The turn it was touched in. */
  turn: number;
}

export class Generations<E extends Aged> {
  evicted = 0;
  #turn = nextTurn();
  #before = 0;
  #young: E[] = [];
  /** With those that were touched since, which are young by now. */
  #old: E[] = [];
  #weight = 0;

  /** `forget`: takes the entry out of the table. */
  constructor(
    private readonly most: number,
    private readonly forget: (entry: E) => void,
    private readonly mostWeight = Number.POSITIVE_INFINITY,
    private readonly weigh: (entry: E) => number = () => 0,
  ) {}

  /** False when there is none, or it had to be forgotten just now: a new one wants to be added. */
  touch(entry: E | undefined): entry is E {
    const isHeavy = this.#weight >= this.mostWeight / 2;
    if (entry !== undefined && entry.turn === this.#turn && !isHeavy) return true;
    if (this.#young.length >= this.most / 2 || isHeavy) this.#grow();
    if (entry === undefined || (entry.turn !== this.#turn && entry.turn !== this.#before)) return false;
    this.add(entry);
    return true;
  }

  add(entry: E): void {
    entry.turn = this.#turn;
    this.#young.push(entry);
    this.#weight += this.weigh(entry);
  }

  /** A touched entry grew heavier, or lighter. */
  grow(by: number): void {
    this.#weight += by;
  }

  #grow(): void {
    for (const entry of this.old()) {
      this.forget(entry);
      this.evicted++;
    }
    this.#old = this.#young;
    this.#young = [];
    this.#weight = 0;
    this.#before = this.#turn;
    this.#turn = nextTurn();
  }

  /** What `touch` would only say yes to. */
  isYoung(entry: Aged): boolean {
    return entry.turn === this.#turn && this.#weight < this.mostWeight / 2;
  }

  /** In the order they came to be of their generation, as are the young ones. */
  old(): E[] {
    return this.#old.filter(({ turn }) => turn < this.#turn);
  }

  young(): readonly E[] {
    return this.#young;
  }

  /** Takes the place of all there was; the table is the caller's. */
  restore(old: E[], young: E[], evicted: number): void {
    this.#before = nextTurn();
    this.#turn = nextTurn();
    for (const entry of old) entry.turn = this.#before;
    for (const entry of young) entry.turn = this.#turn;
    this.#old = old;
    this.#young = young;
    this.#weight = 0;
    for (const entry of young) this.#weight += this.weigh(entry);
    this.evicted = evicted;
  }
}
