/**
 * Fields of heads come again and again with the same value: what is in one is looked up once, and from then on only
 * counted. That holds for a field under its own name alone, since the name decides what a value may be; and for values
 * that stand as they are: ASCII without escapes, and without JSON inside.
 */
import type { LeafNode } from '../leaf.ts';
import { RepeatCache } from '../repeat-cache.ts';
import type { LeafOutput } from './output.ts';
import type { TreeNode } from './tree.ts';

/** Takes leaves of heads in two steps: `look` counts nothing, `count` does what else `leaf` does. */
export interface HeadReader<Found> {
  /** What is in a text, which is whole; `count` is asked of other messages as well. */
  look(node: LeafNode, bytes: Uint8Array, start: number, end: number): Found;
  count(node: LeafNode, found: Found): void;
}

interface HeadPair {
  readonly key: HeadKey;
  /** Where the value lies in the field. */
  readonly start: number;
  readonly end: number;
}

interface HeadLeaf<Found> extends HeadPair {
  readonly found: Found;
}

/** A name that is a key of its part's root. */
export interface HeadKey {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface HeadField<Found> {
  /** Lower-case name of the field. */
  readonly name: string;
  readonly leaves: readonly HeadLeaf<Found>[];
}

/** Fields kept, and characters of the longest: at most 4 MiB of text. */
const slots = 4096;
const longest = 1024;
/** Longer ones are of a session (cookies, tokens), and cost the most to look through. */
const patient = 48;
const SPACE = 0x20;

/** Names kept; more are worked out each time. */
const mostNames = 1_000;

export class HeadKeys {
  readonly #known = new Map<string, HeadKey>();

  of(name: string): HeadKey {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const bytes = Buffer.from(name, 'utf8');
    // A copy of its own: a name cut out of a head would keep the whole head in memory.
    const key = { name: bytes.toString('utf8'), bytes: new Uint8Array(bytes) };
    if (this.#known.size < mostNames) this.#known.set(key.name, key);
    return key;
  }
}

/** Whose values are remembered: one a shard. */
export class HeadValues<Found> {
  readonly #fields = new RepeatCache<HeadField<Found>>(slots, longest, patient);
  readonly #octets = Buffer.alloc(longest);
  /** Somebody looks at `#octets`. */
  #busy = false;
  readonly #keys = new HeadKeys();

  /** A field with one value. False when it is none of those that are remembered, or comes for the first time. */
  field(output: LeafOutput, reader: HeadReader<Found>, root: TreeNode, key: HeadKey, text: string): boolean {
    const known = this.#fields.get(text);
    if (known !== undefined && known.name === key.name) {
      count(output, reader, known.leaves[0]!, output.tree.child(root, key.bytes, 0, key.bytes.length), text);
      return true;
    }
    if (known !== undefined || !this.#fields.again || !this.#isPlain(output, text) || opensJson(text, 0, text.length)) {
      return false;
    }
    const node = output.tree.child(root, key.bytes, 0, key.bytes.length);
    const leaf = this.#look(reader, node, key, text, 0, text.length);
    if (leaf === null) leafOf(output, node, text, 0, text.length);
    else {
      this.#fields.keep(text, { name: key.name, leaves: [leaf] });
      count(output, reader, leaf, node, text);
    }
    return true;
  }

  /** The pairs of a Cookie field; false as in `field`. */
  cookies(output: LeafOutput, reader: HeadReader<Found>, text: string): boolean {
    const known = this.#fields.get(text);
    if (known !== undefined) {
      if (known.name !== 'cookie') return false;
      const root = output.tree.root('cookie');
      for (let i = 0; i < known.leaves.length; i++) {
        const leaf = known.leaves[i]!;
        count(output, reader, leaf, output.key(root, leaf.key.bytes, 0, leaf.key.bytes.length), text);
      }
      return true;
    }
    if (!this.#fields.again || !this.#isPlain(output, text)) return false;
    const pairs = this.#split(text);
    if (pairs === null) return false;
    const root = output.tree.root('cookie');
    const leaves: HeadLeaf<Found>[] = [];
    for (const { key, start, end } of pairs) {
      const node = output.key(root, key.bytes, 0, key.bytes.length);
      const leaf = this.#look(reader, node, key, text, start, end);
      if (leaf === null) leafOf(output, node, text, start, end);
      else {
        leaves.push(leaf);
        count(output, reader, leaf, node, text);
      }
    }
    if (leaves.length === pairs.length) this.#fields.keep(text, { name: 'cookie', leaves });
    return true;
  }

  /** Null at a place that is not the name's own. */
  #look(
    reader: HeadReader<Found>,
    node: TreeNode,
    key: HeadKey,
    text: string,
    start: number,
    end: number,
  ): HeadLeaf<Found> | null {
    if (!isOwn(node, key)) return null;
    this.#busy = true;
    try {
      this.#octets.write(text, 0, 'latin1');
      return { key, start, end, found: reader.look(node, this.#octets, start, end) };
    } finally {
      this.#busy = false;
    }
  }

  #isPlain(output: LeafOutput, text: string): boolean {
    if (this.#busy || text.length > output.limits.valueBytes) return false;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < SPACE || c > 0x7e || c === 0x25) return false;
    }
    return true;
  }

  /** Null for what is not plainly `name=value; name=value`. */
  #split(text: string): HeadPair[] | null {
    const pairs: HeadPair[] = [];
    for (let at = 0; at < text.length; ) {
      while (text.charCodeAt(at) === SPACE) at++;
      let end = text.indexOf(';', at);
      if (end < 0) end = text.length;
      if (end > at) {
        const equals = text.indexOf('=', at);
        if (equals <= at || equals > end || opensJson(text, equals + 1, end)) return null;
        const name = text.slice(at, equals);
        // Such names are places inside places.
        if (/[[\].]/.test(name)) return null;
        pairs.push({ key: this.#keys.of(name), start: equals + 1, end });
      }
      at = end + 1;
    }
    return pairs;
  }
}

/** Who reads heads may remember what is in a field. */
export interface HeadMemory<Found> {
  readonly values: HeadValues<Found>;
  readonly reader: HeadReader<Found>;
}

function count<Found>(
  output: LeafOutput,
  reader: HeadReader<Found>,
  leaf: HeadLeaf<Found>,
  node: TreeNode,
  text: string,
): void {
  const { key, start, end, found } = leaf;
  if (!isOwn(node, key)) leafOf(output, node, text, start, end);
  else if (output.admit()) reader.count(node, found);
}

function leafOf(output: LeafOutput, node: TreeNode, text: string, start: number, end: number): void {
  output.leaf(node, 'text', Buffer.from(text.slice(start, end), 'latin1'), 0, end - start);
}

/** Of a message with too many places, some share one. */
function isOwn(node: TreeNode, { name }: HeadKey): boolean {
  return node.keyed && node.name === name && node.path === name;
}

/** What may be JSON is read as such, and has places of its own. */
function opensJson(text: string, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const c = text.charCodeAt(start);
  return c === 0x7b || c === 0x5b || c <= SPACE;
}
