/**
 * The places values come from, interned. A place met before is found from the key's octets, without building a
 * string; its path is built once. How nodes are numbered depends on what was met first; nothing else does: the limits
 * are those of one message (`begin`), so what is read of a message never hangs on the messages before it. A tree serves
 * one message at a time, and outgrows its limits by what other messages have met: whoever keeps it looks at `size`.
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
  /** Octets of the key, and its first and last four as numbers; 0 where it has fewer. */
  readonly size: number;
  readonly head: number;
  readonly tail: number;
  /** Guesses, from the last time round: the first key of this object, the key that follows this one. */
  first: TreeNode | null = null;
  after: TreeNode | null = null;
  /** The node of this array's items, made when first met. */
  item: TreeNode | null = null;
  /** By hash of the key; equal hashes are chained, as long as a tree that is kept has nodes. */
  children: Map<number, TreeNode> | null = null;
  sameHash: TreeNode | null = null;
  rest: TreeNode | null = null;
  keys: TreeNode | null = null;
  /** The last message that met it, and how many of its keys that message met. */
  serial = -1;
  met = 0;
  mark: number | undefined = undefined;

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
    this.size = key.length;
    this.head = key.length < 4 ? 0 : fourAt(key, 0);
    this.tail = key.length < 4 ? 0 : fourAt(key, key.length - 4);
    this.plain = this.keyed && !key.includes(0x22) && !key.includes(0x5c);
  }
}

export class LeafTree {
  readonly #nodes: TreeNode[] = [];
  readonly #roots: Partial<Record<LeafPlace, TreeNode>> = {};
  readonly #full: Partial<Record<LeafPlace, TreeNode>> = {};
  #serial = 0;
  #met = 0;

  constructor(readonly limits: TreeLimits = treeLimits) {}

  /** The next message begins: it has the whole of the limits. */
  begin(): void {
    this.#serial++;
    this.#met = 0;
  }

  /** Ids are 0…size-1. */
  get size(): number {
    return this.#nodes.length;
  }

  node(id: number): TreeNode | undefined {
    return this.#nodes[id];
  }

