/**
 * HTTP/1 messages of one direction (RFC 9112), on top of http-parser-js: its state machine runs here, its states are
 * replaced where they misread the wire or allocate on the way. A passive reader must follow what the two ends took for
 * granted, so it accepts what servers accept and names what is odd.
 */
import { HTTPParser } from 'http-parser-js';
import type { Weird } from '../weird.ts';

export type MessageKind = 'REQUEST' | 'RESPONSE';

/** How the content that follows a head is delimited (RFC 9112 §6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** Called by the parser as a message unfolds. */
export interface MessageHandler {
  /** The head is complete and readable in the parser's fields. The answer: whether the message can have content. */
  messageHead(parser: MessageParser): boolean;
  messageBody(parser: MessageParser, data: Buffer, start: number, end: number): void;
  /** True: read no further, what follows is not the next message. */
  messageEnd(parser: MessageParser): boolean;
  messageWeird(parser: MessageParser, name: Weird): void;
  /** The first octet of a message is at hand. */
  messageBegin(parser: MessageParser): void;
}

export interface MessageLimits {
  /** Octets of one start or header line; a longer one ends the message. */
  readonly maxLineBytes: number;
  /** Octets of a header section kept; fields beyond are dropped, beyond four times that the message is given up. */
  readonly maxHeaderBytes: number;
  /** Header fields kept. */
  readonly maxHeaders: number;
}

export const defaultMessageLimits: MessageLimits = {
  maxLineBytes: 64 * 1024,
  maxHeaderBytes: 256 * 1024,
  maxHeaders: 1000,
};

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
  type: MessageKind;
  state: State;
  info: { headers: string[] };
  trailers: string[];
  line: string;
  body_bytes: number | null;
  chunk: Buffer;
  offset: number;
  end: number;
  maxHeaderSize: number;
  initialize(type: MessageKind): void;
  execute(chunk: Buffer, start: number, length: number): number | Error;
}
const Base = HTTPParser as unknown as new (type: MessageKind) => ParserBase;

/** Ends a message: the rest of the stream is read again from the next start line. */
class MessageError extends Error {
  constructor(readonly weird: Weird) {
    super(weird);
  }
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const version = /^HTTP\/(\d)\.(\d)$/;
const statusLine = /^HTTP\/(\d)\.(\d) +(\d{3})(?: ([^]*))?$/;
/** What clients still take for a status line: anything for a version, three digits, anything behind them. */
const oddStatusLine = /^HTTP\/(\S{1,32})\s+(\d{3})([^]*)$/;

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

  constructor(
    private readonly kind: MessageKind,
    private readonly handler: MessageHandler,
    private readonly limits: MessageLimits,
  ) {
    super(kind);
    // The sections are measured here, line by line; the base counts whole executions.
    this.maxHeaderSize = Number.MAX_SAFE_INTEGER;
  }

  get headers(): string[] {
    return this.info.headers;
  }

  /** At a message boundary: nothing of a next message has been read. */
  get between(): boolean {
    return this.headBytes === 0 && this.line === '' && (this.state === 'REQUEST_LINE' || this.state === 'RESPONSE_LINE');
  }

  /** Reads `data[start, end)` and returns the offset up to which it did; before `end` when it failed or was stopped. */
  read(data: Buffer, start: number, end: number): number {
    this.failed = false;
    const result = this.execute(data, start, end - start);
    if (typeof result === 'number') return start + result;
    if (!(result instanceof MessageError)) throw result;
    this.failed = true;
    this.handler.messageWeird(this, result.weird);
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
  completeCutHead(): boolean {
    if (this.state !== 'HEADER') return false;
    this.#frame();
    this.handler.messageHead(this);
    return true;
  }

  /** HTTP/0.9 (RFC 1945 §4.1): the request line was all. */
  completeSimpleRequest(): void {
    if (this.state !== 'HEADER' || this.httpVersion !== '0.9' || this.info.headers.length > 0) return;
    this.handler.messageHead(this);
    this.#complete();
  }

  /** No octets will follow. True when that completes the message (content until close). */
  endOfStream(): boolean {
    if (this.state !== 'BODY_RAW') return false;
    this.#complete();
    return true;
  }

  /** Forgets the message being read. */
  reset(): void {
    this.initialize(this.kind);
    this.headBytes = 0;
    this.framing = 'none';
    this.transferCoding = '';
    this.upgrade = false;
    this.#dropping = false;
    this.#crWasMissing = false;
  }

  #complete(): boolean {
    const stop = this.handler.messageEnd(this);
    this.reset();
    return stop;
  }

