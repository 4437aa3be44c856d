/** Octets of one direction of a WebSocket to frames (RFC 6455 §5.2), their masks taken off. */

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameHead {
  final: boolean;
  /** RSV1: the message is compressed (RFC 7692 §6). */
  compressed: boolean;
  opcode: number;
}

export interface FrameHandler {
  /** Nothing can be read on. */
  badFrame(): void;
  /** False when there can be no such frame: nothing is read on. `head` is valid until the next one. */
  frameBegins(head: Readonly<FrameHead>): boolean;
  /** Octets of the payload, valid during the call. */
  payload(data: Buffer, start: number, end: number): void;
  frameEnds(): void;
}

/** Octets of the longest head: two, a length of eight, a mask of four. */
const LONGEST_HEAD = 14;
/** Payload of control frames (§5.5). */
const MOST_CONTROL = 125;

/** What was unmasked. */
const plain = Buffer.allocUnsafe(16 * 1024);

export class FrameReader {
  readonly head: FrameHead = { final: false, compressed: false, opcode: 0 };
  readonly #held = Buffer.alloc(LONGEST_HEAD);
  #heldLength = 0;
  #inPayload = false;
  #left = 0;
  #masked = false;
  readonly #mask = Buffer.alloc(4);
  /** Octets of the payload read: which octet of the mask is next. */
  #phase = 0;
  /** Nothing can be read on: these were no frames, or octets between them were lost. */
  stopped = false;

  constructor(private readonly handler: FrameHandler) {}

  /** Where it stopped; `end` unless these are no frames. */
  read(data: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && !this.stopped) {
      if (this.#inPayload) {
        at = this.#payload(data, at, end);
      } else {
        this.#held[this.#heldLength++] = data[at++]!;
        if (this.#heldLength === this.#headLength()) this.#begin();
      }
    }
    return at;
  }

  /** Octets of the head, as far as those held tell. */
  #headLength(): number {
    if (this.#heldLength < 2) return 2;
    const second = this.#held[1]!;
    const length = second & 0x7f;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0);
  }

  #begin(): void {
    const held = this.#held;
    const short = held[1]! & 0x7f;
    const size = short === 126 ? 2 : short === 127 ? 8 : 0;
    const { head } = this;
    head.final = held[0]! >= 0x80;
    head.compressed = (held[0]! & 0x40) !== 0;
    head.opcode = held[0]! & 0x0f;
    this.#left = size === 0 ? short : size === 2 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    this.#masked = held[1]! >= 0x80;
    if (this.#masked) held.copy(this.#mask, 0, 2 + size, 6 + size);
    this.#heldLength = this.#phase = 0;
    const isControl = head.opcode >= opcodes.close;
    const isOdd =
      (held[0]! & 0x30) !== 0 ||
      (head.opcode > opcodes.binary && !isControl) ||
      head.opcode > opcodes.pong ||
      (isControl && (this.#left > MOST_CONTROL || !head.final || head.compressed)) ||
      this.#left > Number.MAX_SAFE_INTEGER;
    if (isOdd || !this.handler.frameBegins(head)) {
      this.stopped = true;
      this.handler.badFrame();
      return;
    }
    this.#inPayload = true;
    if (this.#left === 0) this.#end();
  }

  #payload(data: Buffer, start: number, end: number): number {
    let stop = Math.min(end, start + this.#left);
    if (this.#masked) {
      stop = Math.min(stop, start + plain.length);
      for (let i = 0; i < stop - start; i++) plain[i] = data[start + i]! ^ this.#mask[(this.#phase + i) & 3]!;
      this.handler.payload(plain, 0, stop - start);
    } else {
      this.handler.payload(data, start, stop);
    }
    this.#phase = (this.#phase + stop - start) & 3;
    this.#left -= stop - start;
    if (this.#left === 0) this.#end();
    return stop;
  }

  #end(): void {
    this.#inPayload = false;
    this.handler.frameEnds();
  }

  /** Octets were lost. True when they lie in one payload, so that the next frame is still found. */
  gap(length: number): boolean {
    if (!this.#inPayload || length > this.#left) {
      this.stopped = true;
      return false;
    }
    this.#left -= length;
    this.#phase = (this.#phase + length) & 3;
    return true;
  }

  /** A payload that a gap cut has come to its end with it. */
  settle(): void {
    if (this.#inPayload && this.#left === 0) this.#end();
  }
}
