/**
 * The places of messages, by API: what is looked at once a place (its name's role, whether it names an object) stays
 * beside the place. A message has its tree to itself from its begin to its end; then it serves the next one.
 *
 * Bound: `mostKeys` APIs, each with at most `mostSpare` trees that nobody uses; the API unheard of for longest goes
 * first. A tree that has met too many places is not kept.
 */
import { treeLimits } from '../leaves/limits.ts';
import type { LeafTree } from '../leaves/tree.ts';

const mostKeys = 2000;
const mostSpare = 16;
const mostNodes = 2 * treeLimits.nodes;

export class TreePool<T extends { readonly tree: LeafTree }> {
  readonly #spare = new Map<string, T[]>();

  constructor(private readonly make: () => T) {}

  take(key: string): T {
    const taken = this.#spare.get(key)?.pop() ?? this.make();
    taken.tree.begin();
    return taken;
  }

  giveBack(key: string, taken: T): void {
    if (taken.tree.size > mostNodes) return;
    let spare = this.#spare.get(key);
    if (spare === undefined) {
      spare = [];
      if (this.#spare.size >= mostKeys) this.#spare.delete(this.#spare.keys().next().value!);
      this.#spare.set(key, spare);
    } else if (this.#spare.size > mostKeys / 2) {
      // Order matters only when something may have to go soon.
      this.#spare.delete(key);
      this.#spare.set(key, spare);
    }
    if (spare.length < mostSpare) spare.push(taken);
  }
}
