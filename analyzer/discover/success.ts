/**
 * Did the server do what was asked? HTTP 200 is not success in `{"error_no":-61}`. What a reply says of itself decides:
 * a member such as `success` first, then its code, as far as it is known what the code means.
 *
 * Codes are learnt by application and field. A convention (0, 200, `SUCCESS`) holds from the first reply on. Messages
 * that read good or bad, and HTTP errors, tell of a code; and where neither convention nor words do, a code is success
 * that many APIs give with replies as large as any. So 1 can be success and 0 failure.
 *
 * Bounds: 4,096 applications (the one least recently heard of is forgotten, `evicted`), 8 fields an application, 64
 * values a field: what comes beyond is judged by convention and message alone.
 */
import type { Envelope } from '../call.ts';
import { isSuccess } from './inventory.ts';
import { type CodeReading, isOutcome, readCode } from './success-vocabulary.ts';

export interface Answer {
  readonly app: string;
  readonly apiId: string;
  /** 0 when no response was seen. */
  readonly status: number;
  /** Octets of the response. */
  readonly responseBytes: number;
  /** Null when the response has none. */
  readonly envelope: Envelope | null;
  /** How the login that this exchange is went; null when it is none. */
  readonly loginOutcome: 'success' | 'failure' | 'challenge' | 'unknown' | null;
}

interface Value {
  readonly reading: CodeReading;
  /** Answers below HTTP 400. */
  answers: number;
  /** Of them: by message, or by the login they granted, good; by message bad. */
  good: number;
  bad: number;
  /** Answers of HTTP 400 and above. */
  errors: number;
  /** Sum of log2 of sizes, in whole bits, of the answers below HTTP 400. */
  bits: number;
  /** Ids of APIs, at most `manyApis`. */
  apis: string[];
}

interface Field {
  answers: number;
  bits: number;
  /** Answers below HTTP 400 whose value is good by convention. */
  good: number;
  /** The value with most answers below HTTP 400, the first to get there; empty before the first. */
  top: string;
  readonly values: Map<string, Value>;
  /** Answers below HTTP 400 whose value found no room. */
  beyond: number;
}

type App = Map<string, Field>;

type StoredValue = readonly [
  value: string,
  answers: number,
  good: number,
  bad: number,
  errors: number,
  bits: number,
  apis: readonly string[],
];
type StoredField = readonly [
  name: string,
  answers: number,
  bits: number,
  good: number,
  top: string,
  values: readonly StoredValue[],
  beyond: number,
];

export interface SuccessSnapshot {
  readonly v: 2;
  /** Least recently heard of first. */
  readonly apps: readonly (readonly [app: string, fields: readonly StoredField[]])[];
  readonly evicted: number;
}

/** What the values of one field mean, as far as they were seen. */
export interface LearntField {
  readonly name: string;
  readonly success: readonly string[];
  readonly failure: readonly string[];
}

const mostApps = 4096;
const mostFields = 8;
const mostValues = 64;
const manyApis = 3;
/** Values from which on a field that hardly repeats itself is none of codes. */
const manyCodes = 16;
/** Answers from which on size and spread tell something. */
const manyAnswers = 20;
/** Messages from which on they tell something of a code, and not of one reply. */
const manyMessages = 3;
/** A reply that has a message and no code is believed to fail only while it is this small: larger ones hold data. */
const smallReply = 2048;

export class SuccessPredicate {
  readonly #most: number;
  #apps = new Map<string, App>();
  #last = '';
  /** Applications that were forgotten for want of room. */
  evicted = 0;

  constructor(most: number = mostApps) {
    this.#most = most;
  }

  /** Learns from the answer, then judges it. Null when no response was seen. */
  judge(answer: Answer): boolean | null {
    const { status, envelope, loginOutcome } = answer;
    if (status === 0) return null;
    if (envelope === null) return isSuccess(status) && loginOutcome !== 'failure' && loginOutcome !== 'challenge';
    const field = envelope.name === '' || envelope.value === '' ? undefined : this.#fieldOf(answer.app, envelope.name);
    const value = field === undefined ? undefined : take(field, answer, envelope);
    if (!isSuccess(status) || loginOutcome === 'challenge') return false;
    if (loginOutcome === 'success') return true;
    if (envelope.flag !== null) return envelope.flag;
    if (envelope.name === '' || envelope.value === '') {
      if (loginOutcome === 'failure') return false;
      return envelope.message !== 'bad' || answer.responseBytes > smallReply;
    }
    // A login's own reading takes every code it does not know for a failure: only what was learnt knows better.
    if (loginOutcome === 'failure')
      return envelope.message !== 'bad' && value !== undefined && isLearntGood(field!, value);
    return verdictOf(field, value, envelope);
  }

  #fieldOf(name: string, fieldName: string): Field | undefined {
    let app = this.#apps.get(name);
    if (app === undefined) {
      app = new Map();
      if (this.#apps.size >= this.#most) {
        this.#apps.delete(this.#apps.keys().next().value!);
        this.evicted++;
      }
      this.#apps.set(name, app);
    } else if (name !== this.#last) {
      this.#apps.delete(name);
      this.#apps.set(name, app);
    }
    this.#last = name;
    let field = app.get(fieldName);
    if (field === undefined && app.size < mostFields) {
      field = { answers: 0, bits: 0, good: 0, top: '', values: new Map(), beyond: 0 };
      app.set(fieldName, field);
    }
    return field;
  }

  /** What was learnt of an application's codes, by field. */
  learnt(app: string): LearntField[] {
    return sorted(this.#apps.get(app) ?? []).map(([name, field]) => {
      const success: string[] = [];
      const failure: string[] = [];
      for (const [text, value] of sorted(field.values)) {
        const envelope: Envelope = { name, value: text, flag: null, message: '' };
        (verdictOf(field, value, envelope) ? success : failure).push(text);
      }
      return { name, success, failure };
    });
  }

  snapshot(): SuccessSnapshot {
    return {
      v: 2,
      apps: [...this.#apps].map(([name, app]) => [name, sorted(app).map(([at, field]) => storedField(at, field))]),
      evicted: this.evicted,
    };
  }

  /** Replaces all state. Of more applications than there is room for, those heard of last are taken in. */
  restore(snapshot: SuccessSnapshot): void {
    const gone = Math.max(0, snapshot.apps.length - this.#most);
    this.#apps = new Map(
      snapshot.apps
        .slice(gone)
        .map(([name, fields]) => [name, new Map(fields.map((each) => [each[0], fieldOf(each)]))]),
    );
    this.#last = '';
    this.evicted = snapshot.evicted + gone;
  }
}

