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
 * Bounds: the newest 512 to 640 values of a key; 50,000 keys and 150,000 values of all keys; 512 to 1,024 given values
 * of a subject; 50,000 subjects and 400,000 given values of all (recent.ts says what goes first).
 */
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import { Recent, type RecentSnapshot } from './recent.ts';
import { measureSequence, regularity, type SequenceFigures } from './sequence.ts';
import { Unsettled, type UnsettledSnapshot } from './unsettled.ts';

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

interface Value {
  readonly value: number;
  readonly time: number;
  readonly ordinal: number | null;
  readonly fresh: boolean;
  readonly success: boolean;
  readonly uid: string;
  readonly completeness: number;
  readonly session: string;
  readonly subject: string;
  readonly client: string;
  readonly account: string;
  /** 0 for nobody: most answers are about nobody, and a snapshot has many values. */
  readonly persons: readonly number[] | 0;
}

interface Key {
  /** In order of time, each value once. */
  values: Value[];
  /** The same values. */
  readonly set: Set<number>;
  /** Values so far, those that have gone included. */
  total: number;
  /** By window: the total from which on the next observation is due. */
  readonly due: number[];
}

/** Two generations: when the young one is full, the old one goes. */
interface Given {
  young: Set<number>;
  old: Set<number>;
}

type StoredKey = Omit<Key, 'set'>;
type StoredGiven = readonly [young: readonly number[], old: readonly number[]];

/** Whose measurement waits to be told again. */
interface Told extends Site {
  readonly subject: Subject;
}

export interface TraversalSnapshot {
  readonly keys: RecentSnapshot<StoredKey>;
  /** By window. */
  readonly unsettled: readonly UnsettledSnapshot<Told>[];
  readonly given: RecentSnapshot<StoredGiven>;
}

const mostValues = 640;
const leastValues = 512;
const mostGiven = 512;
const mostSamples = 8;
const mostNames = 100;
/** Of one answer: it is about one object. */
const mostPersons = 8;
const mostOfAll = { values: 150_000, given: 400_000 };

/** Length in µs, and from how many values on there is something to tell. */
const windows = [
  { length: 300e6, least: 20 },
  { length: 3600e6, least: 60 },
  { length: 86_400e6, least: 200 },
] as const;
const longest = windows[windows.length - 1].length;
/** What goes on is told again after this share of its window. */
const settleShare = 0.2;

export class Traversal {
  readonly #keys: Recent<Key>;
  readonly #given: Recent<Given>;
  /** By window. */
  readonly #unsettled = windows.map(() => new Unsettled<Told>());

  constructor(mostKeys = 50_000, mostSubjects = 50_000) {
    this.#keys = new Recent<Key>(mostKeys, mostOfAll.values, ({ values }) => values.length);
    this.#given = new Recent<Given>(mostSubjects, mostOfAll.given, ({ young, old }) => young.size + old.size);
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    return this.#keys.evicted + this.#given.evicted;
  }

  /** A response gave these values to the subject: asking for them is no guess. */
  give(subject: Subject, values: readonly number[]): void {
    if (values.length === 0) return;
    const given = this.#given.touch(nameOf(subject), () => ({ young: new Set(), old: new Set() }));
    let { young } = given;
    const before = young.size + given.old.size;
    for (const value of values) {
      young.add(value);
      if (young.size < mostGiven) continue;
      given.old = young;
      given.young = young = new Set();
    }
    this.#given.grow(young.size + given.old.size - before);
  }

  /** The subject was given the value by an earlier response. */
  isGiven(subject: Subject, value: number): boolean {
    const given = this.#given.peek(nameOf(subject));
    return given !== undefined && (given.young.has(value) || given.old.has(value));
  }

