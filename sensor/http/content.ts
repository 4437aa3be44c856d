/**
 * A message's content on its way to the reader: content codings (RFC 9110 §8.4) removed, charset found, measured.
 *
 * Content that is not coded passes through untouched. Coded content of up to 64 KiB is collected and decoded at once
 * when it ends; more than that is decoded as it comes. Nothing on the wire makes this throw: what cannot be decoded gets
 * a weird, and passes as it is when its label was wrong, or stops where it broke.
 */
import { DecodeError, decodeWhole } from '../decompress.ts';
import { gunzipSmall, smallOutput } from '../small-gunzip.ts';
import type { Weird } from '../weird.ts';
import { CharsetSniffer } from './charset.ts';
import { applied, type CodingList, looksCoded, parseCodings } from './coding.ts';
import { CodingChain } from './coding-chain.ts';

export interface ContentLimits {
  /** Decoded octets of one body. */
  readonly maxOutput: number;
  /** Decoded octets a body may have whatever its size on the wire. */
  readonly freeOutput: number;
  /** Beyond those, decoded octets per octet on the wire. */
  readonly maxRatio: number;
}

export const contentLimits: ContentLimits = {
  maxOutput: 256 * 1024 * 1024,
  freeOutput: 16 * 1024 * 1024,
  maxRatio: 1000,
};

/** Coded octets collected before decoding as a stream begins. */
const maxHeld = 64 * 1024;
/** Decoded octets a collected body may have to be decoded at once; more come in pieces. */
const maxWhole = 1024 * 1024;
/** A collected body that is damaged is decoded in steps of so many octets: the last step is what the damage costs. */
const step = 256;

const noWeird: readonly Weird[] = [];
const nothing = new Uint8Array(0);

/** Takes decoded octets `bytes[start, end)`, valid during the call only. */
export type ContentSink = (bytes: Uint8Array, start: number, end: number) => void;

export class Content {
  /** Octets given to `write`. */
  wireBytes = 0;
  /** Octets given to the sink. */
  bytes = 0;
  /** Codings that were removed, as sent (`gzip, br`); empty for none. Final after `finish`. */
  encoding = '';
  /** True when octets are missing or a coding hides them. Final after `finish`. */
  truncated = false;
  /** Oddities, each once, in the order they were met. Final after `finish`. */
  weird: readonly Weird[] = noWeird;
  readonly #sink: ContentSink;
  readonly #limits: ContentLimits;
  readonly #charset: CharsetSniffer;
  #list: CodingList | null = null;
  /** `plain`: octets pass as they are. `decoded`: all at once, nothing comes any more. `stopped`: decoding broke, what still comes is counted and dropped. */
  #state: 'plain' | 'collecting' | 'decoded' | 'streaming' | 'stopped' | 'finished' = 'plain';
  #held: Uint8Array = nothing;
  #heldLength = 0;
  #chain: CodingChain | null = null;

