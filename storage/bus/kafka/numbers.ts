/**
 * Numbers as octets: whole ones from -1 up as a variable-length integer of number + 2 (seven bits an octet, the least
 * first), all others as a zero octet and a float64. Most numbers of a call fit one or two octets, hashes eight.
 */
import { Poison } from '../bus.ts';

/** From here on number + 2 is no exact number any more. */
const MOST = Number.MAX_SAFE_INTEGER - 2;
const LOW = 2 ** 28;

export class NumberWriter {
  #octets = Buffer.allocUnsafe(1 << 16);
  #size = 0;

  #need(more: number): void {
    if (this.#size + more <= this.#octets.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#octets.length * 2, this.#size + more));
    this.#octets.copy(grown, 0, 0, this.#size);
    this.#octets = grown;
  }

  number(value: number): void {
    this.#need(9);
    const octets = this.#octets;
    let at = this.#size;
    if (value >= -1 && value <= MOST && Math.floor(value) === value && !Object.is(value, -0)) {
      const code = value + 2;
      let rest = code;
      if (code >= LOW) {
        const low = code % LOW;
        octets[at++] = (low & 127) | 128;
        octets[at++] = ((low >>> 7) & 127) | 128;
        octets[at++] = ((low >>> 14) & 127) | 128;
        octets[at++] = (low >>> 21) | 128;
        rest = Math.floor(code / LOW);
      }
      while (rest >= 128) {
        octets[at++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      octets[at++] = rest;
    } else {
      octets[at++] = 0;
      octets.writeDoubleLE(value, at);
      at += 8;
    }
    this.#size = at;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.number(length);
    this.#need(length);
    this.#size += this.#octets.write(text, this.#size, 'utf8');
  }

  octets(octets: Uint8Array): void {
    this.#need(octets.length);
    this.#octets.set(octets, this.#size);
    this.#size += octets.length;
  }

  take(): Buffer {
    const taken = Buffer.from(this.#octets.subarray(0, this.#size));
    this.#size = 0;
    return taken;
  }
}

/** Reads whatever octets there are; past their end, and where there is no number, it throws Poison. */
export class NumberReader {
  #at = 0;

  constructor(private readonly octets: Buffer) {}

  get left(): number {
    return this.octets.length - this.#at;
  }

  number(): number {
    const { octets } = this;
    let at = this.#at;
    let octet = octets[at++];
    if (octet === undefined) throw new Poison('it ends in the middle of a number');
    if (octet === 0) {
      if (at + 8 > octets.length) throw new Poison('it ends in the middle of a number');
      this.#at = at + 8;
      return octets.readDoubleLE(at);
    }
    let value = octet & 127;
    for (let unit = 128; octet >= 128; unit *= 128) {
      octet = octets[at++];
      if (octet === undefined || unit > 2 ** 49) throw new Poison('it holds a number without an end');
      value += (octet & 127) * unit;
    }
    this.#at = at;
    return value - 2;
  }

  /** A number of things that each take an octet at least. */
  count(): number {
    const count = this.number();
    if (!Number.isInteger(count) || count < 0 || count > this.left) throw new Poison('it promises more than it holds');
    return count;
  }

  text(): string {
    const length = this.count();
    const text = this.octets.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }
}