/** Counts the answer; undefined when its value finds no room. */
function take(field: Field, answer: Answer, envelope: Envelope): Value | undefined {
  let value = field.values.get(envelope.value);
  if (value === undefined) {
    if (field.values.size >= mostValues) {
      if (isSuccess(answer.status)) field.beyond++;
      return undefined;
    }
    const reading = readCode(envelope.name, envelope.value);
    value = { reading, answers: 0, good: 0, bad: 0, errors: 0, bits: 0, apis: [] };
    field.values.set(envelope.value, value);
  }
  if (!isSuccess(answer.status)) {
    value.errors++;
    return value;
  }
  const bits = 32 - Math.clz32(answer.responseBytes);
  value.answers++;
  value.bits += bits;
  field.answers++;
  field.bits += bits;
  if (value.reading === 'good') field.good++;
  if (envelope.message === 'bad') value.bad++;
  else if (envelope.message === 'good' || answer.loginOutcome === 'success') value.good++;
  if (value.apis.length < manyApis && !value.apis.includes(answer.apiId)) value.apis.push(answer.apiId);
  if (field.top !== envelope.value && value.answers > (field.values.get(field.top)?.answers ?? 0)) {
    field.top = envelope.value;
  }
  return value;
}

function verdictOf(field: Field | undefined, value: Value | undefined, envelope: Envelope): boolean {
  const { name, message } = envelope;
  const reading = value?.reading ?? readCode(name, envelope.value);
  const words = value === undefined ? 0 : wordsOf(value);
  if (reading === 'good') return !(value !== undefined && (words < 0 || isTurned(field!, value)));
  if (reading === 'bad') return words > 0 || (message !== 'bad' && field !== undefined && isData(field));
  if (words !== 0) return words > 0;
  if (message !== '') return message === 'good';
  if (field === undefined || value === undefined) return true;
  if (value.good !== value.bad) return value.good > value.bad;
  if (value.errors > value.answers) return false;
  if (isRich(field, value)) return true;
  // Another value is known to be success, so this one is not, unless the field may be data.
  const top = field.values.get(field.top);
  const isKnown = field.good > 0 || (top !== undefined && top !== value && isRich(field, top));
  return !(isKnown && isOutcome(name, envelope.value));
}

/**
 * Codes are few and come again, and one of them is success: where nearly each answer has a value of its own, the field is
 * a quantity or an id.
 */
function isData({ values, answers, good, beyond }: Field): boolean {
  if (values.size < manyCodes || 8 * good > answers) return false;
  return answers < 2 * values.size || beyond > answers;
}

function isLearntGood(field: Field, value: Value): boolean {
  const words = wordsOf(value);
  return words > 0 || (words === 0 && value.reading === 'unknown' && value.bad === 0 && isRich(field, value));
}

/** 1 where messages call the value success, -1 where they call it failure, 0 where they are few or disagree. */
function wordsOf({ answers, good, bad }: Value): number {
  if (good >= manyMessages && good > 3 * bad && 4 * good >= answers) return 1;
  return bad >= manyMessages && bad > 3 * good && 2 * bad >= answers ? -1 : 0;
}

/** Given by many APIs, often, and with replies that are on average as large as those with other values. */
function isRich(field: Field, value: Value): boolean {
  const { answers, bits, apis } = value;
  if (answers < manyAnswers || apis.length < manyApis || 4 * value.bad >= answers || value.reading === 'bad')
    return false;
  const others = field.answers - answers;
  return others === 0 || bits * others >= (field.bits - bits) * answers;
}

/** A house where 1 is success: most answers have it, and are twice as large, so that 0 is failure. */
function isTurned(field: Field, value: Value): boolean {
  const top = field.values.get(field.top);
  if (top === undefined || top.reading !== 'unknown' || 2 * top.answers < field.answers || !isRich(field, top))
    return false;
  return value.answers === 0 || top.bits / top.answers >= value.bits / value.answers + 1;
}

function sorted<V>(entries: Iterable<readonly [string, V]>): (readonly [string, V])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function storedField(name: string, { answers, bits, good, top, values, beyond }: Field): StoredField {
  const stored = sorted(values).map(([text, value]): StoredValue => {
    return [text, value.answers, value.good, value.bad, value.errors, value.bits, [...value.apis].sort()];
  });
  return [name, answers, bits, good, top, stored, beyond];
}

function fieldOf([name, answers, bits, good, top, stored, beyond]: StoredField): Field {
  const values = new Map<string, Value>();
  for (const [text, count, goods, bad, errors, sum, apis] of stored) {
    const reading = readCode(name, text);
    values.set(text, { reading, answers: count, good: goods, bad, errors, bits: sum, apis: [...apis] });
  }
  return { answers, bits, good, top, values, beyond };
}
