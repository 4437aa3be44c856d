/**
 * Patterns as one deterministic automaton over octets: a state's accept set names the patterns that end there. Built
 * once; a step is one table look-up, so the scan costs the same whatever the number of recognizers.
 */
import { type Pattern, PatternError } from './pattern.ts';
import { octetSequences } from './utf8-ranges.ts';

const mostNodes = 60_000;
const mostStates = 30_000;

export interface Automaton {
  /** Octet → column of `next`. Octets that are met most have the first ones: they share lines of memory. */
  readonly columns: Uint8Array;
  /**
   * `next[state × stride + column]`: the state behind; 0 is the dead one. Two octets a step and no more columns than
   * needed: a walk is as fast as the memory it touches is near.
   */
  readonly next: Uint16Array;
  /** Odd: rows a power of two apart would share few sets of the processor's cache. */
  readonly stride: number;
  readonly start: number;
  /** By state: index into `sets`, 0 for none. */
  readonly accepts: Uint16Array;
  /** Owners that end in a state, ascending. */
  readonly sets: readonly (readonly number[])[];
  /** 1 for octets that a match may begin with. */
  readonly first: Uint8Array;
}

interface Edge {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

/** Thompson's construction: nodes with octet edges and empty edges. */
class Graph {
  readonly edges: Edge[][] = [];
  readonly empty: number[][] = [];

  node(): number {
    if (this.edges.length >= mostNodes) throw new PatternError('the patterns are too large together');
    this.edges.push([]);
    this.empty.push([]);
    return this.edges.length - 1;
  }

  /** Lays `pattern` from `from`; returns the node it ends in. */
  add(pattern: Pattern, from: number): number {
    switch (pattern.kind) {
      case 'set': {
        const end = this.node();
        for (const [low, high] of pattern.ranges) {
          for (const sequence of octetSequences(low, high)) {
            let at = from;
            for (const [index, [least, most]] of sequence.entries()) {
              const to = index === sequence.length - 1 ? end : this.node();
              this.edges[at]!.push({ low: least, high: most, to });
              at = to;
            }
          }
        }
        return end;
      }
      case 'sequence':
        return pattern.parts.reduce((at, part) => this.add(part, at), from);
      case 'choice': {
        const end = this.node();
        for (const part of pattern.parts) {
          const begin = this.node();
          this.empty[from]!.push(begin);
          this.empty[this.add(part, begin)]!.push(end);
        }
        return end;
      }
      case 'repeat':
        return this.#repeat(pattern.part, pattern.least, pattern.most, from);
    }
  }

  #repeat(part: Pattern, least: number, most: number, from: number): number {
    let at = from;
    for (let i = 0; i < least; i++) at = this.add(part, at);
    if (most === Number.POSITIVE_INFINITY) {
      const loop = this.node();
      this.empty[at]!.push(loop);
      this.empty[this.add(part, loop)]!.push(loop);
      return loop;
    }
    const end = this.node();
    for (let i = least; i < most; i++) {
      this.empty[at]!.push(end);
      at = this.add(part, at);
    }
    this.empty[at]!.push(end);
    return end;
  }
}

