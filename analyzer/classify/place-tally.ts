/** What was counted at one place of a message, and how it is told. */
import type { LeafNode } from '../leaf.ts';
import type { Plan } from './places.ts';
import type { PlaceHits, PlaceSummary } from './summary.ts';

/** Different values of a label and place that are told. */
export const mostSamples = 4;

export interface HitTally {
  readonly label: LabelTally;
  count: number;
  /** The first different hashes, 53 bits. */
  readonly samples: number[];
}

export interface LabelTally {
  readonly name: string;
  /** Position of the label among all, sorted. */
  readonly number: number;
  count: number;
  /** Different values while they are counted one by one. */
  different: number;
  readonly masked: string;
}

export class PlaceTally {
  values = 0;
  masked = 0;
  /** Values that got past the first filter. */
  tried = 0;
  hits: HitTally[] | undefined;
  /** The place that was met next the last time: only a guess. */
  after: PlaceTally | undefined;

  constructor(
    readonly node: LeafNode,
    readonly plan: Plan,
  ) {}

  summary(): PlaceSummary {
    const { hits } = this;
    const told: PlaceHits[] = [];
    if (hits !== undefined) {
      if (hits.length > 1) hits.sort((a, b) => a.label.number - b.label.number);
      for (const { label, count, samples } of hits) told.push({ label: label.name, count, samples: samples.slice() });
    }
    return { place: this.node.place, path: this.plan.path, values: this.values, hits: told };
  }
}

/** Orders as place, then path: the full name's first word is the place. */
export function byName(a: PlaceTally, b: PlaceTally): number {
  const [x, y] = [a.plan.full, b.plan.full];
  return x < y ? -1 : x > y ? 1 : 0;
}
