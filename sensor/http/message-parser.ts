/**
 * HTTP/1 messages of one direction (RFC 9112), on top of http-parser-js: its state machine runs here, its states are
 * replaced where they misread the wire or allocate on the way. A passive reader must follow what the two ends took for
 * granted, so it accepts what servers accept and names what is odd.
 *
 * A head that lies in one piece is read in one go; one that arrives in parts goes line by line. Both give the same.
 */
import { HTTPParser } from 'http-parser-js';
import type { Weird } from '../weird.ts';
import { type Framing, findEndOfHead, frameContent, parseField, parseRequestLine, parseStatusLine } from './head.ts';
import type { MessageLimits } from './limits.ts';
import { failure, MessageError } from './message-error.ts';

export type MessageKind = 'REQUEST' | 'RESPONSE';

/** Called by the parser as a message unfolds. */
export interface MessageHandler {
  /** The first octet of a message is at hand. */
  messageBegin(parser: MessageParser): void;
  /** The head is complete and readable in the parser's fields. The answer: whether the message can have content. */
  messageHead(parser: MessageParser): boolean;
  messageBody(parser: MessageParser, data: Buffer, start: number, end: number): void;
  /** True: read no further, what follows is not the next message. */
  messageEnd(parser: MessageParser): boolean;
  messageWeird(parser: MessageParser, name: Weird): void;
}

/** A chunk-size line is a few hex digits and rarely an extension. */
const MAX_CHUNK_LINE = 4096;

type State =
  | 'REQUEST_LINE'
  | 'RESPONSE_LINE'
  | 'HEADER'
  | 'BODY_CHUNKHEAD'
  | 'BODY_CHUNK'
  | 'BODY_CHUNKEMPTYLINE'
  | 'BODY_CHUNKTRAILERS'
  | 'BODY_RAW'
  | 'BODY_SIZED';

/** The parts of http-parser-js this class relies on; its own typings keep them private. */
interface ParserBase {
  state: State;
  info: { headers: string[] };
  trailers: string[];
  line: string;
  body_bytes: number | null;
  chunk: Buffer;
  offset: number;
  end: number;
  maxHeaderSize: number;
  execute(chunk: Buffer, start: number, length: number): number | Error;
}
const Base = HTTPParser as unknown as new (type: MessageKind) => ParserBase;

/** What `toString('latin1')` calls after looking at its arguments; twice a message that is worth skipping. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

const noTrailers: string[] = [];
/** CR LF CR LF. */
const END_OF_HEAD = 4;

export class MessageParser extends Base {
  // The head, valid from messageHead to messageEnd.
  method = '';
  target = '';
  httpVersion = '';
  status = 0;
  reason = '';
  /** Octets of start line and header section so far. */
  headBytes = 0;
  framing: Framing = 'none';
  /** Transfer codings other than chunked, to be removed as content codings are. */
  transferCoding = '';
  upgrade = false;
  /** The next request line may be any text: the probe has seen that a header section follows. */
  acceptOddLine = false;
  /** The last `read` met a message that can't be read on. */
  failed = false;
  #dropping = false;
  #crWasMissing = false;
  readonly #note = (name: Weird): void => this.handler.messageWeird(this, name);

  constructor(
    private readonly kind: MessageKind,
    private readonly handler: MessageHandler,
    private readonly limits: MessageLimits,
  ) {
    super(kind);
    // The sections are measured here, line by line; the base counts whole executions.
    this.maxHeaderSize = Number.MAX_SAFE_INTEGER;
    this.trailers = noTrailers;
  }

  get headers(): string[] {
    return this.info.headers;
  }

  /** At a message boundary: nothing of a next message has been read. */
  get between(): boolean {
    return this.headBytes === 0 && this.line === '' && this.state.endsWith('_LINE');
  }

  /** A start line has begun and its header section has not ended. */
  get inHead(): boolean {
    return this.state === 'HEADER' || (this.state.endsWith('_LINE') && !this.between);
  }

