/**
 * Traversal: how many different objects a subject asked for by one parameter, in what order, and whether it had been
 * given them before. Windows of 5 minutes, an hour and a day, each seen by its own figure.
 *
 * `numbers` of its observations: `monotone`, `constantGap`, `smallGap`, `density` (sequence.ts; 0 without numbers),
 * `ordinals` (values that are numbers), `fresh` (share never given to the subject before), `success` (share),
 * `sessions` (distinct), `perSession` and `perAccount` (values a session, an account), `subjects` (distinct; 1 but for an API as a whole),
 * `beat` (variation of the pauses), `persons` (distinct, that the answers told of; of one answer at most 8 are known apart).
 *
 * An API as a whole is a subject too: there an enumeration that is spread over many clients shows. It counts fresh
 * values alone.
 *
 * Bounds: the newest 512 to 640 values of a key; 50,000 keys and 150,000 values of all keys (generations.ts says what
 * goes first); given-values.ts has those of what was given.
 */

import type { Observation, Subject } from '../observation.ts';
import type { AskedValues, AskingCall } from './asked-values.ts';
import { type Caller, Callers } from './callers.ts';
import { type GivenSnapshot, GivenValues } from './given-values.ts';
import { Figures, mostValues, type Site, Traversed } from './traversal-figures.ts';
import { type Key, KeyTable } from './traversal-keys.ts';
import { type KeysSnapshot, restoreKeys, storedKeys } from './traversal-snapshot.ts';
import { Unsettled } from './unsettled.ts';

/** One parameter of one call. */
export interface Asked extends Site {
  /** Order time, integer µs. */
  readonly time: number;
  readonly uid: string;
  /** Identity hash of the value, 53 bits. */
  readonly value: number;
  /** The value as a number plus the application's secret offset; absent when it is none. */
  readonly ordinal?: number | null;
  /** The account if known, else the session, else the client. */
  readonly subject: Subject;
  /** Account or session behind the call; absent when there is neither. */
  readonly session?: string | undefined;
  readonly client: string;
  readonly account?: string | undefined;
  readonly success: boolean;
  readonly completeness: number;
  /** Identity hashes, 53 bits, of the persons the answer told of, as many as travel; absent for none. */
  readonly personIds?: readonly number[] | undefined;
}

/** Whose measurement waits to be told again. */
interface Told extends Site {
  readonly subject: Subject;
}

type StoredUnsettled = readonly [subject: string, due: number, told: Told];

export interface TraversalSnapshot {
  readonly keys: KeysSnapshot;
  /** By window. */
  readonly unsettled: readonly (readonly StoredUnsettled[])[];
  readonly given: GivenSnapshot;
}

const leastValues = 512;
/** Of one answer: it is about one object. */
const mostPersons = 8;
const mostOfAll = 150_000;

/** Length in µs, and from how many values on there is something to tell. */
const windows = [
  { length: 300e6, least: 20 },
  { length: 3600e6, least: 60 },
  { length: 86_400e6, least: 200 },
] as const;
const longest = windows[windows.length - 1]!.length;
/** What goes on is told again after this share of its window. */
const settleShare = 0.2;

export class Traversal {
  readonly #keys: KeyTable;
  readonly #given: GivenValues;
  readonly #callers = new Callers();
  /** By window. */
  readonly #unsettled = windows.map(() => new Unsettled<Key, Told>());
  /** The call at hand: its parameters come one after the other. */
  #call: AskingCall | null = null;
  /** What was told of it: who asks for its figures does so before the next call. */
  readonly #told: Figures[] = [];

