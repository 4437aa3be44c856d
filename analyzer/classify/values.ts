/**
 * The different values of a message by identity hash, and what is known of each. Few values are compared one by one;
 * a table of slots is laid once there are more. Bounded by who adds.
 */

/** Values up to which comparing beats looking up. */
const mostCompared = 24;
const empty = -1;

/** The upper 32 bits of a hash and the following 21, as signed and unsigned small numbers: 53 bits in all. */
export class Values {
  /** Label that the value was counted for first; -1 for none. */
  readonly labels: number[] = [];
  /** Node among the message's persons; -1 for none. */
  readonly nodes: number[] = [];
  /** Place that it was given out at first; empty for none. */
  readonly given: string[] = [];
  readonly highs: number[] = [];
  readonly lows: number[] = [];
  #slots: number[] | undefined;

  /** -1 when the value is new. */
  find(high: number, low: number): number {
    const { highs, lows } = this;
    const slots = this.#slots;
    if (slots === undefined) {
      for (let i = 0; i < highs.length; i++) if (highs[i] === high && lows[i] === low) return i;
      return empty;
    }
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot]!;
      if (at === empty || (highs[at] === high && lows[at] === low)) return at;
    }
  }

  /** Adds a value that is new; its number. */
  add(high: number, low: number, label: number): number {
    const at = this.highs.length;
    this.highs.push(high);
    this.lows.push(low);
    this.labels.push(label);
    this.nodes.push(-1);
    this.given.push('');
    const slots = this.#slots;
    if (slots === undefined) {
      if (at >= mostCompared) this.#lay(128);
    } else if (at * 2 >= slots.length) this.#lay(slots.length * 4);
    else this.#place(slots, at);
    return at;
  }

  #lay(size: number): void {
    const slots = new Array<number>(size).fill(empty);
    this.#slots = slots;
    for (let at = 0; at < this.lows.length; at++) this.#place(slots, at);
  }

  #place(slots: number[], at: number): void {
    const mask = slots.length - 1;
    let slot = this.lows[at]! & mask;
    while (slots[slot] !== empty) slot = (slot + 1) & mask;
    slots[slot] = at;
  }
}