  /** A line without its end, or undefined when it is not complete yet. */
  consumeLine(limit: number): string | undefined {
    const { chunk, offset, end } = this;
    let i = offset;
    while (i < end && chunk[i] !== 10) i++;
    const found = i < end;
    const length = i - offset;
    if (this.line.length + length > limit) {
      this.offset = found ? i + 1 : end;
      this.line = '';
      throw new MessageError(this.state === 'BODY_CHUNKHEAD' ? 'http_bad_chunk_size' : 'http_line_too_long');
    }
    if (!found) {
      this.line += chunk.toString('latin1', offset, end);
      this.offset = end;
      return undefined;
    }
    this.offset = i + 1;
    let line: string;
    if (this.line === '') {
      const cr = length > 0 && chunk[i - 1] === 13;
      this.#crWasMissing = !cr;
      return chunk.toString('latin1', offset, cr ? i - 1 : i);
    }
    line = this.line + chunk.toString('latin1', offset, i);
    this.line = '';
    this.#crWasMissing = !line.endsWith('\r');
    if (!this.#crWasMissing) line = line.slice(0, -1);
    return line;
  }

  #startLine(): string | undefined {
    if (this.headBytes === 0 && this.line === '') {
      // RFC 9112 §2.2: empty lines before a message are passed over.
      while (this.offset < this.end && (this.chunk[this.offset] === 13 || this.chunk[this.offset] === 10)) this.offset++;
      if (this.offset === this.end) return undefined;
      this.handler.messageBegin(this);
    }
    const before = this.offset;
    const line = this.consumeLine(this.limits.maxLineBytes);
    this.headBytes += this.offset - before;
    return line;
  }

  REQUEST_LINE(): void {
    const line = this.#startLine();
    if (line === undefined) return;
    this.#requestLine(line);
    if (this.target.includes(' ')) this.handler.messageWeird(this, 'http_target_with_spaces');
    if (this.#crWasMissing) this.handler.messageWeird(this, 'http_bare_lf');
    this.state = 'HEADER';
  }

  /** RFC 9112 §3: method SP request-target SP HTTP-version. */
  #requestLine(line: string): void {
    const odd = this.acceptOddLine;
    this.acceptOddLine = false;
    const first = line.indexOf(' ');
    const last = line.lastIndexOf(' ');
    this.method = first < 0 ? line : line.slice(0, first);
    const match = version.exec(line.slice(last + 1));
    const readable = token.test(this.method) && (match !== null || (first > 0 && looksLikeTarget(line.charCodeAt(first + 1))));
    if (!readable) {
      if (!odd) throw new MessageError('http_bad_start_line');
      this.handler.messageWeird(this, 'http_bad_start_line');
    }
    if (match !== null) {
      this.httpVersion = `${match[1]}.${match[2]}`;
      this.target = last > first ? line.slice(first + 1, last).trim() : '';
    } else {
      // HTTP/0.9 had no version and no header section; what comes with header fields only forgot it.
      if (readable) this.handler.messageWeird(this, 'http_missing_version');
      this.httpVersion = '0.9';
      this.target = first < 0 ? '' : line.slice(first + 1).trim();
    }
  }

  RESPONSE_LINE(): void {
    const line = this.#startLine();
    if (line === undefined) return;
    const match = statusLine.exec(line);
    if (match !== null) {
      this.httpVersion = `${match[1]}.${match[2]}`;
      this.status = Number(match[3]);
      this.reason = match[4] ?? '';
    } else {
      const odd = oddStatusLine.exec(line);
      if (odd === null) throw new MessageError('http_bad_start_line');
      this.handler.messageWeird(this, 'http_bad_start_line');
      this.httpVersion = '1.1';
      this.status = Number(odd[2]);
      this.reason = odd[3]!.trim();
    }
    if (this.#crWasMissing) this.handler.messageWeird(this, 'http_bare_lf');
    this.state = 'HEADER';
  }

  HEADER(): boolean {
    const before = this.offset;
    const line = this.consumeLine(this.limits.maxLineBytes);
    this.headBytes += this.offset - before;
    if (this.headBytes > this.limits.maxHeaderBytes) this.#flood();
    if (line === undefined) return false;
    if (line !== '') {
      if (!this.#dropping) this.#field(line, this.info.headers);
      return false;
    }
    this.#frame();
    const content = this.handler.messageHead(this);
    if (!content || this.framing === 'none' || this.body_bytes === 0) return this.#complete();
    if (this.framing === 'chunked') this.state = 'BODY_CHUNKHEAD';
    else if (this.framing === 'length') this.state = 'BODY_SIZED';
    else this.state = 'BODY_RAW';
    return false;
  }

  #flood(): void {
    if (!this.#dropping) {
      this.#dropping = true;
      this.handler.messageWeird(this, 'http_header_flood');
    }
    if (this.headBytes > 4 * this.limits.maxHeaderBytes) throw new MessageError('http_header_flood');
  }

  /** RFC 9112 §5: `name:` OWS value OWS; a line that begins with white space continues the one before (§5.2). */
  #field(line: string, fields: string[]): void {
    const first = line.charCodeAt(0);
    if (first === 32 || first === 9) {
      if (fields.length === 0) return;
      this.handler.messageWeird(this, 'http_header_folded');
      fields[fields.length - 1] = `${fields[fields.length - 1]} ${line.trim()}`;
      return;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) {
      this.handler.messageWeird(this, 'http_bad_header');
      return;
    }
    if (fields.length >= 2 * this.limits.maxHeaders) {
      this.#dropping = true;
      this.handler.messageWeird(this, 'http_header_flood');
      return;
    }
    let start = colon + 1;
    let end = line.length;
    while (start < end && isBlank(line.charCodeAt(start))) start++;
    while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
    const name = isBlank(line.charCodeAt(colon - 1)) ? line.slice(0, colon).trimEnd() : line.slice(0, colon);
    fields.push(name, line.slice(start, end));
  }

