/**
 * Calls on their way between threads: columns instead of objects. Numbers travel in one transferred array; texts are
 * sent once a batch, since most of them repeat. Costs about a microsecond a call where cloning objects costs ten.
 */
import type { ApiCall, ApiFormat } from './call.ts';
import { FactReader, FactWriter } from './fact-columns.ts';
import type { JudgedCall } from './judged-call.ts';

/** A batch as it is posted. Opaque: only this file reads it. */
export interface PackedCalls {
  readonly size: number;
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
  readonly facts: Float64Array;
  readonly texts: readonly string[];
}

/** Numbers of a call: nine fields, vlan (-1 for null), the uid's depth, and encrypted (-1 for null). */
const NUMBERS = 12;
/**
 * Texts of a call: 18 fields, the uid's flow, tunnel and unpaired (0 for null), weird and parts (joined, 0 for none),
 * and the statement.
 */
const WORDS = 24;
/** Numbers of lists at which a batch is full: 2 MiB. */
const MOST_FACTS = 1 << 18;

const none: readonly never[] = Object.freeze([]);

export class CallPacker {
  #size = 0;
  #numbers: Float64Array;
  #words: Uint32Array;
  #texts: string[] = [''];
  #indexes = new Map<string, number>([['', 0]]);
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
    return this.#size === this.capacity || this.#facts.length >= MOST_FACTS;
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
    numbers[n] = call.encrypted === null ? -1 : Number(call.encrypted);
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
    words[w] = this.#index(call.statement);
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
    return packed;
  }
}

/** The calls of a batch, each with room for what judge adds: an object that grows by twenty fields is slow. */
export function unpackCalls(packed: PackedCalls): JudgedCall[] {
  const { numbers, words, texts } = packed;
  const calls = new Array<JudgedCall>(packed.size);
  const facts = new FactReader(packed.facts, texts);
  for (let i = 0; i < packed.size; i++) {
    const n = i * NUMBERS;
    const w = i * WORDS;
    const text = (field: number): string => texts[words[w + field]!]!;
    const vlan = numbers[n + 9]!;
    const weird = text(21);
    const parts = text(22);
    const encrypted = numbers[n + 11]!;
    calls[i] = {
      v: 1,
      uid: `${text(18)}-${numbers[n + 10]}`,
      ts: numbers[n]!,
      completedTs: numbers[n + 1]!,
      app: text(0),
      server: text(1),
      serverPort: numbers[n + 2]!,
      client: text(2),
      clientPort: numbers[n + 3]!,
      vlan: vlan < 0 ? null : vlan,
      tunnel: text(19) === '' ? null : text(19),
      httpVersion: text(3),
      method: text(4),
      path: text(5),
      query: text(6),
      template: text(7),
      templateReason: text(8),
      operation: text(9),
      format: text(10) as ApiFormat,
      formatReason: text(11),
      apiId: text(12),
      status: numbers[n + 4]!,
      requestType: text(13),
      responseType: text(14),
      userAgent: text(15),
      referer: text(16),
      requestBytes: numbers[n + 5]!,
      responseBytes: numbers[n + 6]!,
      durationUs: numbers[n + 7]!,
      completeness: numbers[n + 8]!,
      pairing: text(17) as ApiCall['pairing'],
      unpaired: text(20) === '' ? null : (text(20) as ApiCall['unpaired']),
      weird: weird === '' ? none : weird.split(' '),
      // In the order they were written.
      caller: facts.caller(),
      sent: facts.side(),
      given: facts.response(),
      asked: facts.asked(),
      envelope: facts.envelope(),
      encrypted: encrypted < 0 ? null : encrypted === 1,
      statement: text(23),
      parts: parts === '' ? none : parts.split('\n'),
      success: false,
      source: '',
      account: undefined,
      accountHash: '',
      session: undefined,
      claimedClient: '',
      functions: none,
      labelsRequest: none,
      labelsResponse: none,
      responseLevel: 0,
      persons: 0,
      records: 0,
      credentialPresent: false,
      passwordForm: undefined,
      passwordHash: undefined,
      weakPassword: undefined,
      urlSecrets: undefined,
    };
  }
  return calls;
}