  /** Where a part of the message begins; its path and name are empty. */
  root(place: LeafPlace): TreeNode {
    const root = (this.#roots[place] ??= this.#add(place, '', '', 'other', noKey));
    if (root.serial !== this.#serial) {
      root.serial = this.#serial;
      root.met = 0;
    }
    return root;
  }

  /** The node of a key, `bytes[start, end)` in UTF-8 with escapes undone. */
  child(parent: TreeNode, bytes: Uint8Array, start: number, end: number): TreeNode {
    let hash = 0x811c9dc5 | 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    for (let at = parent.children?.get(hash) ?? null; at !== null; at = at.sameHash) {
      if (sameBytes(at.key, bytes, start, end)) return this.#admit(parent, at);
    }
    return this.#newChild(parent, hash, bytes, start, end);
  }

  /** The message at hand has met it. */
  isMet(node: TreeNode): boolean {
    return node.serial === this.#serial;
  }

  /** The node of a key met before, a child of `parent`. */
  again(parent: TreeNode, node: TreeNode): TreeNode {
    return this.#admit(parent, node);
  }

  /** A key's node, as this message may have it. */
  #admit(parent: TreeNode, node: TreeNode): TreeNode {
    if (node.serial === this.#serial) return node;
    if (parent.met >= this.limits.children) return this.dynamic(parent);
    const entered = this.#enter(node);
    // One that found no room is not of this message, and must not count each time it comes.
    if (entered === node) parent.met++;
    return entered;
  }

  /** A node that this message has not met yet; the shared one where it has met too many. */
  #enter(node: TreeNode): TreeNode {
    if (node.serial === this.#serial || node.full) return node;
    if (this.#met >= this.limits.nodes) return this.#fullOf(node.place);
    this.#met++;
    node.serial = this.#serial;
    node.met = 0;
    return node;
  }

  /** The node of a key that is at hand as text. */
  childNamed(parent: TreeNode, key: string): TreeNode {
    let hash = 0x811c9dc5 | 0;
    for (let i = 0; i < key.length; i++) {
      const c = key.charCodeAt(i);
      if (c > 0x7f) return this.#childOfText(parent, key);
      hash = Math.imul(hash ^ c, 0x01000193);
    }
    for (let at = parent.children?.get(hash) ?? null; at !== null; at = at.sameHash) {
      if (sameText(at.key, key)) return this.#admit(parent, at);
    }
    return this.#childOfText(parent, key);
  }

  #childOfText(parent: TreeNode, key: string): TreeNode {
    const bytes = encoder.encode(key);
    return this.child(parent, bytes, 0, bytes.length);
  }

  /** The node all items of the array at `parent` share: `path[]`. */
  items(parent: TreeNode): TreeNode {
    return this.#enter(parent.item ?? (parent.item = this.#derived(parent, `${parent.path}[]`, parent.name, 'other')));
  }

  /** The node all dynamic keys of `parent` share: `path.*`, without a name. */
  dynamic(parent: TreeNode): TreeNode {
    return this.#enter(parent.rest ?? (parent.rest = this.#derived(parent, joined(parent, '*'), '', 'dynamic')));
  }

  /** The node where dynamic keys themselves are values: `path.{key}`, without a name. */
  keysOf(parent: TreeNode): TreeNode {
    return this.#enter(parent.keys ?? (parent.keys = this.#derived(parent, joined(parent, '{key}'), '', 'other')));
  }

  #newChild(parent: TreeNode, hash: number, bytes: Uint8Array, start: number, end: number): TreeNode {
    if (parent.full) return parent;
    const { limits } = this;
    if (parent.met >= limits.children || end - start > limits.keyBytes || isValueLike(bytes, start, end)) {
      return this.dynamic(parent);
    }
    if (this.#met >= limits.nodes) return this.#fullOf(parent.place);
    // A copy: slice() of a Buffer would be a view of what the next message is written over.
    const key = new Uint8Array(bytes.subarray(start, end));
    const name = decoder.decode(key);
    const made = this.#derived(parent, joined(parent, name), name, 'key', key);
    if (made.full) return made;
    parent.children ??= new Map();
    made.sameHash = parent.children.get(hash) ?? null;
    parent.children.set(hash, made);
    return this.#admit(parent, made);
  }

  #derived(
    parent: TreeNode,
    path: string,
    name: string,
    kind: 'key' | 'dynamic' | 'other',
    key: Uint8Array = noKey,
  ): TreeNode {
    if (parent.full) return parent;
    if (path.length > this.limits.pathLength) return this.#fullOf(parent.place);
    return this.#add(parent.place, path, name, kind, key);
  }

  #fullOf(place: LeafPlace): TreeNode {
    return (this.#full[place] ??= this.#add(place, '**', '', 'full', noKey));
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

/** Does the node's key stand at `from`, with the closing quote behind it? */
export function isHere(node: TreeNode, bytes: Uint8Array, from: number, end: number): boolean {
  const { size } = node;
  const to = from + size;
  if (to >= end || bytes[to] !== 0x22) return false;
  let k = 0;
  if (size >= 4) {
    if (fourAt(bytes, from) !== node.head || fourAt(bytes, to - 4) !== node.tail) return false;
    if (size <= 8) return true;
    k = 4;
  }
  const { key } = node;
  const rest = size >= 4 ? size - 4 : size;
  while (k < rest && key[k] === bytes[from + k]) k++;
  return k === rest;
}

function fourAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
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

/** `text` is ASCII. */
function sameText(key: Uint8Array, text: string): boolean {
  const size = key.length;
  if (size !== text.length) return false;
  for (let i = 0; i < size; i++) if (key[i] !== text.charCodeAt(i)) return false;
  return true;
}

function sameBytes(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const size = key.length;
  if (size !== end - start) return false;
  for (let i = 0; i < size; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}