  /** Reads `data[start, end)` and returns the offset up to which it did; before `end` when it failed or was stopped. */
  read(data: Buffer, start: number, end: number): number {
    this.failed = false;
    const result = this.execute(data, start, end - start);
    if (typeof result === 'number') return start + result;
    if (!(result instanceof MessageError)) throw result;
    this.failed = true;
    this.#note(result.weird);
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
    this.#frame();
    this.handler.messageHead(this);
  }

  /** HTTP/0.9 (RFC 1945 §4.1): the request line was all. */
  completeSimpleRequest(): void {
    if (this.state !== 'HEADER' || this.httpVersion !== '0.9' || this.info.headers.length > 0) return;
    this.handler.messageHead(this);
    this.#complete();
  }

  /** HTTP/0.9 (RFC 1945 §4.1): from `at` in the octets all is content, up to the close. A parser's first message only. */
  beginSimpleResponse(at: number): void {
    this.offset = at;
    this.handler.messageBegin(this);
    this.httpVersion = '0.9';
    this.framing = 'close';
    this.state = 'BODY_RAW';
    this.handler.messageHead(this);
  }

  /** No octets will follow: content until close is complete. */
  endOfStream(): void {
    if (this.state === 'BODY_RAW') this.#complete();
  }

  /** Forgets the message being read. */
  reset(): void {
    this.state = this.kind === 'REQUEST' ? 'REQUEST_LINE' : 'RESPONSE_LINE';
    this.info = { headers: [] };
    this.trailers = noTrailers;
    this.line = '';
    this.body_bytes = null;
    this.headBytes = 0;
    this.framing = 'none';
    this.transferCoding = '';
    this.upgrade = false;
    this.#dropping = false;
  }

