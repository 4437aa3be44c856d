/**
 * The lists of a call (labels, places, hashes) as one run of numbers: what call-batch.ts sends beside its columns.
 * Texts are numbers too, in the batch's own table. Reading goes in the order of writing; nothing is looked up.
 */
import type {
  AskedFact,
  Envelope,
  HitFact,
  LabelFact,
  PlaceFact,
  ResponseFacts,
  SideFacts,
  ValueFact,
} from './call.ts';
import { type Run, type RunReader, readCaller, writeCaller } from './caller-columns.ts';
import type { CallerFacts } from './identify/facts.ts';

const messages = ['', 'good', 'bad'] as const;
/** Not frozen: the engine has no quick way through lists that are, and most lists of a call are this one. */
const none: readonly never[] = [];

export class FactWriter {
  length = 0;
  readonly #run: Run = { number: (value) => this.#put(value), text: (text) => this.#put(this.text(text)) };
  #numbers = new Float64Array(1 << 14);

  /** `text`: its number in the batch; `own` for texts that rarely repeat. */
  constructor(
    private readonly text: (text: string) => number,
    private readonly own: (text: string) => number,
  ) {}

  #put(value: number): void {
    if (this.length === this.#numbers.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.length++] = value;
  }

  side({ labels, places, values, shape, shapeEntries }: SideFacts): void {
    this.#put(labels.length);
    // By index: lists that `read` froze while empty have no quick iterator.
    for (let i = 0; i < labels.length; i++) {
      const { label, count, distinct, sample, masked } = labels[i]!;
      this.#put(this.text(label));
      this.#put(count);
      this.#put(distinct);
      this.#put(this.own(sample));
      this.#put(masked);
    }
    this.#put(places.length);
    for (let i = 0; i < places.length; i++) {
      const { place, path, values: met, hits } = places[i]!;
      this.#put(this.text(place));
      this.#put(this.text(path));
      this.#put(met);
      this.#put(hits.length);
      for (let k = 0; k < hits.length; k++) {
        const { label, count, samples } = hits[k]!;
        this.#put(this.text(label));
        this.#put(count);
        this.#list(samples);
      }
    }
    this.#put(values.length);
    for (let i = 0; i < values.length; i++) {
      const { label, place, high, low } = values[i]!;
      this.#put(this.text(label));
      this.#put(this.text(place));
      this.#put(high);
      this.#put(low);
    }
    this.#put(shape);
    if (shape !== 0) this.#put(this.text(shapeEntries));
  }

  response(facts: ResponseFacts): void {
    this.side(facts);
    this.#put(facts.persons);
    this.#list(facts.personIds);
    this.#put(facts.records);
    this.#list(facts.objectIds);
    this.#put(Number(facts.attachment));
  }

  asked(asked: readonly AskedFact[]): void {
    this.#put(asked.length);
    for (let i = 0; i < asked.length; i++) {
      const { parameter, value, ordinal } = asked[i]!;
      this.#put(this.text(parameter));
      this.#put(value);
      this.#put(ordinal ?? Number.NaN);
    }
  }

  envelope(envelope: Envelope | null): void {
    this.#put(envelope === null ? 0 : 1);
    if (envelope === null) return;
    this.#put(this.text(envelope.name));
    this.#put(this.text(envelope.value));
    this.#put(envelope.flag === null ? -1 : Number(envelope.flag));
    this.#put(messages.indexOf(envelope.message));
  }

  caller(caller: CallerFacts): void {
    writeCaller(this.#run, caller);
  }

  #list(numbers: readonly number[]): void {
    this.#put(numbers.length);
    for (let i = 0; i < numbers.length; i++) this.#put(numbers[i]!);
  }

  /** What was written; the writer begins anew. */
  take(): Float64Array {
    const taken = this.#numbers.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

export class FactReader {
  #at = 0;
  readonly #run: RunReader = { number: () => this.#next(), text: () => this.#text() };

  constructor(
    private readonly numbers: Float64Array,
    private readonly texts: readonly string[],
  ) {}

  /** To where the facts of a call begin. */
  moveTo(at: number): void {
    this.#at = at;
  }

  #next(): number {
    return this.numbers[this.#at++]!;
  }

  #text(): string {
    return this.texts[this.numbers[this.#at++]!]!;
  }

  /** Of a list; no list is longer than the run, whatever a damaged one says. */
  #size(): number {
    const size = this.#next();
    return size > 0 ? Math.min(Math.trunc(size), this.numbers.length) : 0;
  }

  #many<T>(read: () => T): readonly T[] {
    const size = this.#size();
    if (size === 0) return none;
    // Of its length at once: one that grows begins with room for seventeen.
    const list = new Array<T>(size);
    for (let i = 0; i < size; i++) list[i] = read();
    return list;
  }

  #list(): readonly number[] {
    const size = this.#size();
    if (size === 0) return none;
    const list = new Array<number>(size);
    const { numbers } = this;
    for (let i = 0; i < size; i++) list[i] = numbers[this.#at + i]!;
    this.#at += size;
    return list;
  }

  readonly #label = (): LabelFact => ({
    label: this.#text(),
    count: this.#next(),
    distinct: this.#next(),
    sample: this.#text(),
    masked: this.#next(),
  });
  readonly #hit = (): HitFact => ({ label: this.#text(), count: this.#next(), samples: this.#list() });
  readonly #place = (): PlaceFact => ({
    place: this.#text(),
    path: this.#text(),
    values: this.#next(),
    hits: this.#many(this.#hit),
  });
  readonly #value = (): ValueFact => ({
    label: this.#text(),
    place: this.#text(),
    high: this.#next(),
    low: this.#next(),
  });
  readonly #askedOne = (): AskedFact => {
    const parameter = this.#text();
    const value = this.#next();
    const ordinal = this.#next();
    return { parameter, value, ordinal: Number.isNaN(ordinal) ? null : ordinal };
  };

  #shapeEntries(shape: number): string {
    return shape === 0 ? '' : this.#text();
  }

  side(): SideFacts {
    const labels = this.#many(this.#label);
    const places = this.#many(this.#place);
    const values = this.#many(this.#value);
    const shape = this.#next();
    return { labels, places, values, shape, shapeEntries: this.#shapeEntries(shape) };
  }

  response(): ResponseFacts {
    const { labels, places, values, shape, shapeEntries } = this.side();
    return {
      labels,
      places,
      values,
      shape,
      shapeEntries,
      persons: this.#next(),
      personIds: this.#list(),
      records: this.#next(),
      objectIds: this.#list(),
      attachment: this.#next() === 1,
    };
  }

  asked(): readonly AskedFact[] {
    return this.#many(this.#askedOne);
  }

  envelope(): Envelope | null {
    if (this.#next() === 0) return null;
    const name = this.#text();
    const value = this.#text();
    const flag = this.#next();
    return { name, value, flag: flag < 0 ? null : flag === 1, message: messages[this.#next()]! };
  }

  caller(): CallerFacts {
    return readCaller(this.#run);
  }
}
