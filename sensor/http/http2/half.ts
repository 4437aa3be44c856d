/**
 * One direction of an HTTP/2 connection: preface, frames, header blocks put together (RFC 9113 §3.4, §4, §6.10), and how
 * to find back after octets were lost. Every octet ends in one counter of the ledger's `parsed` stage.
 */
import { C, type Ledger } from '../../ledger.ts';
import type { Weird } from '../../weird.ts';
import { type FrameHandler, FrameReader } from './frame-reader.ts';
import { chainAt, findFrames, headerBlock } from './frame-search.ts';
import { beginsWithSettings, type FrameHeader, frameFlags, frameTypes, PREFACE } from './frames.ts';
import { HeaderSection } from './header-section.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { Http2Limits } from './limits.ts';

/** A header block, decoded. */
export interface Block {
  readonly section: HeaderSection;
  /** The stream its frame names, and the one that is promised; 0 for none. */
  readonly stream: number;
  readonly promised: number;
  readonly endStream: boolean;
  /** Octets of its frames, their headers included. */
  readonly bytes: number;
  /** Packet time of its first octet, µs. */
  readonly ts: number;
}

export interface HalfOwner {
  block(direction: 0 | 1, block: Block): void;
  content(direction: 0 | 1, stream: number, data: Buffer, start: number, end: number, last: boolean): void;
  contentLost(direction: 0 | 1, stream: number, length: number, last: boolean): void;
  reset(direction: 0 | 1, stream: number): void;
  goAway(direction: 0 | 1, lastStream: number): void;
  /** A frame that has only to do with the connection. */
  control(direction: 0 | 1): void;
  /** Octets were lost, and frames with them: which is not known. */
  lost(direction: 0 | 1): void;
  note(direction: 0 | 1, stream: number, name: Weird): void;
}

enum Mode {
  Preface,
  /** A server's first frame, which is SETTINGS. */
  First,
  Frames,
  /** Looking for where frames begin. */
  Seek,
}

/** What makes sure that frames begin: see `chainAt`. The connection is known to speak HTTP/2. */
const SEEK_POINTS = 3;
/** Octets looked through at once. */
const MAX_SOUGHT = 32 * 1024;

/** How a direction begins: as a connection does, with frames in the middle of one, or anyhow. */
export type Beginning = 'preface' | 'settings' | 'frames' | 'unknown';

const beginnings: Readonly<Record<Beginning, Mode>> = {
  preface: Mode.Preface,
  settings: Mode.First,
  frames: Mode.Frames,
  unknown: Mode.Seek,
};

export class Half implements FrameHandler {
  ts = 0;
  /** Octets were lost, or could not be read. */
  lossy = false;
  readonly #reader: FrameReader;
  readonly #decoder = new HpackDecoder();
  #mode: Mode;
  /** Octets of the preface seen. */
  #prefaced = 0;
  #sought: Buffer | null = null;
  #frameTs = 0;
  #header: Readonly<FrameHeader> = { length: 0, type: 0, flags: 0, stream: 0 };
  // The header block under way; its parts are null between blocks.
  #parts: Buffer[] | null = null;
  #partBytes = 0;
  #blockStream = 0;
  #promised = 0;
  #blockEnds = false;
  #blockBytes = 0;
  #blockTs = 0;
  #continuations = 0;
  /** Its block is too large, or a part was lost: what still comes of it is passed over. */
  #blockLost = false;
  /** Octets of a tunnel in what is being read: another protocol's. */
  #tunnelled = 0;

  constructor(
    private readonly direction: 0 | 1,
    private readonly owner: HalfOwner,
    private readonly limits: Http2Limits,
    private readonly ledger: Ledger,
    beginning: Beginning,
  ) {
    this.#reader = new FrameReader(this, limits.maxHeaderBytes);
    this.#mode = beginnings[beginning];
    if (beginning === 'frames' || beginning === 'unknown') this.#decoder.forget();
  }

  /** The stream whose octets are being read; 0 for none. */
  get stream(): number {
    return this.#reader.between ? 0 : this.#header.stream;
  }

  read(data: Buffer, start: number, end: number, ts: number): void {
    this.ts = ts;
    let from = start;
    while (from < end) {
      switch (this.#mode) {
        case Mode.Preface:
          from = this.#preface(data, from, end);
          break;
        case Mode.First:
          from = this.#first(data, from, end);
          break;
        case Mode.Frames:
          this.#tunnelled = 0;
          this.#reader.read(data, from, end);
          this.ledger.counts[C.switchedProtocolBytes]! += this.#tunnelled;
          this.ledger.counts[C.messageBytes]! += end - from - this.#tunnelled;
          return;
        case Mode.Seek:
          this.#seek(data, from, end);
          return;
      }
    }
  }

