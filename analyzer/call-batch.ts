/**
 * Calls on their way between threads: columns instead of objects. Numbers travel in one transferred array; texts are
 * sent once a batch, since most of them repeat. Costs about a microsecond a call where cloning objects costs ten.
 */
import type { ApiCall } from './call.ts';
import { FactWriter } from './fact-columns.ts';
import { proofBits } from './identify/proof-names.ts';

/** A batch as it is posted; packed-call.ts reads it. */
export interface PackedCalls {
  readonly size: number;
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
  readonly facts: Float64Array;
  readonly texts: readonly string[];
}

/** Numbers of a call: nine fields, vlan (-1 for null), the uid's depth, encrypted (-1 for null), where its facts begin, sampling, sequence, proofs, signature. */
export const NUMBERS = 17;
/**
 * Texts of a call: 18 fields, the uid's flow, tunnel and unpaired (0 for null), weird and parts (joined, 0 for none),
 * the statement, signals (as parts), hashes of request, origin and trace ids.
 */
export const WORDS = 28;
/** Numbers of lists at which a batch is full: 2 MiB. */
const MOST_FACTS = 1 << 18;
/** Characters of texts that are sent once a batch, at which it is full: definitions of shapes may have 8 KiB. */
const MOST_CHARACTERS = 1 << 22;

export class CallPacker {
  #size = 0;
  #numbers: Float64Array;
  #words: Uint32Array;
  #texts: string[] = [''];
  #indexes = new Map<string, number>([['', 0]]);
  #characters = 0;
  readonly #facts = new FactWriter(
    (text) => this.#index(text),
    (text) => this.#own(text),
  );

  constructor(private readonly capacity: number) {
    this.#numbers = new Float64Array(capacity * NUMBERS);
    this.#words = new Uint32Array(capacity * WORDS);
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size === this.capacity || this.#facts.length >= MOST_FACTS || this.#characters >= MOST_CHARACTERS;
  }

  add(call: ApiCall): void {
    // Field by field: a loop over their names would look each one up by name, for every call.
    const numbers = this.#numbers;
    let n = this.#size * NUMBERS;
    numbers[n++] = call.ts;
    numbers[n++] = call.completedTs;
    numbers[n++] = call.serverPort;
    numbers[n++] = call.clientPort;
    numbers[n++] = call.status;
    numbers[n++] = call.requestBytes;
    numbers[n++] = call.responseBytes;
    numbers[n++] = call.durationUs;
    numbers[n++] = call.completeness;
    numbers[n++] = call.vlan ?? -1;
    const dash = call.uid.indexOf('-');
    numbers[n++] = Number(call.uid.slice(dash + 1));
    numbers[n++] = call.encrypted === null ? -1 : Number(call.encrypted);
    numbers[n++] = this.#facts.length;
    numbers[n++] = call.sampling;
    numbers[n++] = call.sequence;
    numbers[n++] = proofBits(call.proofs);
    numbers[n] = call.signature;
    const words = this.#words;
    let w = this.#size * WORDS;
    words[w++] = this.#index(call.app);
    words[w++] = this.#index(call.server);
    words[w++] = this.#index(call.client);
    words[w++] = this.#index(call.httpVersion);
    words[w++] = this.#index(call.method);
    words[w++] = this.#own(call.path);
    words[w++] = this.#own(call.query);
    words[w++] = this.#index(call.template);
    words[w++] = this.#index(call.templateReason);
    words[w++] = this.#index(call.operation);
    words[w++] = this.#index(call.format);
    words[w++] = this.#index(call.formatReason);
    words[w++] = this.#index(call.apiId);
    words[w++] = this.#index(call.requestType);
    words[w++] = this.#index(call.responseType);
    words[w++] = this.#index(call.userAgent);
    words[w++] = this.#own(call.referer);
    words[w++] = this.#index(call.pairing);
    words[w++] = this.#index(call.uid.slice(0, dash));
    words[w++] = this.#index(call.tunnel ?? '');
    words[w++] = this.#index(call.unpaired ?? '');
    words[w++] = call.weird.length === 0 ? 0 : this.#index(call.weird.join(' '));
    words[w++] = call.parts.length === 0 ? 0 : this.#index(call.parts.join('\n'));
    words[w++] = this.#index(call.statement);
    words[w++] = call.signals.length === 0 ? 0 : this.#index(call.signals.join('\n'));
    words[w++] = this.#own(call.requestHash);
    words[w++] = this.#index(call.foreignOrigin);
    words[w] = this.#own(call.traceIds);
    this.#facts.caller(call.caller);
    this.#facts.side(call.sent);
    this.#facts.response(call.given);
    this.#facts.asked(call.asked);
    this.#facts.envelope(call.envelope);
    this.#size++;
  }

  /** For texts that rarely repeat: looking them up costs more than sending them again. */
  #own(text: string): number {
    return text === '' ? 0 : this.#texts.push(text) - 1;
  }

  #index(text: string): number {
    let index = this.#indexes.get(text);
    if (index === undefined) {
      index = this.#texts.push(text) - 1;
      this.#indexes.set(text, index);
      this.#characters += text.length;
    }
    return index;
  }

  /** The batch so far; the packer begins a new one. */
  take(): PackedCalls {
    const packed: PackedCalls = {
      size: this.#size,
      numbers: this.#numbers.slice(0, this.#size * NUMBERS),
      words: this.#words.slice(0, this.#size * WORDS),
      facts: this.#facts.take(),
      texts: this.#texts,
    };
    this.#size = 0;
    this.#texts = [''];
    this.#indexes = new Map([['', 0]]);
    this.#characters = 0;
    return packed;
  }
}
