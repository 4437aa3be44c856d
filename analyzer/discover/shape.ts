/**
 * The shape of a body: which fields it has and of which types, whatever their values, their order and how many rows
 * there are. Two replies of one shape come from one endpoint; endpoints are told apart, and schemas learnt, by it.
 *
 * A shape is the set of its entries, `data.rows[].name:string`; `[]` stands for the items of an array, `*` for dynamic
 * keys. Its id adds up hashes of them, so it needs no sorting; the entries are laid out when an id is met first. Types
 * are `null`, `boolean`, `number`, `string`, and of what holds other values `array` and `object`.
 *
 * Bound: places of a message, as its tree has them (leaves/limits.ts). An object with many members that are themselves
 * objects of one kind is a map: its keys are `*`. Of a larger shape than `mostEntries` the id tells all, the entries
 * only the first by their order.
 */
import type { LeafKind, LeafNode } from '../leaf.ts';
import { type ShapePlace, shapeEntries } from './shape-entries.ts';

/** What a body looks like; of none, or one without fields, the id is 0. */
export interface Shape {
  /** 1 … 2^53 - 1; the same everywhere, for it is under no key. */
  readonly id: number;
  /** Sorted, a line each. */
  readonly entries: string;
}

const noShape: Shape = Object.freeze({ id: 0, entries: '' });

/** Entries that are told, and the characters they may have together. */
const mostEntries = 256;
const mostCharacters = 8192;
/** Characters of all the entries that are remembered, a thread. */
const mostRemembered = 1 << 22;

/** Types by number, as `shapeTypes` has them. */
const array = 4;
const object = 5;
/** A stamp has a bit for each type; above them is the number of the message. */
const typeBits = 6;
const mostMessages = 2 ** 25;
/** Numbers of a row, which lies in one line of cache with its neighbours: stamp, two hashes of the path, whose row counts. */
const rowSize = 4;
const typeHashes = [0x1b873593, 0x4a7c15f1, 0x6c62272e, 0x27d4eb2f, 0x165667b1, 0x517cc1b7];

/** Shapes that were laid out, by the sum of what was met. When full it begins anew: it is a memory of work done. */
export class ShapeBook {
  readonly #known = new Map<number, Shape>();
  #characters = 0;

  get(sum: number): Shape | undefined {
    return this.#known.get(sum);
  }

  keep(sum: number, shape: Shape): Shape {
    this.#characters += shape.entries.length + 64;
    if (this.#characters > mostRemembered) {
      this.#known.clear();
      this.#characters = shape.entries.length + 64;
    }
    this.#known.set(sum, shape);
    return shape;
  }
}

/** Shapes of the messages that one tree of places serves, one after the other. */
export class ShapeTally {
  #message = 0;
  #high = 0;
  #low = 0;
  /** By number of the node. Places that show as one count in the row of the first of them: its beginning, plus one. */
  #rows = new Int32Array(64 * rowSize);
  readonly #paths: (string | undefined)[] = [];
  readonly #byPath = new Map<string, number>();
  #lastSum = -1;
  #last: Shape = noShape;

  /** `shown`: the path of a place as it may be shown, without its part of the message. */
  constructor(
    private readonly shown: (node: LeafNode) => string,
    private readonly book: ShapeBook,
  ) {}

