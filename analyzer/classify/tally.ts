/**
 * Counts what one side of an exchange holds, leaf by leaf, for bodies of any size. Counts are exact; lists have bounds,
 * and what a bound keeps out is counted. No clear value is kept: a value is hashed, and one per label masked, on sight.
 */
import { Distinct } from '../distinct.ts';
import { hashNumber, type KeyedHash } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import type { Classifier } from './classifier.ts';
import { type Finds, findsIn } from './finds.ts';
import type { Hit } from './hit.ts';
import { isMention } from './mention.ts';
import { textOf } from './octets.ts';
import { Persons } from './persons.ts';
import { byName, type HitTally, type LabelTally, PlaceTally } from './place-tally.ts';
import { canonicalOctets, isPlain } from './plain-form.ts';
import { RowContext } from './row-context.ts';
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
/** Factor that makes one number of a value's and a label's. */
const labelBits = 65_536;

/** One a tree of places: what is laid out for a place serves all messages that meet it, one after the other. */
export class Tally implements LeafSink {
  /** Values found, and those that may be told by their row; only grows. */
  finds = 0;
  /** By number of the node. */
  readonly #places: (PlaceTally | undefined)[] = [];
  /** Those that this message met: the first `#metCount`. */
  readonly #met: PlaceTally[] = [];
  #metCount = 0;
  #here: PlaceTally | undefined;
  /** Octets of the value at hand. */
  #length = 0;
  #message = 0;
  #depth = 0;
  /** Whether anything is to be told. */
  #any = false;
  /** Of this message `#labelCount`; those behind served others. */
  readonly #labels: LabelTally[] = [];
  #labelCount = 0;
  // Made when first needed: most places hold nothing.
  #values: Values | undefined;
  #persons: Persons | undefined;
  /** This message told of somebody. */
  #hasPersons = false;
  readonly #row = new RowContext<PlaceTally>();
  #sketches: Map<number, Distinct> | undefined;
  /** Values that count for a second label, as value × `labelBits` + label. */
  #alsoLabels: Set<number> | undefined;
  /** By place: values given out there that were given out elsewhere first. */
  #alsoGiven: Map<string, Set<number>> | undefined;
  #identifiers: Identifier[] | undefined;
  #identifiersBeyond = 0;
  #forms: Map<string, number> | undefined;
  #formsBeyond = 0;

  constructor(
    private readonly classifier: Classifier,
    private readonly identity: KeyedHash,
    private readonly trace: KeyedHash,
  ) {}

  /** The next message begins. */
  begin(): void {
    this.#message++;
    this.#metCount = 0;
    this.#here = undefined;
    this.#depth = 0;
    this.#row.begin();
    if (!this.#any) return;
    this.#any = false;
    this.#labelCount = 0;
    this.#values?.begin();
    this.#hasPersons = false;
    this.#sketches = undefined;
    this.#alsoLabels = undefined;
    this.#alsoGiven = undefined;
    this.#identifiers = undefined;
    this.#identifiersBeyond = 0;
    this.#forms = undefined;
    this.#formsBeyond = 0;
  }

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    const here = this.#places[node.id] ?? this.#lay(node);
    if (here.message !== this.#message) this.#meet(here);
    this.#here = here;
    here.values++;
    if (kind === 'literal' || end - start < 2) return;
    this.#length = end - start;
    const { classifier } = this;
    const before = classifier.candidates;
    classifier.find(here.plan, kind, bytes, start, end, cut, this.#hit);
    if (classifier.candidates !== before) {
      here.tried += classifier.candidates - before;
      this.#any = true;
    }
    if (here.plan.waits && kind === 'text' && !cut && this.#row.isOpen) this.#askRow(here, bytes, start, end);
  }

  /** A value that may be told by its row; that it was not counts against the column. */
  #askRow(here: PlaceTally, bytes: Uint8Array, start: number, end: number): void {
    const index = this.classifier.rows.match(here.plan.profile, bytes, start, end);
    if (index < 0) return;
    this.finds++;
    here.tried++;
    this.#any = true;
    this.#row.wait(here, index, bytes, start, end);
  }

  readonly #tellRow = (place: PlaceTally, index: number, bytes: Uint8Array, length: number): void => {
    this.#here = place;
    this.#length = length;
    this.#hit(index, bytes, 0, length, false, 0);
  };

  /** What is in a text that is whole; nothing is counted. */
  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): Finds {
    return findsIn(this.classifier, node, bytes, start, end);
  }

