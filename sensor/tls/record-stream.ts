/**
 * One direction's octets as TLS records (RFC 8446 §5.1), put together over segments. A record that nobody wants is
 * passed over without a copy; of one that is wanted, what came in pieces is kept within a bound that all share.
 */

import { PIECE_BYTES } from './message-stream.ts';

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
const HEARTBEAT = 24;
/** Not on the wire: a ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2). */
export const SSL2_HELLO = 128;

export const HEADER = 5;
/** 2^14 and what protection may add (RFC 5246 §6.2.3). */
const MAX_BODY = 16384 + 2048;

/** What takes a direction's records. Every octet is told of once: in `record` with its header, or in `passed` or `lost`. */
export interface RecordOwner {
  /** Whether the body of this record is needed. */
  wants(direction: 0 | 1, type: number): boolean;
  /** A whole record; `resync`: it is the first one found after octets were lost. */
  record(
    direction: 0 | 1,
    type: number,
    version: number,
    data: Buffer,
    start: number,
    end: number,
    resync: boolean,
  ): void;
  /** Octets of records that were not wanted. */
  passed(direction: 0 | 1, octets: number): void;
  /** Octets that belong to no record that can be read. */
  lost(direction: 0 | 1, octets: number): void;
  /** A record of `length` octets cannot be read because some are missing; what follows it is in order. */
  recordLost(direction: 0 | 1, type: number, length: number): void;
  /** Octets were lost, and it is not known how many records with them. */
  orderLost(direction: 0 | 1, octets: number): void;
  /** What comes is no record. */
  notTls(direction: 0 | 1): void;
  /** Asks to keep so many octets more, or gives them back when negative. False when the bound is hit. */
  hold(octets: number): boolean;
}

enum Mode {
  Records,
  /** Looking for a record's header behind a loss. */
  Seek,
  /** No more records will be read. */
  Off,
}

export class RecordStream {
  #mode = Mode.Records;
  #begun = false;
  readonly #header = Buffer.allocUnsafe(HEADER);
  #headerLength = 0;
  /** Of the record being read. */
  #type = 0;
  #version = 0;
  #length = 0;
  /** Octets of its body still to come; -1 between records. */
  #missing = -1;
  /** `want`: the body is collected. `pass`: nobody needs it. `damaged`: some of it is missing. */
  #fate: 'want' | 'pass' | 'damaged' = 'pass';
  #pieces: Buffer[] = [];
  #held = 0;
  #resync = false;
  /** Stream offset of index 0 of the buffer being read. */
  #origin = 0;
  /** Octets of the direction so far, gaps included. */
  offset = 0;
  /** Stream offset right behind the record that was handed over last. */
  recordEnd = 0;

  constructor(
    private readonly direction: 0 | 1,
    private readonly owner: RecordOwner,
  ) {}

  get isOff(): boolean {
    return this.#mode === Mode.Off;
  }

  read(data: Buffer, start: number, end: number): void {
    this.#origin = this.offset - start;
    this.offset += end - start;
    while (start < end) {
      if (this.#mode === Mode.Off) {
        this.owner.lost(this.direction, end - start);
        return;
      }
      if (this.#mode === Mode.Seek) {
        start = this.#seek(data, start, end);
        continue;
      }
      start = this.#missing < 0 ? this.#readHeader(data, start, end) : this.#readBody(data, start, end);
    }
  }