/** `owner` is what an accept set names, a small number. */
export function buildAutomaton(patterns: readonly { readonly pattern: Pattern; readonly owner: number }[]): Automaton {
  const graph = new Graph();
  const root = graph.node();
  const owners = new Map<number, number>();
  for (const { pattern, owner } of patterns) {
    const begin = graph.node();
    graph.empty[root]!.push(begin);
    owners.set(graph.add(pattern, begin), owner);
  }
  const { columns, count } = columnsOf(graph);

  /** By node: the latest closure that met it. */
  const met = new Int32Array(graph.edges.length);
  let closures = 0;
  const closure = (nodes: readonly number[]): number[] => {
    closures++;
    const open: number[] = [];
    const found: number[] = [];
    const meet = (node: number): void => {
      if (met[node] === closures) return;
      met[node] = closures;
      open.push(node);
      // Nodes with empty edges alone tell states apart without need.
      if (graph.edges[node]!.length > 0 || owners.has(node)) found.push(node);
    };
    for (const node of nodes) meet(node);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const to of graph.empty[node]!) meet(to);
    }
    return found.sort((a, b) => a - b);
  };

  const numbers = new Map<string, number>([['', 0]]);
  const members: number[][] = [[]];
  let rows = new Uint16Array(count * 64);
  const stateOf = (nodes: number[]): number => {
    const key = nodes.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (members.length >= mostStates) throw new PatternError('the patterns are too large together');
    numbers.set(key, members.length);
    members.push(nodes);
    return members.length - 1;
  };
  // Most steps lead to one node, and to the same ones again and again.
  const single = new Int32Array(graph.edges.length).fill(-1);
  const several = new Map<string, number>();
  const stateBehind = (targets: number[]): number => {
    if (targets.length === 1) {
      const node = targets[0]!;
      if (single[node]! < 0) single[node] = stateOf(closure(targets));
      return single[node]!;
    }
    const key = targets.sort((a, b) => a - b).join();
    let state = several.get(key);
    if (state === undefined) {
      state = stateOf(closure(targets));
      several.set(key, state);
    }
    return state;
  };
  const start = stateOf(closure([root]));
  for (let state = 1; state < members.length; state++) {
    const row = state * count;
    if (row + count > rows.length) {
      const grown = new Uint16Array(rows.length * 2);
      grown.set(rows);
      rows = grown;
    }
    const edges: Edge[] = [];
    for (const node of members[state]!) for (const edge of graph.edges[node]!) edges.push(edge);
    // From where one edge begins or ends to where the next one does, all columns lead to the same nodes.
    for (let column = 0; column < count; ) {
      const targets: number[] = [];
      let until = count;
      for (const { low, high, to } of edges) {
        if (columns[low]! > column) until = Math.min(until, columns[low]!);
        else if (columns[high]! >= column) {
          until = Math.min(until, columns[high]! + 1);
          targets.push(to);
        }
      }
      if (targets.length > 0) rows.fill(stateBehind(targets), row + column, row + until);
      column = until;
    }
  }

  const sets: number[][] = [[]];
  const setNumbers = new Map<string, number>([['', 0]]);
  const accepts = new Uint16Array(members.length);
  for (const [state, nodes] of members.entries()) {
    const ends: number[] = [];
    for (const node of nodes) {
      const owner = owners.get(node);
      if (owner !== undefined && !ends.includes(owner)) ends.push(owner);
    }
    const key = ends.sort((a, b) => a - b).join();
    let number = setNumbers.get(key);
    if (number === undefined) {
      number = sets.length;
      setNumbers.set(key, number);
      sets.push(ends);
    }
    accepts[state] = number;
  }
  const table = layOut(rows, members.length, columns, count);
  const first = new Uint8Array(256);
  for (let octet = 0; octet < 256; octet++) first[octet] = step(table, start, octet) === 0 ? 0 : 1;
  return { ...table, start, accepts, sets, first };
}

/** The state behind `state` and an octet, 0 when dead: for whoever is in no hurry. */
export function step({ next, stride, columns }: Table, state: number, octet: number): number {
  return next[state * stride + columns[octet]!]!;
}

type Table = Pick<Automaton, 'columns' | 'next' | 'stride'>;

/** Octets in the order in which their columns are laid: those of numbers, then of words. */
const byUse = [...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.:_ '].map((c) => c.charCodeAt(0));
for (let octet = 0; octet < 256; octet++) if (!byUse.includes(octet)) byUse.push(octet);

/** Columns that are equal in all rows become one. */
function layOut(rows: Uint16Array, states: number, columns: Uint8Array, count: number): Table {
  const packed = new Uint8Array(256);
  /** By new column: the old one. */
  const kept: number[] = [];
  const known = new Int16Array(count).fill(-1);
  const byHash = new Map<number, number[]>();
  for (const octet of byUse) {
    const column = columns[octet]!;
    if (known[column]! < 0) {
      let hash = 0;
      for (let at = column; at < states * count; at += count) hash = Math.imul(hash, 31) + rows[at]!;
      const alike = byHash.get(hash) ?? [];
      byHash.set(hash, alike);
      const same = alike.find((other) => isSameColumn(rows, states, count, column, kept[other]!));
      known[column] = same ?? kept.push(column) - 1;
      if (same === undefined) alike.push(known[column]!);
    }
    packed[octet] = known[column]!;
  }
  const stride = kept.length | 1;
  const next = new Uint16Array(states * stride);
  for (let state = 0; state < states; state++) {
    for (const [column, old] of kept.entries()) next[state * stride + column] = rows[state * count + old]!;
  }
  return { columns: packed, next, stride };
}

function isSameColumn(rows: Uint16Array, states: number, count: number, a: number, b: number): boolean {
  for (let row = 0; row < states * count; row += count) if (rows[row + a] !== rows[row + b]) return false;
  return true;
}

/** Octets that no edge tells apart share a column; columns ascend with the octets. */
function columnsOf(graph: Graph): { columns: Uint8Array; count: number } {
  const cuts = new Uint8Array(257);
  for (const edges of graph.edges) {
    for (const { low, high } of edges) {
      cuts[low] = 1;
      cuts[high + 1] = 1;
    }
  }
  const columns = new Uint8Array(256);
  let column = 0;
  for (let octet = 1; octet < 256; octet++) columns[octet] = cuts[octet] === 1 ? ++column : column;
  return { columns, count: column + 1 };
}

/** Whether all of `bytes[start, end)` is in the language. */
export function matchesWhole(automaton: Automaton, bytes: Uint8Array, start: number, end: number): boolean {
  const { columns, next, stride } = automaton;
  let state = automaton.start;
  for (let i = start; i < end; i++) {
    state = next[Math.imul(state, stride) + columns[bytes[i]!]!]!;
    if (state === 0) return false;
  }
  return automaton.accepts[state] !== 0;
}