  constructor(mostKeys = 50_000, mostSubjects = 50_000) {
    // What waits to be told again must not keep alive what the bounds let go.
    const drop = (key: Key): void => {
      for (const each of this.#unsettled) each.drop(key);
    };
    this.#keys = new KeyTable(mostKeys, mostOfAll, drop);
    this.#given = new GivenValues(mostSubjects);
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    let evicted = this.#keys.evicted + this.#given.evicted;
    for (const each of this.#unsettled) evicted += each.evicted;
    return evicted;
  }

  /** A response gave these values to the subject: asking for them is no guess. */
  give(subject: Subject, values: readonly number[]): void {
    if (values.length > 0) this.#given.give(this.#callers.nameOf(subject), values);
  }

  /** The subject was given the value by an earlier response. */
  isGiven(subject: Subject, value: number): boolean {
    return this.#given.has(this.#callers.nameOf(subject), value);
  }

  /** Observations that are due, shortest window first; nearly always none. Keeps nothing of `asked` itself. */
  ask(asked: Asked, known = this.isGiven(asked.subject, asked.value)): readonly Observation[] {
    const { apiId, parameter, subject, session = '', client, account = '' } = asked;
    const call = this.#callOf(asked, this.#callers.of(subject, session, client, account));
    const own = this.#take(this.#keys.touch(apiId, parameter, call.caller.subject), asked, call, !known, false);
    if (known) return own ?? none;
    const api = this.#take(this.#keys.touch(apiId, parameter, ''), asked, call, true, true);
    return own === null ? (api ?? none) : api === null ? own : own.concat(api);
  }

  #callOf(asked: Asked, caller: Caller): AskingCall {
    const { time, uid, success, completeness } = asked;
    const last = this.#call;
    if (
      last !== null &&
      last.time === time &&
      last.caller === caller &&
      last.uid === uid &&
      last.success === success &&
      last.completeness === completeness
    ) {
      return last;
    }
    while (this.#told.length > 0) this.#told.pop();
    return (this.#call = {
      time,
      uid,
      success,
      completeness,
      caller,
      persons: personsOf(asked),
      number: 0,
      snapshot: 0,
    });
  }

  /** `ofAll`: the key is that of an API as a whole. */
  #take(key: Key, asked: Asked, call: AskingCall, isFresh: boolean, ofAll: boolean): Observation[] | null {
    const { values, due } = key;
    // Forgetting many at once costs less than one at a time.
    const tooMany = values.size >= mostValues ? values.size - leastValues : 0;
    const gone = Math.max(tooMany, values.countUntil(asked.time - longest));
    if (gone > 0) {
      for (const told of this.#told) if (told.values === values) told.settle();
      values.drop(gone);
    }
    if (values.has(asked.value)) {
      this.#keys.grow(-gone);
      return null;
    }
    values.push(asked.value, asked.ordinal ?? Number.NaN, isFresh, call);
    key.total++;
    this.#keys.grow(1 - gone);
    let out: Observation[] | null = null;
    let figures: Figures | null = null;
    for (let i = 0; i < windows.length; i++) {
      const { length, least } = windows[i]!;
      if (values.size < least) {
        due[i] = 0;
        continue;
      }
      const from = values.firstAfter(asked.time - length);
      const n = values.size - from;
      if (n < least) due[i] = 0;
      else if (key.total >= due[i]!) {
        // An API as a whole is asked about by everybody: it is looked at half as often.
        due[i] = key.total + Math.max(5, ofAll ? n >> 1 : n >> 2);
        // Windows that hold the same values have the same figures.
        if (figures === null || figures.from !== from) this.#told.push((figures = new Figures(values, from)));
        (out ??= []).push(new Traversed(asked, subjectOf(asked, ofAll), figures, length));
        this.#unsettled[i]!.drop(key);
      } else if (!this.#unsettled[i]!.has(key)) {
        const { app, apiId, method, template, parameter } = asked;
        const told = { app, apiId, method, template, parameter, subject: subjectOf(asked, ofAll) };
        this.#unsettled[i]!.wait(key, asked.time + length * settleShare, told);
      }
    }
    return out;
  }

  /** What went on since it was told, and is due by `time`; shortest window first. */
  settle(time: number): readonly Observation[] {
    let out: Observation[] | null = null;
    for (let i = 0; i < windows.length; i++) {
      const unsettled = this.#unsettled[i]!;
      if (!unsettled.isDue(time)) continue;
      const { length, least } = windows[i]!;
      for (const [key, told] of unsettled.take(time)) {
        const { values } = key;
        if (values.size === 0) continue;
        const from = values.firstAfter(values.timeOf(values.size - 1) - length);
        if (values.size - from < least || tellsOfMore(values, i, from)) continue;
        (out ??= []).push(new Traversed(told, told.subject, new Figures(values, from), length));
      }
    }
    return out ?? none;
  }

  snapshot(): TraversalSnapshot {
    const unsettled = this.#unsettled.map((each) =>
      each.snapshot().map(([{ subject }, due, told]): StoredUnsettled => [subject, due, told]),
    );
    return { keys: storedKeys(this.#keys), unsettled, given: this.#given.snapshot() };
  }

  restore({ keys, unsettled, given }: TraversalSnapshot): void {
    restoreKeys(this.#keys, keys);
    for (const [i, stored] of unsettled.entries()) {
      this.#unsettled[i]!.restore(
        stored.flatMap(([subject, due, told]) => {
          const key = this.#keys.peek(told.apiId, told.parameter, subject);
          return key === undefined ? [] : [[key, due, told] as const];
        }),
      );
    }
    this.#given.restore(given);
  }
}

const none: readonly Observation[] = [];
const nobody: readonly number[] = [];

function personsOf({ success, personIds }: Asked): readonly number[] {
  if (!success || personIds === undefined || personIds.length === 0) return nobody;
  return personIds.length <= mostPersons ? personIds : personIds.slice(0, mostPersons);
}

function subjectOf({ apiId, subject }: Asked, ofAll: boolean): Subject {
  return ofAll ? { kind: 'api', id: apiId } : { kind: subject.kind, id: subject.id };
}

/**
 * Whether a shorter window has enough to tell, and what window `i`, which begins at index `from`, has besides is nothing
 * or another run, before a pause as long as the shorter one: that was told when it was under way.
 */
function tellsOfMore(values: AskedValues, i: number, from: number): boolean {
  const last = values.timeOf(values.size - 1);
  for (let j = i - 1; j >= 0; j--) {
    const { length, least } = windows[j]!;
    const begin = values.firstAfter(last - length);
    if (values.size - begin < least) continue;
    return begin === from || values.timeOf(begin) - values.timeOf(begin - 1) >= length;
  }
  return false;
}
