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

/** Identifiers there is room for at first, and those whose room is kept for the next message. */
const usual = 64;
const mostKept = 1024;

export class Persons {
  #count = 0;
  #parents = new Int16Array(usual);
  #ranks = new Int32Array(usual);
  /** 53-bit hashes by node. */
  #values = new Float64Array(usual);
  #components = 0;
  #overflow: Distinct | undefined;
  #depth = 0;
  /** By level: first identifier of the row open there: a node, `none`, or `beyond` the bound. */
  readonly #anchors = new Int16Array(deepest + 1);
  /** By level: where the row's labels begin in the two lists below, which the open rows share as a stack. */
  readonly #begins = new Int32Array(deepest + 1);
  /** Levels open, one more than the rows. */
  #levels = 0;
  readonly #labels: number[] = [];
  readonly #firsts: number[] = [];
  /** Length of the two lists. */
  #listed = 0;

  /** `depth`: rows that are open already. */
  constructor(depth: number) {
    this.begin(depth);
  }

  /** The next message begins. */
  begin(depth: number): void {
    if (this.#parents.length > mostKept) this.#resize(usual, 0);
    this.#count = 0;
    this.#components = 0;
    this.#overflow = undefined;
    this.#depth = depth;
    this.#levels = 0;
    this.#listed = 0;
    for (let level = 0; level <= Math.min(depth, deepest); level++) this.#open();
  }

  #resize(size: number, kept: number): void {
    const parents = new Int16Array(size);
    const ranks = new Int32Array(size);
    const values = new Float64Array(size);
    parents.set(this.#parents.subarray(0, kept));
    ranks.set(this.#ranks.subarray(0, kept));
    values.set(this.#values.subarray(0, kept));
    this.#parents = parents;
    this.#ranks = ranks;
    this.#values = values;
  }

  #open(): void {
    this.#anchors[this.#levels] = none;
    this.#begins[this.#levels++] = this.#listed;
  }

  rowBegin(): void {
    this.#depth++;
    if (this.#depth <= deepest) this.#open();
  }

  rowEnd(): void {
    if (this.#depth === 0) return;
    if (this.#depth-- > deepest) return;
    const level = --this.#levels;
    const anchor = this.#anchors[level]!;
    const begin = this.#begins[level]!;
    if (this.#listed === begin) return;
    const around = this.#anchors[this.#depth]!;
    // A row inside a person's row tells of that person, unless it names another.
    if (this.#depth > 0 && around >= 0 && anchor >= 0 && this.#agree(begin)) this.#join(anchor, around);
    this.#listed = begin;
  }

  /** Whether no label of the row that begins at `begin` has another value in the row around it. */
  #agree(begin: number): boolean {
    for (let i = begin; i < this.#listed; i++) {
      for (let j = this.#begins[this.#depth]!; j < begin; j++) {
        if (this.#labels[j] === this.#labels[i] && this.#firsts[j] !== this.#firsts[i]) return false;
      }
    }
    return true;
  }

  /** Whether another identifier can be told apart. */
  get hasRoom(): boolean {
    return this.#count < mostNodes;
  }

  /**
   * `known`: the node of an identifier met before, else -1; returns its node, -1 beyond the bound. `rank`: lower
   * stands for the person. `alone`: an item of a list of bare values, a person of its own.
   */
  add(label: number, rank: number, known: number, high: number, low: number, alone: boolean): number {
    const level = Math.min(this.#depth, deepest);
    let node = known;
    if (node < 0 && this.#count >= mostNodes) {
      if (alone || this.#anchors[level] === none) {
        if (!alone) this.#anchors[level] = beyond;
        this.#overflow ??= new Distinct();
        this.#overflow.add((high >>> 0) * 0x20_0000 + low);
      }
      return none;
    }
    if (node < 0) {
      node = this.#count++;
      if (node === this.#parents.length) this.#resize(2 * node, node);
      this.#parents[node] = node;
      this.#ranks[node] = rank;
      this.#values[node] = (high >>> 0) * 0x20_0000 + low;
      this.#components++;
    }
    const anchor = this.#anchors[level]!;
    if (alone || anchor === beyond) return node;
    for (let i = this.#begins[level]!; i < this.#listed; i++) if (this.#labels[i] === label) return node;
    this.#labels[this.#listed] = label;
    this.#firsts[this.#listed++] = node;
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
    for (let node = 0; node < this.#count; node++) {
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