  #preface(data: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#prefaced < PREFACE.length) {
      if (data[at] !== PREFACE.charCodeAt(this.#prefaced)) {
        this.ledger.counts[C.messageBytes]! += at - start;
        return this.#fallOut(at);
      }
      at++;
      this.#prefaced++;
    }
    this.ledger.counts[C.messageBytes]! += at - start;
    if (this.#prefaced === PREFACE.length) this.#mode = Mode.Frames;
    return at;
  }

  #first(data: Buffer, start: number, end: number): number {
    let all = data.subarray(start, end);
    if (this.#sought !== null) all = Buffer.concat([this.#sought, all]);
    this.#sought = null;
    const found = beginsWithSettings(all, 0, all.length);
    if (found === 'more') {
      this.#sought = Buffer.from(all);
      return end;
    }
    if (found === 'yes') this.#mode = Mode.Frames;
    else this.#fallOut(start);
    this.read(all, 0, all.length, this.ts);
    return end;
  }

  #fallOut(at: number): number {
    this.owner.note(this.direction, 0, 'http2_bad_preface');
    this.#lose();
    return at;
  }

  /** Frames are lost, and what they changed in the table. */
  #lose(): void {
    this.lossy = true;
    this.#mode = Mode.Seek;
    this.#reader.reset();
    this.#parts = null;
    this.#decoder.forget();
    this.owner.lost(this.direction);
  }

  #seek(data: Buffer, start: number, end: number): void {
    let all = data.subarray(start, end);
    if (this.#sought !== null) all = Buffer.concat([this.#sought, all]);
    this.#sought = null;
    let from = 0;
    for (;;) {
      const found = findFrames(all, from, all.length, SEEK_POINTS);
      const at = found < 0 ? ~found : found;
      this.ledger.counts[C.resyncBytes]! += at - from;
      from = at;
      if (found >= 0) {
        this.#mode = Mode.Frames;
        this.owner.note(this.direction, 0, 'http2_resync');
        this.read(all, from, all.length, this.ts);
        return;
      }
      if (all.length - from <= MAX_SOUGHT) break;
      // A place that stays doubtful for so long is none.
      this.ledger.counts[C.resyncBytes]!++;
      from++;
    }
    if (from < all.length) this.#sought = Buffer.from(all.subarray(from));
  }

  gap(length: number): void {
    this.lossy = true;
    this.#dropSought();
    if (this.#mode === Mode.Frames && this.#reader.gap(length)) return;
    if (this.#mode !== Mode.Seek) this.#lose();
  }

  /** No more octets come. */
  close(): void {
    // What a direction begins with and is a head is read, though nothing follows that would make it certain.
    const held = this.#sought;
    if (held !== null && this.#mode === Mode.Seek && !this.lossy) {
      const chain = chainAt(held, 0, held.length);
      if (!chain.broken && chain.kind !== null) {
        this.#sought = null;
        this.#mode = Mode.Frames;
        this.read(held, 0, held.length, this.ts);
      }
    }
    this.#dropSought();
  }

  #dropSought(): void {
    if (this.#sought === null) return;
    this.ledger.counts[C.resyncBytes]! += this.#sought.length;
    this.#sought = null;
  }

  // FrameHandler

  frameBegins(header: Readonly<FrameHeader>): void {
    this.#header = header;
    this.#frameTs = this.ts;
    const { type, stream } = header;
    const continues = type === frameTypes.continuation;
    if (this.#parts !== null && !(continues && stream === this.#blockStream)) {
      // §6.10: nothing may come between the parts of a block. Its rest will not come, and the table is not what it was.
      this.badFrame();
      this.#parts = null;
      this.#decoder.forget();
    }
    if (type > frameTypes.reset && type !== frameTypes.promise && !continues) this.owner.control(this.direction);
  }

  content(data: Buffer, start: number, end: number, last: boolean): void {
    this.owner.content(this.direction, this.#header.stream, data, start, end, last);
  }

  contentLost(length: number, last: boolean): void {
    this.owner.contentLost(this.direction, this.#header.stream, length, last);
  }

  /** Octets being read belong to another protocol, which this connection carries. */
  tunnel(length: number): void {
    this.#tunnelled += length;
  }

  payload(data: Buffer, start: number, end: number): void {
    const { type, stream, flags } = this.#header;
    switch (type) {
      case frameTypes.headers:
        this.#beginBlock(data, start, end, 0);
        break;
      case frameTypes.promise:
        this.#promise(data, start, end);
        break;
      case frameTypes.continuation:
        if (this.#parts === null) this.badFrame();
        else this.#addPart(data, start, end, flags);
        break;
      case frameTypes.reset:
        this.owner.reset(this.direction, stream);
        break;
      case frameTypes.goAway:
        this.owner.goAway(this.direction, data.readUInt32BE(start) & 0x7fffffff);
        break;
    }
  }

  /** §6.6: the promised stream comes before the block. */
  #promise(data: Buffer, start: number, end: number): void {
    const padded = (this.#header.flags & frameFlags.padded) !== 0 ? 1 : 0;
    const at = start + padded;
    if (end - at < 4) {
      this.#blockFails();
      return;
    }
    const promised = data.readUInt32BE(at) & 0x7fffffff;
    this.#beginBlock(data, start, end, promised);
  }

  #beginBlock(data: Buffer, start: number, end: number, promised: number): void {
    const { flags, stream, length } = this.#header;
    const lies = headerBlock(data, start, end, promised > 0 ? flags & ~frameFlags.priority : flags);
    const from = lies === null ? 0 : lies[0] + (promised > 0 ? 4 : 0);
    if (lies === null || from > lies[1]) {
      this.#blockFails();
      return;
    }
    this.#blockStream = stream;
    this.#promised = promised;
    this.#blockEnds = promised === 0 && (flags & frameFlags.endStream) !== 0;
    this.#blockBytes = length - (end - start);
    this.#blockTs = this.#frameTs;
    this.#continuations = this.#partBytes = 0;
    this.#blockLost = false;
    this.#parts = [];
    // The frame's other octets count as octets of the head too.
    this.#blockBytes += end - start - (lies[1] - from);
    this.#addPart(data, from, lies[1], flags);
  }

  #addPart(data: Buffer, start: number, end: number, flags: number): void {
    const isLast = (flags & frameFlags.endHeaders) !== 0;
    this.#blockBytes += 9 + end - start;
    this.#partBytes += end - start;
    if (this.#continuations++ > this.limits.maxContinuations || this.#partBytes > this.limits.maxHeaderBytes) {
      if (!this.#blockLost) this.owner.note(this.direction, this.#blockStream, 'http2_continuation_flood');
      this.#blockLost = true;
      this.#parts!.length = 0;
    }
    if (!isLast) {
      if (!this.#blockLost && end > start) this.#parts!.push(Buffer.from(data.subarray(start, end)));
      return;
    }
    const parts = this.#parts!;
    this.#parts = null;
    if (this.#blockLost) {
      this.#decoder.forget();
      this.#emit(null, 0, 0);
    } else if (parts.length === 0) {
      this.#emit(data, start, end);
    } else {
      const all = Buffer.concat([...parts, data.subarray(start, end)]);
      this.#emit(all, 0, all.length);
    }
  }

  /** `data` is null for a block that was lost: that there was one is told nonetheless. */
  #emit(data: Buffer | null, start: number, end: number): void {
    const section = new HeaderSection(this.limits);
    if (data === null) section.note('http2_hpack_state_unknown');
    else if (!this.#decoder.decode(data, start, end, section)) section.note('http2_hpack_error');
    this.owner.block(this.direction, {
      section,
      stream: this.#blockStream,
      promised: this.#promised,
      endStream: this.#blockEnds,
      bytes: this.#blockBytes,
      ts: this.#blockTs,
    });
  }

  #blockFails(): void {
    this.badFrame();
    this.#decoder.forget();
  }

  payloadLost(): void {
    const { type, stream, flags } = this.#header;
    const isHead = type === frameTypes.headers || type === frameTypes.promise;
    if (!isHead && type !== frameTypes.continuation) return;
    this.#decoder.forget();
    if (this.#header.length > this.limits.maxHeaderBytes)
      this.owner.note(this.direction, stream, 'http2_continuation_flood');
    if (isHead) {
      if (type === frameTypes.promise) return;
      this.#blockStream = stream;
      this.#promised = 0;
      this.#blockEnds = (flags & frameFlags.endStream) !== 0;
      this.#blockBytes = this.#partBytes = 0;
      this.#blockTs = this.#frameTs;
      this.#continuations = 0;
    } else if (this.#parts === null) return;
    this.#parts = [];
    this.#blockLost = true;
    if ((flags & frameFlags.endHeaders) === 0) return;
    this.#parts = null;
    this.#emit(null, 0, 0);
  }

  badFrame(): void {
    this.owner.note(this.direction, this.#header.stream, 'http2_bad_frame');
  }
}
