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

import { NumberSet } from '../number-set.ts';
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import type { AskedValues, AskingCall } from './asked-values.ts';
import { type Caller, Callers } from './callers.ts';
import { type GivenSnapshot, GivenValues } from './given-values.ts';
import { measureSequence, regularity, type SequenceFigures } from './sequence.ts';
import { type Key, KeyTable } from './traversal-keys.ts';
import { type KeysSnapshot, restoreKeys, storedKeys } from './traversal-snapshot.ts';
import { Unsettled } from './unsettled.ts';

/** Where a parameter is. */
interface Site {
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  /** `path.customerId`, `query.id`, `body.order.no`. */
  readonly parameter: string;
}

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

const mostValues = 640;
const leastValues = 512;
const mostSamples = 8;
const mostNames = 100;
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
    if (gone > 0) values.drop(gone);
    if (values.has(asked.value)) {
      this.#keys.grow(-gone);
      return null;
    }
    values.push(asked.value, asked.ordinal ?? Number.NaN, isFresh, call);
    key.total++;
    this.#keys.grow(1 - gone);
    let out: Observation[] | null = null;
    let figured: Figures | null = null;
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
        if (figured === null || figured.from !== from) figured = figuresOf(values, from);
        (out ??= []).push(observe(asked, subjectOf(asked, ofAll), figured, length));
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
        (out ??= []).push(observe(told, told.subject, figuresOf(values, from), length));
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

interface Figures {
  /** Index of the first value. */
  readonly from: number;
  readonly values: AskedValues;
  readonly sequence: SequenceFigures;
  readonly ordinals: number;
  readonly fresh: number;
  readonly succeeded: number;
  readonly completeness: number;
  /** Different ones. */
  readonly sessions: number;
  readonly accounts: number;
  readonly subjects: number;
  readonly persons: number;
  /** At most 100, sorted. */
  readonly accountNames: readonly string[];
  readonly clientNames: readonly string[];
  readonly beat: number;
}

/** Used for one observation after the other. */
const sessions = new NumberSet(1024);
const accounts = new NumberSet(1024);
const clients = new NumberSet(1024);
const subjects = new NumberSet(1024);
const persons = new NumberSet(1024);
const ordinalsRoom = new Float64Array(mostValues);
const timesRoom = new Float64Array(mostValues);

function figuresOf(values: AskedValues, from: number): Figures {
  const n = values.size - from;
  const accountNames: string[] = [];
  const clientNames: string[] = [];
  sessions.clear();
  accounts.clear();
  clients.clear();
  subjects.clear();
  persons.clear();
  let count = 0;
  let fresh = 0;
  let succeeded = 0;
  let completeness = 0;
  let lastCall: AskingCall | null = null;
  for (let i = 0; i < n; i++) {
    const ordinal = values.ordinalOf(from + i);
    timesRoom[i] = values.timeOf(from + i);
    if (!Number.isNaN(ordinal)) ordinalsRoom[count++] = ordinal;
    if (values.isFresh(from + i)) fresh++;
    if (values.isSuccess(from + i)) succeeded++;
    completeness += values.completenessOf(from + i);
    const call = values.callOf(from + i);
    if (call === lastCall) continue;
    lastCall = call;
    // A call is visited where its numbers don't tell: each visit waits for memory.
    if (values.isOfPersons(from + i)) for (let k = 0; k < call.persons.length; k++) persons.add(call.persons[k]!);
    const session = values.sessionOf(from + i);
    const account = values.accountOf(from + i);
    const client = values.clientOf(from + i);
    if (session !== 0) sessions.add(session);
    if (account !== 0 && accounts.add(account) && accountNames.length < mostNames)
      accountNames.push(call.caller.account);
    if (client !== 0 && clients.add(client) && clientNames.length < mostNames) clientNames.push(call.caller.client);
    subjects.add(values.subjectOf(from + i));
  }
  return {
    from,
    values,
    sequence: measureSequence(ordinalsRoom.subarray(0, count)),
    ordinals: count,
    fresh,
    succeeded,
    completeness,
    sessions: sessions.size,
    accounts: accounts.size,
    subjects: subjects.size,
    persons: persons.size,
    accountNames: accountNames.sort(),
    clientNames: clientNames.sort(),
    beat: regularity(timesRoom.subarray(0, n)),
  };
}

function observe(site: Site, subject: Subject, figures: Figures, window: number): Observation {
  const { values, from, sequence } = figures;
  const { size } = values;
  const n = size - from;
  const uids = new Set<string>();
  for (let i = from; i < Math.min(size, from + mostSamples); i++) uids.add(values.callOf(i).uid);
  for (let i = Math.max(from, size - mostSamples); i < size; i++) uids.add(values.callOf(i).uid);
  return {
    v: observationVersion,
    measure: 'traversal',
    subject,
    app: site.app,
    apiId: site.apiId,
    method: site.method,
    template: site.template,
    parameter: site.parameter,
    begin: values.timeOf(from),
    end: values.timeOf(size - 1),
    window,
    value: n,
    numbers: {
      monotone: sequence.monotone,
      constantGap: sequence.constantGap,
      smallGap: sequence.smallGap,
      density: sequence.density,
      ordinals: figures.ordinals,
      fresh: figures.fresh / n,
      success: figures.succeeded / n,
      sessions: figures.sessions,
      perSession: n / Math.max(1, figures.sessions),
      perAccount: n / Math.max(1, figures.accounts),
      subjects: figures.subjects,
      beat: figures.beat,
      persons: figures.persons,
    },
    samples: [...uids],
    clients: figures.clientNames,
    accounts: figures.accountNames,
    completeness: figures.completeness / n,
  };
}
