/**
 * Counts what one side of an exchange holds, leaf by leaf, for bodies of any size. Counts are exact; lists have bounds,
 * and what a bound keeps out is counted. No clear value is kept: a value is hashed, and one per label masked, on sight.
 */
import { hex16, type KeyedHash } from '../keyed-hash.ts';
import type { LeafKind, LeafNode, LeafSink } from '../leaf.ts';
import { canonicalForms } from './canonical.ts';
import type { Classifier } from './classifier.ts';
import { Distinct, hashNumber } from './distinct.ts';
import { isDigit, textOf } from './octets.ts';
import { isWeakPassword, passwordForm } from './password-form.ts';
import { Persons } from './persons.ts';
import type { Plan } from './places.ts';
import { emptySummary, type Identifier, type PlaceSummary, type SideSummary } from './summary.ts';
import { maskShape, maskValue } from './value-mask.ts';

const mostPlaces = 64;
const mostIdentifiers = 1024;
const mostForms = 64;
const mostSamples = 4;

interface LabelTally {
  count: number;
  readonly distinct: Distinct;
  readonly masked: string;
}

interface HitTally {
  count: number;
  /** Upper and lower halves of the first different hashes, in turn. */
  readonly samples: number[];
}

interface PlaceTally {
  readonly node: LeafNode;
  readonly plan: Plan;
  /** Items of a list of bare values are nobody's row. */
  readonly alone: boolean;
  values: number;
  masked: number;
  /** Values that got past the first filter. */
  tried: number;
  hits: Map<string, HitTally> | undefined;
}

export class Tally implements LeafSink {
  readonly #labels = new Map<string, LabelTally>();
  readonly #forms = new Map<string, number>();
  readonly #identifiers: Identifier[] = [];
  readonly #seen = new Set<number>();
  readonly #byNode = new Map<LeafNode, PlaceTally>();
  readonly #byNumber: (PlaceTally | undefined)[] = [];
  readonly #passwords = new Map<string, number>();
  readonly #persons = new Persons();
  #weak = 0;
  #formsBeyond = 0;
  #identifiersBeyond = 0;
  #here: PlaceTally | undefined;

  constructor(
    private readonly classifier: Classifier,
    private readonly identity: KeyedHash,
    private readonly trace: KeyedHash,
  ) {}

  leaf(node: LeafNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut: boolean): void {
    let here = this.#byNumber[node.id];
    if (here === undefined || here.node !== node) here = this.#place(node);
    here.values++;
    if (kind === 'literal' || end - start < 2) return;
    this.#here = here;
    const before = this.classifier.candidates;
    this.classifier.find(here.plan, kind, bytes, start, end, cut, this.#hit);
    here.tried += this.classifier.candidates - before;
  }

  rowBegin(_node: LeafNode): void {
    this.#persons.rowBegin();
  }

  rowEnd(_node: LeafNode): void {
    this.#persons.rowEnd();
  }

  #place(node: LeafNode): PlaceTally {
    let here = this.#byNode.get(node);
    if (here === undefined) {
      const plan = this.classifier.plan(node);
      here = { node, plan, alone: node.path.endsWith('[]'), values: 0, masked: 0, tried: 0, hits: undefined };
      this.#byNode.set(node, here);
    }
    this.#byNumber[node.id] = here;
    return here;
  }

