/**
 * Patterns as one deterministic automaton over octets: a state's accept set names the patterns that end there. Built
 * once; a step is one table look-up, so the scan costs the same whatever the number of recognizers.
 */
import { type Pattern, PatternError } from './pattern.ts';
import { octetSequences } from './utf8-ranges.ts';

const mostNodes = 60_000;
const mostStates = 30_000;

export interface Automaton {
  /** Octet → column of `next`. */
  readonly columns: Uint8Array;
  /** `next[state + column]`, where states are numbered in steps of `stride`; 0 is the dead one. */
  readonly next: Int32Array;
  readonly start: number;
  /** `state >> shift` is the index into `accepts`. */
  readonly shift: number;
  /** Index into `sets`, 0 for none. */
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
  const stride = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
  const shift = Math.log2(stride);

  const closure = (nodes: Iterable<number>): number[] => {
    const seen = new Set(nodes);
    const open = [...seen];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const to of graph.empty[node]!) {
        if (!seen.has(to)) {
          seen.add(to);
          open.push(to);
        }
      }
    }
    // Nodes with empty edges alone tell states apart without need.
    return [...seen].filter((node) => graph.edges[node]!.length > 0 || owners.has(node)).sort((a, b) => a - b);
  };

  const numbers = new Map<string, number>([['', 0]]);
  const members: number[][] = [[]];
  let next = new Int32Array(stride * 1024);
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
  const reached: number[][] = Array.from({ length: count }, () => []);
  for (let state = 1; state < members.length; state++) {
    const row = state << shift;
    if (row + stride > next.length) {
      const grown = new Int32Array(next.length * 2);
      grown.set(next);
      next = grown;
    }
    const edges = members[state]!.flatMap((node) => graph.edges[node]!);
    if (edges.length === 1) {
      const { low, high, to } = edges[0]!;
      next.fill(stateBehind([to]) << shift, row + columns[low]!, row + columns[high]! + 1);
      continue;
    }
    for (const { low, high, to } of edges) {
      for (let column = columns[low]!; column <= columns[high]!; column++) reached[column]!.push(to);
    }
    for (let column = 0; column < count; column++) {
      if (reached[column]!.length === 0) continue;
      next[row + column] = stateBehind(reached[column]!) << shift;
      reached[column] = [];
    }
  }

  const sets: number[][] = [[]];
  const setNumbers = new Map<string, number>([['', 0]]);
  const accepts = new Uint16Array(members.length);
  for (const [state, nodes] of members.entries()) {
    const ends = [...new Set(nodes.filter((node) => owners.has(node)).map((node) => owners.get(node)!))];
    const key = ends.sort((a, b) => a - b).join();
    let number = setNumbers.get(key);
    if (number === undefined) {
      number = sets.length;
      setNumbers.set(key, number);
      sets.push(ends);
    }
    accepts[state] = number;
  }
  next = next.slice(0, members.length << shift);
  const first = new Uint8Array(256);
  for (let octet = 0; octet < 256; octet++) first[octet] = next[(start << shift) + columns[octet]!] === 0 ? 0 : 1;
  return { columns, next, start: start << shift, shift, accepts, sets, first };
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
  const { columns, next } = automaton;
  let state = automaton.start;
  for (let i = start; i < end; i++) {
    state = next[state + columns[bytes[i]!]!]!;
    if (state === 0) return false;
  }
  return automaton.accepts[state >> automaton.shift] !== 0;
}