  /**
   * `contentEncoding` and `contentType` are the fields' values, several joined by commas, empty when absent. Bytes given
   * to `sink` are valid during the call only. `finish` must be called: it frees the decoders.
   */
  constructor(contentEncoding: string, contentType: string, sink: ContentSink, limits: ContentLimits = contentLimits) {
    this.#sink = sink;
    this.#limits = limits;
    this.#charset = new CharsetSniffer(contentType);
    if (contentEncoding === '') return;
    this.#list = parseCodings(contentEncoding);
    if (this.#list.codings.length > 0) this.#state = 'collecting';
  }

  /** WHATWG name of the text's charset so far; empty when the body is empty or not text, or nothing tells. */
  get charset(): string {
    return this.bytes === 0 ? '' : this.#charset.decide();
  }

  /**
   * The next octets of the content, transfer coding removed: `bytes[start…end)`, which are not kept. `last`: the content
   * ends with them, so a body that lies in them whole need not be collected.
   */
  write(bytes: Uint8Array, start: number, end: number, last = false): void {
    if (start >= end || this.#state === 'finished') return;
    this.wireBytes += end - start;
    if (this.#state === 'collecting') {
      if (this.wireBytes <= maxHeld) {
        const whole = last && this.#heldLength === 0;
        if (whole && this.#decodedWhole(bytes, start, end)) this.#state = 'decoded';
        else this.#hold(bytes, start, end);
        return;
      }
      this.#openChain(maxHeld);
    }
    if (this.#state === 'stopped') return;
    if (this.#state === 'plain') this.#deliver(bytes, start, end);
    else this.#push(bytes.subarray(start, end));
  }

  /** No more comes. `complete` is false when octets of the content are missing: a gap, the end of the flow. */
  finish(complete: boolean): void {
    if (this.#state === 'finished') return;
    this.truncated ||= !complete;
    if (this.wireBytes > 0) {
      if (this.#state === 'collecting' && !(complete && this.#decodedWhole(this.#held, 0, this.#heldLength)))
        this.#openChain(step);
      if (this.#state === 'streaming') {
        this.#chain!.end();
        if (this.#chain!.failure !== null) this.#stop();
      }
      this.#settle();
    }
    this.#state = 'finished';
    this.#held = nothing;
    this.#chain?.close();
    this.#chain = null;
  }

  #deliver(bytes: Uint8Array, start: number, end: number): void {
    this.bytes += end - start;
    this.#charset.see(bytes, start, end);
    this.#sink(bytes, start, end);
  }

  #note(name: Weird): void {
    if (!this.weird.includes(name)) this.weird = [...this.weird, name];
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#heldLength + end - start;
    if (this.#held.length < length) {
      const larger = Buffer.allocUnsafe(Math.min(maxHeld, Math.max(length, 2 * this.#heldLength)));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(bytes.subarray(start, end), this.#heldLength);
    this.#heldLength = length;
  }

  /** The quick way, for a body that is small and sound. */
  #decodedWhole(bytes: Uint8Array, start: number, end: number): boolean {
    const { codings } = this.#list!;
    if (codings.length > 1) return false;
    const room = Math.min(maxWhole, this.#allowance());
    if (codings[0] === 'gzip') {
      const length = gunzipSmall(bytes, start, end);
      if (length > 0 && length <= room) this.#deliver(smallOutput, 0, length);
      if (length >= 0 && length <= room) return true;
    }
    let whole: Uint8Array;
    try {
      whole = decodeWhole(codings[0]!, bytes.subarray(start, end), room);
    } catch (error) {
      if (error instanceof DecodeError) return false;
      throw error;
    }
    if (whole.length > 0) this.#deliver(whole, 0, whole.length);
    return true;
  }

  #allowance(): number {
    const { maxOutput, freeOutput, maxRatio } = this.#limits;
    return Math.min(maxOutput, Math.max(freeOutput, this.wireBytes * maxRatio));
  }

  /** Begins to decode as a stream: what was collected goes first, `size` octets at a time. */
  #openChain(size: number): void {
    const held = this.#held.subarray(0, this.#heldLength);
    this.#held = nothing;
    const { codings } = this.#list!;
    if (!looksCoded(codings[0]!, held)) {
      this.#passAsItIs(held);
      return;
    }
    this.#state = 'streaming';
    const chain = new CodingChain(
      codings,
      this.#limits.maxOutput,
      () => this.#allowance(),
      (bytes) => this.#deliver(bytes, 0, bytes.length),
    );
    this.#chain = chain;
    for (let at = 0; at < held.length && this.#state === 'streaming'; at += size) {
      chain.push(held.subarray(at, at + size));
      if (chain.failure === null) continue;
      if (chain.failure === 'corrupt' && chain.silent) this.#passAsItIs(held);
      else this.#stop();
    }
  }

  #push(bytes: Uint8Array): void {
    this.#chain!.push(bytes);
    if (this.#chain!.failure !== null) this.#stop();
  }

  #stop(): void {
    const chain = this.#chain!;
    this.#state = 'stopped';
    this.truncated = true;
    if (chain.failure === 'corrupt') this.#note('content_coding_corrupt');
    if (chain.failure === 'bomb') this.#note('content_coding_bomb');
    chain.close();
  }

  /** The octets were never in the coding that the head names. */
  #passAsItIs(held: Uint8Array): void {
    this.#chain?.close();
    this.#chain = null;
    this.#list = null;
    this.#state = 'plain';
    this.#note('content_coding_mislabelled');
    if (held.length > 0) this.#deliver(held, 0, held.length);
  }

  #settle(): void {
    const list = this.#list;
    if (list === null) return;
    const removed = this.#chain?.removed ?? list.names.length;
    if (removed < list.names.length) this.#note('content_coding_mislabelled');
    this.encoding = removed === list.names.length ? list.all : applied(list.names.slice(0, removed));
    if (list.weird === null) return;
    this.#note(list.weird);
    // A coding nobody knows hides the content; a field that names no coding at all leaves text.
    if (this.#charset.decide() === '') this.truncated = true;
  }
}
