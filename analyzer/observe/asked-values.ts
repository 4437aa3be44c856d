/**
 * The values that one subject asked for by one parameter: in order of time, each once. Numbers lie side by side, and
 * what the values of one call have in common stands once: a value as an object with all of it is a third of a kilobyte.
 */
import { NumberSet } from './number-set.ts';

/** Whose calls they are; one object for many calls in a row. Empty texts for what is not known. */
export interface Caller {
  readonly session: string;
  /** Kind and id. */
  readonly subject: string;
  readonly client: string;
  readonly account: string;
}

/** A call that asked for values. */
export interface AskingCall {
  /** Order time, integer µs. */
  readonly time: number;
  readonly uid: string;
  readonly success: boolean;
  readonly completeness: number;
  readonly caller: Caller;
}

/** Of each value: itself, its ordinal (NaN for none), the time of its call, and 1 where it was not given before. */
const width = 4;
const ordinalAt = 1;
const timeAt = 2;
const freshAt = 3;
/** So many are compared one by one; more are looked up in a set. */
const few = 12;

export class AskedValues {
  #numbers = new Float64Array(2 * width);
  /** By place, as the numbers. */
  #calls: AskingCall[] = [];
  /** Places in use. */
  #begin = 0;
  #end = 0;
  #set: NumberSet | null = null;

  get size(): number {
    return this.#end - this.#begin;
  }

  has(value: number): boolean {
    if (this.#set !== null) return this.#set.has(value);
    const numbers = this.#numbers;
    for (let i = this.#begin * width; i < this.#end * width; i += width) if (numbers[i] === value) return true;
    return false;
  }

  /** One that it does not have. */
  push(value: number, ordinal: number, isFresh: boolean, call: AskingCall): void {
    if ((this.#end + 1) * width > this.#numbers.length) this.#makeRoom();
    const at = this.#end * width;
    const numbers = this.#numbers;
    numbers[at] = value;
    numbers[at + ordinalAt] = ordinal;
    numbers[at + timeAt] = call.time;
    numbers[at + freshAt] = isFresh ? 1 : 0;
    this.#calls.push(call);
    this.#end++;
    if (this.#set !== null) this.#set.add(value);
    else if (this.size > few) this.#fillSet();
  }

  #fillSet(): void {
    this.#set = new NumberSet(32);
    for (let i = 0; i < this.size; i++) this.#set.add(this.valueOf(i));
  }

  /** Moves all to the front, into an array of twice the length unless a fifth of this one is free. */
  #makeRoom(): void {
    const { size } = this;
    const used = this.#numbers.subarray(this.#begin * width, this.#end * width);
    if (this.#begin * 4 >= size) this.#numbers.set(used);
    else {
      const grown = new Float64Array(2 * this.#numbers.length);
      grown.set(used);
      this.#numbers = grown;
    }
    if (this.#begin > 0) this.#calls.splice(0, this.#begin);
    this.#begin = 0;
    this.#end = size;
  }

  /** The first `count` go. */
  drop(count: number): void {
    if (this.#set !== null) for (let i = 0; i < count; i++) this.#set.delete(this.valueOf(i));
    this.#begin += count;
  }

  /** How many of the first are no later than `time`. */
  countUntil(time: number): number {
    const { size } = this;
    let count = 0;
    while (count < size && this.timeOf(count) <= time) count++;
    return count;
  }

  /** Index of the first one after `time`; times ascend. */
  firstAfter(time: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeOf(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  valueOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width]!;
  }

  /** NaN for none. */
  ordinalOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + ordinalAt]!;
  }

  timeOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + timeAt]!;
  }

  isFresh(i: number): boolean {
    return this.#numbers[(this.#begin + i) * width + freshAt] === 1;
  }

  callOf(i: number): AskingCall {
    return this.#calls[this.#begin + i]!;
  }
}
