/**
 * Counts what one side of an exchange holds, leaf by leaf, for bodies of any size. Counts are exact; lists have bounds,
 * and what a bound keeps out is counted. No clear value is kept: a value is hashed, and one per label masked, on sight.
 */
import { Distinct } from '../distinct.ts';
import { hashNumber, type KeyedHash } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { Classifier } from './classifier.ts';
import { type Finds, findsIn } from './finds.ts';
import { textOf } from './octets.ts';
import { Persons } from './persons.ts';
import { byName, type HitTally, type LabelTally, mostSamples, PlaceTally } from './place-tally.ts';
import { canonicalOctets, isPlain } from './plain-form.ts';
import {
  emptySummary,
  type Identifier,
  type LabelCount,
  type MaskedForm,
  type PlaceSummary,
  type SideSummary,
} from './summary.ts';
import type { Trait } from './trait.ts';
import { maskOctets, maskShape } from './value-mask.ts';
import { Values } from './values.ts';

const noOctets = new Uint8Array(0);
const mostPlaces = 64;
/** A trace of a leak asks for every one: an export of thousands of people must fit. */
const mostIdentifiers = 10_000;
const mostForms = 64;
/** Different values of a label that are counted one by one; beyond, a sketch does. */
const mostExact = 1024;
/** Places that are searched one by one; more get a map. */
const fewPlaces = 16;
/** Factor that makes one number of a value's and a label's. */
const labelBits = 65_536;

export class Tally implements LeafSink {
  readonly #places: PlaceTally[] = [];
  /** All places by node, once they are many. */
  #byNode: Map<LeafNode, PlaceTally> | undefined;
  #here: PlaceTally | undefined;
  #depth = 0;
  /** Whether anything is to be told. */
  #any = false;
  // Made when first needed: most messages hold nothing.
  #labels: LabelTally[] | undefined;
  #sketches: Map<number, Distinct> | undefined;
  #values: Values | undefined;
  /** Values that count for a second label, as value × `labelBits` + label. */
  #alsoLabels: Set<number> | undefined;
  /** By place: values given out there that were given out elsewhere first. */
  #alsoGiven: Map<string, Set<number>> | undefined;
  #identifiers: Identifier[] | undefined;
  #identifiersBeyond = 0;
  #persons: Persons | undefined;
  #forms: Map<string, number> | undefined;
  #formsBeyond = 0;

  constructor(
    private readonly classifier: Classifier,
    private readonly identity: KeyedHash,
    private readonly trace: KeyedHash,
  ) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const last = this.#here;
    let here = last?.after;
    if (here === undefined || here.node !== node) {
      here = this.#place(node);
      if (last !== undefined) last.after = here;
    }
    this.#here = here;
    here.values++;
    if (kind === 'literal' || end - start < 2) return;
    const { classifier } = this;
    const before = classifier.candidates;
    classifier.find(here.plan, kind, bytes, start, end, cut, this.#hit);
    if (classifier.candidates === before) return;
    here.tried += classifier.candidates - before;
    this.#any = true;
  }

