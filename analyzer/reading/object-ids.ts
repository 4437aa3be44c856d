/** Hashes of the ids a response gives out, each once, in the order they came. */

/** Of long lists too: asking for an id that was left out would read as a guess. */
const mostObjectIds = 1024;
const none: readonly never[] = Object.freeze([]);

/** Slots of a table to find repeats in: numbers of ids, plus one. Shared by a thread: empty between calls. */
const slots = new Int32Array(2 * mostObjectIds);
const fewestSlots = 64;

export class ObjectIds {
  /** As they came, repeats as well, up to the bound: most lists end before it. */
  #came: number[] | null = null;
  /** Each once, where more came. */
  #once: Set<number> | null = null;

  /** False when there was no room for it. */
  add(id: number): boolean {
    if (this.#once !== null) return this.#addOnce(this.#once, id);
    const came = (this.#came ??= []);
    came.push(id);
    if (came.length === mostObjectIds) {
      this.#once = new Set(came);
      this.#came = null;
    }
    return true;
  }

  #addOnce(once: Set<number>, id: number): boolean {
    if (once.size >= mostObjectIds) return once.has(id);
    once.add(id);
    return true;
  }

  list(): readonly number[] {
    if (this.#once !== null) return [...this.#once];
    return this.#came === null ? none : different(this.#came);
  }
}

/** Without repeats; `ids` are fewer than half of the slots. */
function different(ids: readonly number[]): number[] {
  let size = fewestSlots;
  while (size < 2 * ids.length) size *= 2;
  const list: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    // The lower bits of a hash.
    let slot = (id | 0) & (size - 1);
    while (slots[slot] !== 0 && list[slots[slot]! - 1] !== id) slot = (slot + 1) & (size - 1);
    if (slots[slot] === 0) slots[slot] = list.push(id);
  }
  slots.fill(0, 0, size);
  return list;
}
