/**
 * The keys of traversal as plain data. A value is twenty octets: itself, its ordinal, and the number of its call; texts,
 * calls and callers stand once, numbered in the order they are met.
 */
import type { AskingCall } from './asked-values.ts';
import { type Caller, newCaller } from './callers.ts';
import { numbersFrom, textOf, wordsFrom } from './number-text.ts';
import type { Key, KeyTable } from './traversal-keys.ts';

type StoredCaller = readonly [session: string, subject: string, client: string, account: string];

export interface KeysSnapshot {
  /** API and parameter. */
  readonly parameters: readonly (readonly [apiId: string, parameter: string])[];
  readonly subjects: readonly string[];
  /** Of each key seven: parameter, subject, values, total, and what is due by window. The old generation's first. */
  readonly keys: readonly number[];
  /** How many keys are of the old generation. */
  readonly old: number;
  readonly evicted: number;
  /** Of all values of all keys, key by key: values, and ordinals (NaN for none). */
  readonly values: string;
  readonly ordinals: string;
  /** Twice the number of the call, and one more where the value was fresh. */
  readonly callOf: string;
  readonly callers: readonly StoredCaller[];
  readonly uids: readonly string[];
  readonly times: string;
  /** Twice the number of the caller, and one more for success. */
  readonly callerOf: string;
  /** Call and completeness in turn, where it is not 1. */
  readonly incomplete: readonly number[];
  /** Call and its persons, where there are any. */
  readonly persons: readonly (readonly [call: number, persons: readonly number[]])[];
}

const perKey = 7;
const nobody: readonly number[] = Object.freeze([]);

/** Numbers things in the order they are met. */
class Numbering<T> {
  readonly #numbers = new Map<T, number>();

  of(thing: T, meet: (thing: T) => void): number {
    let number = this.#numbers.get(thing);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(thing, number);
      meet(thing);
    }
    return number;
  }
}

/** Which snapshot is being taken: calls remember the number they had in it. */
let snapshots = 0;

/** Calls in the order they are met, each once: a value is asked for by its subject and of the API as a whole. */
class Calls {
  readonly callers: StoredCaller[] = [];
  readonly uids: string[] = [];
  readonly times: number[] = [];
  readonly callerOf: number[] = [];
  readonly incomplete: number[] = [];
  readonly persons: [call: number, persons: readonly number[]][] = [];
  readonly #snapshot = ++snapshots;
  readonly #callers = new Map<Caller, number>();
  readonly #texts = new Map<string, number>();

  numberOf(call: AskingCall): number {
    if (call.snapshot === this.#snapshot) return call.number;
    call.snapshot = this.#snapshot;
    call.number = this.uids.push(call.uid) - 1;
    this.times.push(call.time);
    this.callerOf.push(this.#numberOfCaller(call.caller) * 2 + (call.success ? 1 : 0));
    if (call.completeness !== 1) this.incomplete.push(call.number, call.completeness);
    if (call.persons.length > 0) this.persons.push([call.number, call.persons]);
    return call.number;
  }

  #numberOfCaller(caller: Caller): number {
    let number = this.#callers.get(caller);
    if (number === undefined) {
      // One that came back after somebody else is another object with the same texts.
      const { session, subject, client, account } = caller;
      const text = [session, subject, client, account].join('\n');
      number = this.#texts.get(text);
      if (number === undefined) {
        number = this.callers.push([session, subject, client, account]) - 1;
        this.#texts.set(text, number);
      }
      this.#callers.set(caller, number);
    }
    return number;
  }
}

export function storedKeys({ generations }: KeyTable): KeysSnapshot {
  const old = generations.old();
  const all = [...old, ...generations.young()];
  let count = 0;
  for (const { values } of all) count += values.size;
  const values = new Float64Array(count);
  const ordinals = new Float64Array(count);
  const callOf = new Uint32Array(count);
  const keys: number[] = [];
  const parameters: [string, string][] = [];
  const subjects: string[] = [];
  const calls = new Calls();
  const groups = new Numbering<Key['group']>();
  const names = new Numbering<string>();
  const meetGroup = ({ apiId, parameter }: Key['group']) => parameters.push([apiId, parameter]);
  const meetName = (name: string) => subjects.push(name);
  let at = 0;
  for (const { group, subject, values: own, total, due } of all) {
    keys.push(groups.of(group, meetGroup), names.of(subject, meetName), own.size, total, due[0], due[1], due[2]);
    for (let i = 0; i < own.size; i++, at++) {
      values[at] = own.valueOf(i);
      ordinals[at] = own.ordinalOf(i);
      callOf[at] = calls.numberOf(own.callOf(i)) * 2 + (own.isFresh(i) ? 1 : 0);
    }
  }
  return {
    parameters,
    subjects,
    keys,
    old: old.length,
    evicted: generations.evicted,
    values: textOf(values),
    ordinals: textOf(ordinals),
    callOf: textOf(callOf),
    callers: calls.callers,
    uids: calls.uids,
    times: textOf(Float64Array.from(calls.times)),
    callerOf: textOf(Uint32Array.from(calls.callerOf)),
    incomplete: calls.incomplete,
    persons: calls.persons,
  };
}

export function restoreKeys(table: KeyTable, stored: KeysSnapshot): void {
  const { parameters, subjects, keys, uids } = stored;
  const callers = stored.callers.map(([session, subject, client, account]) => {
    return newCaller(session, subject, client, account);
  });
  const times = numbersFrom(stored.times);
  const callerOf = wordsFrom(stored.callerOf);
  const completeness = new Map<number, number>();
  for (let i = 0; i < stored.incomplete.length; i += 2) {
    completeness.set(stored.incomplete[i]!, stored.incomplete[i + 1]!);
  }
  const persons = new Map(stored.persons);
  const calls = uids.map((uid, i): AskingCall => {
    const caller = callers[callerOf[i]! >>> 1]!;
    const success = (callerOf[i]! & 1) === 1;
    const told = { persons: persons.get(i) ?? nobody, completeness: completeness.get(i) ?? 1 };
    return { time: times[i]!, uid, success, ...told, caller, number: 0, snapshot: 0 };
  });
  const values = numbersFrom(stored.values);
  const ordinals = numbersFrom(stored.ordinals);
  const callOf = wordsFrom(stored.callOf);
  table.clear();
  const made: Key[] = [];
  let at = 0;
  for (let k = 0; k < keys.length; k += perKey) {
    const [apiId, parameter] = parameters[keys[k]!]!;
    const key = table.make(apiId, parameter, subjects[keys[k + 1]!]!);
    key.total = keys[k + 3]!;
    for (let i = 0; i < 3; i++) key.due[i] = keys[k + 4 + i]!;
    for (const end = at + keys[k + 2]!; at < end; at++) {
      const word = callOf[at]!;
      key.values.push(values[at]!, ordinals[at]!, (word & 1) === 1, calls[word >>> 1]!);
    }
    made.push(key);
  }
  table.generations.restore(made.slice(0, stored.old), made.slice(stored.old), stored.evicted);
}