  /** Observations that are due, shortest window first; nearly always none. */
  ask(asked: Asked, known = this.isGiven(asked.subject, asked.value)): readonly Observation[] {
    const name = nameOf(asked.subject);
    const value: Value = {
      value: asked.value,
      time: asked.time,
      ordinal: asked.ordinal ?? null,
      fresh: !known,
      success: asked.success,
      uid: asked.uid,
      completeness: asked.completeness,
      session: asked.session ?? '',
      subject: name,
      client: asked.client,
      account: asked.account ?? '',
      persons: personsOf(asked),
    };
    const parameter = `${asked.apiId} ${asked.parameter}\n`;
    const own = this.#take(asked, asked.subject, parameter + name, value);
    if (known) return own ?? none;
    const api = this.#take(asked, { kind: 'api', id: asked.apiId }, parameter, value);
    return own === null ? (api ?? none) : api === null ? own : [...own, ...api];
  }

  #take(asked: Asked, subject: Subject, name: string, value: Value): Observation[] | null {
    const key = this.#keys.touch(name, newKey);
    const { set } = key;
    const gone = this.#forget(key, value.time - longest);
    if (set.has(value.value)) {
      this.#keys.grow(-gone);
      return null;
    }
    set.add(value.value);
    key.values.push(value);
    key.total++;
    this.#keys.grow(1 - gone);
    let out: Observation[] | null = null;
    let figured: Figures | null = null;
    for (let i = 0; i < windows.length; i++) {
      const { length, least } = windows[i]!;
      const { values, due } = key;
      if (values.length < least) {
        due[i] = 0;
        continue;
      }
      const from = firstAfter(values, value.time - length);
      const n = values.length - from;
      if (n < least) due[i] = 0;
      else if (key.total >= due[i]!) {
        // An API as a whole is asked about by everybody: it is looked at half as often.
        due[i] = key.total + Math.max(5, subject.kind === 'api' ? n >> 1 : n >> 2);
        // Windows that hold the same values have the same figures.
        if (figured === null || figured.from !== from) figured = figuresOf(values, from);
        (out ??= []).push(observe(asked, subject, figured, length));
        this.#unsettled[i]!.drop(name);
      } else if (!this.#unsettled[i]!.has(name)) {
        const { app, apiId, method, template, parameter } = asked;
        const told = { app, apiId, method, template, parameter, subject };
        this.#unsettled[i]!.wait(name, value.time + length * settleShare, told);
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
      for (const [name, told] of unsettled.take(time)) {
        const key = this.#keys.peek(name);
        const last = key?.values.at(-1);
        if (key === undefined || last === undefined) continue;
        const from = firstAfter(key.values, last.time - length);
        if (key.values.length - from < least || tellsOfMore(key.values, i, from)) continue;
        (out ??= []).push(observe(told, told.subject, figuresOf(key.values, from), length));
      }
    }
    return out ?? none;
  }

  /** Values before `oldest` go, and the oldest of too many; how many went. */
  #forget(key: Key, oldest: number): number {
    const { values, set } = key;
    let gone = 0;
    while (gone < values.length && values[gone]!.time <= oldest) gone++;
    // Forgetting many at once costs less than one at a time.
    if (values.length >= mostValues) gone = Math.max(gone, values.length - leastValues);
    if (gone === 0) return 0;
    for (let i = 0; i < gone; i++) set.delete(values[i]!.value);
    key.values = values.slice(gone);
    return gone;
  }

  snapshot(): TraversalSnapshot {
    return {
      keys: this.#keys.snapshot(({ values, total, due }) => ({ values: [...values], total, due: [...due] })),
      unsettled: this.#unsettled.map((each) => each.snapshot()),
      given: this.#given.snapshot(({ young, old }) => [[...young], [...old]]),
    };
  }

  restore({ keys, unsettled, given }: TraversalSnapshot): void {
    for (const [i, each] of this.#unsettled.entries()) each.restore(unsettled[i] ?? []);
    this.#keys.restore(keys, ({ values, total, due }) => {
      return { values: [...values], set: new Set(values.map(({ value }) => value)), total, due: [...due] };
    });
    this.#given.restore(given, ([young, old]) => ({ young: new Set(young), old: new Set(old) }));
  }
}

const none: readonly Observation[] = Object.freeze([]);

