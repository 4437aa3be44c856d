/**
 * Sides of exchanges by API: what is looked at once a place (its name's role, what it may hold, whether it names an
 * object) stays with the side that met it. A message has a side to itself from its begin to its end; then the side
 * serves the next one.
 *
 * Bound: `mostNodes` places in all sides that nobody uses, of about 500 octets; the sides of the API that was heard of
 * first go first. A side that has met too many places by itself is not kept.
 */
import { treeLimits } from '../leaves/limits.ts';
import type { LeafTree } from '../leaves/tree.ts';

const mostSpare = 16;
const mostNodes = 200_000;
const mostOfTree = 2 * treeLimits.nodes;

export class SidePool<Side extends { readonly tree: LeafTree }> {
  readonly #spare = new Map<string, Side[]>();
  #nodes = 0;

  constructor(private readonly make: () => Side) {}

  take(api: string): Side {
    const kept = this.#spare.get(api)?.pop();
    if (kept === undefined) return this.make();
    this.#nodes -= weightOf(kept);
    return kept;
  }

  giveBack(api: string, side: Side): void {
    if (side.tree.size > mostOfTree) return;
    let spare = this.#spare.get(api);
    if (spare === undefined) {
      spare = [];
      this.#spare.set(api, spare);
    }
    if (spare.length >= mostSpare) return;
    spare.push(side);
    this.#nodes += weightOf(side);
    if (this.#nodes > mostNodes) this.#forget();
  }

  #forget(): void {
    for (const [oldest, sides] of this.#spare) {
      if (this.#nodes <= mostNodes) return;
      for (const each of sides) this.#nodes -= weightOf(each);
      this.#spare.delete(oldest);
    }
  }
}

/** An empty one takes room as well, and so does the API's name. */
function weightOf({ tree }: { readonly tree: LeafTree }): number {
  return tree.size + 8;
}
