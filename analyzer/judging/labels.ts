/** Labels as the columns confirm them: what single values only suggested is left out of the call. */
import type { ApiCall, LabelFact, SideFacts } from '../call.ts';
import { Columns, type ColumnsSnapshot, type Direction } from '../classify/columns.ts';
import { type FieldMark, FieldMarks } from './field-marks.ts';

const none: readonly never[] = [];
/** JR/T 0158: data whose leak harms whom it is about. */
const sensitive = 3;

export interface LabelOptions {
  /** Labels whose values prove themselves. */
  readonly proven: ReadonlySet<string>;
  /** JR/T 0158 level by label, 1…4. */
  readonly levels: ReadonlyMap<string, number>;
}

export class Labels {
  readonly #columns: Columns;
  #marks = new FieldMarks([]);

  constructor(private readonly options: LabelOptions) {
    this.#columns = new Columns(options.proven);
  }

  /** Columns that found no room. */
  get refused(): number {
    return this.#columns.refused;
  }

  /** What people said of fields, all of it; it counts from the next call on. */
  mark(marks: readonly FieldMark[]): void {
    this.#marks = new FieldMarks(marks);
  }

  /** Labels of one side, without what the columns refuse. `known`: the API's id of now. */
  judge(call: ApiCall, direction: Direction, known = call.apiId): readonly LabelFact[] {
    const side = direction === 'request' ? call.sent : call.given;
    if (side.labels.length === 0 && side.places.length === 0) return none;
    this.#columns.observe(call.apiId, direction, side.places);
    return this.#keep(known, direction, side);
  }

  #keep(api: string, direction: Direction, side: SideFacts): readonly LabelFact[] {
    const marks = this.#marks.of(api);
    let refused: Map<string, number> | null = null;
    const { places } = side;
    for (let i = 0; i < places.length; i++) {
      const { place, path, hits } = places[i]!;
      for (const { label, count } of hits) {
        if (this.#columns.acceptsMet(i, label) && marks?.refuses(direction, place, path, label) !== true) continue;
        refused ??= new Map();
        refused.set(label, (refused.get(label) ?? 0) + count);
      }
    }
    if (refused === null && marks === undefined) return side.labels;
    const labels: LabelFact[] = [];
    for (const fact of side.labels) {
      // Masked values are told by label alone: a mark on every field takes them too.
      if (marks?.refuses(direction, '*', '*', fact.label) === true) continue;
      const count = fact.count - (refused?.get(fact.label) ?? 0);
      if (count === fact.count) labels.push(fact);
      else if (count > 0) labels.push({ ...fact, count, distinct: Math.min(fact.distinct, count) });
    }
    return labels;
  }

  /** Whether a column takes a label for what it is. */
  accepts(api: string, direction: Direction, place: string, path: string, label: string): boolean {
    if (this.#marks.of(api)?.refuses(direction, place, path, label) === true) return false;
    return this.#columns.accepts(api, direction, place, path, label);
  }

  /** Labels of one column. */
  at(api: string, direction: Direction, place: string, path: string): string[] {
    return this.#columns.labelsOf(api, direction, place, path).map(({ label }) => label);
  }

  /** Highest level of labels with clear values; 0 when there is none. */
  levelOf(labels: readonly LabelFact[]): number {
    let highest = 0;
    for (const { label, count, masked } of labels) {
      if (count > masked) highest = Math.max(highest, this.options.levels.get(label) ?? 0);
    }
    return highest;
  }

  /** Labels of level 3 and above with clear values. */
  sensitiveKinds(labels: readonly LabelFact[]): number {
    let kinds = 0;
    for (const { label, count, masked } of labels) {
      if (count > masked && (this.options.levels.get(label) ?? 0) >= sensitive) kinds++;
    }
    return kinds;
  }

  snapshot(): ColumnsSnapshot {
    return this.#columns.snapshot();
  }

  restore(snapshot: ColumnsSnapshot): void {
    this.#columns.restore(snapshot);
  }
}
