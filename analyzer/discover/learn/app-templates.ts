/**
 * Templates of one application, learnt from its successful calls. Inference runs at stated counts of calls, so neither
 * batches nor shards make a difference; a template that it finds is taken up when the run before had found it too, and
 * never given up again. So what runs infer from is what is learnt already and what is new, not all there ever was.
 *
 * What was called often and long enough, and that a run left as it is, is settled: its words stay words, however many
 * siblings come later. So an inventory of steady traffic comes to rest; what is new beside it may still be values.
 *
 * Bounds: `mostKnown` APIs that are not merged; those beyond stay as they are (`refused`).
 */
import type { ApiCall } from '../../call.ts';
import { fallbackId, fallbackReason, fallbackTemplate } from '../fallback-pages.ts';
import type { Endpoint } from './endpoint.ts';
import { inferTemplates } from './infer.ts';
import { bareSegments, countShape, type Known, keyOf, mergeInto, newKnown, unselected, widened } from './known.ts';
import { foldingReason, type Selector, selectorsOf } from './selectors.ts';
import { Shapes, type ShapesSnapshot } from './shapes.ts';
import { type TemplateWord, TemplateWords } from './words-of-people.ts';

const mostKnown = 20_000;
/** Calls of the first run, and what each later one waits for: half as many again as there were. */
const firstRun = 32;
const growth = 1.5;
/** Calls of a settled API, and the least time since its first one, µs. */
const settledCalls = 20;
const settledUs = 2 * 86_400_000_000;

export interface AppTemplatesSnapshot {
  readonly app: string;
  readonly calls: number;
  readonly next: number;
  readonly ran: number;
  /** Absent in memories of before APIs settled. */
  readonly now?: number;
  readonly found: readonly string[];
  readonly values: readonly string[];
  readonly shapes: ShapesSnapshot;
  readonly known: readonly unknown[];
  /** Selectors that select nothing. */
  readonly folded: readonly string[];
}

/** Memories of before APIs settled have no `since` and `stayed`. */
interface StoredKnown extends Omit<Known, 'app' | 'shapes' | 'into' | 'since' | 'stayed'> {
  readonly since?: number;
  readonly stayed?: boolean;
  readonly shapes: readonly (readonly [number, number])[];
}

export class AppTemplates {
  /** What is an API of its own, by method, operation and template. */
  readonly #known = new Map<string, Known>();
  readonly #values = new Set<string>();
  readonly #shapes = new Shapes();
  /** What the last run found and was not taken up yet. */
  #found = new Set<string>();
  /** Selectors that were found to select nothing, for good: what comes of them later is part of the same API. */
  readonly #folded = new Set<string>();
  #words = new TemplateWords([]);
  #calls = 0;
  #next = firstRun;
  /** Calls there were when inference ran last. */
  #ran = 0;
  /** Packet time of the latest call, µs. */
  #now = 0;
  refused = 0;

  constructor(readonly app: string) {}

