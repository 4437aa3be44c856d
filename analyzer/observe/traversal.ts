/**
 * Traversal: how many different objects a subject asked for by one parameter, in what order, and whether it had been
 * given them before. Windows of 5 minutes, an hour and a day, each seen by its own figure.
 *
 * `numbers` of its observations: `monotone`, `constantGap`, `smallGap`, `density` (sequence.ts; 0 without numbers),
 * `ordinals` (values that are numbers), `fresh` (share never given to the subject before), `success` (share),
 * `sessions` (distinct), `perSession` and `perAccount` (values a session, an account), `subjects` (distinct; 1 but for an API as a whole),
 * `beat` (variation of the pauses), `persons` (distinct values that succeeded: at most so many persons).
 *
 * An API as a whole is a subject too: there an enumeration that is spread over many clients shows. It counts fresh
 * values alone.
 *
 * Bounds: the newest 512 to 640 values of a key; 50,000 keys and 150,000 values of all keys (generations.ts says what
 * goes first); given-values.ts has those of what was given.
 */
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import type { AskedValues, AskingCall, Caller } from './asked-values.ts';
import { type GivenSnapshot, GivenValues } from './given-values.ts';
import { measureSequence, regularity, type SequenceFigures } from './sequence.ts';
import { SubjectNames } from './subject-names.ts';
import { type Key, KeyTable } from './traversal-keys.ts';
import { type KeysSnapshot, restoreKeys, storedKeys } from './traversal-snapshot.ts';

/** One parameter of one call. */
export interface Asked {
  /** Order time, integer µs. */
  readonly time: number;
  readonly uid: string;
  readonly app: string;
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
  /** `path.customerId`, `query.id`, `body.order.no`. */
  readonly parameter: string;
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
}

export interface TraversalSnapshot {
  readonly keys: KeysSnapshot;
  readonly given: GivenSnapshot;
}

const mostValues = 640;
const leastValues = 512;
const mostSamples = 8;
const mostNames = 100;
const mostOfAll = 150_000;

/** Length in µs, and from how many values on there is something to tell. */
const windows = [
  { length: 300e6, least: 20 },
  { length: 3600e6, least: 60 },
  { length: 86_400e6, least: 200 },
] as const;
const longest = windows[windows.length - 1]!.length;
const nobody: Caller = { session: '', subject: '', client: '', account: '' };

export class Traversal {
  readonly #keys: KeyTable;
  readonly #given: GivenValues;
  readonly #names = new SubjectNames();
  /** The call at hand, and whose it is: its parameters come one after the other. */
  #call: AskingCall = { time: -1, uid: '', success: false, completeness: 0, caller: nobody };

  constructor(mostKeys = 50_000, mostSubjects = 50_000) {
    this.#keys = new KeyTable(mostKeys, mostOfAll);
    this.#given = new GivenValues(mostSubjects);
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    return this.#keys.evicted + this.#given.evicted;
  }

  /** A response gave these values to the subject: asking for them is no guess. */
  give(subject: Subject, values: readonly number[]): void {
    if (values.length > 0) this.#given.give(this.#names.of(subject), values);
  }

  /** The subject was given the value by an earlier response. */
  isGiven(subject: Subject, value: number): boolean {
    return this.#given.has(this.#names.of(subject), value);
  }

  /** Observations that are due, shortest window first; nearly always none. Keeps nothing of `asked` itself. */
  ask(asked: Asked, known = this.isGiven(asked.subject, asked.value)): readonly Observation[] {
    const name = this.#names.of(asked.subject);
    const call = this.#callOf(asked, name);
    const { apiId, parameter } = asked;
    const own = this.#take(this.#keys.touch(apiId, parameter, name), asked, call, !known, false);
    if (known) return own ?? none;
    const api = this.#take(this.#keys.touch(apiId, parameter, ''), asked, call, true, true);
    return own === null ? (api ?? none) : api === null ? own : own.concat(api);
  }

