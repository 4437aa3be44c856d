/** Steps of shedding as rows of `sheddings`, without their source: numbered within a run, since many may be of one moment. */
import type { ShedChange } from './steps.ts';

export interface SheddingRow {
  /** Packet time, µs. */
  readonly ts: number;
  readonly number: number;
  readonly fromStep: number;
  readonly step: number;
  /** Share of the fullest ring that was taken, 0…1. */
  readonly fill: number;
}

export class SheddingRows {
  #rows: SheddingRow[] = [];
  #count = 0;

  add(changes: readonly ShedChange[]): void {
    for (const { ts, from, step, fill } of changes) {
      this.#rows.push({ ts, number: ++this.#count, fromStep: from, step, fill });
    }
  }

  /** Those that are new since this was asked the last time. */
  take(): SheddingRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}