  /** What is in a text that is whole; nothing is counted. */
  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): Finds {
    return findsIn(this.classifier, node, bytes, start, end);
  }

  /** As `leaf`, of a value in which the same was found before. */
  again(node: LeafNode, { tried, finds }: Finds): void {
    this.leaf(node, 'literal', noOctets, 0, 0, false);
    for (let i = 0; i < finds.length; i++) {
      const { index, bytes, masked } = finds[i]!;
      this.#hit(index, bytes, 0, bytes.length, masked);
    }
    if (tried === 0) return;
    this.#here!.tried += tried;
    this.#any = true;
  }

  rowBegin(_node: LeafNode): void {
    this.#depth++;
    this.#persons?.rowBegin();
  }

  rowEnd(_node: LeafNode): void {
    if (this.#depth > 0) this.#depth--;
    this.#persons?.rowEnd();
  }

  #place(node: LeafNode): PlaceTally {
    let here = this.#known(node);
    if (here === undefined) {
      here = new PlaceTally(node, this.classifier.plan(node));
      this.#places.push(here);
      this.#byNode?.set(node, here);
    }
    return here;
  }

  #known(node: LeafNode): PlaceTally | undefined {
    if (this.#byNode === undefined) {
      const places = this.#places;
      if (places.length < fewPlaces) {
        for (let i = 0; i < places.length; i++) if (places[i]!.node === node) return places[i];
        return undefined;
      }
      this.#byNode = new Map(this.#places.map((place) => [place.node, place]));
    }
    return this.#byNode.get(node);
  }

  readonly #hit = (index: number, bytes: Uint8Array, start: number, end: number, masked: boolean): void => {
    const trait = this.classifier.traits[index]!;
    const here = this.#here!;
    this.#any = true;
    if (masked) {
      here.masked++;
      this.#countForm(`${trait.label}\t${maskShape(textOf(bytes, start, end))}`);
      return;
    }
    const hits = this.#hitsOf(here, trait, bytes, start, end);
    hits.count++;
    hits.label.count++;
    let value = bytes;
    let from = start;
    let to = end;
    if (!isPlain(trait.form, bytes, start, end)) {
      value = canonicalOctets(trait.form, bytes, start, end);
      from = 0;
      to = value.length;
    }
    this.identity.hash(value, from, to);
    const high = this.identity.high | 0;
    const low = this.identity.low >>> 11;
    const at = this.#countDifferent(hits.label, high, low);
    const { samples } = hits;
    if (samples.length < mostSamples) {
      const number = hashNumber(this.identity.high, this.identity.low);
      if (!samples.includes(number)) samples.push(number);
    }
    if (trait.isSubject) this.#countSubject(here, index, trait, at, high, low, value, from, to);
  };

  #hitsOf(here: PlaceTally, trait: Trait, bytes: Uint8Array, start: number, end: number): HitTally {
    const known = here.hits;
    if (known !== undefined) {
      for (let i = 0; i < known.length; i++) if (known[i]!.label.number === trait.number) return known[i]!;
    }
    const hits: HitTally = { label: this.#labelOf(trait, bytes, start, end), count: 0, samples: [] };
    if (known === undefined) here.hits = [hits];
    else known.push(hits);
    return hits;
  }

  #labelOf(trait: Trait, bytes: Uint8Array, start: number, end: number): LabelTally {
    const known = (this.#labels ??= []);
    for (let i = 0; i < known.length; i++) if (known[i]!.number === trait.number) return known[i]!;
    const masked = maskOctets(bytes, start, end, trait.mask);
    const label: LabelTally = { name: trait.label, number: trait.number, count: 0, different: 0, masked };
    known.push(label);
    return label;
  }

  /** The value's number among the message's, -1 when it has none. */
  #countDifferent(label: LabelTally, high: number, low: number): number {
    const values = (this.#values ??= new Values());
    const at = values.find(high, low);
    if (label.different > mostExact) {
      this.#sketches!.get(label.number)!.add((high >>> 0) * 0x20_0000 + low);
      return at;
    }
    if (at < 0) {
      const added = values.add(high, low, label.number);
      this.#countNew(label);
      return added;
    }
    if (values.labels[at] === label.number) return at;
    const also = (this.#alsoLabels ??= new Set());
    const key = at * labelBits + label.number;
    if (!also.has(key)) {
      also.add(key);
      this.#countNew(label);
    }
    return at;
  }

  #countNew(label: LabelTally): void {
    label.different++;
    if (label.different <= mostExact) return;
    const sketch = new Distinct();
    const { labels, highs, lows } = this.#values!;
    for (let at = 0; at < labels.length; at++) {
      if (labels[at] !== label.number && this.#alsoLabels?.has(at * labelBits + label.number) !== true) continue;
      sketch.add((highs[at]! >>> 0) * 0x20_0000 + lows[at]!);
    }
    (this.#sketches ??= new Map()).set(label.number, sketch);
  }

  #countSubject(
    here: PlaceTally,
    index: number,
    { label, rank }: Trait,
    known: number,
    high: number,
    low: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const values = this.#values!;
    const persons = (this.#persons ??= new Persons(this.#depth));
    const identifiers = (this.#identifiers ??= []);
    let at = known;
    if (at < 0 && (persons.hasRoom || identifiers.length < mostIdentifiers)) at = values.add(high, low, -1);
    const node = persons.add(index, rank, at < 0 ? -1 : values.nodes[at]!, high, low, here.plan.alone);
    if (at >= 0) values.nodes[at] = node;
    const { full } = here.plan;
    if (at >= 0) {
      const given = values.given[at]!;
      if (given === full || (given !== '' && this.#alsoGiven?.get(full)?.has(at) === true)) return;
    }
    if (identifiers.length >= mostIdentifiers) {
      this.#identifiersBeyond++;
      return;
    }
    if (values.given[at] === '') values.given[at] = full;
    else this.#giveAlso(full, at);
    this.trace.hash(bytes, start, end);
    identifiers.push({ label, place: full, high: this.trace.high, low: this.trace.low });
  }

  #giveAlso(full: string, at: number): void {
    const also = (this.#alsoGiven ??= new Map());
    const given = also.get(full);
    if (given === undefined) also.set(full, new Set([at]));
    else given.add(at);
  }

  #countForm(key: string): void {
    const forms = (this.#forms ??= new Map());
    const count = forms.get(key);
    if (count === undefined && forms.size >= mostForms) this.#formsBeyond++;
    else forms.set(key, (count ?? 0) + 1);
  }

  /** The sum so far. */
  summary(): SideSummary {
    if (!this.#any) return emptySummary;
    const places = this.#places.filter(({ tried, masked }) => tried > 0 || masked > 0);
    if (places.length > 1) places.sort(byName);
    // Where not all fit, those with finds come first.
    const told = places.length <= mostPlaces ? places : places.filter(({ hits }) => hits !== undefined);
    const shown: PlaceSummary[] = [];
    for (let i = 0; i < told.length && i < mostPlaces; i++) shown.push(told[i]!.summary());
    return {
      labels: this.#labelCounts(),
      maskedForms: this.#maskedForms(),
      places: shown,
      identifiers: this.#identifiers?.slice() ?? [],
      persons: this.#persons?.estimate ?? 0,
      personIds: this.#persons?.ids() ?? [],
      beyond: {
        places: places.length - shown.length,
        identifiers: this.#identifiersBeyond,
        maskedForms: this.#formsBeyond,
      },
    };
  }

  #labelCounts(): LabelCount[] {
    const counts: LabelCount[] = [];
    if (this.#labels === undefined) return counts;
    const sorted = this.#labels.slice().sort((a, b) => a.number - b.number);
    for (const { name, number, count, different, masked } of sorted) {
      const distinct = different <= mostExact ? different : this.#sketches!.get(number)!.estimate;
      counts.push({ label: name, count, distinct, masked });
    }
    return counts;
  }

  #maskedForms(): MaskedForm[] {
    if (this.#forms === undefined) return [];
    return [...this.#forms]
      .sort(([a], [b]) => compare(a, b))
      .map(([key, count]) => {
        const tab = key.indexOf('\t');
        return { label: key.slice(0, tab), form: key.slice(tab + 1), count };
      });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