  readonly #hit = (index: number, bytes: Uint8Array, start: number, end: number, masked: boolean): void => {
    const { label, mask, canonical, subject, priority } = this.classifier.recognizers[index]!;
    const here = this.#here!;
    if (masked) {
      here.masked++;
      this.#countForm(`${label}\t${maskShape(textOf(bytes, start, end))}`);
      return;
    }
    if (label === 'password') this.#countPassword(textOf(bytes, start, end));
    let tally = this.#labels.get(label);
    if (tally === undefined) {
      tally = { count: 0, distinct: new Distinct(), masked: maskValue(textOf(bytes, start, end), mask) };
      this.#labels.set(label, tally);
    }
    tally.count++;
    let value = bytes;
    let from = start;
    let to = end;
    if (!isPlain(canonical, bytes, start, end)) {
      value = new TextEncoder().encode(canonicalForms[canonical]!(textOf(bytes, start, end)));
      from = 0;
      to = value.length;
    }
    this.identity.hash(value, from, to);
    const { high, low } = this.identity;
    tally.distinct.add(high, low);
    this.#countHere(here, label);
    if (subject === 'none') return;
    this.#persons.add(index, -priority, high, low, here.alone);
    this.#giveOut(label, hashNumber(high, low), value, from, to);
  };

  #countHere(here: PlaceTally, label: string): void {
    here.hits ??= new Map();
    let hits = here.hits.get(label);
    if (hits === undefined) {
      hits = { count: 0, samples: [] };
      here.hits.set(label, hits);
    }
    hits.count++;
    const { samples } = hits;
    if (samples.length >= mostSamples * 2) return;
    const { high, low } = this.identity;
    for (let i = 0; i < samples.length; i += 2) if (samples[i] === high && samples[i + 1] === low) return;
    samples.push(high, low);
  }

  #giveOut(label: string, number: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#seen.has(number)) return;
    if (this.#identifiers.length >= mostIdentifiers) {
      this.#identifiersBeyond++;
      return;
    }
    this.#seen.add(number);
    this.#identifiers.push({ label, hash: this.trace.hex(bytes, start, end) });
  }

  #countForm(key: string): void {
    const count = this.#forms.get(key);
    if (count === undefined && this.#forms.size >= mostForms) this.#formsBeyond++;
    else this.#forms.set(key, (count ?? 0) + 1);
  }

  #countPassword(text: string): void {
    const form = passwordForm(text);
    this.#passwords.set(form, (this.#passwords.get(form) ?? 0) + 1);
    const isTyped = form === 'plain' || form === 'pin';
    if (isTyped && isWeakPassword(text, this.classifier.tables.weakPasswords)) this.#weak++;
  }

  /** The sum so far. */
  summary(): SideSummary {
    const tried = [...this.#byNode.values()].filter((place) => place.tried > 0 || place.masked > 0);
    if (tried.length === 0 && this.#labels.size === 0) return emptySummary;
    const places = tried.map(placeSummary).sort((a, b) => compare(a.place, b.place) || compare(a.path, b.path));
    // Where not all fit, those with finds come first.
    const told = places.length <= mostPlaces ? places : places.filter((place) => place.hits.length > 0);
    return {
      labels: [...this.#labels]
        .map(([label, { count, distinct, masked }]) => ({
          label,
          count,
          distinct: distinct.estimate,
          exact: distinct.exact,
          masked,
        }))
        .sort((a, b) => compare(a.label, b.label)),
      maskedForms: [...this.#forms]
        .sort(([a], [b]) => compare(a, b))
        .map(([key, count]) => {
          const tab = key.indexOf('\t');
          return { label: key.slice(0, tab), form: key.slice(tab + 1), count };
        }),
      places: told.slice(0, mostPlaces),
      identifiers: [...this.#identifiers],
      persons: this.#persons.estimate,
      personIds: this.#persons.ids(),
      passwords:
        this.#passwords.size === 0
          ? null
          : { forms: Object.fromEntries([...this.#passwords].sort(([a], [b]) => compare(a, b))), weak: this.#weak },
      beyond: {
        places: places.length - Math.min(told.length, mostPlaces),
        identifiers: this.#identifiersBeyond,
        maskedForms: this.#formsBeyond,
      },
    };
  }
}

function placeSummary({ node, plan, values, masked, hits }: PlaceTally): PlaceSummary {
  return {
    place: node.place,
    path: plan.path,
    values,
    masked,
    hits: [...(hits ?? [])]
      .map(([label, { count, samples }]) => ({ label, count, samples: hexOf(samples) }))
      .sort((a, b) => compare(a.label, b.label)),
  };
}

function hexOf(halves: readonly number[]): string[] {
  const hashes: string[] = [];
  for (let i = 0; i < halves.length; i += 2) hashes.push(hex16(halves[i]!, halves[i + 1]!));
  return hashes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the octets are their own canonical form: the common case needs no text. */
function isPlain(canonical: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (canonical === 'text') return true;
  if (canonical === 'resident-id' && end - start !== 18) return false;
  if (canonical === 'mobile' && end - start !== 11) return false;
  const lower = canonical === 'lower' || canonical === 'mac';
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (isDigit[octet] === 1) continue;
    const isUpper = octet >= 0x41 && octet <= 0x5a;
    const isLower = octet >= 0x61 && octet <= 0x7a;
    if (canonical === 'digits' || canonical === 'mobile' || canonical === 'mac') return false;
    if (octet >= 0x80 || (lower ? isUpper : isLower)) return false;
  }
  return true;
}
