/** Between a format's parser and who looks at leaves: counts, cuts, and sends strings that hold JSON to be read. */

import type { Weird } from '../../sensor/weird.ts';
import type { LeafKind, LeafSink } from '../leaf.ts';
import type { DescribedMessage } from './described-message.ts';
import type { FirstOctets } from './first-octets.ts';
import type { LeafCounts, LeafLimits } from './limits.ts';
import type { LeafTree, TreeNode } from './tree.ts';

/** Reads a value that is itself structured. True when its own leaves took the value's place. */
export interface ValueReader {
  read(node: TreeNode, bytes: Uint8Array, start: number, end: number, cut: boolean): boolean;
}

const none: readonly Weird[] = Object.freeze([]);

/** One a message at a time. */
export class LeafOutput {
  /** Set once, by who opens the message; null: strings are values and no more. */
  embedded: ValueReader | null = null;
  /** What is read is text for people: its words name no fields. */
  isProse = false;
  /** What is read is a program, of which only the settings are leaves. */
  isScript = false;
  /** What content begins with whose type says nothing; null for others. */
  octets: FirstOctets | null = null;
  /** What a text begins with that is said to be JSON and is none; null for others. */
  letters: FirstOctets | null = null;
  /** What describes the content's messages, where they are Protocol Buffers; null when nothing does. */
  message: DescribedMessage | null = null;
  /** Lines of the trailers that a body of gRPC-Web ends with, as sent; empty for none. */
  trailers = '';
  /** Why not all of the content could be read, by name; empty when all was. */
  notes: readonly Weird[] = none;
  #left: number;

  constructor(
    readonly tree: LeafTree,
    readonly sink: LeafSink,
    readonly limits: LeafLimits,
    readonly counts: LeafCounts,
  ) {
    this.#left = limits.leaves;
  }

  /** The next message begins: it has the whole of the limits. */
  begin(): void {
    this.tree.begin();
    this.#left = this.limits.leaves;
    this.isProse = false;
    this.isScript = false;
    this.octets = null;
    this.letters = null;
    this.message = null;
    this.trailers = '';
    this.notes = none;
  }

  /** Says by name why content is not read. */
  note(name: Weird): void {
    if (!this.notes.includes(name)) this.notes = [...this.notes, name];
  }

  leaf(node: TreeNode, kind: LeafKind, bytes: Uint8Array, start: number, end: number, cut = false): void {
    if (this.#left <= 0) {
      this.counts.leavesOverLimit++;
      return;
    }
    let stop = end;
    let shortened = cut;
    if (end - start > this.limits.valueBytes) {
      stop = start + this.limits.valueBytes;
      shortened = true;
    }
    // `{` or `[`, perhaps after a space: few strings begin so, all others take one comparison.
    const first = bytes[start];
    if (
      (first === 0x7b || first === 0x5b || first <= 0x20) &&
      stop - start > 1 &&
      kind === 'text' &&
      this.embedded?.read(node, bytes, start, stop, shortened)
    ) {
      return;
    }
    this.#left--;
    this.counts.leaves++;
    if (shortened) this.counts.cutValues++;
    this.sink.leaf(node, kind, bytes, start, stop, shortened);
  }

  /** Room for one leaf more, which is counted; who looks at it knows what is in it. */
  admit(): boolean {
    if (this.#left <= 0) {
      this.counts.leavesOverLimit++;
      return false;
    }
    this.#left--;
    this.counts.leaves++;
    return true;
  }

  /** The node of a key; a dynamic key is itself handed over as a value. `known` is the key's own, of other messages. */
  key(
    parent: TreeNode,
    bytes: Uint8Array,
    start: number,
    end: number,
    cut = false,
    known: TreeNode | null = null,
  ): TreeNode {
    const { tree } = this;
    let node: TreeNode;
    // Of a key that is longer than any value, only the beginning may be here.
    if (cut || end - start > this.limits.valueBytes) node = tree.dynamic(parent);
    else node = known === null ? tree.child(parent, bytes, start, end) : tree.again(parent, known);
    if (node.dynamic) this.leaf(this.tree.keysOf(parent), 'text', bytes, start, end, cut);
    return node;
  }

  empty(node: TreeNode, isArray: boolean): void {
    this.sink.empty?.(node, isArray);
  }

  rowBegin(node: TreeNode): void {
    this.sink.rowBegin(node);
  }

  rowEnd(node: TreeNode): void {
    this.sink.rowEnd(node);
  }
}
