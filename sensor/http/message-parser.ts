/**
 * HTTP/1 messages of one direction (RFC 9112), on top of http-parser-js: its state machine runs here, its states are
 * replaced where they misread the wire or allocate on the way. A passive reader must follow what the two ends took for
 * granted, so it accepts what servers accept and names what is odd.
 *
 * A head that lies in one piece is read in one go; one that arrives in parts goes line by line. Both give the same.
 */
import type { Weird } from '../weird.ts';
import {
  findEndOfHead,
  HeadFields,
  parseChunkSize,
  parseField,
  parseRequestLine,
  parseStatusLine,
  readFields,
} from './head.ts';
import { plainFields } from './head-fields.ts';
import type { MessageLimits } from './limits.ts';
import { failure, MessageError } from './message-error.ts';
import type { MessageHandler } from './message-handler.ts';
import { firstState, type MessageKind, ParserBase } from './parser-base.ts';

/** A chunk-size line is a few hex digits and rarely an extension. */
const MAX_CHUNK_LINE = 4096;

/** What `toString('latin1')` calls after looking at its arguments; twice a message that is worth skipping. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

const noTrailers: string[] = [];
const END_OF_HEAD = 4; // CR LF CR LF

export class MessageParser extends ParserBase {
  // The head, valid from messageHead to messageEnd.
  method = '';
  target = '';
  httpVersion = '';
  status = 0;
  reason = '';
  /** Octets of start line and header section so far. */
  headBytes = 0;
  readonly fields = new HeadFields();
  /** The next request line may be any text: the probe has seen that a header section follows. */
  acceptOddLine = false;
  /** The last `read` met a message that can't be read on. */
  failed = false;
  #dropping = false;
  #crWasMissing = false;
  readonly #note = (name: Weird): void => this.handler.messageWeird(this, name);

  constructor(
    private readonly kind: MessageKind,
    private readonly handler: MessageHandler<MessageParser>,
    private readonly limits: MessageLimits,
  ) {
    super(kind);
    // The sections are measured here, line by line; the base counts whole executions.
    this.maxHeaderSize = Number.MAX_SAFE_INTEGER;
    this.trailers = noTrailers;
    this.state = firstState(this.kind);
  }

  get headers(): string[] {
    return this.info.headers;
  }

  /** At a message boundary: nothing of a next message has been read. */
  get between(): boolean {
    return this.headBytes === 0 && this.line === '' && this.#inStartLine;
  }

  /** A start line has begun and its header section has not ended. */
  get inHead(): boolean {
    return this.state === 'HEADER' || (this.#inStartLine && !this.between);
  }

  get #inStartLine(): boolean {
    return this.state === 'REQUEST_LINE' || this.state === 'RESPONSE_LINE';
  }

  /** The octets being handed on are the content's last. */
  get contentEnds(): boolean {
    return this.state === 'BODY_SIZED' && this.body_bytes === 0;
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
   * Start lines and content of known length: of nearly every segment that is all there is, and the base takes longer to
   * find a state by its name than the state takes. False when there is more for the base to read.
   */
  #readPlain(): boolean {
    while (this.offset < this.end) {
      if (this.state === 'BODY_SIZED') {
        if (this.BODY_SIZED()) return true;
      } else if (this.#inStartLine) {
        if (this.#head()) return true;
      } else return false;
    }
    return true;
  }

  #fail(error: unknown): number {
    if (!(error instanceof MessageError)) throw error;
    this.failed = true;
    this.#note(error.weird);
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
    this.#frame();
    this.handler.messageHead(this);
    this.#complete();
  }

  /** HTTP/0.9 (RFC 1945 §4.1): from `at` in the octets all is content, up to the close. A parser's first message only. */
  beginSimpleResponse(at: number): void {
    this.offset = at;
    this.handler.messageBegin(this);
    this.httpVersion = '0.9';
    this.fields.framing = 'close';
    this.state = 'BODY_RAW';
    this.handler.messageHead(this);
  }

  /** No octets will follow: content until close is complete. */
  endOfStream(): void {
    if (this.state === 'BODY_RAW') this.#complete();
  }

  /** Forgets the message being read. */
  reset(): void {
    this.state = firstState(this.kind);
    this.info = { headers: [] };
    this.trailers = noTrailers;
    this.line = '';
    this.body_bytes = null;
    this.headBytes = 0;
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
    let at = this.#startLineIn(text);
    const plain = at > length ? null : plainFields(text, at, this.limits.maxHeaders);
    if (plain !== null) {
      this.info.headers = plain;
      return this.#headDone();
    }
    while (at <= length) {
      const feed = text.indexOf('\n', at);
      // The text ends before the last line's own CR LF.
      const next = feed < 0 ? length : feed;
      const end = feed < 0 || text.charCodeAt(feed - 1) !== 13 ? next : next - 1;
      if (end <= at) {
        // An empty line that ended in a bare LF: the head was shorter than it looked.
        this.headBytes = next + 1;
        this.offset = begin + this.headBytes;
        break;
      }
      this.#field(text, at, end);
      at = next + 1;
    }
    return this.#headDone();
  }

  /** Reads the start line of a head that lies in `text` whole; returns where the next line begins. */
  #startLineIn(text: string): number {
    const feed = text.indexOf('\n');
    this.#crWasMissing = feed >= 0 && text.charCodeAt(feed - 1) !== 13;
    const next = feed < 0 ? text.length : feed;
    this.#startLine(text.slice(0, feed < 0 || this.#crWasMissing ? next : next - 1));
    return next + 1;
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
    const { framing } = this.fields;
    if (!content || framing === 'none' || this.body_bytes === 0) return this.#complete();
    this.state = framing === 'chunked' ? 'BODY_CHUNKHEAD' : framing === 'length' ? 'BODY_SIZED' : 'BODY_RAW';
    return false;
  }

  #frame(): void {
    readFields(this.info.headers, this.kind === 'REQUEST', this.fields, this.#note);
    this.body_bytes = this.fields.length;
  }

  BODY_CHUNKHEAD(): boolean {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return false;
    const size = parseChunkSize(line);
    if (size < 0) throw failure('http_bad_chunk_size');
    this.body_bytes = size;
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
