/**
 * Columns are judged, not values: one value may look like a card by chance, a column of them does not. Per API,
 * direction and leaf path it is counted how many values were met and how many each label found. Bounded; the state is
 * plain JSON, and the order of calls makes no difference while no bound is hit.
 */
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

interface Column {
  values: number;
  readonly labels: Map<string, { hits: number; readonly ids: Set<string> }>;
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
  readonly (readonly [string, number, readonly string[]])[],
])[];

export class Columns {
  /** Columns that the bound kept out. */
  refused = 0;
  readonly #columns = new Map<string, Column>();

  /** `proven`: labels whose values carry a check digit or a structure of their own. */
  constructor(private readonly proven: ReadonlySet<string>) {}

  observe(api: string, direction: Direction, places: readonly PlaceSummary[]): void {
    for (const { place, path, values, hits } of places) {
      const key = [api, direction, place, path].join('\t');
      let column = this.#columns.get(key);
      if (column === undefined) {
        if (this.#columns.size >= mostColumns) {
          this.refused++;
          continue;
        }
        column = { values: 0, labels: new Map() };
        this.#columns.set(key, column);
      }
      column.values += values;
      for (const { label, count, samples } of hits) {
        let known = column.labels.get(label);
        if (known === undefined) {
          if (column.labels.size >= mostLabels) continue;
          known = { hits: 0, ids: new Set() };
          column.labels.set(label, known);
        }
        known.hits += count;
        for (const sample of samples) if (known.ids.size < mostIds) known.ids.add(sample);
      }
    }
  }

  /** Labels of one column that are at least suspected, by label. */
  labelsOf(api: string, direction: Direction, place: string, path: string): ColumnLabel[] {
    const column = this.#columns.get([api, direction, place, path].join('\t'));
    if (column === undefined) return [];
    const told: ColumnLabel[] = [];
    for (const [label, { hits, ids }] of column.labels) {
      const state = this.#stateOf(label, hits / column.values, ids.size);
      if (state !== undefined) told.push({ label, state, hits, values: column.values });
    }
    return told.sort((a, b) => (a.label < b.label ? -1 : 1));
  }

  #stateOf(label: string, share: number, distinct: number): ColumnState | undefined {
    if (this.proven.has(label)) return distinct >= confirming ? 'confirmed' : 'suspected';
    if (share < leastShare) return undefined;
    return distinct >= confirming ? 'confirmed' : 'suspected';
  }

  snapshot(): ColumnsSnapshot {
    return [...this.#columns]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { values, labels }]) => {
        const [api, direction, place, path] = key.split('\t') as [string, string, string, string];
        const told = [...labels].map(([label, { hits, ids }]) => [label, hits, [...ids].sort()] as const);
        return [api, direction, place, path, values, told.sort(([a], [b]) => (a < b ? -1 : 1))] as const;
      });
  }

  /** Takes the place of what was counted so far. */
  restore(snapshot: ColumnsSnapshot): void {
    this.#columns.clear();
    for (const [api, direction, place, path, values, labels] of snapshot) {
      const restored = new Map(labels.map(([label, hits, ids]) => [label, { hits, ids: new Set(ids) }]));
      this.#columns.set([api, direction, place, path].join('\t'), { values, labels: restored });
    }
  }
}
