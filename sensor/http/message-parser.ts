/**
 * HTTP/1 messages of one direction (RFC 9112), on top of http-parser-js: its state machine runs here, its states are
 * replaced where they misread the wire or allocate on the way. A passive reader must follow what the two ends took for
 * granted, so it accepts what servers accept and names what is odd.
 *
 * Between two messages a parser knows nothing, so connections share a few (parser-pool.ts).
 */
import type { Weird } from '../weird.ts';
import { chunkLineWeird, hexNumber, parseChunkSize, parseField } from './head.ts';
import { HeadParser } from './head-parser.ts';
import type { MessageLimits } from './limits.ts';
import { failure, MessageError } from './message-error.ts';
import type { MessageHandler } from './message-handler.ts';
import type { MessageKind } from './parser-base.ts';
import { endsLine } from './plain-lines.ts';

/** A chunk-size line is a few hex digits and rarely an extension. */
const MAX_CHUNK_LINE = 4096;
/** Digits of a chunk size that is read without making text of it. */
const MAX_PLAIN_DIGITS = 7;

const noTrailers: string[] = [];
/** What stands behind the last octets of a chunked message that has no trailers. */
const lastChunk = Buffer.from('\r\n0\r\n\r\n');

export class MessageParser extends HeadParser {
  /** The last `read` met a message that can't be read on. */
  failed = false;
  /** Of the message being read: packet time and stream offset of its first octet. Set by the handler. */
  beganTs = 0;
  beganOffset = 0;

  constructor(
    kind: MessageKind,
    /** Of the message being read, or of the next one. */
    public handler: MessageHandler<MessageParser>,
    limits: MessageLimits,
  ) {
    super(kind, limits);
    this.trailers = noTrailers;
  }

  protected begin(): void {
    this.handler.messageBegin(this);
  }

  protected note(name: Weird): void {
    this.handler.messageWeird(this, name);
  }

  /** The octets being handed on are the content's last. */
  get contentEnds(): boolean {
    if (this.body_bytes !== 0) return false;
    return this.state === 'BODY_SIZED' || (this.state === 'BODY_CHUNK' && this.#lastChunkFollows());
  }

  #lastChunkFollows(): boolean {
    const { chunk, offset } = this;
    if (offset + lastChunk.length > this.end) return false;
    for (let i = 0; i < lastChunk.length; i++) if (chunk[offset + i] !== lastChunk[i]) return false;
    return true;
  }

  /** Reads `data[start, end)` and returns the offset up to which it did; before `end` when it failed or was stopped. */
  read(data: Buffer, start: number, end: number): number {
    this.failed = false;
    this.chunk = data;
    this.offset = start;
    this.end = end;
    try {
      if (this.#readPlain()) return this.offset;
    } catch (error) {
      return this.#fail(error);
    }
    const result = this.execute(data, this.offset, end - this.offset);
    return typeof result === 'number' ? this.offset : this.#fail(result);
  }

  /**
   * What lies whole in the octets and has nothing odd about it: of nearly every segment that is all there is, and the base
   * takes longer to find a state by its name than the state takes. False when there is more for the base to read.
   */
  #readPlain(): boolean {
    while (this.offset < this.end) {
      switch (this.state) {
        case 'REQUEST_LINE':
        case 'RESPONSE_LINE':
          if (this.readHead()) return true;
          break;
        case 'BODY_SIZED':
          if (this.BODY_SIZED()) return true;
          break;
        case 'BODY_CHUNKHEAD':
          if (!this.#plainChunkSize()) return false;
          break;
        case 'BODY_CHUNK':
          this.BODY_CHUNK();
          break;
        case 'BODY_CHUNKEMPTYLINE':
          if (!this.#plainLineEnd()) return false;
          this.state = 'BODY_CHUNKHEAD';
          break;
        case 'BODY_CHUNKTRAILERS':
          if (!this.#plainLineEnd()) return false;
          if (this.#complete()) return true;
          break;
        default:
          return false;
      }
    }
    return true;
  }

  #plainChunkSize(): boolean {
    const { chunk, offset, end } = this;
    let at = offset;
    while (at < end && at - offset <= MAX_PLAIN_DIGITS && chunk[at] !== 13) at++;
    const size = hexNumber(chunk, offset, at);
    if (size < 0 || at - offset > MAX_PLAIN_DIGITS || this.line !== '' || !endsLine(chunk, at, end)) return false;
    this.offset = at + 2;
    this.#chunkBegins(size);
    return true;
  }

  #plainLineEnd(): boolean {
    if (this.line !== '' || !endsLine(this.chunk, this.offset, this.end)) return false;
    this.offset += 2;
    return true;
  }

  #fail(error: unknown): number {
    if (!(error instanceof MessageError)) throw error;
    this.failed = true;
    this.note(error.weird);
    // The broken line has been consumed: reading on behind it always makes progress.
    return this.offset;
  }

  /** Whether the framing tells where the message goes on after `length` lost octets. */
  bridges(length: number): boolean {
    if (this.state === 'BODY_RAW') return true;
    return (this.state === 'BODY_SIZED' || this.state === 'BODY_CHUNK') && length <= this.body_bytes!;
  }

  /** Passes over `length` lost octets of content that the framing bridges. */
  skip(length: number): void {
    if (this.state === 'BODY_RAW') return;
    this.body_bytes! -= length;
    if (this.body_bytes! > 0) return;
    if (this.state === 'BODY_CHUNK') this.state = 'BODY_CHUNKEMPTYLINE';
    else this.#complete();
  }

  /** The header section breaks off behind a start line: what there is of the head is worth showing. */
  completeCutHead(): void {
    if (this.state !== 'HEADER') return;
    this.frame();
    this.handler.messageHead(this);
  }

  /** HTTP/0.9 (RFC 1945 §4.1): the request line was all. */
  completeSimpleRequest(): void {
    if (this.state !== 'HEADER' || this.httpVersion !== '0.9' || this.info.headers.length > 0) return;
    this.frame();
    this.handler.messageHead(this);
    this.#complete();
  }

  /** HTTP/0.9 (RFC 1945 §4.1): from `at` in the octets all is content, up to the close. */
  beginSimpleResponse(at: number): void {
    this.offset = at;
    this.handler.messageBegin(this);
    this.httpVersion = '0.9';
    this.frameByClose();
    this.state = 'BODY_RAW';
    this.handler.messageHead(this);
  }

  /** No octets will follow: content until close is complete. */
  endOfStream(): void {
    if (this.state === 'BODY_RAW') this.#complete();
  }

  /** Forgets the message being read. */
  reset(): void {
    this.resetHead();
    this.trailers = noTrailers;
    this.body_bytes = null;
  }

  #complete(): boolean {
    const stop = this.handler.messageEnd(this);
    this.reset();
    return stop;
  }

