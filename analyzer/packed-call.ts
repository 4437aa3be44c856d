/**
 * Calls as they came between threads (call-batch.ts), each unpacked when its turn comes: as objects they would be moved
 * about while they wait for the calls before them, and that costs more than making them.
 */
import type { ApiCall, ApiFormat, Envelope } from './call.ts';
import { NUMBERS, type PackedCalls, WORDS } from './call-batch.ts';
import { FactReader } from './fact-columns.ts';
import { proofList } from './identify/proof-names.ts';
import type { JudgedCall } from './judged-call.ts';
import type { Ordered } from './merge.ts';

/** What the calls of one batch share. */
interface Batch extends Pick<PackedCalls, 'numbers' | 'words' | 'texts'> {
  readonly reader: FactReader;
}

const none: readonly never[] = [];

/** Its own code, else what its flag says. */
function resultCodeOf({ value, flag }: Envelope): string {
  return value !== '' || flag === null ? value : String(flag);
}

/** A call that waits for its turn. */
export class PackedCall implements Ordered {
  constructor(
    private readonly batch: Batch,
    private readonly index: number,
    readonly completedTs: number,
  ) {}

  get uid(): string {
    const { numbers, words, texts } = this.batch;
    return `${texts[words[this.index * WORDS + 18]!]}-${numbers[this.index * NUMBERS + 10]}`;
  }

  /** The call, with room for what judge adds: an object that grows by twenty fields is slow. */
  unpack(): JudgedCall {
    const { numbers, words, texts, reader: facts } = this.batch;
    const n = this.index * NUMBERS;
    const w = this.index * WORDS;
    const vlan = numbers[n + 9]!;
    const encrypted = numbers[n + 11]!;
    const tunnel = texts[words[w + 19]!]!;
    const unpaired = texts[words[w + 20]!]!;
    const weird = texts[words[w + 21]!]!;
    const parts = texts[words[w + 22]!]!;
    const signals = texts[words[w + 24]!]!;
    // In the order they were written.
    facts.moveTo(numbers[n + 12]!);
    const caller = facts.caller();
    const sent = facts.side();
    const given = facts.response();
    const asked = facts.asked();
    const envelope = facts.envelope();
    return {
      v: 1,
      uid: this.uid,
      ts: numbers[n]!,
      completedTs: this.completedTs,
      app: texts[words[w]!]!,
      server: texts[words[w + 1]!]!,
      serverPort: numbers[n + 2]!,
      client: texts[words[w + 2]!]!,
      clientPort: numbers[n + 3]!,
      vlan: vlan < 0 ? null : vlan,
      tunnel: tunnel === '' ? null : tunnel,
      httpVersion: texts[words[w + 3]!]!,
      method: texts[words[w + 4]!]!,
      path: texts[words[w + 5]!]!,
      query: texts[words[w + 6]!]!,
      template: texts[words[w + 7]!]!,
      templateReason: texts[words[w + 8]!]!,
      operation: texts[words[w + 9]!]!,
      format: texts[words[w + 10]!]! as ApiFormat,
      formatReason: texts[words[w + 11]!]!,
      apiId: texts[words[w + 12]!]!,
      status: numbers[n + 4]!,
      requestType: texts[words[w + 13]!]!,
      responseType: texts[words[w + 14]!]!,
      userAgent: texts[words[w + 15]!]!,
      referer: texts[words[w + 16]!]!,
      requestBytes: numbers[n + 5]!,
      responseBytes: numbers[n + 6]!,
      durationUs: numbers[n + 7]!,
      completeness: numbers[n + 8]!,
      sampling: numbers[n + 13]!,
      sequence: numbers[n + 14]!,
      proofs: proofList(numbers[n + 15]!),
      signature: numbers[n + 16]!,
      pairing: texts[words[w + 17]!]! as ApiCall['pairing'],
      unpaired: unpaired === '' ? null : (unpaired as ApiCall['unpaired']),
      weird: weird === '' ? none : weird.split(' '),
      caller,
      sent,
      given,
      asked,
      envelope,
      encrypted: encrypted < 0 ? null : encrypted === 1,
      statement: texts[words[w + 23]!]!,
      parts: parts === '' ? none : parts.split('\n'),
      signals: signals === '' ? none : signals.split('\n'),
      requestHash: texts[words[w + 25]!]!,
      foreignOrigin: texts[words[w + 26]!]!,
      traceIds: texts[words[w + 27]!]!,
      success: false,
      source: '',
      askedTemplate: '',
      account: undefined,
      accountHash: '',
      session: undefined,
      claimedClient: '',
      device: caller.userAgentFamily,
      resultCode: envelope === null ? '' : resultCodeOf(envelope),
      valuesSaid: 0,
      valuesHigh: 0,
      valuesLow: 0,
      functions: none,
      labelsRequest: none,
      labelsResponse: none,
      responseLevel: 0,
      sensitiveKinds: 0,
      person: undefined,
      persons: 0,
      records: 0,
      credentialPresent: false,
      passwordForm: undefined,
      passwordHash: undefined,
      weakPassword: undefined,
      urlSecrets: undefined,
      cookieFlaws: undefined,
      tokenFlaws: undefined,
      mobileHash: undefined,
      sourcePolicy: undefined,
      register: undefined,
      listed: undefined,
      region: '',
      organisation: '',
      inside: false,
      abroad: false,
    };
  }
}

/** The calls of a batch, in the order they were packed. */
export function packedCalls(packed: PackedCalls): PackedCall[] {
  const { size, numbers, facts, texts } = packed;
  // Literally: what came from another thread has a shape of its own each time.
  const { words } = packed;
  const batch: Batch = { numbers, words, texts, reader: new FactReader(facts, texts) };
  const calls = new Array<PackedCall>(size);
  for (let i = 0; i < size; i++) calls[i] = new PackedCall(batch, i, numbers[i * NUMBERS + 1]!);
  return calls;
}

export function unpackCalls(packed: PackedCalls): JudgedCall[] {
  return packedCalls(packed).map((call) => call.unpack());
}
