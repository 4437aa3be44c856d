/**
 * Octets kept in a ring: the newest take the place of the oldest, nothing is allocated or freed for each. Who keeps a
 * position must let go of it when the horizon has passed it.
 */

/** Octets left unused behind each stretch: what keeping it takes elsewhere is bounded with it. */
const SPACING = 256;

export class OctetRing {
  #octets: Buffer | null = null;
  /** Octets stored since the beginning, unused ones included: positions only grow. */
  #head = 0;

  constructor(private readonly size: number) {}

  get head(): number {
    return this.#head;
  }

  /** What was stored before this position is gone. */
  get horizon(): number {
    return this.#head - this.size;
  }

  /** The horizon once `length` more octets are stored; they must be fewer than the ring has. */
  horizonAfter(length: number): number {
    return this.#place(length) + length + SPACING - this.size;
  }

  /** A stretch never goes over the ring's end. */
  #place(length: number): number {
    const at = this.#head % this.size;
    return at + length > this.size ? this.#head - at + this.size : this.#head;
  }

  /** Keeps `data[start, end)`; returns its position. */
  store(data: Buffer, start: number, end: number): number {
    // Many captures have no fragment at all.
    this.#octets ??= Buffer.allocUnsafeSlow(this.size);
    const position = this.#place(end - start);
    data.copy(this.#octets, position % this.size, start, end);
    this.#head = position + end - start + SPACING;
    return position;
  }

  /** Whether the octets from `position` on are those of `data[start, end)`. */
  equals(position: number, data: Buffer, start: number, end: number): boolean {
    const at = position % this.size;
    return this.#octets?.compare(data, start, end, at, at + end - start) === 0;
  }

  copy(position: number, length: number, target: Buffer, targetStart: number): void {
    const at = position % this.size;
    this.#octets?.copy(target, targetStart, at, at + length);
  }
}
