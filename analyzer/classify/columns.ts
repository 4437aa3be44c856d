/**
 * Columns are judged, not values: one value may look like a card by chance, a column of them does not. Per API,
 * direction and leaf path it is counted how many values were met and how many each label found. Bounded; the state is
 * plain JSON, and the order of calls makes no difference while no bound is hit.
 */
import { isMentionPath } from './mention.ts';
import type { PlaceSummary } from './summary.ts';

export type ColumnState = 'suspected' | 'confirmed';
export type Direction = 'request' | 'response';

/** Columns of all APIs together; at the bound, new ones are refused and counted. */
const mostColumns = 100_000;
const mostLabels = 8;
/** Different values that confirm a label, and the share of values it must have where no check digit speaks for it. */
const confirming = 3;
const leastShare = 0.5;
const mostIds = 8;

interface LabelColumn {
  readonly label: string;
  hits: number;
  /** Identity hashes of different values. */
  readonly ids: number[];
}

interface Column {
  readonly place: string;
  readonly path: string;
  /** Words in front of the values say what they are. */
  readonly said: boolean;
  values: number;
  readonly labels: LabelColumn[];
}

/** Path → column. */
type Paths = Map<string, Column>;

/** Of one API and direction. */
interface Side {
  /** By place. */
  readonly places: Map<string, Paths>;
  /**
   * Columns of the places of its last call, in their order; undefined for one that found no room. The next call nearly
   * always has the same ones, and then none is looked up.
   */
  readonly met: (Column | undefined)[];
}

export interface ColumnLabel {
  readonly label: string;
  readonly state: ColumnState;
  readonly hits: number;
  /** Values met in messages in which this column was tried. */
  readonly values: number;
}

/** `[api, direction, place, path, values, [label, hits, ids][]]`, sorted. */
export type ColumnsSnapshot = readonly (readonly [
  string,
  string,
  string,
  string,
  number,
  readonly (readonly [string, number, readonly number[]])[],
])[];

export class Columns {
  /** Columns that the bound kept out. */
  refused = 0;
  #count = 0;
  /** Of the places that were observed last. */
  #met: Side['met'] = nothingMet;
  // By API. Maps inside maps, so that looking a column up joins no text.
  readonly #requests = new Map<string, Side>();
  readonly #responses = new Map<string, Side>();

  /** `proven`: labels whose values carry a check digit or a structure of their own. */
  constructor(private readonly proven: ReadonlySet<string>) {}

  observe(api: string, direction: Direction, places: readonly PlaceSummary[]): void {
    this.#met = nothingMet;
    if (places.length === 0) return;
    const byApi = this.#side(direction);
    let known = byApi.get(api);
    if (known === undefined) {
      if (this.#count >= mostColumns) {
        this.refused += places.length;
        return;
      }
      known = newSide();
      byApi.set(api, known);
    }
    const met = (this.#met = known.met);
    for (let i = 0; i < places.length; i++) {
      const { place, path, values, hits } = places[i]!;
      let column = met[i];
      if (column === undefined || column.path !== path || column.place !== place) {
        column = known.places.get(place)?.get(path) ?? this.#add(known, place, path);
        met[i] = column;
      }
      if (column === undefined) continue;
      column.values += values;
      for (let j = 0; j < hits.length; j++) {
        const { label, count, samples } = hits[j]!;
        countLabel(column.labels, label, count, samples);
      }
    }
  }

  /** Undefined at the bound. */
  #add({ places }: Side, place: string, path: string): Column | undefined {
    if (this.#count >= mostColumns) {
      this.refused++;
      return undefined;
    }
    this.#count++;
    const column: Column = { place, path, said: isMentionPath(path), values: 0, labels: [] };
    const paths = places.get(place);
    if (paths === undefined) places.set(place, new Map([[path, column]]));
    else paths.set(path, column);
    return column;
  }

  #side(direction: Direction): Map<string, Side> {
    return direction === 'request' ? this.#requests : this.#responses;
  }

  /** Whether the label is at least suspected in the column. */
  accepts(api: string, direction: Direction, place: string, path: string, label: string): boolean {
    return this.#accepts(this.#side(direction).get(api)?.places.get(place)?.get(path), label);
  }

  /** The same of place number `i` of those observed last. */
  acceptsMet(i: number, label: string): boolean {
    return this.#accepts(this.#met[i], label);
  }

  #accepts(column: Column | undefined, label: string): boolean {
    // A column that found no room: what proves itself needs none.
    if (column === undefined) return this.proven.has(label);
    const { labels } = column;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i]!.label !== label) continue;
      return column.said || labels[i]!.hits >= leastShare * column.values || this.proven.has(label);
    }
    return false;
  }

  /** Labels of one column that are at least suspected, by label. */
  labelsOf(api: string, direction: Direction, place: string, path: string): ColumnLabel[] {
    const column = this.#side(direction).get(api)?.places.get(place)?.get(path);
    if (column === undefined) return [];
    const told: ColumnLabel[] = [];
    for (const { label, hits, ids } of column.labels) {
      if (!column.said && !this.proven.has(label) && hits < leastShare * column.values) continue;
      told.push({ label, state: ids.length >= confirming ? 'confirmed' : 'suspected', hits, values: column.values });
    }
    return told.sort((a, b) => compare(a.label, b.label));
  }

  snapshot(): ColumnsSnapshot {
    const rows: ColumnsSnapshot[number][] = [];
    for (const direction of ['request', 'response'] as const) {
      for (const [api, { places }] of this.#side(direction)) {
        for (const [place, paths] of places) {
          for (const [path, { values, labels }] of paths) {
            const told = labels
              .map(({ label, hits, ids }) => [label, hits, [...ids].sort((a, b) => a - b)] as const)
              .sort(([a], [b]) => compare(a, b));
            rows.push([api, direction, place, path, values, told]);
          }
        }
      }
    }
    return rows.sort(
      (a, b) => compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2], b[2]) || compare(a[3], b[3]),
    );
  }

  /** Takes the place of what was counted so far. */
  restore(snapshot: ColumnsSnapshot): void {
    this.#requests.clear();
    this.#responses.clear();
    this.#count = 0;
    for (const [api, direction, place, path, values, labels] of snapshot) {
      const byApi = this.#side(direction as Direction);
      let side = byApi.get(api);
      if (side === undefined) {
        side = newSide();
        byApi.set(api, side);
      }
      const column = this.#add(side, place, path);
      if (column === undefined) continue;
      column.values = values;
      for (const [label, hits, ids] of labels) column.labels.push({ label, hits, ids: [...ids] });
    }
  }
}

const nothingMet: Side['met'] = [];

function newSide(): Side {
  return { places: new Map(), met: [] };
}

function countLabel(labels: LabelColumn[], label: string, count: number, samples: readonly number[]): void {
  let known: LabelColumn | undefined;
  for (let i = 0; i < labels.length; i++) if (labels[i]!.label === label) known = labels[i];
  if (known === undefined) {
    if (labels.length >= mostLabels) return;
    known = { label, hits: 0, ids: [] };
    labels.push(known);
  }
  known.hits += count;
  const { ids } = known;
  for (let i = 0; i < samples.length && ids.length < mostIds; i++) {
    if (!ids.includes(samples[i]!)) ids.push(samples[i]!);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
