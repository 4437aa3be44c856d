/** What was counted at one place of a message, and how it is told. It stays with the place for the messages to come. */
import type { LeafNode } from '../leaf.ts';
import { mentionPath } from './mention.ts';
import type { Plan } from './places.ts';
import type { PlaceHits, PlaceSummary } from './summary.ts';

/** Different values of a label and place that are told. */
const mostSamples = 4;

/** A label in a message. */
export interface LabelTally {
  name: string;
  /** Position of the label among all, sorted. */
  number: number;
  count: number;
  /** Different values while they are counted one by one. */
  different: number;
  masked: string;
}

/** A label at a place. */
export class HitTally {
  count = 0;
  /** The first different hashes, 53 bits. */
  readonly #samples: number[] = [];

  constructor(public label: LabelTally) {}

  begin(label: LabelTally): void {
    this.label = label;
    this.count = 0;
    while (this.#samples.length > 0) this.#samples.pop();
  }

  sample(hash: number): void {
    const samples = this.#samples;
    if (samples.length < mostSamples && !samples.includes(hash)) samples.push(hash);
  }

  get isSampled(): boolean {
    return this.#samples.length === mostSamples;
  }

  summary(): PlaceHits {
    return { label: this.label.name, count: this.count, samples: this.#samples.slice() };
  }
}

export class PlaceTally {
  /** The message that met the place last. */
  message = -1;
  values = 0;
  masked = 0;
  /** Values that got past the first filter. */
  tried = 0;
  /** Of this message `hitCount`; those behind served others. */
  readonly #hits: HitTally[] = [];
  hitCount = 0;

  #mention: PlaceTally | undefined;

  constructor(
    readonly node: LeafNode,
    readonly plan: Plan,
  ) {}

  /** What is told in the texts of this place. */
  get mention(): PlaceTally {
    if (this.#mention === undefined) {
      const { place } = this.node;
      const path = mentionPath(this.plan.path);
      const { profile, alone, habit, short, waits } = this.plan;
      // Built as other plans are: the engine knows one kind of them.
      const plan = { profile, path, full: `${place}.${path}`, alone, habit, short, waits };
      this.#mention = new PlaceTally(this.node, plan);
    }
    return this.#mention;
  }

  begin(message: number): void {
    this.message = message;
    this.values = 0;
    this.masked = 0;
    this.tried = 0;
    this.hitCount = 0;
  }

  /** Of the label with that number; undefined when it was not found here. */
  hit(number: number): HitTally | undefined {
    const hits = this.#hits;
    for (let i = 0; i < this.hitCount; i++) if (hits[i]!.label.number === number) return hits[i];
    return undefined;
  }

  /** Of a label that was not found here before. */
  add(label: LabelTally): HitTally {
    const used = this.hitCount++;
    let hit = this.#hits[used];
    if (hit === undefined) {
      hit = new HitTally(label);
      this.#hits.push(hit);
    } else hit.begin(label);
    return hit;
  }

  summary(): PlaceSummary {
    const told: PlaceHits[] = [];
    if (this.hitCount === 1) told.push(this.#hits[0]!.summary());
    else if (this.hitCount > 1) {
      const sorted = this.#hits.slice(0, this.hitCount).sort((a, b) => a.label.number - b.label.number);
      for (const hit of sorted) told.push(hit.summary());
    }
    return { place: this.node.place, path: this.plan.path, values: this.values, hits: told };
  }
}

/** Orders as place, then path: the full name's first word is the place. */
export function byName(a: PlaceTally, b: PlaceTally): number {
  const [x, y] = [a.plan.full, b.plan.full];
  return x < y ? -1 : x > y ? 1 : 0;
}
