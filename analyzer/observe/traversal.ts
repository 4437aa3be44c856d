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
 * Bounds: the newest 512 to 640 values of a key, 50,000 keys, 512 to 1,024 given values of a subject, 50,000 subjects.
 */
import { type Observation, observationVersion, type Subject } from '../observation.ts';
import { Recent } from './recent.ts';
import { measureSequence, regularity } from './sequence.ts';

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
  /** Keyed hash of the value, or the value itself where it may be known. */
  readonly value: string;
  /** The value as a number plus the application's secret offset; absent when it is none. */
  readonly ordinal?: number;
  /** The account if known, else the session, else the client. */
  readonly subject: Subject;
  /** Account or session behind the call; absent when there is neither. */
  readonly session?: string;
  readonly client: string;
  readonly account?: string;
  readonly success: boolean;
  readonly completeness: number;
}

interface Value {
  readonly value: string;
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
}

interface Key {
  readonly values: Value[];
  /** Values so far, those that have gone included. */
  total: number;
  /** By window: the total from which on the next observation is due. */
  readonly due: number[];
}

/** Two generations: when the young one is full, the old one goes. */
interface Given {
  young: string[];
  old: string[];
}

export interface TraversalSnapshot {
  readonly keys: readonly (readonly [string, Key])[];
  readonly given: readonly (readonly [string, Given])[];
}

const mostValues = 640;
const leastValues = 512;
const mostGiven = 512;
const mostSamples = 8;
const mostNames = 100;

/** Length in µs, and from how many values on there is something to tell. */
const windows = [
  { length: 300e6, least: 20 },
  { length: 3600e6, least: 60 },
  { length: 86_400e6, least: 200 },
] as const;

export class Traversal {
  readonly #keys: Recent<Key>;
  readonly #given: Recent<Given>;
  /** Sets beside the lists of `#keys` and `#given`; rebuilt when missing. */
  readonly #sets = new WeakMap<object, Set<string>>();

  constructor(mostKeys = 50_000, mostSubjects = 50_000) {
    this.#keys = new Recent(mostKeys);
    this.#given = new Recent(mostSubjects);
  }

  /** Keys and subjects forgotten at a bound. */
  get evicted(): number {
    return this.#keys.evicted + this.#given.evicted;
  }

  /** A response gave these values to the subject: asking for them is no guess. */
  give(subject: Subject, values: readonly string[]): void {
    if (values.length === 0) return;
    const given = this.#given.touch(nameOf(subject), () => ({ young: [], old: [] }));
    for (const value of values) {
      const young = this.#setOf(given.young);
      if (young.has(value)) continue;
      if (given.young.length >= mostGiven) {
        given.old = given.young;
        given.young = [];
      }
      given.young.push(value);
      this.#setOf(given.young).add(value);
    }
  }

  /** Observations that are due, shortest window first; nearly always none. */
  ask(asked: Asked): Observation[] {
    const given = this.#given.peek(nameOf(asked.subject));
    const known =
      given !== undefined && (this.#setOf(given.young).has(asked.value) || this.#setOf(given.old).has(asked.value));
    const out = this.#take(asked, asked.subject, !known);
    if (!known) out.push(...this.#take(asked, { kind: 'api', id: asked.apiId }, true));
    return out;
  }

  #setOf(list: readonly string[]): Set<string> {
    let set = this.#sets.get(list);
    if (set === undefined) this.#sets.set(list, (set = new Set(list)));
    return set;
  }

  #take(asked: Asked, subject: Subject, fresh: boolean): Observation[] {
    const name = `${asked.apiId} ${asked.parameter}\n${nameOf(subject)}`;
    const key = this.#keys.touch(name, () => ({ values: [], total: 0, due: windows.map(() => 0) }));
    const { values, due } = key;
    let set = this.#sets.get(values);
    if (set === undefined) this.#sets.set(values, (set = new Set(values.map((each) => each.value))));
    let gone = 0;
    const oldest = asked.time - windows[windows.length - 1].length;
    while (gone < values.length && values[gone].time <= oldest) gone++;
    // Forgetting many at once costs less than one at a time.
    if (values.length >= mostValues) gone = Math.max(gone, values.length - leastValues);
    if (gone > 0) for (const old of values.splice(0, gone)) set.delete(old.value);
    if (set.has(asked.value)) return [];
    set.add(asked.value);
    values.push({
      value: asked.value,
      time: asked.time,
      ordinal: asked.ordinal ?? null,
      fresh,
      success: asked.success,
      uid: asked.uid,
      completeness: asked.completeness,
      session: asked.session ?? '',
      subject: nameOf(asked.subject),
      client: asked.client,
      account: asked.account ?? '',
    });
    key.total++;
    const out: Observation[] = [];
    windows.forEach(({ length, least }, i) => {
      const from = firstAfter(values, asked.time - length);
      const n = values.length - from;
      if (n < least) due[i] = 0;
      else if (key.total >= due[i]) {
        due[i] = key.total + Math.max(5, n >> 2);
        out.push(observe(asked, subject, values.slice(from), length));
      }
    });
    return out;
  }

  snapshot(): TraversalSnapshot {
    return structuredClone({ keys: this.#keys.entries(), given: this.#given.entries() });
  }

  restore(snapshot: TraversalSnapshot): void {
    const { keys, given } = structuredClone(snapshot);
    this.#keys.restore(keys);
    this.#given.restore(given);
  }
}

function nameOf({ kind, id }: Subject): string {
  return `${kind} ${id}`;
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

function observe(asked: Asked, subject: Subject, values: readonly Value[], window: number): Observation {
  const n = values.length;
  const ordinals: number[] = [];
  const times: number[] = [];
  const [sessions, accounts, clients, subjects] = [0, 0, 0, 0].map(() => new Set<string>());
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
  }
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
    begin: values[0].time,
    end: asked.time,
    window,
    value: n,
    numbers: {
      ...measureSequence(ordinals),
      ordinals: ordinals.length,
      fresh: fresh / n,
      success: succeeded / n,
      sessions: sessions.size,
      perSession: n / Math.max(1, sessions.size),
      perAccount: n / Math.max(1, accounts.size),
      subjects: subjects.size,
      beat: regularity(times),
      persons: succeeded,
    },
    samples: [...new Set(uids)],
    clients: [...clients].slice(0, mostNames).sort(),
    accounts: [...accounts].slice(0, mostNames).sort(),
    completeness: completeness / n,
  };
}
