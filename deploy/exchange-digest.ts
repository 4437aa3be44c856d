/**
 * What exchanges hold, as one figure that does not depend on their order: the sum of a hash of each. A wire is held
 * against a file with it. In a hash go the heads, the octets of the content and what was measured of it, how the exchange
 * was paired, and its place in its connection (ports, sequence number, depth); out of it stay addresses, which a capture
 * that is sent again and again has others of each time, and times, with what follows from them: uid and duration.
 *
 * A hash is two MurmurHash3 (32 bits) over the same octets with different constants. That is no cryptography: it finds
 * what went wrong by accident.
 */
import type {
  FlowInfo,
  HeaderList,
  MessageFacts,
  MessageHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../sensor/transaction.ts';

/** A sum of hashes, each half modulo 2³². */
export interface ExchangeDigest {
  readonly exchanges: number;
  readonly sum: readonly [number, number];
}

export const noDigest: ExchangeDigest = { exchanges: 0, sum: [0, 0] };

export function addDigests(a: ExchangeDigest, b: ExchangeDigest): ExchangeDigest {
  const sum = [(a.sum[0] + b.sum[0]) >>> 0, (a.sum[1] + b.sum[1]) >>> 0] as const;
  return { exchanges: a.exchanges + b.exchanges, sum };
}

/** Of the same exchanges, each so many times. */
export function timesDigest({ exchanges, sum }: ExchangeDigest, times: number): ExchangeDigest {
  return { exchanges: exchanges * times, sum: [Math.imul(sum[0], times) >>> 0, Math.imul(sum[1], times) >>> 0] };
}

/** Makes readers again and again from those that are done: it is to cost no more than its hashing. */
export class DigestSink implements TransactionSink {
  digest: ExchangeDigest = noDigest;
  readonly #idle: DigestReader[] = [];

  open(flow: FlowInfo, depth: number): TransactionReader {
    const reader = this.#idle.pop() ?? new DigestReader((done) => this.#take(done));
    reader.open(flow, depth);
    return reader;
  }

  #take(reader: DigestReader): void {
    this.digest = addDigests(this.digest, { exchanges: 1, sum: reader.sum });
    this.#idle.push(reader);
  }
}

class DigestReader implements TransactionReader {
  readonly #all = new OctetHash();
  /** By side: contents may come by turns. */
  readonly #content: Readonly<Record<Side, OctetHash>> = { request: new OctetHash(), response: new OctetHash() };

  constructor(private readonly done: (reader: DigestReader) => void) {}

  get sum(): readonly [number, number] {
    return this.#all.sum;
  }

  open({ client, server, tls }: FlowInfo, depth: number): void {
    this.#all.begin();
    this.#content.request.begin();
    this.#content.response.begin();
    for (const number of [client.port, server.port, depth, tls === undefined ? 0 : 1]) this.#all.number(number);
  }

  begin(head: MessageHead): void {
    if (head.side === 'request') {
      this.#all.text(head.method);
      this.#all.text(head.target);
      this.#all.text(head.host);
    } else {
      this.#all.number(head.status);
      this.#all.text(head.reason);
    }
    this.#all.text(head.version);
    this.#list(head.headers);
  }

  body(side: Side, bytes: Uint8Array, start: number, end: number): void {
    this.#content[side].octets(bytes, start, end);
  }

  end(tail: TransactionTail): void {
    this.#facts(tail.request);
    this.#facts(tail.response);
    for (const side of ['request', 'response'] as const)
      for (const half of this.#content[side].sum) this.#all.number(half);
    this.#all.number(tail.sequence);
    this.#all.number(tail.gapBytes);
    this.#all.number(tail.truncated ? 1 : 0);
    this.#all.text(tail.pairing);
    // A connection that nobody ends goes by time on a wire, and with the file in a file.
    this.#all.text(tail.unpaired === 'end-of-input' ? 'timeout' : (tail.unpaired ?? ''));
    for (const status of tail.interim) this.#all.number(status);
    this.#list(tail.weird);
    this.done(this);
  }

  #facts(facts: MessageFacts | null): void {
    this.#all.number(facts === null ? 0 : 1);
    if (facts === null) return;
    this.#all.number(facts.headBytes);
    this.#all.number(facts.wireBytes);
    this.#all.number(facts.bytes);
    this.#all.number(facts.shedBytes);
    this.#all.number(facts.truncated ? 1 : 0);
    this.#all.text(facts.encoding);
    this.#all.text(facts.charset);
    this.#list(facts.trailers);
  }

  #list(texts: HeaderList): void {
    this.#all.number(texts.length);
    for (let i = 0; i < texts.length; i++) this.#all.text(texts[i]!);
  }
}

/** MurmurHash3_x86_32 twice over the same words; pieces of any length give the same as the whole. */
class OctetHash {
  #a = 0;
  #b = 0;
  /** Octets that make no word yet, and how many. */
  #rest = 0;
  #held = 0;
  #length = 0;

  begin(): void {
    this.#a = 0;
    this.#b = 0x9e3779b9;
    this.#rest = this.#held = this.#length = 0;
  }

  octets(bytes: Uint8Array, start: number, end: number): void {
    this.#length += end - start;
    while (this.#held !== 0 && start < end) this.#octet(bytes[start++]!);
    let a = this.#a;
    let b = this.#b;
    for (const last = end - 3; start < last; start += 4) {
      const word = bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24);
      a = mixed(a, word);
      b = mixedOtherwise(b, word);
    }
    this.#a = a;
    this.#b = b;
    while (start < end) this.#octet(bytes[start++]!);
  }

  /** 16 bits of each character, and where it ends. */
  text(text: string): void {
    const { length } = text;
    let a = mixed(this.#a, length);
    let b = mixedOtherwise(this.#b, length);
    let i = 0;
    for (; i + 1 < length; i += 2) {
      const word = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
      a = mixed(a, word);
      b = mixedOtherwise(b, word);
    }
    if (i < length) {
      a = mixed(a, text.charCodeAt(i));
      b = mixedOtherwise(b, text.charCodeAt(i));
    }
    this.#a = a;
    this.#b = b;
  }

  /** An integer of up to 53 bits. */
  number(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.#a = mixed(mixed(this.#a, value | 0), high);
    this.#b = mixedOtherwise(mixedOtherwise(this.#b, value | 0), high);
  }

  #octet(octet: number): void {
    this.#rest |= octet << (8 * this.#held);
    if (++this.#held < 4) return;
    this.#a = mixed(this.#a, this.#rest);
    this.#b = mixedOtherwise(this.#b, this.#rest);
    this.#rest = this.#held = 0;
  }

  get sum(): readonly [number, number] {
    const a = mixed(this.#a, this.#rest);
    const b = mixedOtherwise(this.#b, this.#rest);
    return [finished(a ^ this.#length), finished(b ^ this.#length)];
  }
}

function mixed(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function mixedOtherwise(hash: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
  const h = hash ^ k;
  return (Math.imul((h << 17) | (h >>> 15), 5) + 0x0bcaa747) | 0;
}

function finished(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