  #callOf({ time, uid, success, completeness, session = '', client, account = '' }: Asked, subject: string): AskingCall {
    let call = this.#call;
    let { caller } = call;
    if (
      caller.client !== client ||
      caller.subject !== subject ||
      caller.session !== session ||
      caller.account !== account
    ) {
      caller = { session, subject, client, account };
    } else if (call.uid === uid && call.time === time && call.success === success && call.completeness === completeness) {
      return call;
    }
    call = { time, uid, success, completeness, caller };
    this.#call = call;
    return call;
  }

  /** `ofAll`: the key is that of an API as a whole. */
  #take(key: Key, asked: Asked, call: AskingCall, isFresh: boolean, ofAll: boolean): Observation[] | null {
    const { values, due } = key;
    // Forgetting many at once costs less than one at a time.
    const tooMany = values.size >= mostValues ? values.size - leastValues : 0;
    const gone = Math.max(tooMany, values.countUntil(call.time - longest));
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
      const from = values.firstAfter(call.time - length);
      const n = values.size - from;
      if (n < least) due[i] = 0;
      else if (key.total >= due[i]!) {
        // An API as a whole is asked about by everybody: it is looked at half as often.
        due[i] = key.total + Math.max(5, ofAll ? n >> 1 : n >> 2);
        // Windows that hold the same values have the same figures.
        if (figured === null || figured.from !== from) figured = figuresOf(values, from);
        (out ??= []).push(observe(asked, ofAll, figured, length));
      }
    }
    return out;
  }

  snapshot(): TraversalSnapshot {
    return { keys: storedKeys(this.#keys), given: this.#given.snapshot() };
  }

  restore({ keys, given }: TraversalSnapshot): void {
    restoreKeys(this.#keys, keys);
    this.#given.restore(given);
  }
}

const none: readonly Observation[] = Object.freeze([]);

interface Figures {
  /** Index of the first value. */
  readonly from: number;
  readonly values: AskedValues;
  readonly sequence: SequenceFigures;
  readonly ordinals: number;
  readonly fresh: number;
  readonly succeeded: number;
  readonly completeness: number;
  readonly sessions: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  readonly beat: number;
}

function figuresOf(values: AskedValues, from: number): Figures {
  const n = values.size - from;
  const ordinals = new Float64Array(n);
  const times = new Float64Array(n);
  const sessions = new Set<string>();
  const accounts = new Set<string>();
  const clients = new Set<string>();
  const subjects = new Set<string>();
  let count = 0;
  let fresh = 0;
  let succeeded = 0;
  let completeness = 0;
  let last: Caller | null = null;
  for (let i = 0; i < n; i++) {
    const call = values.callOf(from + i);
    const ordinal = values.ordinalOf(from + i);
    times[i] = call.time;
    if (!Number.isNaN(ordinal)) ordinals[count++] = ordinal;
    if (values.isFresh(from + i)) fresh++;
    if (call.success) succeeded++;
    completeness += call.completeness;
    const { caller } = call;
    if (caller === last) continue;
    last = caller;
    if (caller.session !== '') sessions.add(caller.session);
    if (caller.account !== '') accounts.add(caller.account);
    if (caller.client !== '') clients.add(caller.client);
    subjects.add(caller.subject);
  }
  const sequence = measureSequence(ordinals.subarray(0, count));
  const beat = regularity(times);
  // biome-ignore format: one object, literally
  return { from, values, sequence, ordinals: count, fresh, succeeded, completeness, sessions, accounts, clients, subjects, beat };
}

function observe(asked: Asked, ofAll: boolean, figures: Figures, window: number): Observation {
  const { values, from, sequence, sessions, accounts, clients } = figures;
  const { apiId } = asked;
  const { kind, id } = asked.subject;
  const { size } = values;
  const n = size - from;
  const uids = new Set<string>();
  for (let i = from; i < Math.min(size, from + mostSamples); i++) uids.add(values.callOf(i).uid);
  for (let i = Math.max(from, size - mostSamples); i < size; i++) uids.add(values.callOf(i).uid);
  return {
    v: observationVersion,
    measure: 'traversal',
    subject: ofAll ? { kind: 'api', id: apiId } : { kind, id },
    app: asked.app,
    apiId,
    method: asked.method,
    template: asked.template,
    parameter: asked.parameter,
    begin: values.timeOf(from),
    end: asked.time,
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
      sessions: sessions.size,
      perSession: n / Math.max(1, sessions.size),
      perAccount: n / Math.max(1, accounts.size),
      subjects: figures.subjects.size,
      beat: figures.beat,
      persons: figures.succeeded,
    },
    samples: [...uids],
    clients: [...clients].slice(0, mostNames).sort(),
    accounts: [...accounts].slice(0, mostNames).sort(),
    completeness: figures.completeness / n,
  };
}
