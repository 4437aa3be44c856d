/**
 * How many natural persons a message tells of. Identifiers that stand in one row belong to one person, and rows that
 * share one belong together (union-find over keyed hashes). A second, different value of the same label in a row is
 * somebody else. Exact for 8,192 identifiers; behind that, rows without a known one are counted by a sketch.
 */

import { hex16 } from '../keyed-hash.ts';
import { Distinct, hashNumber } from './distinct.ts';

const mostNodes = 8192;
const mostIds = 256;
/** Rows inside rows; deeper ones count as part of the row around them. */
const deepest = 32;
const none = -1;
const beyond = -2;

interface Row {
  /** First identifier of the row: a node, `none`, or `beyond` the bound. */
  anchor: number;
  /** Label → number of its first value in the row. */
  readonly labels: Map<number, number>;
}

export class Persons {
  readonly #nodes = new Map<number, number>();
  readonly #parents: number[] = [];
  readonly #ranks: number[] = [];
  readonly #highs: number[] = [];
  readonly #lows: number[] = [];
  #components = 0;
  #overflow: Distinct | undefined;
  readonly #rows: Row[] = [{ anchor: none, labels: new Map() }];
  #depth = 0;

  rowBegin(): void {
    this.#depth++;
    if (this.#depth <= deepest) this.#rows.push({ anchor: none, labels: new Map() });
  }

  rowEnd(): void {
    if (this.#depth === 0) return;
    if (this.#depth-- > deepest) return;
    const row = this.#rows.pop()!;
    const around = this.#rows.at(-1)!;
    // A row inside a person's row tells of that person, unless it names another.
    if (this.#depth === 0 || around.anchor < 0 || row.anchor < 0) return;
    for (const [label, value] of row.labels) if ((around.labels.get(label) ?? value) !== value) return;
    this.#join(row.anchor, around.anchor);
  }

  /** `rank`: lower stands for the person. `alone`: an item of a list of bare values, a person of its own. */
  add(label: number, rank: number, high: number, low: number, alone: boolean): void {
    const value = hashNumber(high, low);
    const row = this.#rows.at(-1)!;
    let node = this.#nodes.get(value);
    if (node === undefined && this.#parents.length >= mostNodes) {
      if (alone || row.anchor === none) {
        if (!alone) row.anchor = beyond;
        this.#overflow ??= new Distinct();
        this.#overflow.add(high, low);
      }
      return;
    }
    if (node === undefined) {
      node = this.#parents.length;
      this.#nodes.set(value, node);
      this.#parents.push(node);
      this.#ranks.push(rank);
      this.#highs.push(high);
      this.#lows.push(low);
      this.#components++;
    }
    if (alone || row.anchor === beyond) return;
    const first = row.labels.get(label);
    if (first !== undefined) return;
    row.labels.set(label, value);
    if (row.anchor === none) row.anchor = node;
    else this.#join(node, row.anchor);
  }

  get estimate(): number {
    return this.#components + (this.#overflow?.estimate ?? 0);
  }

  /** Hashes that stand for the persons, in the order they were met. */
  ids(): string[] {
    const best = new Map<number, number>();
    for (let node = 0; node < this.#parents.length; node++) {
      const root = this.#root(node);
      const known = best.get(root);
      if (known === undefined) {
        if (best.size < mostIds) best.set(root, node);
      } else if (this.#ranks[node]! < this.#ranks[known]!) best.set(root, node);
    }
    return [...best.values()].map((node) => hex16(this.#highs[node]!, this.#lows[node]!));
  }

  #root(node: number): number {
    const parents = this.#parents;
    let at = node;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  #join(a: number, b: number): void {
    const [from, to] = [this.#root(a), this.#root(b)];
    if (from === to) return;
    this.#parents[Math.max(from, to)] = Math.min(from, to);
    this.#components--;
  }
}
