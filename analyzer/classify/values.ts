/**
 * The different values of a message by identity hash, and what is known of each. Few values are compared one by one;
 * a table of slots is laid once there are more. Bounded by who adds. Serves message after message: what a large one
 * needed is let go.
 */

/** Values up to which comparing beats looking up. */
const mostCompared = 24;
/** Values there is room for at first, and slots of the first table. */
const usual = 64;
const usualSlots = 128;
/** Values whose room is kept for the next message. */
const mostKept = 1024;
const empty = -1;

/** The upper 32 bits of a hash and the following 21, as signed and unsigned small numbers: 53 bits in all. */
export class Values {
  count = 0;
  highs = new Int32Array(usual);
  lows = new Int32Array(usual);
  /** Label that the value was counted for first; -1 for none. */
  labels = new Int16Array(usual);
  /** Node among the message's persons; -1 for none. */
  nodes = new Int16Array(usual);
  /** Place that it was given out at first; empty for none. */
  readonly given: string[] = [];
  /** Numbers of values, one higher; 0 is empty. */
  #slots = new Int32Array(usualSlots);
  #isLaid = false;

  /** The next message begins. */
  begin(): void {
    this.count = 0;
    if (!this.#isLaid) return;
    this.#isLaid = false;
    if (this.highs.length <= mostKept) this.#slots.fill(0);
    else {
      this.#resize(usual);
      this.given.length = 0;
      this.#slots = new Int32Array(usualSlots);
    }
  }

  /** -1 when the value is new. */
  find(high: number, low: number): number {
    const { highs, lows } = this;
    if (!this.#isLaid) {
      for (let i = 0; i < this.count; i++) if (lows[i] === low && highs[i] === high) return i;
      return empty;
    }
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot]! - 1;
      if (at === empty || (highs[at] === high && lows[at] === low)) return at;
    }
  }

  /** Adds a value that is new; its number. */
  add(high: number, low: number, label: number): number {
    const at = this.count++;
    if (at === this.highs.length) this.#resize(at * 2);
    this.highs[at] = high;
    this.lows[at] = low;
    this.labels[at] = label;
    this.nodes[at] = -1;
    this.given[at] = '';
    if (this.#isLaid) {
      if (at * 2 >= this.#slots.length) this.#lay(this.#slots.length * 4);
      else this.#place(at);
    } else if (at >= mostCompared) this.#lay(this.#slots.length);
    return at;
  }

  #resize(size: number): void {
    const kept = Math.min(size, this.count);
    this.highs = resized(this.highs, new Int32Array(size), kept);
    this.lows = resized(this.lows, new Int32Array(size), kept);
    this.labels = resized(this.labels, new Int16Array(size), kept);
    this.nodes = resized(this.nodes, new Int16Array(size), kept);
  }

  #lay(size: number): void {
    this.#isLaid = true;
    if (size !== this.#slots.length) this.#slots = new Int32Array(size);
    for (let at = 0; at < this.count; at++) this.#place(at);
  }

  #place(at: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.lows[at]! & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = at + 1;
  }
}

function resized<A extends Int32Array | Int16Array>(from: A, to: A, kept: number): A {
  to.set(from.subarray(0, kept));
  return to;
}
