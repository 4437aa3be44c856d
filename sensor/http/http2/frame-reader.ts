/** Octets of one direction to frames: content as it comes, other payloads whole. */
import { FRAME_HEADER, type FrameHeader, frameFlags, frameTypes, isSound, lengthAt } from './frames.ts';

export interface FrameHandler {
  /** A frame begins; `header` is valid until the next one. */
  frameBegins(header: Readonly<FrameHeader>): void;
  /** Octets of DATA without padding. `last`: the stream's sender ends it with them. */
  content(data: Buffer, start: number, end: number, last: boolean): void;
  /** The whole payload of a frame other than DATA that is known. */
  payload(data: Buffer, start: number, end: number): void;
  /** Octets of DATA were lost. */
  contentLost(length: number, last: boolean): void;
  /** A payload was not seen whole, or is too long to be kept. */
  payloadLost(): void;
  /** The frame breaks its type's rules. */
  badFrame(): void;
}

/** Octets of the buffer for payloads in parts that a connection keeps. */
const MOST_KEPT = 4096;

export class FrameReader {
  readonly header: FrameHeader = { length: 0, type: 0, flags: 0, stream: 0 };
  /** The frame's header, then a payload that comes in parts. */
  #held = Buffer.allocUnsafe(64);
  #heldLength = 0;
  #inPayload = false;
  /** Octets of the payload to come. */
  #left = 0;
  /** Of DATA: octets of padding at its end; -1 while the octet that says it is to come. */
  #padding = 0;
  /** The payload is passed over. */
  #skips = false;

  constructor(
    private readonly handler: FrameHandler,
    /** Octets of a payload that are kept. */
    private readonly maxPayload: number,
  ) {}

  /** Nothing of a frame is under way. */
  get between(): boolean {
    return !this.#inPayload && this.#heldLength === 0;
  }

  read(data: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) at = this.#inPayload ? this.#payload(data, at, end) : this.#head(data, at, end);
  }

  #head(data: Buffer, start: number, end: number): number {
    if (this.#heldLength === 0 && end - start >= FRAME_HEADER) {
      this.#begin(data, start);
      return start + FRAME_HEADER;
    }
    const size = Math.min(end - start, FRAME_HEADER - this.#heldLength);
    this.#hold(data, start, start + size);
    if (this.#heldLength === FRAME_HEADER) {
      this.#heldLength = 0;
      this.#begin(this.#held, 0);
    }
    return start + size;
  }

  #begin(data: Buffer, at: number): void {
    const { header } = this;
    header.length = lengthAt(data, at);
    header.type = data[at + 3]!;
    header.flags = data[at + 4]!;
    header.stream = data.readUInt32BE(at + 5) & 0x7fffffff;
    this.#left = header.length;
    this.#padding = 0;
    this.#inPayload = true;
    this.handler.frameBegins(header);
    const sound = isSound(header);
    if (!sound) this.handler.badFrame();
    const isData = header.type === frameTypes.data;
    const isTooLong = !isData && header.length > this.maxPayload;
    this.#skips = !sound || header.type > frameTypes.continuation || isTooLong;
    if (isData && (header.flags & frameFlags.padded) !== 0) this.#padding = -1;
    if (this.#skips && sound && isTooLong && header.type <= frameTypes.continuation) this.handler.payloadLost();
    if (this.#left > 0) return;
    this.#inPayload = false;
    if (this.#skips) return;
    if (!isData) this.handler.payload(data, at, at);
    else if (this.#padding < 0) this.handler.badFrame();
    else this.handler.content(data, at, at, this.#ends());
  }

  #ends(): boolean {
    return (this.header.flags & frameFlags.endStream) !== 0;
  }

  #payload(data: Buffer, start: number, end: number): number {
    const stop = Math.min(end, start + this.#left);
    if (this.#skips) this.#left -= stop - start;
    else if (this.header.type === frameTypes.data) this.#content(data, start, stop);
    else this.#whole(data, start, stop);
    if (this.#left === 0) this.#inPayload = false;
    return stop;
  }

  #whole(data: Buffer, start: number, stop: number): void {
    this.#left -= stop - start;
    if (this.#left === 0 && this.#heldLength === 0) {
      this.handler.payload(data, start, stop);
      return;
    }
    this.#hold(data, start, stop);
    if (this.#left > 0) return;
    const length = this.#heldLength;
    this.#heldLength = 0;
    const held = this.#held;
    if (held.length > MOST_KEPT) this.#held = Buffer.allocUnsafe(64);
    this.handler.payload(held, 0, length);
  }

  /** DATA: a length of padding where the flag says so, content, padding. */
  #content(data: Buffer, start: number, stop: number): void {
    let from = start;
    if (this.#padding < 0) {
      this.#padding = data[from++]!;
      this.#left--;
      if (this.#padding > this.#left) {
        // RFC 9113 §6.1: a connection error; nothing of it is content.
        this.#padding = this.#left;
        this.handler.badFrame();
      }
    }
    const before = this.#left - this.#padding;
    const until = Math.min(stop, from + Math.max(0, before));
    this.#left -= stop - from;
    const whole = before >= 0 && until - from === before;
    // Padding behind content that has ended says nothing more.
    if (from < until || (whole && (before > 0 || from > start))) {
      this.handler.content(data, from, until, whole && this.#ends());
    }
  }

  #hold(data: Buffer, start: number, stop: number): void {
    const length = this.#heldLength + stop - start;
    if (this.#held.length < length) {
      const larger = Buffer.allocUnsafe(Math.max(length, Math.min(this.maxPayload, 2 * this.#held.length)));
      this.#held.copy(larger, 0, 0, this.#heldLength);
      this.#held = larger;
    }
    data.copy(this.#held, this.#heldLength, start, stop);
    this.#heldLength = length;
  }

  /** Octets were lost. True when they lie in one frame's payload, so that the next frame is still found. */
  gap(length: number): boolean {
    if (!this.#inPayload) {
      this.reset();
      return false;
    }
    const lost = Math.min(length, this.#left);
    const bridged = length <= this.#left;
    this.#left -= lost;
    this.#heldLength = 0;
    if (!this.#skips) {
      if (this.header.type === frameTypes.data) this.#loseContent(lost);
      else {
        this.handler.payloadLost();
        this.#skips = true;
      }
    }
    if (!bridged || this.#left === 0) this.reset();
    return bridged;
  }

  #loseContent(lost: number): void {
    // How much is padding is not known when its length was lost.
    if (this.#padding < 0) this.#padding = 0;
    const before = this.#left + lost - this.#padding;
    const content = Math.max(0, Math.min(lost, before));
    const whole = content === before;
    if (content > 0) this.handler.contentLost(content, whole && this.#ends());
  }

  reset(): void {
    this.#heldLength = 0;
    this.#inPayload = false;
    this.#left = 0;
  }
}
