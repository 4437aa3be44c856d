/** Packet times are kept in [EARLIEST, LATEST], integer µs: 2000-01-01 to the last µs of 2099, UTC. */
export const EARLIEST = Date.UTC(2000, 0, 1) * 1000;
export const LATEST = Date.UTC(2100, 0, 1) * 1000 - 1;

export function isPacketTime(ts: number): boolean {
  return ts >= EARLIEST && ts <= LATEST;
}

export function clampPacketTime(ts: number): number {
  return Math.max(EARLIEST, Math.min(ts, LATEST));
}

const WORD = 4_294_967_296;

/**
 * Turns a pcapng interface's 64-bit times (two 32-bit halves) into µs, cut, not rounded. A 64-bit count of nanoseconds
 * does not fit a double, so the halves are divided one after the other; every intermediate value stays below 2^53
 * wherever the result is a packet time. No BigInt: this runs for every packet.
 */
export class TimeScale {
  /** µs a unit, for units of 1 µs and longer. */
  private readonly multiplier: number;
  /** Units a µs, for decimal units shorter than 1 µs: a first divisor of at most 10^6, then the rest. */
  private readonly divisor: number;
  private readonly divisorRest: number;
  /** For binary units: 2^n units a second; else 0. */
  private readonly binary: number;
  private readonly offset: number;

  /** `exponent`: the unit is 10^-exponent s, or 2^-exponent s when `isBinary`; `offsetSeconds` is added (if_tsoffset). */
  constructor(
    private readonly exponent: number,
    isBinary: boolean,
    offsetSeconds: number,
  ) {
    const finer = Math.max(0, exponent - 6);
    this.multiplier = 10 ** Math.max(0, 6 - exponent);
    this.divisor = 10 ** Math.min(6, finer);
    this.divisorRest = 10 ** Math.max(0, finer - 6);
    this.binary = isBinary ? 2 ** exponent : 0;
    this.offset = offsetSeconds * 1_000_000;
  }

  microseconds(high: number, low: number): number {
    if (this.binary !== 0) return this.offset + (this.exponent <= 32 ? this.coarse(high, low) : this.fine(high, low));
    if (this.divisor === 1) return this.offset + (high * WORD + low) * this.multiplier;
    const quotient = Math.floor(high / this.divisor);
    const rest = high - quotient * this.divisor;
    const once = quotient * WORD + Math.floor((rest * WORD + low) / this.divisor);
    return this.offset + (this.divisorRest === 1 ? once : Math.floor(once / this.divisorRest));
  }

  /** Units of 2^-32 s and longer: the fraction lies within the low half. */
  private coarse(high: number, low: number): number {
    const seconds = high * (WORD / this.binary) + Math.floor(low / this.binary);
    return seconds * 1_000_000 + Math.floor(((low % this.binary) * 1_000_000) / this.binary);
  }

  /** Units shorter than 2^-32 s: the seconds lie within the high half. */
  private fine(high: number, low: number): number {
    const unitsHigh = this.binary / WORD;
    const seconds = Math.floor(high / unitsHigh);
    const millionthsHigh = (high % unitsHigh) * 1_000_000 + Math.floor((low * 1_000_000) / WORD);
    return seconds * 1_000_000 + Math.floor(millionthsHigh / unitsHigh);
  }
}
