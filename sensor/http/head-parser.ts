/**
 * Heads of HTTP/1 messages (RFC 9112 §2–5), on top of http-parser-js.
 *
 * A head that lies in one piece is read in one go; one that arrives in parts goes line by line through the base's state
 * machine. Both give the same.
 */
import type { Weird } from '../weird.ts';
import { findEndOfHead, HeadFields, parseField, parseRequestLine, parseStatusLine, readFields } from './head.ts';
import { plainFields } from './head-fields.ts';
import type { MessageLimits } from './limits.ts';
import { failure } from './message-error.ts';
import { firstState, type MessageKind, ParserBase } from './parser-base.ts';
import { type Latin1Buffer, plainRequestLine, plainStatusLine } from './plain-lines.ts';

const END_OF_HEAD = 4; // CR LF CR LF
const noFields = Object.freeze([]) as unknown as string[];

export abstract class HeadParser extends ParserBase {
  // The head, valid from messageHead to messageEnd.
  method = '';
  target = '';
  httpVersion = '';
  status = 0;
  reason = '';
  /** Octets of start line and header section so far. */
  headBytes = 0;
  /** What the header section says of the message. */
  readonly fields = new HeadFields();
  /** The next request line may be any text: the probe has seen that a header section follows. */
  acceptOddLine = false;
  #dropping = false;
  #crWasMissing = false;
  readonly #note = (name: Weird): void => this.note(name);

  constructor(
    readonly kind: MessageKind,
    protected readonly limits: MessageLimits,
  ) {
    super(kind);
    // The sections are measured here, line by line; the base counts whole executions.
    this.maxHeaderSize = Number.MAX_SAFE_INTEGER;
    this.info.headers = noFields;
    this.state = firstState(kind);
  }

  /** The first octet of a message is at hand. */
  protected abstract begin(): void;
  /** The head is complete, and `fields` say what follows. True to stop. */
  protected abstract headDone(): boolean;
  protected abstract note(name: Weird): void;

  /** Never changed after the head is complete. */
  get headers(): readonly string[] {
    return this.info.headers;
  }

  /** At a message boundary: nothing of a next message has been read. */
  get between(): boolean {
    return this.headBytes === 0 && this.line === '' && this.inStartLine;
  }

  /** A start line has begun and its header section has not ended. */
  get inHead(): boolean {
    return this.state === 'HEADER' || (this.inStartLine && !this.between);
  }

  protected get inStartLine(): boolean {
    return this.state === 'REQUEST_LINE' || this.state === 'RESPONSE_LINE';
  }

  protected resetHead(): void {
    this.state = firstState(this.kind);
    this.info.headers = noFields;
    this.line = '';
    this.headBytes = 0;
    this.acceptOddLine = false;
    this.#dropping = false;
  }

  /** Reads `fields` from the headers that are there. */
  protected frame(): void {
    const { fields } = this;
    readFields(this.info.headers, this.kind === 'REQUEST', fields, this.#note);
    // RFC 9112 §6.1: a transfer coding in a message of HTTP/1.0 is faulty framing.
    if (this.httpVersion === '1.0' && (fields.framing === 'chunked' || fields.transferCoding !== '')) {
      this.note('http_chunked_in_old_version');
    }
  }

  /** What no line of a head may have inside it (RFC 9112 §2.2, RFC 9110 §5.5): readers disagree where it ends. */
  #noteControls(line: string): void {
    if (line.includes('\r')) this.note('http_bare_cr');
    if (line.includes('\0')) this.note('http_nul_in_head');
  }

  /** There is no head: content goes on up to the close. */
  protected frameByClose(): void {
    this.status = 0;
    this.reason = '';
    this.info.headers = noFields;
    this.frame();
  }

  // The states. Each reads on from `offset` and answers true to stop.

  REQUEST_LINE(): boolean {
    return this.readHead();
  }

  RESPONSE_LINE(): boolean {
    return this.readHead();
  }

  protected readHead(): boolean {
    if (this.headBytes === 0 && this.line === '') {
      // RFC 9112 §2.2: empty lines before a message are passed over.
      while (this.offset < this.end && (this.chunk[this.offset] === 13 || this.chunk[this.offset] === 10))
        this.offset++;
      if (this.offset === this.end) return false;
      this.begin();
      const end = findEndOfHead(this.chunk, this.offset, this.end);
      if (end >= 0 && end - this.offset <= this.limits.maxLineBytes) return this.#wholeHead(this.offset, end);
    }
    const line = this.consumeHeadLine();
    if (line !== undefined) this.#startLine(line);
    return false;
  }

