/**
 * The places of messages, by API: what is looked at once a place (its name's role, whether it names an object) stays
 * beside the place. A message has its tree to itself from its begin to its end; then it serves the next one.
 *
 * Bound: `mostNodes` places in all trees that nobody uses, of about 300 octets; the trees of the API that was heard of
 * first go first. A tree that has met too many places by itself is not kept.
 */
import { treeLimits } from '../leaves/limits.ts';
import type { LeafTree } from '../leaves/tree.ts';

const mostSpare = 16;
const mostNodes = 200_000;
const mostOfTree = 2 * treeLimits.nodes;

export class TreePool<T extends { readonly tree: LeafTree }> {
  readonly #spare = new Map<string, T[]>();
  #nodes = 0;

  constructor(private readonly make: () => T) {}

  take(key: string): T {
    const kept = this.#spare.get(key)?.pop();
    if (kept !== undefined) this.#nodes -= weightOf(kept);
    const taken = kept ?? this.make();
    taken.tree.begin();
    return taken;
  }

  giveBack(key: string, taken: T): void {
    if (taken.tree.size > mostOfTree) return;
    let spare = this.#spare.get(key);
    if (spare === undefined) {
      spare = [];
      this.#spare.set(key, spare);
    }
    if (spare.length >= mostSpare) return;
    spare.push(taken);
    this.#nodes += weightOf(taken);
    if (this.#nodes > mostNodes) this.#forget();
  }

  #forget(): void {
    for (const [oldest, trees] of this.#spare) {
      if (this.#nodes <= mostNodes) return;
      for (const each of trees) this.#nodes -= weightOf(each);
      this.#spare.delete(oldest);
    }
  }
}

/** An empty one takes room as well, and so does the API's name. */
function weightOf({ tree }: { readonly tree: LeafTree }): number {
  return tree.size + 8;
}