  /** As `leaf`, of a value in which the same was found before. */
  again(node: LeafNode, { tried, length, finds }: Finds): void {
    this.leaf(node, 'literal', noOctets, 0, 0, false);
    this.#length = length;
    for (let i = 0; i < finds.length; i++) {
      const { index, bytes, masked, score } = finds[i]!;
      this.#hit(index, bytes, 0, bytes.length, masked, score);
    }
    if (tried === 0) return;
    this.#here!.tried += tried;
    this.#any = true;
  }

  rowBegin(_node: LeafNode): void {
    this.#depth++;
    this.#row.rowBegin();
    if (this.#hasPersons) this.#persons!.rowBegin();
  }

  rowEnd(_node: LeafNode): void {
    this.#row.rowEnd(this.#tellRow);
    if (this.#depth > 0) this.#depth--;
    if (this.#hasPersons) this.#persons!.rowEnd();
  }

  #lay(node: LeafNode): PlaceTally {
    const places = this.#places;
    // Numbers are dense: no holes stay.
    while (places.length <= node.id) places.push(undefined);
    const place = new PlaceTally(node, this.classifier.plan(node));
    places[node.id] = place;
    return place;
  }

  #meet(place: PlaceTally): void {
    place.begin(this.#message);
    this.#met[this.#metCount++] = place;
  }

  readonly #hit: Hit = (index, bytes, start, end, masked, score): void => {
    const trait = this.classifier.traits[index]!;
    const here = this.#here!;
    this.finds++;
    this.#any = true;
    if (trait.isPerson) this.#row.speak();
    if (masked) {
      here.masked++;
      this.#countForm(`${trait.label}\t${maskShape(textOf(bytes, start, end))}`);
      return;
    }
    const isSaid = isMention(here.plan, trait, index, end - start, this.#length, score);
    const hits = this.#hitsOf(isSaid ? this.#mentionOf(here) : here, trait, bytes, start, end);
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
    if (!hits.isSampled) hits.sample(hashNumber(this.identity.high, this.identity.low));
    if (trait.isSubject) this.#countSubject(here, index, trait, at, high, low, value, from, to);
  };

  #mentionOf(here: PlaceTally): PlaceTally {
    const { mention } = here;
    if (mention.message !== this.#message) this.#meet(mention);
    mention.values++;
    mention.tried++;
    return mention;
  }

  #hitsOf(here: PlaceTally, trait: Trait, bytes: Uint8Array, start: number, end: number): HitTally {
    return here.hit(trait.number) ?? here.add(this.#labelOf(trait, bytes, start, end));
  }

  #labelOf(trait: Trait, bytes: Uint8Array, start: number, end: number): LabelTally {
    const labels = this.#labels;
    for (let i = 0; i < this.#labelCount; i++) if (labels[i]!.number === trait.number) return labels[i]!;
    const used = this.#labelCount++;
    const masked = maskOctets(bytes, start, end, trait.mask);
    const spare = labels[used];
    if (spare === undefined) {
      const label = { name: trait.label, number: trait.number, count: 0, different: 0, masked };
      labels.push(label);
      return label;
    }
    spare.name = trait.label;
    spare.number = trait.number;
    spare.count = 0;
    spare.different = 0;
    spare.masked = masked;
    return spare;
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
    const { count, labels, highs, lows } = this.#values!;
    for (let at = 0; at < count; at++) {
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
    const persons = this.#persons ?? (this.#persons = new Persons(this.#depth));
    if (!this.#hasPersons) {
      this.#hasPersons = true;
      persons.begin(this.#depth);
    }
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
    const places: PlaceTally[] = [];
    for (let i = 0; i < this.#metCount; i++) {
      const place = this.#met[i]!;
      if (place.tried > 0 || place.masked > 0) places.push(place);
    }
    if (places.length > 1) places.sort(byName);
    // Where not all fit, those with finds come first.
    const told = places.length <= mostPlaces ? places : places.filter(({ hitCount }) => hitCount > 0);
    const shown: PlaceSummary[] = [];
    for (let i = 0; i < told.length && i < mostPlaces; i++) shown.push(told[i]!.summary());
    return {
      labels: this.#labelCounts(),
      maskedForms: this.#maskedForms(),
      places: shown,
      identifiers: this.#identifiers?.slice() ?? [],
      persons: this.#hasPersons ? this.#persons!.estimate : 0,
      personIds: this.#hasPersons ? this.#persons!.ids() : [],
      beyond: {
        places: places.length - shown.length,
        identifiers: this.#identifiersBeyond,
        maskedForms: this.#formsBeyond,
      },
    };
  }

  #labelCounts(): LabelCount[] {
    const counts: LabelCount[] = [];
    const sorted = this.#labels.slice(0, this.#labelCount);
    if (sorted.length > 1) sorted.sort((a, b) => a.number - b.number);
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
