/**
 * One direction of a connection as HTTP sees it: what it speaks, the message being read, and how to find back into the
 * stream after octets were lost or did not read as HTTP. Every octet ends in one counter of the ledger's `parsed` stage.
 */
import { C } from '../ledger.ts';
import type { Weird } from '../weird.ts';
import type { DirectionOwner } from './direction-owner.ts';
import { type Chain, chainAt, findJoin, mayBeginFrames } from './http2/frame-search.ts';
import type { Beginning } from './http2/half.ts';
import type { MessageHandler } from './message-handler.ts';
import type { MessageParser } from './message-parser.ts';
import { Mode } from './mode.ts';
import type { MessageKind } from './parser-base.ts';
import { isSaidToBeHttp2, mayJoin, settled } from './port-hints.ts';
import { findStartLine, probe } from './probe.ts';

const MAX_EARLY = 16;
/** Octets that may come before what a direction speaks is plain; a start line and empty lines before it. */
const MAX_PROBED = 8192;
/** Octets in which frames of HTTP/2 that begin in the middle must make certain that they are. */
const MAX_JOINED = 32 * 1024;

/** Facts that are true or not, one bit each: there may be millions of directions. */
/** What the direction speaks; neither while nothing was read. */
const ASKS = 1;
/** The response being read hands the connection to another protocol. */
const SWITCH_AFTER = 2;
/** Octets were lost, or could not be read. */
const LOSSY = 4;
const LOST_IN_PAUSE = 8;

export class Direction implements MessageHandler<MessageParser> {
  /** Packet time of the octets being read. */
  ts = 0;
  /** Octets of this direction so far, gaps included. */
  offset = 0;
  /** What the sender of the message being read, or read last, had received when it began. */
  messagePeerOffset = -1;
  /** Octets passed over in search of a start line. */
  unread = 0;
  /** Oddities met before the exchange they belong to was opened; a few, whatever comes. */
  #early: Weird[] | null = null;
  #mode = Mode.Probe;
  #facts = 0;
  /** Null between messages. */
  #parser: MessageParser | null = null;
  /** Octets kept until more are there to tell by, or until a response decides. */
  #kept: Buffer | null = null;
  /** What the octets kept are worth as frames of HTTP/2; null when they are not kept as such. */
  chain: Chain | null = null;

  #peerOffset = -1;
  /** The stream offset of the octets being read, less their offset in the buffer. */
  #shift = 0;

  constructor(
    readonly id: 0 | 1,
    private readonly owner: DirectionOwner,
  ) {}

  /** Octets wait for a response to decide about them: there may be requests among them. */
  get waits(): boolean {
    return this.#mode === Mode.Pause && (this.#kept !== null || (this.#facts & LOST_IN_PAUSE) !== 0);
  }

  /** A message has begun and not ended. */
  get midMessage(): boolean {
    return this.#mode === Mode.Read && this.#parser !== null && !this.#parser.between;
  }

