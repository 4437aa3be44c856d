/** Calls of any content, for properties: every field takes odd values. The same seed gives the same calls. */
import type { ApiCall } from '../../analyzer/call.ts';
import type { Random } from '../../deploy/traffic/random.ts';
import { unpairedReasons } from '../../sensor/transaction.ts';
import { weirds } from '../../sensor/weird.ts';
import { RandomFacts } from './random-facts.ts';

const start = Date.UTC(2026, 0, 5, 1, 30) * 1000;

const formats = ['REST', 'SOAP', 'GraphQL', 'gRPC', 'JSON-RPC', 'form', 'web', 'asset', 'unknown'] as const;
const oddTexts = [
  '',
  ' ',
  '-',
  '0',
  'null',
  '\u0000',
  'a\nb',
  '账户',
  '\u{1f4b0}',
  '\ud800',
  '\ufeffx',
  '{}',
  '***',
  'é',
];
const times = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

export class RandomCalls {
  private made = 0;
  private readonly facts: RandomFacts;

  constructor(readonly random: Random) {
    this.facts = new RandomFacts(random);
  }

  private text(): string {
    const { random } = this;
    if (random.chance(0.4)) return random.pick(oddTexts);
    const text = random.text(random.below(40), 'abc/{}=&* ,;\\"');
    return random.chance(0.1) ? text.repeat(50) : text;
  }

  private number(): number {
    return this.random.chance(0.2) ? this.random.pick(times) : this.random.below(100_000);
  }

  /** A call whose fields are independent of each other. */
  any(): ApiCall {
    const { random } = this;
    const weird = weirds.filter(() => random.chance(0.05));
    return {
      v: 1,
      uid: `${random.hex(2)}-${random.chance(0.1) ? 2 ** 32 + random.below(9) : 1 + random.below(50)}`,
      ts: this.number(),
      completedTs: this.number(),
      app: this.text(),
      server: this.text(),
      serverPort: random.below(65_536),
      client: this.text(),
      clientPort: random.below(65_536),
      vlan: random.chance(0.5) ? null : random.below(4096),
      tunnel: random.chance(0.5) ? null : `vxlan:${random.below(99)}`,
      httpVersion: random.pick(['0.9', '1.0', '1.1', '2', '']),
      method: this.text(),
      path: this.text(),
      query: this.text(),
      template: this.text(),
      templateReason: this.text(),
      operation: this.text(),
      format: random.pick(formats),
      formatReason: this.text(),
      apiId: random.hex(2),
      status: random.pick([0, 101, 200, 404, 999]),
      requestType: this.text(),
      responseType: this.text(),
      userAgent: this.text(),
      referer: this.text(),
      requestBytes: this.number(),
      responseBytes: this.number(),
      durationUs: this.number(),
      sampling: random.pick([1, 1, 10]),
      sequence: random.pick([0, 1, 2 ** 32 - 1]),
      signature: random.pick([0, 0, 2 ** 53 - 1]),
      proofs: random.pick([[], ['request-id'], ['timestamp', 'signature']]),
      completeness: random.pick([0, 0.001, 0.333, 0.5, 1]),
      pairing: random.pick(['paired', 'no-response', 'no-request']),
      unpaired: random.chance(0.5) ? null : random.pick(unpairedReasons),
      weird,
      caller: this.facts.caller(),
      sent: this.facts.side(),
      given: this.facts.response(),
      asked: this.facts.asked(),
      envelope: this.facts.envelope(),
      encrypted: random.pick([null, true, false]),
      statement: random.pick(['', '', '', 'select']),
      parts: random.chance(0.9) ? [] : ['a', 'b c'],
      signals: random.chance(0.9) ? [] : ['sql-injection', 'stack-trace'],
      requestHash: random.chance(0.5) ? '' : random.hex(2),
      foreignOrigin: random.chance(0.9) ? '' : random.hex(2),
      traceIds: random.chance(0.8) ? '' : random.hex(2),
    };
  }

  /** The next call of some traffic: few APIs, many clients, times that go on and often repeat. */
  next(): ApiCall {
    const { random } = this;
    const completedTs = start + Math.floor(this.made++ / 4) * 1000 * random.below(3) + this.made * 500;
    const api = random.below(30);
    return {
      ...this.any(),
      ts: completedTs - random.below(900_000),
      completedTs,
      app: `app${api % 3}.example`,
      client: `10.0.0.${random.below(200)}`,
      method: api % 7 === 0 ? 'POST' : 'GET',
      template: `/api/${api}/{id}`,
      operation: '',
      apiId: api.toString(16).padStart(16, '0'),
      status: random.pick([0, 200, 200, 200, 302, 404, 500]),
    };
  }

  many(count: number): ApiCall[] {
    return Array.from({ length: count }, () => this.next());
  }
}

/** The order in which calls are judged: completion, then uid. */
export function inOrder(calls: readonly ApiCall[]): ApiCall[] {
  return [...calls].sort((a, b) => a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0));
}
