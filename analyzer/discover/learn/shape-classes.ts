/**
 * Shapes of responses, gathered into classes: the same reply with and without its optional fields is one class.
 *
 * The envelope is taken off first: keys that most replies of the application have say nothing of the operation. A shape
 * with too few keys left is of no class.
 *
 * Bounds: `mostClasses`, each of at most `mostKeys` keys; a shape that fits none of a full list is of no class.
 */
const mostClasses = 2048;
const mostKeys = 96;
/** Fewer keys, and any two operations may share them. */
const leastKeys = 3;

/** No class: the shape says nothing of the operation. */
export const noClass = -1;

export class ShapeClasses {
  /** Keys of each class: those of the first shape in it. */
  readonly #classes: ReadonlySet<string>[] = [];
  /** Classes by key. */
  readonly #byKey = new Map<string, number[]>();

  /** Class of a shape, given as its entries `path:type`, made when there is none like it. */
  of(entries: readonly string[]): number {
    const keys = new Set(entries.slice(0, mostKeys));
    if (keys.size < leastKeys) return noClass;
    const shared = new Map<number, number>();
    for (const key of keys) for (const one of this.#byKey.get(key) ?? []) shared.set(one, (shared.get(one) ?? 0) + 1);
    let best = noClass;
    let bestLikeness = 0;
    for (const [one, common] of shared) {
      const size = this.#classes[one]!.size;
      const likeness = common / (keys.size + size - common);
      const contained = common / Math.min(keys.size, size);
      const fits = likeness >= 0.6 || (contained >= 0.9 && likeness >= 0.4);
      if (fits && likeness > bestLikeness) {
        best = one;
        bestLikeness = likeness;
      }
    }
    if (best !== noClass || this.#classes.length >= mostClasses) return best;
    const made = this.#classes.push(keys) - 1;
    for (const key of keys) {
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, [made]);
      else known.push(made);
    }
    return made;
  }
}