  /** The head's lines lie in `[begin, end)` of the octets, with CR LF CR LF behind them. */
  #wholeHead(begin: number, end: number): boolean {
    const { chunk } = this;
    this.offset = end + END_OF_HEAD;
    this.headBytes = this.offset - begin;
    let feed = begin;
    while (chunk[feed] !== 10) feed++;
    const lineEnd = chunk[feed - 1] === 13 && feed > begin ? feed - 1 : feed;
    if (lineEnd === feed || !this.#plainStartLine(begin, lineEnd)) {
      this.#crWasMissing = lineEnd === feed;
      this.#startLine((chunk as Latin1Buffer).latin1Slice(begin, lineEnd));
    }
    return this.#section(begin, feed + 1, end);
  }

  #plainStartLine(begin: number, end: number): boolean {
    if (this.kind === 'REQUEST') {
      const request = this.acceptOddLine ? null : plainRequestLine(this.chunk, begin, end);
      if (request === null) return false;
      this.method = request.method;
      this.target = request.target;
      this.httpVersion = request.version;
      this.state = 'HEADER';
      return true;
    }
    const status = plainStatusLine(this.chunk, begin, end);
    if (status === null) return false;
    this.httpVersion = status.version;
    this.status = status.status;
    this.reason = status.reason;
    this.state = 'HEADER';
    return true;
  }

  /** The header section is in `[start, end)` of the octets, of a head that began at `begin`. */
  #section(begin: number, start: number, end: number): boolean {
    const { chunk } = this;
    const text = start < end ? (chunk as Latin1Buffer).latin1Slice(start, end) : '';
    const plain = start > end ? null : plainFields(text, this.limits.maxHeaders);
    if (plain !== null) {
      this.info.headers = plain;
      this.frame();
      return this.headDone();
    }
    for (let at = 0; start + at <= end; ) {
      const feed = text.indexOf('\n', at);
      // The text ends before the last line's own CR LF.
      const next = feed < 0 ? text.length : feed;
      const lineEnd = feed < 0 || text.charCodeAt(feed - 1) !== 13 ? next : next - 1;
      if (lineEnd <= at) {
        // An empty line that ended in a bare LF: the head was shorter than it looked.
        this.offset = start + next + 1;
        this.headBytes = this.offset - begin;
        break;
      }
      this.#field(text, at, lineEnd);
      at = next + 1;
    }
    this.frame();
    return this.headDone();
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
      if (request.weird !== null) this.note(request.weird);
    } else {
      const status = parseStatusLine(line);
      if (status === null) throw failure('http_bad_start_line');
      this.httpVersion = status.version;
      this.status = status.status;
      this.reason = status.reason;
      if (status.weird !== null) this.note(status.weird);
    }
    if (this.#crWasMissing) this.note('http_bare_lf');
    this.#noteControls(line);
    this.state = 'HEADER';
  }

  HEADER(): boolean {
    const line = this.consumeHeadLine();
    if (this.headBytes > this.limits.maxHeaderBytes) this.#flood();
    if (line === undefined) return false;
    if (line !== '') this.#field(line, 0, line.length);
    else {
      this.frame();
      return this.headDone();
    }
    return false;
  }

  #field(text: string, from: number, to: number): void {
    if (this.#dropping) return;
    if (this.info.headers === noFields) this.info.headers = [];
    const fields = this.info.headers;
    if (fields.length >= 2 * this.limits.maxHeaders) {
      this.#dropping = true;
      this.note('http_header_flood');
      return;
    }
    const weird = parseField(text, from, to, fields);
    if (weird !== null) this.note(weird);
    this.#noteControls(text.slice(from, to));
  }

  #flood(): void {
    if (!this.#dropping) {
      this.#dropping = true;
      this.note('http_header_flood');
    }
    if (this.headBytes > 4 * this.limits.maxHeaderBytes) throw failure('http_header_flood');
  }

  /** The line taken last ended in a bare LF. */
  protected get endedBare(): boolean {
    return this.#crWasMissing;
  }

  /** A line of the head, or of the trailers, whose bounds are those of the head together with them. */
  protected consumeHeadLine(): string | undefined {
    const before = this.offset;
    const line = this.consumeLine(this.limits.maxLineBytes);
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
