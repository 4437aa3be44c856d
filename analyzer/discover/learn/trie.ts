/** Paths of one application as a tree, shared by all methods. */
import type { Endpoint } from './endpoint.ts';

/** A parameter's place in a template. */
export const anyValue = '{}';

/** What is known of one method at one path. */
export interface Tally {
  calls: number;
  readonly classes: Map<number, number>;
  readonly endpoints: Endpoint[];
}

/** `depth` and `last` (segment, empty at depth 0) are of `path`, which is relative and without a leading slash. */
export type Visit = (path: string, depth: number, last: string, method: string, tally: Tally) => void;

export class Node {
  readonly children = new Map<string, Node>();
  readonly methods = new Map<string, Tally>();
  /** Words that became this parameter. */
  values = 0;
  /** Part of a settled endpoint's path: never merged into a parameter. */
  settled = false;

  /** `from`: position of the segment that this node's children stand for. */
  add(endpoint: Endpoint, from = 0): void {
    let node: Node = this;
    for (let i = from; i < endpoint.segments.length; i++) {
      node = node.child(endpoint.segments[i]!);
      if (endpoint.settled) node.settled = true;
    }
    const tally = node.#tally(endpoint.method);
    tally.calls += endpoint.calls;
    count(tally.classes, endpoint.classes);
    tally.endpoints.push(endpoint);
  }

  child(segment: string): Node {
    const known = this.children.get(segment);
    if (known !== undefined) return known;
    const made = new Node();
    this.children.set(segment, made);
    return made;
  }

  /** All of another subtree becomes part of this one. */
  absorb(other: Node): void {
    for (const [method, { calls, classes, endpoints }] of other.methods) {
      const tally = this.#tally(method);
      tally.calls += calls;
      count(tally.classes, classes);
      for (const one of endpoints) tally.endpoints.push(one);
    }
    for (const [segment, child] of other.children) {
      const own = this.children.get(segment);
      if (own === undefined) this.children.set(segment, child);
      else own.absorb(child);
    }
    this.values += other.values;
    this.settled ||= other.settled;
  }

  /** A child becomes the parameter, with all below it; a settled one stays. */
  merge(word: string): void {
    const child = this.children.get(word);
    if (child === undefined || child.settled || word === anyValue) return;
    this.children.delete(word);
    const target = this.child(anyValue);
    target.absorb(child);
    target.values++;
  }

  /** Calls of the whole subtree. */
  calls(): number {
    let sum = 0;
    for (const { calls } of this.methods.values()) sum += calls;
    for (const child of this.children.values()) sum += child.calls();
    return sum;
  }

  walk(visit: Visit, path = '', depth = 0, last = ''): void {
    for (const [method, tally] of this.methods) visit(path, depth, last, method, tally);
    for (const [segment, child] of this.children) {
      child.walk(visit, depth === 0 ? segment : `${path}/${segment}`, depth + 1, segment);
    }
  }

  #tally(method: string): Tally {
    const known = this.methods.get(method);
    if (known !== undefined) return known;
    const made: Tally = { calls: 0, classes: new Map(), endpoints: [] };
    this.methods.set(method, made);
    return made;
  }
}

function count(into: Map<number, number>, from: ReadonlyMap<number, number>): void {
  for (const [key, calls] of from) into.set(key, (into.get(key) ?? 0) + calls);
}