  /** RFC 9112 §6.3. */
  #frame(): void {
    const headers = this.info.headers;
    let length = -1;
    let chunked = false;
    let transferCodings = '';
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      // Only three names matter here; their lengths tell nearly all others apart.
      if (name.length === 14 && name.toLowerCase() === 'content-length') {
        length = this.#contentLength(headers[i + 1]!, length);
      } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
        transferCodings += `${transferCodings === '' ? '' : ','}${headers[i + 1]!.toLowerCase()}`;
      } else if (name.length === 7 && name.toLowerCase() === 'upgrade') {
        this.upgrade = true;
      }
    }
    if (transferCodings !== '') {
      const codings = transferCodings.split(',').map((coding) => coding.trim());
      chunked = codings.at(-1) === 'chunked';
      this.transferCoding = codings.filter((coding) => coding !== 'chunked' && coding !== 'identity').join(', ');
      if (!chunked && codings.some((coding) => coding !== 'identity')) {
        this.handler.messageWeird(this, 'http_transfer_coding_unknown');
      }
      if (chunked && length >= 0) this.handler.messageWeird(this, 'http_length_and_chunked');
    }
    this.body_bytes = null;
    if (chunked) {
      this.framing = 'chunked';
    } else if (length >= 0) {
      this.framing = 'length';
      this.body_bytes = length;
    } else {
      this.framing = this.kind === 'RESPONSE' ? 'close' : 'none';
    }
  }

  /** RFC 9112 §6.3 item 5: a list of equal values is one value; of different ones the first is taken, and named. */
  #contentLength(value: string, known: number): number {
    let length = known;
    for (const item of value.split(',')) {
      const text = item.trim();
      const parsed = /^\d{1,15}$/.test(text) ? Number(text) : -1;
      if (parsed < 0) this.handler.messageWeird(this, 'http_content_length_invalid');
      else if (length < 0) length = parsed;
      else if (parsed !== length) this.handler.messageWeird(this, 'http_content_length_conflict');
    }
    return length;
  }

  BODY_CHUNKHEAD(): void {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return;
    const match = /^[ \t]*([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(line);
    if (match === null) throw new MessageError('http_bad_chunk_size');
    this.body_bytes = Number.parseInt(match[1]!, 16);
    this.state = this.body_bytes === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
  }

  BODY_CHUNK(): void {
    if (this.#content() === 0) this.state = 'BODY_CHUNKEMPTYLINE';
  }

  BODY_CHUNKEMPTYLINE(): void {
    const line = this.consumeLine(MAX_CHUNK_LINE);
    if (line === undefined) return;
    if (line !== '') throw new MessageError('http_bad_chunk_end');
    this.state = 'BODY_CHUNKHEAD';
  }

  BODY_CHUNKTRAILERS(): boolean {
    const line = this.consumeLine(this.limits.maxLineBytes);
    if (line === undefined) return false;
    if (line === '') return this.#complete();
    this.#field(line, this.trailers);
    return false;
  }

  BODY_SIZED(): boolean {
    return this.#content() === 0 && this.#complete();
  }

  BODY_RAW(): void {
    const start = this.offset;
    this.offset = this.end;
    this.handler.messageBody(this, this.chunk, start, this.end);
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

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** `/`, `*`, or the beginning of an absolute or authority form. */
function looksLikeTarget(code: number): boolean {
  return code === 47 || code === 42 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
