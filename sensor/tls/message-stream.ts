/** Handshake messages of one direction, put together over records (RFC 8446 §5.1); bounded by length and by a shared budget. */

export interface MessageOwner {
  /** `bytes` is the message's body, valid during the call. */
  message(direction: 0 | 1, type: number, bytes: Buffer): void;
  /** A message was longer than is kept, or the shared bound was hit. */
  messageTooLong(direction: 0 | 1): void;
  hold(octets: number): boolean;
}

/** Type and length (RFC 8446 §4). */
const HEADER = 4;
/** What a piece takes beside its octets: many small ones are bounded as few large ones are. */
export const PIECE_BYTES = 96;

export class MessageStream {
  #pieces: Buffer[] = [];
  #held = 0;
  /** Octets of a message that is passed over. */
  #skip = 0;

  constructor(
    private readonly direction: 0 | 1,
    private readonly owner: MessageOwner,
    private readonly maxMessage: number,
  ) {}

  read(data: Buffer, start: number, end: number): void {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, end - start);
      this.#skip -= skipped;
      start += skipped;
    }
    if (start === end) return;
    if (this.#held === 0) {
      start = this.#whole(data, start, end);
      if (start < end) this.#keep(data, start, end);
      return;
    }
    if (!this.#keep(data, start, end)) return;
    const length = this.#messageLength();
    if (length > this.#held) return;
    const all = Buffer.concat(this.#pieces);
    this.drop();
    const rest = this.#whole(all, 0, all.length);
    if (rest < all.length) this.#keep(all, rest, all.length);
  }

  /** Hands on every message that lies whole in `data`; returns where the first one that does not begins. */
  #whole(data: Buffer, start: number, end: number): number {
    while (end - start >= HEADER) {
      const length = HEADER + data.readUIntBE(start + 1, 3);
      if (length > HEADER + this.maxMessage) {
        this.owner.messageTooLong(this.direction);
        const skipped = Math.min(length, end - start);
        this.#skip = length - skipped;
        start += skipped;
        continue;
      }
      if (length > end - start) break;
      this.owner.message(this.direction, data[start]!, data.subarray(start + HEADER, start + length));
      start += length;
    }
    return start;
  }

  #keep(data: Buffer, start: number, end: number): boolean {
    if (!this.owner.hold(end - start + PIECE_BYTES)) {
      this.drop();
      this.owner.messageTooLong(this.direction);
      return false;
    }
    this.#pieces.push(Buffer.from(data.subarray(start, end)));
    this.#held += end - start;
    return true;
  }

  /** Of the message that is kept, its header included; the header's own while that is not whole. */
  #messageLength(): number {
    if (this.#held < HEADER) return HEADER;
    if (this.#pieces[0]!.length < HEADER) {
      this.owner.hold(-(this.#pieces.length - 1) * PIECE_BYTES);
      this.#pieces = [Buffer.concat(this.#pieces)];
    }
    const length = HEADER + this.#pieces[0]!.readUIntBE(1, 3);
    // Too long ones are told of and passed over by `#whole`.
    return length > HEADER + this.maxMessage ? HEADER : length;
  }

  /** What is kept is of no use any more. */
  drop(): void {
    if (this.#held > 0) this.owner.hold(-this.#held - this.#pieces.length * PIECE_BYTES);
    this.#pieces = [];
    this.#held = 0;
  }
}