  /** Null when there is no room. */
  meet(method: string, operation: string, template: string, reason: string, id: string): Known | null {
    const segments = template === '/' ? [] : template.slice(1).split('/');
    const key = keyOf(method, operation, bareSegments({ segments }));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKnown) {
      this.refused++;
      return null;
    }
    const made = newKnown(this.app, method, operation, segments, reason, id);
    this.#known.set(key, made);
    return made;
  }

  /** A successful call at `ts`, µs; true when inference is due. `shape` 0: the reply has none. */
  count(known: Known, ts: number, shape: number, entries: string): boolean {
    if (known.calls++ === 0) known.since = ts;
    if (ts > this.#now) this.#now = ts;
    if (shape !== 0) {
      const number = this.#shapes.meet(shape, entries);
      if (number >= 0) countShape(known, number);
    }
    return ++this.#calls >= this.#next;
  }

  /** There were calls since inference ran last. */
  get isBehind(): boolean {
    return this.#calls > this.#ran;
  }

  /** Infers, and answers the APIs that took others in. */
  infer(): Known[] {
    this.#ran = this.#calls;
    this.#next = Math.ceil(this.#calls * growth);
    this.#shapes.settle();
    const grown = this.#fold();
    this.#gather(grown);
    const endpoints = new Map<Endpoint, Known>();
    for (const known of this.#known.values())
      if (!this.#isDecided(known) && known.reason !== fallbackReason) endpoints.set(this.#endpointOf(known), known);
    const before = this.#found;
    this.#found = new Set();
    for (const [endpoint, segments] of inferTemplates(endpoints.keys(), this.#values)) {
      const known = endpoints.get(endpoint)!;
      const { method, operation } = known;
      const key = keyOf(method, operation, segments);
      const own = keyOf(method, operation, endpoint.segments);
      known.stayed = key === own;
      if (known.stayed) continue;
      const there = this.#known.get(key);
      // What took words in before takes in more at once.
      if (!before.has(key) && (there === undefined || there.ids.length === 1)) {
        this.#found.add(key);
        continue;
      }
      const whole = there ?? widened(known, segments);
      this.#known.delete(own);
      this.#known.set(key, whole);
      mergeInto(whole, known);
      grown.add(whole);
    }
    // What took others in may have become part of another itself.
    return [...grown].filter(({ into }) => into === null);
  }

  /** What people said, all of it. Answers the APIs that took others in by it. */
  decide(words: readonly TemplateWord[]): Known[] {
    this.#words = new TemplateWords(words);
    const grown = new Set<Known>();
    this.#gather(grown);
    return [...grown].filter(({ into }) => into === null);
  }

  /** People said that these are one. */
  join(whole: Known, parts: readonly Known[], template: string): void {
    this.#known.delete(keyOf(whole.method, whole.operation, bareSegments(whole)));
    const before = whole.segments;
    whole.segments = template === '/' ? [] : template.slice(1).split('/');
    for (const part of parts) {
      this.#known.delete(keyOf(part.method, part.operation, bareSegments(part)));
      mergeInto(whole, part);
    }
    for (const [i, segment] of whole.segments.entries())
      if (segment !== before[i]) whole.reason = whole.reason.replace(`${i + 1}=names`, `${i + 1}=person`);
    this.#known.set(keyOf(whole.method, whole.operation, bareSegments(whole)), whole);
  }

  /** They are one page, which answers whatever is asked. Null when there is no room. */
  fall(pages: readonly Known[]): Known | null {
    const whole = this.meet('GET', '', fallbackTemplate, fallbackReason, fallbackId(this.app));
    if (whole === null) return null;
    for (const page of pages) {
      if (page === whole) continue;
      this.#known.delete(keyOf(page.method, page.operation, bareSegments(page)));
      mergeInto(whole, page);
    }
    whole.reason = fallbackReason;
    return whole;
  }

  /** People said that this part of an API is one of its own. */
  separate(whole: Known, id: string, template: string): Known | null {
    const at = whole.ids.indexOf(id);
    if (at < 0 || at === whole.ids.length - 1) return null;
    const made = this.meet(whole.method, whole.operation, template, 'person', id);
    if (made === null || made === whole) return null;
    whole.ids.splice(at, 1);
    if (!made.ids.includes(id)) made.ids.unshift(id);
    return made;
  }

  /** People took back what they had put together: the API that took others in has its own template again. */
  rename(whole: Known, template: string): boolean {
    if (`/${whole.segments.join('/')}` === template) return false;
    this.join(whole, [], template);
    whole.reason = whole.reason.replace(/ ?\b\d+=person/g, '').trimStart();
    return true;
  }

  isDecided({ method, operation, template }: Pick<ApiCall, 'method' | 'operation' | 'template'>): boolean {
    return this.#words.speakOf({ method, operation }, template);
  }

  #isDecided(known: Known): boolean {
    const bare = bareSegments(known);
    return this.#words.isApart(known, bare) || this.#words.keptFor(known, bare) !== null;
  }

  /** What has a template that people gave goes where they put it. */
  #gather(grown: Set<Known>): void {
    for (const known of [...this.#known.values()]) {
      const bare = bareSegments(known);
      if (this.#words.isApart(known, bare)) continue;
      const kept = this.#words.keptFor(known, bare);
      const whole = kept === null ? undefined : this.#known.get(keyOf(known.method, known.operation, kept));
      if (whole === undefined || whole === known) continue;
      this.#known.delete(keyOf(known.method, known.operation, bare));
      mergeInto(whole, known);
      grown.add(whole);
    }
  }

  /** APIs that took in the values of a parameter that selects nothing. */
  #fold(): Set<Known> {
    const grown = new Set<Known>();
    for (const selector of selectorsOf(this.#known.values())) {
      if (!this.#folded.has(selector.key)) {
        if (foldingReason(selector, (shape) => this.#shapes.classOf(shape)) === '') continue;
        this.#folded.add(selector.key);
      }
      grown.add(this.#unselected(selector));
    }
    return grown;
  }

  #unselected({ values }: Selector): Known {
    const first = values[0]!;
    const key = keyOf(first.method, '', bareSegments(first));
    const whole = this.#known.get(key) ?? unselected(first);
    for (const known of values) {
      this.#known.delete(keyOf(known.method, known.operation, bareSegments(known)));
      mergeInto(whole, known);
    }
    this.#known.set(key, whole);
    return whole;
  }

  #endpointOf(known: Known): Endpoint {
    const classes = new Map<number, number>();
    for (const [shape, calls] of known.shapes) {
      const one = this.#shapes.classOf(shape);
      if (one >= 0) classes.set(one, (classes.get(one) ?? 0) + calls);
    }
    const { method, operation, calls } = known;
    const settled = known.stayed && calls >= settledCalls && this.#now - known.since >= settledUs;
    return { method: `${method} ${operation}`, segments: bareSegments(known), calls, settled, classes };
  }

  *all(): Iterable<Known> {
    yield* this.#known.values();
  }

  snapshot(): AppTemplatesSnapshot {
    const known = [...this.#known.values()].map(({ app: _app, into: _into, shapes, ids, ...one }) => ({
      ...one,
      ids: [...ids],
      shapes: [...shapes],
    }));
    return {
      app: this.app,
      calls: this.#calls,
      next: this.#next,
      ran: this.#ran,
      now: this.#now,
      found: [...this.#found],
      values: [...this.#values],
      shapes: this.#shapes.snapshot(),
      known,
      folded: [...this.#folded],
    };
  }

  static restored(snapshot: AppTemplatesSnapshot): AppTemplates {
    const made = new AppTemplates(snapshot.app);
    made.#calls = snapshot.calls;
    made.#next = snapshot.next;
    made.#ran = snapshot.ran;
    made.#now = snapshot.now ?? 0;
    made.#found = new Set(snapshot.found);
    for (const value of snapshot.values) made.#values.add(value);
    for (const key of snapshot.folded) made.#folded.add(key);
    made.#shapes.restore(snapshot.shapes);
    const { app } = snapshot;
    for (const stored of snapshot.known as readonly StoredKnown[]) {
      const { method, operation, segments, reason, calls, since = 0, stayed = false } = stored;
      const ids = [...stored.ids];
      const shapes = new Map(stored.shapes);
      // Of the shape that new ones have.
      const known: Known = { app, method, operation, segments, reason, ids, calls, since, stayed, shapes, into: null };
      made.#known.set(keyOf(known.method, known.operation, bareSegments(known)), known);
    }
    return made;
  }
}
