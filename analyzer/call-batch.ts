/**
 * Calls on their way between threads: columns instead of objects. Numbers travel in one transferred array; texts are
 * sent once a batch, since most of them repeat. Costs about a microsecond a call where cloning objects costs ten.
 */
import type { ApiCall, ApiFormat } from './call.ts';

/** A batch as it is posted. Opaque: only this file reads it. */
export interface PackedCalls {
  readonly size: number;
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
  readonly texts: readonly string[];
}

const numberFields = [
  'ts',
  'completedTs',
  'serverPort',
  'clientPort',
  'status',
  'requestBytes',
  'responseBytes',
  'durationUs',
  'completeness',
] as const satisfies readonly (keyof ApiCall)[];

const textFields = [
  'app',
  'server',
  'client',
  'httpVersion',
  'method',
  'path',
  'query',
  'template',
  'templateReason',
  'operation',
  'format',
  'formatReason',
  'apiId',
  'requestType',
  'responseType',
  'userAgent',
  'referer',
  'pairing',
] as const satisfies readonly (keyof ApiCall)[];

/** Beside the number fields: vlan (-1 for null) and the uid's depth. */
const NUMBERS = numberFields.length + 2;
/** Beside the text fields: the uid's flow, tunnel, unpaired (0 for null) and weird (joined, empty for none). */
const WORDS = textFields.length + 4;

export class CallPacker {
  #size = 0;
  #numbers: Float64Array;
  #words: Uint32Array;
  #texts: string[] = [''];
  #indexes = new Map<string, number>([['', 0]]);

  constructor(private readonly capacity: number) {
    this.#numbers = new Float64Array(capacity * NUMBERS);
    this.#words = new Uint32Array(capacity * WORDS);
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size === this.capacity;
  }

  add(call: ApiCall): void {
    let n = this.#size * NUMBERS;
    for (const field of numberFields) this.#numbers[n++] = call[field];
    this.#numbers[n++] = call.vlan ?? -1;
    const dash = call.uid.indexOf('-');
    this.#numbers[n] = Number(call.uid.slice(dash + 1));
    let w = this.#size * WORDS;
    for (const field of textFields) this.#words[w++] = this.#index(call[field]);
    this.#words[w++] = this.#index(call.uid.slice(0, dash));
    this.#words[w++] = this.#index(call.tunnel ?? '');
    this.#words[w++] = this.#index(call.unpaired ?? '');
    this.#words[w] = call.weird.length === 0 ? 0 : this.#index(call.weird.join(' '));
    this.#size++;
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
      texts: this.#texts,
    };
    this.#size = 0;
    this.#texts = [''];
    this.#indexes = new Map([['', 0]]);
    return packed;
  }
}

export function unpackCalls(packed: PackedCalls): ApiCall[] {
  const { numbers, words, texts } = packed;
  const calls = new Array<ApiCall>(packed.size);
  for (let i = 0; i < packed.size; i++) {
    const n = i * NUMBERS;
    const w = i * WORDS;
    const text = (field: number): string => texts[words[w + field]!]!;
    const vlan = numbers[n + 9]!;
    const weird = text(21);
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
      weird: weird === '' ? [] : weird.split(' '),
    };
  }
  return calls;
}