  #readHeader(data: Buffer, start: number, end: number): number {
    const taken = Math.min(HEADER - this.#headerLength, end - start);
    data.copy(this.#header, this.#headerLength, start, start + taken);
    this.#headerLength += taken;
    if (this.#headerLength < HEADER) return start + taken;
    if (!this.#takeHeader()) {
      this.owner.notTls(this.direction);
      this.owner.lost(this.direction, this.#headerLength);
      this.#headerLength = 0;
      this.stop();
      return start + taken;
    }
    this.#begun = true;
    this.#fate = this.owner.wants(this.direction, this.#type) ? 'want' : 'pass';
    if (this.#fate === 'pass') this.#forgetHeader();
    if (this.#missing === 0) this.#finish(data, start, start);
    return start + taken;
  }

  #takeHeader(): boolean {
    const header = this.#header;
    const type = header[0]!;
    if (isHeader(header, 0)) {
      this.#type = type;
      this.#version = header.readUInt16BE(1);
      this.#length = header.readUInt16BE(3);
    } else if (!this.#begun && isSsl2Hello(header, 0)) {
      // Three octets of its body are in what was taken for the header.
      this.#type = SSL2_HELLO;
      this.#version = header.readUInt16BE(3);
      this.#length = (((type & 0x7f) << 8) | header[1]!) - 3;
    } else return false;
    this.#missing = this.#length;
    return true;
  }

  #forgetHeader(): void {
    this.owner.passed(this.direction, this.#headerLength);
    this.#headerLength = 0;
  }

  #readBody(data: Buffer, start: number, end: number): number {
    const taken = Math.min(this.#missing, end - start);
    const whole = taken === this.#missing;
    switch (this.#fate) {
      case 'pass':
        this.#missing -= taken;
        this.owner.passed(this.direction, taken);
        if (whole) this.#between();
        break;
      case 'damaged':
        this.#missing -= taken;
        this.owner.lost(this.direction, taken);
        if (whole) this.#loseRecord();
        break;
      case 'want':
        if (whole) this.#finish(data, start, start + taken);
        else if (this.owner.hold(taken + PIECE_BYTES)) {
          this.#pieces.push(Buffer.from(data.subarray(start, start + taken)));
          this.#held += taken;
          this.#missing -= taken;
        } else {
          this.#damage(0);
          return start;
        }
    }
    return start + taken;
  }

  /** The record ends at `end` of `data`. */
  #finish(data: Buffer, start: number, end: number): void {
    const { direction, owner } = this;
    if (this.#fate === 'pass') {
      this.#between();
      return;
    }
    this.recordEnd = this.#origin + end;
    const resync = this.#resync;
    this.#resync = false;
    const type = this.#type;
    const version = this.#version;
    let body = data;
    if (this.#pieces.length > 0 || type === SSL2_HELLO) {
      const front = type === SSL2_HELLO ? [this.#header.subarray(2)] : [];
      body = Buffer.concat([...front, ...this.#pieces, data.subarray(start, end)]);
      start = 0;
      end = body.length;
    }
    this.#release();
    this.#between();
    owner.record(direction, type, version, body, start, end, resync);
  }

  #between(): void {
    this.#missing = -1;
    this.#headerLength = 0;
  }

  #release(): void {
    if (this.#held > 0) this.owner.hold(-this.#held - this.#pieces.length * PIECE_BYTES);
    this.#pieces = [];
    this.#held = 0;
  }

  /** Octets of the record being read are missing, `gap` of them from here on. */
  #damage(gap: number): void {
    if (this.#fate === 'want') {
      this.owner.lost(this.direction, this.#headerLength + this.#held);
      this.#release();
      this.#fate = 'damaged';
      this.#headerLength = 0;
    }
    this.#missing -= gap;
    if (this.#missing > 0) return;
    if (this.#fate === 'damaged') this.#loseRecord();
    else this.#between();
  }

  #loseRecord(): void {
    this.#between();
    this.owner.recordLost(this.direction, this.#type, this.#length);
  }

  gap(length: number): void {
    this.offset += length;
    if (this.#mode === Mode.Off) return;
    if (this.#mode === Mode.Records && this.#missing >= 0 && length <= this.#missing) {
      this.#damage(length);
      return;
    }
    this.#abandon();
    this.#mode = Mode.Seek;
    this.owner.orderLost(this.direction, length);
  }

  /** Looks for the next record once more: what was found was none. */
  seekOn(): void {
    if (this.#mode === Mode.Records) this.#mode = Mode.Seek;
  }

  /** Drops what is held of a record. */
  #abandon(): void {
    const held = this.#headerLength + this.#held;
    if (held > 0) this.owner.lost(this.direction, held);
    this.#release();
    this.#between();
  }

  #seek(data: Buffer, start: number, end: number): number {
    const limited = data.subarray(start, end);
    let at = end - start >= HEADER && isHeader(data, start) ? 0 : limited.indexOf(encrypted);
    while (at > 0 && !(at + HEADER <= limited.length && isHeader(limited, at))) {
      const next = limited.indexOf(encrypted, at + 1);
      at = next;
    }
    if (at < 0) {
      this.owner.lost(this.direction, end - start);
      return end;
    }
    if (at > 0) this.owner.lost(this.direction, at);
    this.#mode = Mode.Records;
    this.#resync = true;
    return start + at;
  }

  /** No more of this direction can be read. */
  stop(): void {
    this.#abandon();
    this.#mode = Mode.Off;
  }

  /** The flow is over. */
  close(): void {
    this.#abandon();
  }
}

/** How records of TLS 1.2 and 1.3 with content begin. */
const encrypted = Buffer.from([APPLICATION_DATA, 3, 3]);

/** Whether five octets read as a record's header: of SSL 3.0 to TLS 1.3 (RFC 8446 §5.1), or of TLCP (GB/T 38636 §6.3). */
export function isHeader(data: Buffer, at: number): boolean {
  const type = data[at]!;
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) return false;
  const major = data[at + 1]!;
  const minor = data[at + 2]!;
  if (!((major === 3 && minor <= 4) || (major === 1 && minor === 1))) return false;
  const length = (data[at + 3]! << 8) | data[at + 4]!;
  return length <= MAX_BODY;
}

/** Whether five octets begin a ClientHello in the form of SSL 2.0, as clients sent that knew both. */
export function isSsl2Hello(data: Buffer, at: number): boolean {
  const length = ((data[at]! & 0x7f) << 8) | data[at + 1]!;
  const major = data[at + 3]!;
  const minor = data[at + 4]!;
  const version = (major === 3 && minor <= 4) || (major === 0 && minor === 2);
  return (data[at]! & 0x80) !== 0 && data[at + 2] === 1 && version && length >= 12 && length <= 4096;
}
