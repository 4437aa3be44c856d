/**
 * Finds which of many literals a text holds, in one pass over it (Aho and Corasick, 1975). The automaton is a table of
 * state × character class; characters that no literal has share class 0.
 */

/** Literals are cut to this: they are a precondition, the rule itself looks again. */
const longest = 24;

export class LiteralIndex {
  readonly #classes = new Uint16Array(0x10000);
  readonly #width: number;
  readonly #next: Int32Array;
  /** By state: numbers of the literals that end there, those that are suffixes of others included. */
  readonly #ends: (readonly number[] | undefined)[];

  /** Literal number i is `literals[i]`; none is empty. */
  constructor(literals: readonly string[]) {
    const cut = literals.map((literal) => literal.slice(0, longest));
    let classes = 1;
    for (const literal of cut) {
      for (let i = 0; i < literal.length; i++) {
        if (this.#classes[literal.charCodeAt(i)] === 0) this.#classes[literal.charCodeAt(i)] = classes++;
      }
    }
    this.#width = classes;
    const width = classes;
    const most = 1 + cut.reduce((sum, literal) => sum + literal.length, 0);
    const next = new Int32Array(most * width).fill(-1);
    const ends: number[][] = [[]];
    cut.forEach((literal, number) => {
      let state = 0;
      for (let i = 0; i < literal.length; i++) {
        const at = state * width + this.#classes[literal.charCodeAt(i)];
        if (next[at] < 0) next[at] = ends.push([]) - 1;
        state = next[at];
      }
      ends[state].push(number);
    });
    // Breadth first: a missing edge leads where the longest proper suffix leads.
    const fallback = new Int32Array(ends.length);
    const queue: number[] = [];
    for (let c = 0; c < width; c++) {
      const child = next[c];
      if (child > 0) queue.push(child);
      else next[c] = 0;
    }
    for (let i = 0; i < queue.length; i++) {
      const state = queue[i];
      ends[state].push(...ends[fallback[state]]);
      for (let c = 0; c < width; c++) {
        const child = next[state * width + c];
        const other = next[fallback[state] * width + c];
        if (child < 0) next[state * width + c] = other;
        else {
          fallback[child] = other;
          queue.push(child);
        }
      }
    }
    this.#next = next.slice(0, ends.length * width);
    this.#ends = ends.map((list) => (list.length === 0 ? undefined : list));
  }

  /** Calls `found` for every literal at every place where it ends; a literal may come more than once. */
  scan(text: string, found: (literals: readonly number[]) => void): void {
    const next = this.#next;
    const classes = this.#classes;
    const width = this.#width;
    const ends = this.#ends;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      state = next[state * width + classes[text.charCodeAt(i)]];
      const list = ends[state];
      if (list !== undefined) found(list);
    }
  }
}
