/**
 * The octets around deflate data in a gzip file (RFC 1952 §2.3): header, optional fields, trailer, further members.
 * Read here and not by zlib, because Node's Gunzip discards decoded data when a member is followed by stray octets.
 */

/**
 * `header`: before the deflate data of a member. `data`: inside it. `trailer`: in the eight octets after it.
 * `garbage`: what follows the last member is not gzip; ignored. `bad`: the header or the check value is wrong.
 */
export type GzipState = 'header' | 'data' | 'trailer' | 'garbage' | 'bad';

/** Magic, and the one compression method there is. */
const opening = [0x1f, 0x8b, 8];
const flagHeaderCrc = 2;
const flagExtra = 4;
const flagName = 8;
const flagComment = 16;
const reservedFlags = 0xe0;

enum Part {
  Fixed = 0,
  ExtraLength = 1,
  Extra = 2,
  Name = 3,
  Comment = 4,
  HeaderCrc = 5,
}

export class GzipFraming {
  state: GzipState = 'header';
  /** CRC-32 of the member's decoded octets so far; kept by the caller. */
  crc = 0;
  /** Decoded octets of the member so far, modulo 2^32; kept by the caller. */
  size = 0;
  #part: Part = Part.Fixed;
  /** Octets of the current part already read. */
  #read = 0;
  #flags = 0;
  #extra = 0;
  #members = 0;
  #expectedCrc = 0;
  #expectedSize = 0;

  /** True when at least one member ended and no further one has begun. */
  get complete(): boolean {
    return this.#members > 0 && (this.state === 'garbage' || (this.state === 'header' && this.#read === 0));
  }

  /** The deflate data of a member has ended: the trailer comes. */
  dataEnded(): void {
    this.state = 'trailer';
    this.#read = 0;
    this.#expectedCrc = 0;
    this.#expectedSize = 0;
  }

  /** Reads from `start` up to deflate data or the end of `bytes`; returns the index of the first octet not read. */
  read(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length) {
      if (this.state === 'trailer') this.#trailerOctet(bytes[at++]!);
      else if (this.state === 'header') this.#headerOctet(bytes[at++]!);
      else break;
    }
    return at;
  }

  #trailerOctet(octet: number): void {
    const i = this.#read++;
    if (i < 4) this.#expectedCrc = (this.#expectedCrc | (octet << (8 * i))) >>> 0;
    else this.#expectedSize = (this.#expectedSize | (octet << (8 * (i - 4)))) >>> 0;
    if (this.#read < 8) return;
    if (this.#expectedCrc !== this.crc || this.#expectedSize !== this.size) {
      this.state = 'bad';
      return;
    }
    this.#members++;
    this.state = 'header';
    this.#part = Part.Fixed;
    this.#read = 0;
  }

  #headerOctet(octet: number): void {
    const i = this.#read++;
    switch (this.#part) {
      case Part.Fixed:
        if (i < 3 ? octet !== opening[i] : i === 3 && (octet & reservedFlags) !== 0) this.#stray();
        else if (i === 3) this.#flags = octet;
        else if (i === 9) this.#next(Part.ExtraLength);
        return;
      case Part.ExtraLength:
        if (i === 0) this.#extra = octet;
        else {
          this.#extra |= octet << 8;
          this.#next(Part.Extra);
        }
        return;
      case Part.Extra:
        if (this.#read >= this.#extra) this.#next(Part.Name);
        return;
      case Part.Name:
        if (octet === 0) this.#next(Part.Comment);
        return;
      case Part.Comment:
        if (octet === 0) this.#next(Part.HeaderCrc);
        return;
      case Part.HeaderCrc:
        if (i === 1) this.#dataBegins();
        return;
    }
  }

  /** Not a member: wrong at the first one, harmless padding after it. */
  #stray(): void {
    this.state = this.#members === 0 ? 'bad' : 'garbage';
  }

  /** Moves to the first part from `part` on that the flags say is there. */
  #next(part: Part): void {
    this.#read = 0;
    if (part === Part.ExtraLength && (this.#flags & flagExtra) === 0) part = Part.Name;
    if (part === Part.Extra && this.#extra === 0) part = Part.Name;
    if (part === Part.Name && (this.#flags & flagName) === 0) part = Part.Comment;
    if (part === Part.Comment && (this.#flags & flagComment) === 0) part = Part.HeaderCrc;
    if (part === Part.HeaderCrc && (this.#flags & flagHeaderCrc) === 0) this.#dataBegins();
    else this.#part = part;
  }

  #dataBegins(): void {
    this.state = 'data';
    this.crc = 0;
    this.size = 0;
    this.#extra = 0;
  }
}
