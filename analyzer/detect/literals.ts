/**
 * Finds which of many literals a text holds, in one pass over it (Aho and Corasick, 1975). The automaton is a table of
 * state × character class; characters that no literal has share class 0.
 */

/** Literals are cut to this, or shorter where the table would grow beyond its bound: they are a precondition alone. */
const longest = 128;
/** Entries of the table, 4 octets each. */
const largest = 4_000_000;

export class LiteralIndex {
  readonly #classes = new Uint16Array(0x10000);
  /** By state × class: where the row of the next state begins, times two; odd where literals end. */
  readonly #next: Int32Array;
  /** By row of a state: numbers of the literals that end there, those that are suffixes of others included. */
  readonly #ends = new Map<number, readonly number[]>();

  /** Literal number i is `literals[i]`; none is empty. */
  constructor(literals: readonly string[]) {
    const characters = new Set(literals.join('')).size + 1;
    let length = longest;
    let cut = literals;
    do {
      cut = literals.map((literal) => literal.slice(0, length));
      length--;
    } while (length > 0 && cut.reduce((sum, literal) => sum + literal.length, 1) * characters > largest);
    let classes = 1;
    for (const literal of cut) {
      for (let i = 0; i < literal.length; i++) {
        if (this.#classes[literal.charCodeAt(i)] === 0) this.#classes[literal.charCodeAt(i)] = classes++;
      }
    }
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
    this.#next = next
      .slice(0, ends.length * width)
      .map((state) => state * width * 2 + (ends[state].length > 0 ? 1 : 0));
    ends.forEach((list, state) => {
      if (list.length > 0) this.#ends.set(state * width, list);
    });
  }

  /** Adds the numbers of the literals that the text holds to `into`; one may come more than once. */
  scan(text: string, into: number[]): void {
    const next = this.#next;
    const classes = this.#classes;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      const step = next[row + classes[text.charCodeAt(i)]];
      row = step >> 1;
      if ((step & 1) === 1) for (const literal of this.#ends.get(row)!) into.push(literal);
    }
  }
}