  get lossy(): boolean {
    return (this.#facts & LOSSY) !== 0;
  }

  get switchAfter(): boolean {
    return (this.#facts & SWITCH_AFTER) !== 0;
  }

  noteSwitchAfter(): void {
    this.#facts |= SWITCH_AFTER;
  }

  noteEarly(name: Weird): void {
    this.#early ??= [];
    if (this.#early.length < MAX_EARLY) this.#early.push(name);
  }

  handEarly(exchange: { note(name: Weird): void }): void {
    if (this.#early === null) return;
    for (const name of this.#early) exchange.note(name);
    this.#early = null;
  }

  read(data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    this.ts = ts;
    this.#peerOffset = peerOffset;
    this.owner.context.ledger.counts[C.bytesToParse]! += end - start;
    this.offset += end - start;
    if (this.#kept === null) {
      this.#consume(data, start, end);
    } else {
      const all = Buffer.concat([this.#kept, data.subarray(start, end)]);
      this.#kept = null;
      this.#consume(all, 0, all.length);
    }
  }

  /** `end` of the buffer is the end of the stream so far. */
  #consume(data: Buffer, start: number, end: number): void {
    this.#shift = this.offset - end;
    while (start < end) {
      switch (this.#mode) {
        case Mode.Probe:
          if (!this.#probe(data, start, end)) return;
          break;
        case Mode.Read:
          start = this.#parse(data, start, end);
          break;
        case Mode.Seek:
          start = this.#seek(data, start, end);
          break;
        case Mode.Pause:
          this.#pauseOn(data, start, end);
          return;
        case Mode.Join:
          start = this.#join(data, start, end);
          break;
        case Mode.Handed:
          this.owner.handed(this.id, data, start, end);
          return;
        case Mode.Other:
          this.owner.context.ledger.counts[C.otherProtocolBytes]! += end - start;
          return;
        case Mode.Switched:
          this.owner.context.ledger.counts[C.switchedProtocolBytes]! += end - start;
          return;
      }
    }
  }

  /** Decides what the direction speaks. False when more octets are needed first. */
  #probe(data: Buffer, start: number, end: number): boolean {
    let found = probe(data, start, end);
    if (found === 'more' && end - start > MAX_PROBED) found = 'other';
    switch (settled(found, this.owner)) {
      case 'more':
        this.#kept = Buffer.from(data.subarray(start, end));
        return false;
      case 'request':
      case 'odd-request':
      case 'response': {
        const kind = found === 'response' ? 'RESPONSE' : 'REQUEST';
        if (!this.owner.speaks(this.id, kind)) this.#mode = Mode.Other;
        else this.#begin(kind).acceptOddLine = found === 'odd-request';
        return true;
      }
      case 'http2':
        if (this.owner.prefaced(this.id)) return true;
        this.#mode = Mode.Other;
        return true;
      case 'tls':
        this.#mode = Mode.Other;
        this.owner.giveUp();
        return true;
      case 'other':
        if (mayJoin(this.owner) && mayBeginFrames(data, start, end, this.owner.flow.midStream)) {
          this.#mode = Mode.Join;
        } else if (this.owner.answersSimply(this.id)) {
          this.#begin('RESPONSE').beginSimpleResponse(start);
        } else if (this.owner.flow.midStream) {
          this.#passOver(false, 0);
        } else {
          // What a connection begins with is all there: another protocol's preamble, and no message lost.
          this.#mode = Mode.Seek;
        }
        return true;
    }
  }

  #join(data: Buffer, start: number, end: number): number {
    const chain = chainAt(data, start, end);
    this.chain = chain;
    if (chain.broken || this.owner.established) {
      this.chain = null;
      this.#passOver(false, 0);
      return start;
    }
    this.#kept = Buffer.from(data.subarray(start, end));
    if (end - start <= MAX_JOINED) {
      this.owner.joins();
      return end;
    }
    this.chain = null;
    this.unread += end - start;
    this.#dropKept();
    this.#passOver(false, 0);
    return end;
  }

  /** Leaves its octets, those kept included, to another reader. */
  handOver(): void {
    this.#mode = Mode.Handed;
    this.chain = null;
    const kept = this.#kept;
    if (kept === null) return;
    this.#kept = null;
    this.owner.handed(this.id, kept, 0, kept.length);
  }

  /** How the octets that would be handed over now begin. `first`: as what they would be if none was passed over. */
  beginning(first: Beginning): Beginning {
    const passed = this.unread > 0 || (this.#facts & LOST_IN_PAUSE) !== 0 || this.lossy || this.#mode === Mode.Switched;
    if (this.#mode === Mode.Join) return passed || first !== 'settings' ? 'frames' : first;
    return passed ? 'unknown' : first;
  }

  /** What a direction begins with can't be read: there may have been messages in it. */
  #passOver(byGap: boolean, length: number): void {
    this.#mode = Mode.Seek;
    this.owner.broken(this.id, byGap, length);
  }

  #begin(kind: MessageKind): MessageParser {
    this.#facts = kind === 'REQUEST' ? this.#facts | ASKS : this.#facts & ~ASKS;
    this.#mode = Mode.Read;
    return this.#take();
  }

  #take(): MessageParser {
    this.#parser ??= this.owner.context.parsers.take((this.#facts & ASKS) !== 0 ? 'REQUEST' : 'RESPONSE', this);
    return this.#parser;
  }

  #giveBetween(): void {
    if (this.#parser?.between) this.#give();
  }

  #give(): void {
    if (this.#parser === null) return;
    this.owner.context.parsers.give(this.#parser);
    this.#parser = null;
  }

  #parse(data: Buffer, start: number, end: number): number {
    const parser = this.#take();
    const stopped = parser.read(data, start, end);
    this.owner.context.ledger.counts[C.messageBytes]! += stopped - start;
    if (parser.failed) this.#lose(false, 0);
    else this.#giveBetween();
    return stopped;
  }

  /** The message being read can't be read on: looks for the next one. */
  #lose(byGap: boolean, length: number): void {
    this.#facts |= LOSSY;
    if (byGap) this.#parser?.completeCutHead();
    this.#mode = Mode.Seek;
    this.owner.broken(this.id, byGap, length);
    this.#give();
  }

  #seek(data: Buffer, start: number, end: number): number {
    let found = -1;
    for (const kind of this.owner.kinds(this.id)) {
      found = findStartLine(data, start, end, kind);
      if (found >= 0 && this.owner.speaks(this.id, kind)) {
        this.#begin(kind);
        this.owner.note(this.id, 'http_resync');
        break;
      }
      found = -1;
    }
    if (found < 0 && mayJoin(this.owner) && (this.owner.flow.midStream || this.lossy)) {
      found = findJoin(data, start, end, isSaidToBeHttp2(this.owner));
      if (found >= 0) this.#mode = Mode.Join;
    }
    const skipped = (found < 0 ? end : found) - start;
    this.owner.context.ledger.counts[this.owner.established ? C.resyncBytes : C.otherProtocolBytes]! += skipped;
    this.unread += skipped;
    if (!this.owner.established && this.unread > this.owner.context.limits.maxUnread) {
      this.#mode = Mode.Other;
      this.owner.giveUp();
    }
    return start + skipped;
  }

  /** Waits for the response that decides about the protocol; what does not fit is another protocol's. */
  #pauseOn(data: Buffer, start: number, end: number): void {
    if (end - start > this.owner.context.limits.maxPaused) {
      this.#mode = Mode.Switched;
      this.owner.context.ledger.counts[C.switchedProtocolBytes]! += end - start;
      return;
    }
    this.#kept = Buffer.from(data.subarray(start, end));
  }

  /** What the framing says bridges a gap only of a known length. */
  gap(length: number, exact: boolean): void {
    this.#dropKept();
    this.offset += length;
    switch (this.#mode) {
      case Mode.Probe:
      case Mode.Join:
        this.#facts |= LOSSY;
        this.chain = null;
        this.#passOver(true, length);
        break;
      case Mode.Read:
        if (exact && this.#parser?.bridges(length)) {
          this.owner.bodyGap(this.id, length);
          this.#parser.skip(length);
          this.#giveBetween();
        } else {
          this.#lose(true, length);
        }
        break;
      case Mode.Pause:
        this.#facts |= LOSSY | LOST_IN_PAUSE;
        break;
    }
  }

  /** The sender will send no more. */
  finish(): void {
    if (this.#mode === Mode.Read) this.#parser?.endOfStream();
  }

  close(): void {
    if (this.#mode === Mode.Pause) this.resume();
    if (this.#mode === Mode.Read) this.#parser?.completeCutHead();
    this.#give();
    this.#dropKept();
  }

  /** The request just read may hand the connection to another protocol: the response will tell. */
  pause(): void {
    this.#mode = Mode.Pause;
  }

  /** The protocol stays. */
  resume(): void {
    if (this.#mode !== Mode.Pause) return;
    this.#mode = Mode.Read;
    if ((this.#facts & LOST_IN_PAUSE) !== 0) this.#passOver(true, 0);
    this.#facts &= ~LOST_IN_PAUSE;
    const kept = this.#kept;
    if (kept === null) return;
    this.#kept = null;
    this.#consume(kept, 0, kept.length);
  }

  switchProtocol(): void {
    this.#mode = Mode.Switched;
    if (this.#kept === null) return;
    this.owner.context.ledger.counts[C.switchedProtocolBytes]! += this.#kept.length;
    this.#kept = null;
  }

  /** A request without version has no header section when its server answers already (HTTP/0.9). */
  nudge(): void {
    if (this.#mode === Mode.Read) this.#parser?.completeSimpleRequest();
  }

  /** The other side answers, having received `peerOffset` octets: a head that is still open then has lost its rest. */
  answered(peerOffset: number): void {
    const lost = peerOffset - this.offset;
    if (lost > 0 && this.#mode === Mode.Read && this.#parser?.inHead) this.#lose(true, lost);
  }

  #dropKept(): void {
    if (this.#kept === null) return;
    this.owner.context.ledger.counts[C.otherProtocolBytes]! += this.#kept.length;
    this.#kept = null;
  }

  // MessageHandler

  messageBegin(parser: MessageParser): void {
    parser.beganTs = this.ts;
    parser.beganOffset = this.#shift + parser.offset;
    this.messagePeerOffset = this.#peerOffset;
  }

  messageHead(parser: MessageParser): boolean {
    return this.owner.head(this.id, parser);
  }

  messageBody(parser: MessageParser, data: Buffer, start: number, end: number): void {
    this.owner.body(this.id, data, start, end, parser.contentEnds);
  }

  messageEnd(parser: MessageParser): boolean {
    this.owner.end(this.id, parser);
    return this.#mode !== Mode.Read;
  }

  messageWeird(_parser: MessageParser, name: Weird): void {
    this.owner.note(this.id, name);
  }
}
