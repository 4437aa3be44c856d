/**
 * The values that one subject asked for by one parameter: in order of time, each once. Numbers lie side by side: a value
 * as an object with all of it is a third of a kilobyte, and looking through hundreds a visit to memory for each.
 */

import { NumberSet } from '../number-set.ts';
import type { Caller } from './callers.ts';

/** A call that asked for values; one object for all its values. */
export interface AskingCall {
  /** Order time, integer µs. */
  readonly time: number;
  readonly uid: string;
  readonly success: boolean;
  readonly completeness: number;
  readonly caller: Caller;
  /** Identity hashes, 53 bits, of persons the answer told of: some of them where they are many. */
  readonly persons: readonly number[];
  /** Its number in the snapshot that was taken last, and which that was. */
  number: number;
  snapshot: number;
}

/**
 * Of each value: itself, its ordinal (NaN for none), then time, completeness and marks of its call, and the numbers of
 * its caller's texts.
 */
const width = 9;
const ordinalAt = 1;
const timeAt = 2;
const completenessAt = 3;
const marksAt = 4;
const subjectAt = 5;
const sessionAt = 6;
const accountAt = 7;
const clientAt = 8;
const fresh = 1;
const succeeded = 2;
const ofPersons = 4;
/** So many are compared one by one; more are looked up in a set. */
const few = 12;

export class AskedValues {
  /** Values that were dropped, of all times. */
  gone = 0;
  readonly #numbers: number[] = [];
  /** By place, as the numbers; visited for their texts alone. */
  readonly #calls: AskingCall[] = [];
  /** Places at the front that are free. */
  #begin = 0;
  #set: NumberSet | null = null;

  get size(): number {
    return this.#calls.length - this.#begin;
  }

  has(value: number): boolean {
    if (this.#set !== null) return this.#set.has(value);
    const numbers = this.#numbers;
    for (let i = this.#begin * width; i < numbers.length; i += width) if (numbers[i] === value) return true;
    return false;
  }

  /** One that it does not have. `ordinal`: NaN for none. */
  push(value: number, ordinal: number, isFresh: boolean, call: AskingCall): void {
    const marks = (isFresh ? fresh : 0) + (call.success ? succeeded : 0) + (call.persons.length > 0 ? ofPersons : 0);
    const { subjectNumber, sessionNumber, accountNumber, clientNumber } = call.caller;
    this.#numbers.push(value, ordinal, call.time, call.completeness, marks);
    this.#numbers.push(subjectNumber, sessionNumber, accountNumber, clientNumber);
    this.#calls.push(call);
    if (this.#set !== null) this.#set.add(value);
    else if (this.size > few) this.#fillSet();
  }

  #fillSet(): void {
    this.#set = new NumberSet(32);
    for (let i = 0; i < this.size; i++) this.#set.add(this.valueOf(i));
  }

  /** The first `count` go. */
  drop(count: number): void {
    this.gone += count;
    if (this.#set !== null) for (let i = 0; i < count; i++) this.#set.delete(this.valueOf(i));
    this.#begin += count;
    // Moving all to the front each time would cost more than the call.
    if (this.#begin * 4 < this.size) return;
    const numbers = this.#numbers;
    const gone = this.#begin * width;
    // The engine's own copyWithin asks for each place whether it is there.
    for (let i = gone; i < numbers.length; i++) numbers[i - gone] = numbers[i]!;
    numbers.length -= gone;
    this.#calls.splice(0, this.#begin);
    this.#begin = 0;
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

  completenessOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + completenessAt]!;
  }

  isFresh(i: number): boolean {
    return (this.#numbers[(this.#begin + i) * width + marksAt]! & fresh) !== 0;
  }

  isSuccess(i: number): boolean {
    return (this.#numbers[(this.#begin + i) * width + marksAt]! & succeeded) !== 0;
  }

  callOf(i: number): AskingCall {
    return this.#calls[this.#begin + i]!;
  }

  /** Whether the answer told of persons. */
  isOfPersons(i: number): boolean {
    return (this.#numbers[(this.#begin + i) * width + marksAt]! & ofPersons) !== 0;
  }

  /** Numbers of the caller's texts, 0 for none. */
  subjectOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + subjectAt]!;
  }

  sessionOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + sessionAt]!;
  }

  accountOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + accountAt]!;
  }

  clientOf(i: number): number {
    return this.#numbers[(this.#begin + i) * width + clientAt]!;
  }
}