  /** The next message begins. */
  begin(): void {
    this.#high = 0;
    this.#low = 0;
    if (++this.#message < mostMessages) return;
    this.#message = 1;
    for (let at = 0; at < this.#rows.length; at += rowSize) this.#rows[at] = 0;
  }

  /** `first`: octet that a literal begins with. */
  leaf(node: LeafNode, kind: LeafKind, first: number): void {
    this.#meet(node, kind === 'text' ? 0 : kind === 'number' ? 1 : first === 0x6e ? 2 : 3);
  }

  /** An array or object without anything in it. */
  empty(node: LeafNode, isArray: boolean): void {
    this.#meet(node, isArray ? array : object);
  }

  #meet(node: LeafNode, type: number): void {
    const at = node.id * rowSize;
    if (at >= this.#rows.length || this.#rows[at + 3] === 0) this.#lay(node, at);
    const rows = this.#rows;
    const stamp = rows[at]!;
    const bit = 1 << type;
    if (stamp >>> typeBits !== this.#message) rows[at] = (this.#message << typeBits) | bit;
    else if ((stamp & bit) === 0) rows[at] = stamp | bit;
    else return;
    const counts = rows[at + 3]! - 1;
    if (counts !== at && !this.#stampAlso(counts, bit)) return;
    const hash = typeHashes[type]!;
    this.#high = (this.#high + Math.imul(rows[at + 1]! ^ hash, 0x2c1b3c6d)) | 0;
    this.#low = (this.#low + Math.imul(rows[at + 2]! ^ hash, 0x297a2d39)) | 0;
  }

  /** False when another place that shows as this one was met already. */
  #stampAlso(at: number, bit: number): boolean {
    const rows = this.#rows;
    const stamp = rows[at]!;
    if (stamp >>> typeBits !== this.#message) rows[at] = (this.#message << typeBits) | bit;
    else if ((stamp & bit) === 0) rows[at] = stamp | bit;
    else return false;
    return true;
  }

  #lay(node: LeafNode, at: number): void {
    if (at >= this.#rows.length) {
      const grown = new Int32Array(Math.max(at + rowSize, this.#rows.length * 2));
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const path = this.shown(node);
    const [high, low] = hashText(path);
    this.#rows[at + 1] = high;
    this.#rows[at + 2] = low;
    const first = this.#byPath.get(path);
    if (first === undefined) this.#byPath.set(path, at);
    this.#rows[at + 3] = (first ?? at) + 1;
    // Numbers are dense: no holes stay.
    while (this.#paths.length <= node.id) this.#paths.push(undefined);
    this.#paths[node.id] = path;
  }

  /** Of the message so far. */
  shape(): Shape {
    if (this.#high === 0 && this.#low === 0) return noShape;
    const sum = numberOf(this.#high, this.#low);
    if (sum !== this.#lastSum) {
      this.#last = this.book.get(sum) ?? this.book.keep(sum, layOut(this.#met()));
      this.#lastSum = sum;
    }
    return this.#last;
  }

  #met(): ShapePlace[] {
    const met: ShapePlace[] = [];
    const rows = this.#rows;
    for (let id = 0; id < this.#paths.length; id++) {
      const stamp = rows[id * rowSize]!;
      if (stamp >>> typeBits !== this.#message) continue;
      met.push({ path: this.#paths[id]!, types: stamp & ((1 << typeBits) - 1) });
    }
    return met;
  }
}

function layOut(places: readonly ShapePlace[]): Shape {
  const entries = shapeEntries(places);
  if (entries.length === 0) return noShape;
  let high = 0;
  let low = 0;
  for (const entry of entries) {
    const [ofHigh, ofLow] = hashText(entry);
    high = (high + ofHigh) | 0;
    low = (low + ofLow) | 0;
  }
  let characters = 0;
  let told = 0;
  while (told < entries.length && told < mostEntries) {
    characters += entries[told]!.length + 1;
    if (characters > mostCharacters) break;
    told++;
  }
  return { id: numberOf(high, low) || 1, entries: entries.slice(0, told).join('\n') };
}

/** 53 bits. */
function numberOf(high: number, low: number): number {
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

/** Two FNV-1a hashes of a text from different beginnings, each mixed once more. */
function hashText(text: string): [high: number, low: number] {
  let high = 0x811c9dc5 | 0;
  let low = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    high = Math.imul(high ^ c, 0x01000193);
    low = Math.imul(low ^ c, 0x5bd1e995);
    low ^= low >>> 15;
  }
  return [mixed(high), mixed(low)];
}

function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