  protected headDone(): boolean {
    this.body_bytes = this.fields.length;
    const content = this.handler.messageHead(this);
    const { framing } = this.fields;
    if (!content || framing === 'none' || this.body_bytes === 0) return this.#complete();
    this.state = framing === 'chunked' ? 'BODY_CHUNKHEAD' : framing === 'length' ? 'BODY_SIZED' : 'BODY_RAW';
    return false;
  }

  // The states of content. Each reads on from `offset` and answers true to stop.

  BODY_CHUNKHEAD(): boolean {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return false;
    const size = parseChunkSize(line);
    if (size < 0) throw failure('http_bad_chunk_size');
    const weird = chunkLineWeird(line);
    if (weird !== null) this.note(weird);
    if (this.endedBare) this.note('http_bare_lf');
    this.#chunkBegins(size);
    return false;
  }

  #chunkBegins(size: number): void {
    this.body_bytes = size;
    this.state = size === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
  }

  BODY_CHUNK(): boolean {
    if (this.#content() === 0) this.state = 'BODY_CHUNKEMPTYLINE';
    return false;
  }

  BODY_CHUNKEMPTYLINE(): boolean {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return false;
    if (line !== '') throw failure('http_bad_chunk_end');
    this.state = 'BODY_CHUNKHEAD';
    return false;
  }

  BODY_CHUNKTRAILERS(): boolean {
    // The head's bounds are those of head and trailers together.
    const line = this.consumeHeadLine();
    if (line === undefined) return false;
    if (line === '') return this.#complete();
    if (this.trailers === noTrailers) this.trailers = [];
    if (this.trailers.length >= 2 * this.limits.maxHeaders || this.headBytes > this.limits.maxHeaderBytes) {
      this.note('http_header_flood');
    } else parseField(line, 0, line.length, this.trailers);
    return false;
  }

  BODY_SIZED(): boolean {
    return this.#content() === 0 && this.#complete();
  }

  BODY_RAW(): boolean {
    const start = this.offset;
    this.offset = this.end;
    this.handler.messageBody(this, this.chunk, start, this.end);
    return false;
  }

  /** Hands on content up to what the framing allows; returns what is still to come. */
  #content(): number {
    const start = this.offset;
    const length = Math.min(this.end - start, this.body_bytes!);
    this.offset = start + length;
    this.body_bytes! -= length;
    this.handler.messageBody(this, this.chunk, start, start + length);
    return this.body_bytes!;
  }
}
