/** A reader of DER (X.690 §8, §10) over octets that nobody vouches for: definite lengths, bounded, no recursion. */

class DerError extends Error {
  override readonly name = 'DerError';
}

/** One element: `bytes[start, end)` is its content, `from` where its tag lies. */
export interface Element {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
export const SET = 0x31;
export const OBJECT_IDENTIFIER = 0x06;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;

/** Longest object identifier that is read: none in use comes near it. */
const MAX_IDENTIFIER = 64;

/** Walks the elements that lie one after the other in `bytes[at, end)`. */
export class Der {
  constructor(
    readonly bytes: Uint8Array,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  get more(): boolean {
    return this.at < this.end;
  }

  /** The next element's tag; -1 at the end. */
  get tag(): number {
    return this.more ? this.bytes[this.at]! : -1;
  }

  /** The next element, which must have `tag` when one is given. Throws DerError. */
  next(tag = -1): Element {
    const { bytes, end } = this;
    const from = this.at;
    const found = bytes[from]!;
    if (end - from < 2) throw new DerError('an element is cut');
    if (tag >= 0 && found !== tag) throw new DerError(`an element has tag ${found}, not ${tag}`);
    if ((found & 0x1f) === 0x1f) throw new DerError('a tag is longer than one octet');
    let at = from + 1;
    let length = bytes[at++]!;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 3 || end - at < octets) throw new DerError('a length cannot be read');
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + bytes[at++]!;
    }
    if (length > end - at) throw new DerError('an element is longer than what holds it');
    this.at = at + length;
    return { tag: found, from, start: at, end: this.at };
  }

  /** The elements inside the next one. */
  enter(tag = SEQUENCE): Der {
    const { start, end } = this.next(tag);
    return new Der(this.bytes, start, end);
  }

  within(element: Element): Der {
    return new Der(this.bytes, element.start, element.end);
  }

  /** Content octets of an element. */
  content({ start, end }: Element): Uint8Array {
    return this.bytes.subarray(start, end);
  }

  /** Dotted form of the next element, an object identifier. */
  identifier(): string {
    const element = this.next(OBJECT_IDENTIFIER);
    return identifierText(this.content(element));
  }
}

export function identifierText(octets: Uint8Array): string {
  if (octets.length === 0 || octets.length > MAX_IDENTIFIER) throw new DerError('an object identifier cannot be read');
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of octets) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an object identifier is too large');
    if (octet >= 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - 40 * first);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}