  #complete(): boolean {
    const stop = this.handler.messageEnd(this);
    this.reset();
    return stop;
  }

  // The states. Each reads on from `offset` and answers true to stop.

  REQUEST_LINE(): boolean {
    return this.#head();
  }

  RESPONSE_LINE(): boolean {
    return this.#head();
  }

  #head(): boolean {
    if (this.headBytes === 0 && this.line === '') {
      // RFC 9112 §2.2: empty lines before a message are passed over.
      while (this.offset < this.end && (this.chunk[this.offset] === 13 || this.chunk[this.offset] === 10))
        this.offset++;
      if (this.offset === this.end) return false;
      this.handler.messageBegin(this);
      const length = findEndOfHead(this.chunk, this.offset, this.end) - this.offset;
      if (length >= 0 && length <= this.limits.maxLineBytes) return this.#wholeHead(length);
    }
    const line = this.#line(this.limits.maxLineBytes);
    if (line !== undefined) this.#startLine(line);
    return false;
  }

  /** The head's lines lie in `length` octets from here, with the empty line's octets behind them. */
  #wholeHead(length: number): boolean {
    const begin = this.offset;
    const text = (this.chunk as Latin1Buffer).latin1Slice(begin, begin + length);
    this.offset = begin + length + END_OF_HEAD;
    this.headBytes = length + END_OF_HEAD;
    for (let at = 0; at <= length; ) {
      const feed = text.indexOf('\n', at);
      const next = feed < 0 ? length : feed;
      // The text ends before the last line's own CR LF.
      this.#crWasMissing = feed >= 0 && text.charCodeAt(feed - 1) !== 13;
      const end = feed < 0 || this.#crWasMissing ? next : next - 1;
      if (at === 0) {
        this.#startLine(text.slice(0, end));
      } else if (end > at) {
        this.#field(text, at, end);
      } else {
        // An empty line that ended in a bare LF: the head was shorter than it looked.
        return this.#headEndsAt(begin, next + 1);
      }
      at = next + 1;
    }
    return this.#headDone();
  }

  #headEndsAt(begin: number, length: number): boolean {
    this.offset = begin + length;
    this.headBytes = length;
    return this.#headDone();
  }

  #startLine(line: string): void {
    if (this.kind === 'REQUEST') {
      const odd = this.acceptOddLine;
      this.acceptOddLine = false;
      const request = parseRequestLine(line, odd);
      if (request === null) throw failure('http_bad_start_line');
      this.method = request.method;
      this.target = request.target;
      this.httpVersion = request.version;
      if (request.weird !== null) this.#note(request.weird);
    } else {
      const status = parseStatusLine(line);
      if (status === null) throw failure('http_bad_start_line');
      this.httpVersion = status.version;
      this.status = status.status;
      this.reason = status.reason;
      if (status.weird !== null) this.#note(status.weird);
    }
    if (this.#crWasMissing) this.#note('http_bare_lf');
    this.state = 'HEADER';
  }

  HEADER(): boolean {
    const line = this.#line(this.limits.maxLineBytes);
    if (this.headBytes > this.limits.maxHeaderBytes) this.#flood();
    if (line === undefined) return false;
    if (line === '') return this.#headDone();
    this.#field(line, 0, line.length);
    return false;
  }

  #field(text: string, from: number, to: number): void {
    const fields = this.info.headers;
    if (this.#dropping) return;
    if (fields.length >= 2 * this.limits.maxHeaders) {
      this.#dropping = true;
      this.#note('http_header_flood');
      return;
    }
    const weird = parseField(text, from, to, fields);
    if (weird !== null) this.#note(weird);
  }

  #flood(): void {
    if (!this.#dropping) {
      this.#dropping = true;
      this.#note('http_header_flood');
    }
    if (this.headBytes > 4 * this.limits.maxHeaderBytes) throw failure('http_header_flood');
  }

  #headDone(): boolean {
    this.#frame();
    const content = this.handler.messageHead(this);
    if (!content || this.framing === 'none' || this.body_bytes === 0) return this.#complete();
    this.state = this.framing === 'chunked' ? 'BODY_CHUNKHEAD' : this.framing === 'length' ? 'BODY_SIZED' : 'BODY_RAW';
    return false;
  }

  #frame(): void {
    const framing = frameContent(this.info.headers, this.kind === 'REQUEST', this.#note);
    this.framing = framing.framing;
    this.body_bytes = framing.length;
    this.transferCoding = framing.transferCoding;
    this.upgrade = framing.upgrade;
  }

  BODY_CHUNKHEAD(): boolean {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return false;
    const match = /^[ \t]*([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(line);
    if (match === null) throw failure('http_bad_chunk_size');
    this.body_bytes = Number.parseInt(match[1]!, 16);
    this.state = this.body_bytes === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
    return false;
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
    const line = this.#line(this.limits.maxLineBytes);
    if (line === undefined) return false;
    if (line === '') return this.#complete();
    if (this.trailers === noTrailers) this.trailers = [];
    if (this.trailers.length >= 2 * this.limits.maxHeaders || this.headBytes > this.limits.maxHeaderBytes) {
      this.#note('http_header_flood');
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

  /** A line of the head. */
  #line(limit: number): string | undefined {
    const before = this.offset;
    const line = this.consumeLine(limit);
    this.headBytes += this.offset - before;
    return line;
  }

  /** A line without its end, or undefined when it is not complete yet. */
  consumeLine(limit: number): string | undefined {
    const { chunk, offset, end } = this;
    let i = offset;
    while (i < end && chunk[i] !== 10) i++;
    const found = i < end;
    if (this.line.length + i - offset > limit) {
      this.offset = found ? i + 1 : end;
      this.line = '';
      throw failure(this.state === 'BODY_CHUNKHEAD' ? 'http_bad_chunk_size' : 'http_line_too_long');
    }
    const text = (chunk as Latin1Buffer).latin1Slice(offset, i);
    this.offset = found ? i + 1 : end;
    if (!found) {
      this.line += text;
      return undefined;
    }
    const line = this.line === '' ? text : this.line + text;
    this.line = '';
    this.#crWasMissing = !line.endsWith('\r');
    return this.#crWasMissing ? line : line.slice(0, -1);
  }
}
