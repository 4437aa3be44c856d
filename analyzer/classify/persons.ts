/**
 * How many natural persons a message tells of. Identifiers that stand in one row belong to one person, and rows that
 * share one belong together (union-find over keyed hashes). A second, different value of the same label in a row is
 * somebody else. Exact for 8,192 identifiers; behind that, rows without a known one are counted by a sketch.
 */
import { Distinct } from '../distinct.ts';

const mostNodes = 8192;
const mostIds = 256;
/** Rows inside rows; deeper ones count as part of the row around them. */
const deepest = 32;
const none = -1;
const beyond = -2;

export class Persons {
  readonly #parents: number[] = [];
  readonly #ranks: number[] = [];
  /** 53-bit hashes by node. */
  readonly #values: number[] = [];
  #components = 0;
  #overflow: Distinct | undefined;
  #depth: number;
  /** By level: first identifier of the row open there: a node, `none`, or `beyond` the bound. */
  readonly #anchors: number[] = [];
  /** By level: where the row's labels begin in the two lists below, which the open rows share as a stack. */
  readonly #begins: number[] = [];
  readonly #labels: number[] = [];
  readonly #firsts: number[] = [];

  /** `depth`: rows that are open already. */
  constructor(depth: number) {
    this.#depth = depth;
    for (let level = 0; level <= Math.min(depth, deepest); level++) this.#open();
  }

  #open(): void {
    this.#anchors.push(none);
    this.#begins.push(this.#labels.length);
  }

  rowBegin(): void {
    this.#depth++;
    if (this.#depth <= deepest) this.#open();
  }

  rowEnd(): void {
    if (this.#depth === 0) return;
    if (this.#depth-- > deepest) return;
    const anchor = this.#anchors.pop()!;
    const begin = this.#begins.pop()!;
    if (this.#labels.length === begin) return;
    const around = this.#anchors[this.#depth]!;
    // A row inside a person's row tells of that person, unless it names another.
    if (this.#depth > 0 && around >= 0 && anchor >= 0 && this.#agree(begin)) this.#join(anchor, around);
    this.#labels.length = begin;
    this.#firsts.length = begin;
  }

  /** Whether no label of the row that begins at `begin` has another value in the row around it. */
  #agree(begin: number): boolean {
    for (let i = begin; i < this.#labels.length; i++) {
      for (let j = this.#begins[this.#depth]!; j < begin; j++) {
        if (this.#labels[j] === this.#labels[i] && this.#firsts[j] !== this.#firsts[i]) return false;
      }
    }
    return true;
  }

  /** Whether another identifier can be told apart. */
  get hasRoom(): boolean {
    return this.#parents.length < mostNodes;
  }

  /**
   * `known`: the node of an identifier met before, else -1; returns its node, -1 beyond the bound. `rank`: lower
   * stands for the person. `alone`: an item of a list of bare values, a person of its own.
   */
  add(label: number, rank: number, known: number, high: number, low: number, alone: boolean): number {
    const level = Math.min(this.#depth, deepest);
    let node = known;
    if (node < 0 && this.#parents.length >= mostNodes) {
      if (alone || this.#anchors[level] === none) {
        if (!alone) this.#anchors[level] = beyond;
        this.#overflow ??= new Distinct();
        this.#overflow.add((high >>> 0) * 0x20_0000 + low);
      }
      return none;
    }
    if (node < 0) {
      node = this.#parents.length;
      this.#parents.push(node);
      this.#ranks.push(rank);
      this.#values.push((high >>> 0) * 0x20_0000 + low);
      this.#components++;
    }
    const anchor = this.#anchors[level]!;
    if (alone || anchor === beyond) return node;
    for (let i = this.#begins[level]!; i < this.#labels.length; i++) if (this.#labels[i] === label) return node;
    this.#labels.push(label);
    this.#firsts.push(node);
    if (anchor === none) this.#anchors[level] = node;
    else this.#join(node, anchor);
    return node;
  }

  get estimate(): number {
    return this.#components + (this.#overflow?.estimate ?? 0);
  }

  /** Hashes that stand for the persons, in the order they were met. */
  ids(): number[] {
    // A root is the first node of its component, so the nodes meet it first.
    const best: number[] = [];
    const roots: number[] = [];
    for (let node = 0; node < this.#parents.length; node++) {
      const root = this.#root(node);
      if (root === node) {
        best.push(roots.length < mostIds ? node : none);
        if (roots.length < mostIds) roots.push(node);
        continue;
      }
      best.push(none);
      const known = best[root]!;
      if (known >= 0 && this.#ranks[node]! < this.#ranks[known]!) best[root] = node;
    }
    return roots.map((root) => this.#values[best[root]!]!);
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
    const from = this.#root(a);
    const to = this.#root(b);
    if (from === to) return;
    if (from > to) this.#parents[from] = to;
    else this.#parents[to] = from;
    this.#components--;
  }
}
