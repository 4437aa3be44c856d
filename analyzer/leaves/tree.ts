/**
 * The places values come from, interned. A place met before is found from the key's octets, without building a
 * string; its path is built once. Bounded by `TreeLimits`; how nodes are numbered depends on what was met first.
 */
import type { LeafNode, LeafPlace } from '../leaf.ts';
import { type TreeLimits, treeLimits } from './limits.ts';

const noKey = new Uint8Array(0);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class TreeNode implements LeafNode {
  /** The key's own octets, escapes undone; empty where `keyed` is false. */
  readonly key: Uint8Array;
  readonly keyed: boolean;
  /** Shared by dynamic keys: the key itself is then a value too. */
  readonly dynamic: boolean;
  /** The shared node of a full tree: it is its own child. */
  readonly full: boolean;
  /** A key that looks in JSON as it is: no quote, no backslash. Only these are guessed. */
  readonly plain: boolean;
  /** Guesses, from the last time round: the first key of this object, the key that follows this one. */
  first: TreeNode | null = null;
  after: TreeNode | null = null;
  /** The node of this array's items, made when first met. */
  item: TreeNode | null = null;
  /** By hash of the key; equal hashes are chained, at most `children` long. */
  children: Map<number, TreeNode> | null = null;
  sameHash: TreeNode | null = null;
  rest: TreeNode | null = null;
  keys: TreeNode | null = null;
  childCount = 0;

  constructor(
    readonly place: LeafPlace,
    readonly path: string,
    readonly name: string,
    readonly id: number,
    kind: 'key' | 'dynamic' | 'full' | 'other',
    key: Uint8Array,
  ) {
    this.key = key;
    this.keyed = kind === 'key';
    this.dynamic = kind === 'dynamic';
    this.full = kind === 'full';
    this.plain = this.keyed && !key.includes(0x22) && !key.includes(0x5c);
  }
}

export class LeafTree {
  readonly #nodes: TreeNode[] = [];
  readonly #roots: Partial<Record<LeafPlace, TreeNode>> = {};
  readonly #full: Partial<Record<LeafPlace, TreeNode>> = {};

  constructor(readonly limits: TreeLimits = treeLimits) {}

  /** Ids are 0…size-1. May pass `limits.nodes` by one root and one `**` a place. */
  get size(): number {
    return this.#nodes.length;
  }

  node(id: number): TreeNode | undefined {
    return this.#nodes[id];
  }

  /** Where a part of the message begins; its path and name are empty. */
  root(place: LeafPlace): TreeNode {
    return (this.#roots[place] ??= this.#add(place, '', '', 'other', noKey));
  }

  /** The node of a key, `bytes[start, end)` in UTF-8 with escapes undone. */
  child(parent: TreeNode, bytes: Uint8Array, start: number, end: number): TreeNode {
    let hash = 0x811c9dc5 | 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    for (let at = parent.children?.get(hash) ?? null; at !== null; at = at.sameHash) {
      if (sameBytes(at.key, bytes, start, end)) return at;
    }
    return this.#newChild(parent, hash, bytes, start, end);
  }

  /** The node of a key that is at hand as text. */
  childNamed(parent: TreeNode, key: string): TreeNode {
    const bytes = encoder.encode(key);
    return this.child(parent, bytes, 0, bytes.length);
  }

  /** The node all items of the array at `parent` share: `path[]`. */
  items(parent: TreeNode): TreeNode {
    return parent.item ?? (parent.item = this.#derived(parent, `${parent.path}[]`, parent.name, 'other'));
  }

  /** The node all dynamic keys of `parent` share: `path.*`, without a name. */
  dynamic(parent: TreeNode): TreeNode {
    return parent.rest ?? (parent.rest = this.#derived(parent, joined(parent, '*'), '', 'dynamic'));
  }

  /** The node where dynamic keys themselves are values: `path.{key}`, without a name. */
  keysOf(parent: TreeNode): TreeNode {
    return parent.keys ?? (parent.keys = this.#derived(parent, joined(parent, '{key}'), '', 'other'));
  }

  #newChild(parent: TreeNode, hash: number, bytes: Uint8Array, start: number, end: number): TreeNode {
    if (parent.full) return parent;
    const { limits } = this;
    if (parent.childCount >= limits.children || end - start > limits.keyBytes || isValueLike(bytes, start, end)) {
      return this.dynamic(parent);
    }
    const key = bytes.slice(start, end);
    const name = decoder.decode(key);
    const made = this.#derived(parent, joined(parent, name), name, 'key', key);
    if (made.full) return made;
    parent.childCount++;
    parent.children ??= new Map();
    made.sameHash = parent.children.get(hash) ?? null;
    parent.children.set(hash, made);
    return made;
  }

  #derived(
    parent: TreeNode,
    path: string,
    name: string,
    kind: 'key' | 'dynamic' | 'other',
    key: Uint8Array = noKey,
  ): TreeNode {
    if (parent.full) return parent;
    if (this.#nodes.length >= this.limits.nodes || path.length > this.limits.pathLength) {
      return (this.#full[parent.place] ??= this.#add(parent.place, '**', '', 'full', noKey));
    }
    return this.#add(parent.place, path, name, kind, key);
  }

  #add(
    place: LeafPlace,
    path: string,
    name: string,
    kind: 'key' | 'dynamic' | 'full' | 'other',
    key: Uint8Array,
  ): TreeNode {
    const node = new TreeNode(place, path, name, this.#nodes.length, kind, key);
    this.#nodes.push(node);
    return node;
  }
}

/** Remembers which key followed which. Only a guess: it changes no result. */
export function expectNext(container: TreeNode, previous: TreeNode | null, node: TreeNode): void {
  if (!node.plain) return;
  if (previous === null) container.first = node;
  else if (!previous.full) previous.after = node;
}

/** Digits from which on a key is taken for a value: mobiles, accounts, dates, most UUIDs; not `address2`. */
const valueDigits = 6;

/** A key that is somebody's number or mailbox: it must not become part of a path, which is stored in the clear. */
export function isValueLike(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0;
  for (let i = start; i < end; i++) {
    const c = bytes[i];
    if (c === 0x40) return true;
    if (c >= 0x30 && c <= 0x39 && ++digits >= valueDigits) return true;
  }
  return false;
}

function joined(parent: TreeNode, key: string): string {
  return parent.path === '' ? key : `${parent.path}.${key}`;
}

function sameBytes(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const size = key.length;
  if (size !== end - start) return false;
  for (let i = 0; i < size; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}
