const scratch = Buffer.alloc(8192);

/** Seeded pseudo-random numbers: the same seed gives the same traffic on every machine. Not for secrets. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** `seed` is an integer; its low 32 bits count. */
  constructor(seed: number) {
    this.a = 0;
    this.b = seed | 0;
    this.c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.next();
  }

  /** Uniform in 0…2^32-1. The step is that of sfc32 (small fast counter, public domain). */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform integer in 0…n-1, n up to 2^32. */
  below(n: number): number {
    return Math.floor((this.next() / 0x100000000) * n);
  }

  /** Uniform integer in low…high. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p * 0x100000000;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** `length` (up to 8192) random characters of `alphabet`, which is ASCII. */
  text(length: number, alphabet: string): string {
    // By way of octets, because a string built letter by letter is slow to flatten.
    for (let i = 0; i < length; i++) scratch[i] = alphabet.charCodeAt(this.below(alphabet.length));
    return scratch.toString('latin1', 0, length);
  }

  /** `words` times 8 lower-case hexadecimal digits. */
  hex(words: number): string {
    let text = '';
    for (let i = 0; i < words; i++) text += this.next().toString(16).padStart(8, '0');
    return text;
  }

  /** A decimal number of exactly `length` digits as text. */
  digits(length: number): string {
    return String(this.between(1, 9)) + this.text(length - 1, '0123456789');
  }

  /** A version 4 UUID (RFC 9562 §5.4). */
  uuid(): string {
    const hex = this.hex(4);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
