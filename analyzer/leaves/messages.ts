/**
 * Messages one after the other, as leaves: those of a WebSocket, which the sensor hands over a line each, and those of an
 * event stream (WHATWG HTML §9.2), whose data lies in fields `data` up to an empty line. Each message is JSON or text by
 * itself; an object of JSON is a row, as in lines of JSON. What stands before JSON in a frame of Socket.IO (digits) is
 * passed over.
 */
import type { LeafParser } from '../leaf.ts';
import { JsonParser } from './json.ts';
import type { LeafOutput } from './output.ts';
import { TextParser } from './text.ts';
import type { TreeNode } from './tree.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** Digits of Socket.IO before its JSON: packet type, attachments, acknowledgement. */
const MOST_DIGITS = 16;

/** One message at a time, in pieces. */
export class MessageLeaves {
  readonly #digits = new Uint8Array(MOST_DIGITS);
  #digitsLength = 0;
  #json: JsonParser | null = null;
  #inner: LeafParser | null = null;
  #isRow = false;
  /** A message was read to its end. */
  whole = 0;

  constructor(
    private readonly output: LeafOutput,
    private readonly root: TreeNode,
  ) {}

  write(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (this.#inner === null && at < end) {
      const c = bytes[at]!;
      if (c >= 0x30 && c <= 0x39 && this.#digitsLength < MOST_DIGITS) {
        this.#digits[this.#digitsLength++] = c;
        at++;
      } else if (c <= SPACE && this.#digitsLength === 0) {
        at++;
      } else {
        this.#open(c);
      }
    }
    if (at < end) this.#inner!.write(bytes, at, end);
  }

  #open(first: number): void {
    const { output, root } = this;
    if (first === 0x7b || first === 0x5b) {
      if (first === 0x7b) output.rowBegin(root);
      this.#isRow = first === 0x7b;
      if (this.#json === null) this.#json = new JsonParser(output, root, { lines: false });
      else this.#json.reset(root);
      this.#inner = this.#json;
      return;
    }
    this.#inner = new TextParser(output, root, { markup: false });
    this.#inner.write(this.#digits, 0, this.#digitsLength);
  }

  end(): void {
    if (this.#inner === null && this.#digitsLength > 0) this.#open(0);
    if (this.#inner?.end()) this.whole++;
    if (this.#isRow) this.output.rowEnd(this.root);
    this.#inner = null;
    this.#isRow = false;
    this.#digitsLength = 0;
  }
}

/** A message a line. */
export class LineMessages implements LeafParser {
  readonly #message: MessageLeaves;
  #open = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode) {
    this.#message = new MessageLeaves(output, root);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const feed = bytes.indexOf(LF, at);
      const stop = feed < 0 || feed > end ? end : feed;
      if (stop > at) {
        this.#open = true;
        this.#message.write(bytes, at, stop);
      }
      if (stop < end) this.#close();
      at = stop + 1;
    }
  }

  #close(): void {
    if (this.#open) this.#message.end();
    this.#open = false;
  }

  end(): boolean {
    if (!this.#ended) this.#close();
    this.#ended = true;
    return true;
  }
}

const DATA = Buffer.from('data');
const feed = Uint8Array.of(LF);

/** Events: of their fields, `data` is read; `event`, `id`, `retry` and comments are the transport's. */
export class EventMessages implements LeafParser {
  readonly #message: MessageLeaves;
  /** Octets of the line's name that agree with `data`; -1 for another name, -2 within the value. */
  #name = 0;
  /** The value's first octet may be the space that is none of it. */
  #atValue = false;
  #open = false;
  #hasData = false;
  #lineEmpty = true;
  #afterCr = false;
  #ended = false;

  constructor(output: LeafOutput, root: TreeNode) {
    this.#message = new MessageLeaves(output, root);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      const c = bytes[at]!;
      if (c === LF || c === CR) {
        if (!(c === LF && this.#afterCr)) this.#endLine();
        this.#afterCr = c === CR;
        at++;
        continue;
      }
      this.#afterCr = false;
      this.#lineEmpty = false;
      if (this.#name === -2) at = this.#value(bytes, at, end);
      else at = this.#field(c, at);
    }
  }

  #field(c: number, at: number): number {
    if (this.#name === DATA.length && c === 0x3a) {
      this.#name = -2;
      this.#atValue = true;
      // Lines of one event's data are one message.
      if (this.#hasData) this.#message.write(feed, 0, 1);
      this.#hasData = true;
    } else if (this.#name >= 0) {
      this.#name = this.#name < DATA.length && c === DATA[this.#name] ? this.#name + 1 : -1;
    }
    return at + 1;
  }

  #value(bytes: Uint8Array, start: number, end: number): number {
    let from = start;
    if (this.#atValue && bytes[from] === SPACE) from++;
    this.#atValue = false;
    let stop = from;
    while (stop < end && bytes[stop] !== LF && bytes[stop] !== CR) stop++;
    if (stop > from) {
      this.#open = true;
      this.#message.write(bytes, from, stop);
    }
    return stop;
  }

  #endLine(): void {
    if (this.#lineEmpty) this.#endEvent();
    this.#lineEmpty = true;
    this.#name = 0;
  }

  #endEvent(): void {
    if (this.#open) this.#message.end();
    this.#open = this.#hasData = false;
  }

  end(): boolean {
    if (this.#ended) return true;
    this.#ended = true;
    this.#endEvent();
    return true;
  }
}