function personsOf({ success, personIds }: Asked): readonly number[] | 0 {
  if (!success || personIds === undefined || personIds.length === 0) return 0;
  return personIds.length <= mostPersons ? personIds : personIds.slice(0, mostPersons);
}

function newKey(): Key {
  return { values: [], set: new Set(), total: 0, due: windows.map(() => 0) };
}

/** The subject asked about last, and its name: a call asks several times about its own. */
let lastSubject: Subject | null = null;
let lastName = '';

function nameOf(subject: Subject): string {
  if (subject === lastSubject) return lastName;
  lastSubject = subject;
  lastName = `${subject.kind} ${subject.id}`;
  return lastName;
}

/** First index whose time is after `time`; times ascend. */
function firstAfter(values: readonly Value[], time: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether a shorter window has enough to tell, and what window `i`, which begins at index `from`, has besides is nothing
 * or another run, before a pause as long as the shorter one: that was told when it was under way.
 */
function tellsOfMore(values: readonly Value[], i: number, from: number): boolean {
  const last = values.at(-1)!.time;
  for (let j = i - 1; j >= 0; j--) {
    const { length, least } = windows[j]!;
    const begin = firstAfter(values, last - length);
    if (values.length - begin < least) continue;
    return begin === from || values[begin]!.time - values[begin - 1]!.time >= length;
  }
  return false;
}

interface Figures {
  /** Index of the first value. */
  readonly from: number;
  readonly values: readonly Value[];
  readonly sequence: SequenceFigures;
  readonly ordinals: number;
  readonly fresh: number;
  readonly succeeded: number;
  readonly completeness: number;
  readonly sessions: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  readonly persons: number;
  readonly beat: number;
}

function figuresOf(all: readonly Value[], from: number): Figures {
  const values = all.slice(from);
  const ordinals: number[] = [];
  const times: number[] = [];
  const sessions = new Set<string>();
  const accounts = new Set<string>();
  const clients = new Set<string>();
  const subjects = new Set<string>();
  const persons = new Set<number>();
  let fresh = 0;
  let succeeded = 0;
  let completeness = 0;
  for (const each of values) {
    times.push(each.time);
    if (each.ordinal !== null) ordinals.push(each.ordinal);
    if (each.fresh) fresh++;
    if (each.success) succeeded++;
    completeness += each.completeness;
    if (each.session !== '') sessions.add(each.session);
    if (each.account !== '') accounts.add(each.account);
    if (each.client !== '') clients.add(each.client);
    subjects.add(each.subject);
    if (each.persons !== 0) for (const person of each.persons) persons.add(person);
  }
  const sequence = measureSequence(ordinals);
  const beat = regularity(times);
  const counts = { ordinals: ordinals.length, fresh, succeeded, completeness };
  return { from, values, sequence, ...counts, sessions, accounts, clients, subjects, persons: persons.size, beat };
}

function observe(asked: Site, subject: Subject, figures: Figures, window: number): Observation {
  const { values, sessions, accounts, clients } = figures;
  const n = values.length;
  const uids = [...values.slice(0, mostSamples), ...values.slice(-mostSamples)].map((each) => each.uid);
  return {
    v: observationVersion,
    measure: 'traversal',
    subject,
    app: asked.app,
    apiId: asked.apiId,
    method: asked.method,
    template: asked.template,
    parameter: asked.parameter,
    begin: values[0]!.time,
    end: values[n - 1]!.time,
    window,
    value: n,
    numbers: {
      ...figures.sequence,
      ordinals: figures.ordinals,
      fresh: figures.fresh / n,
      success: figures.succeeded / n,
      sessions: sessions.size,
      perSession: n / Math.max(1, sessions.size),
      perAccount: n / Math.max(1, accounts.size),
      subjects: figures.subjects.size,
      beat: figures.beat,
      persons: figures.persons,
    },
    samples: [...new Set(uids)],
    clients: [...clients].slice(0, mostNames).sort(),
    accounts: [...accounts].slice(0, mostNames).sort(),
    completeness: figures.completeness / n,
  };
}
