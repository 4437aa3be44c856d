/** Too much of something within a second of packet time. */

const WINDOW_US = 1_000_000;

export class Rate {
  #begin = 0;
  #count = 0;

  constructor(private readonly most: number) {}

  /** One more at `ts`, µs. True from the `most`th within a second on. */
  hit(ts: number): boolean {
    if (ts - this.#begin >= WINDOW_US || ts < this.#begin) {
      this.#begin = ts;
      this.#count = 0;
    }
    return ++this.#count >= this.most;
  }
}
