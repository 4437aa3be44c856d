/** A process, a store and an appliance that live in memory, so that whole command lines run inside a test. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { OutputClosed } from '../../../console/cli/io.ts';
import { run } from '../../../console/cli/program.ts';
import type { Services } from '../../../console/cli/services.ts';
import type { ReplaySummary } from '../../../deploy/appliance.ts';
import type { AuditReport } from '../../../deploy/audit/audit.ts';
import { explainConfig, loadConfig } from '../../../deploy/config.ts';
import { readDocument } from '../../../deploy/content/checks.ts';
import { kindsOfClients, placesOfClients } from '../../../deploy/lookup.ts';
import { approversOf, endGrants, expire, grantReveal, reveal } from '../../../deploy/reveal/reveal.ts';
import type { LedgerEntry } from '../../../sensor/ledger.ts';
import { C, Ledger } from '../../../sensor/ledger.ts';
import type { Gathering, Parameters, Row, Store } from '../../../storage/store/store.ts';
import { gatherRows } from '../../storage/gathered-rows.ts';

export interface Asked {
  readonly question: string;
  readonly parameters: Parameters;
}

/** Answers by question; a function sees the parameters. */
export type Answers = Readonly<Record<string, readonly object[] | ((parameters: Parameters) => readonly object[])>>;

export class FakeStore implements Store {
  readonly asked: Asked[] = [];
  readonly inserted: { readonly table: string; readonly rows: readonly Row[] }[] = [];
  closed = 0;

  constructor(readonly answers: Answers) {}

  async insert(table: string, rows: readonly Row[]): Promise<void> {
    this.inserted.push({ table, rows });
  }

  gather(table: string): Gathering {
    return gatherRows((rows) => this.insert(table, rows));
  }

  async ask<T = Row>(question: string, parameters: Parameters = {}): Promise<T[]> {
    this.asked.push({ question, parameters });
    const answer = this.answers[question] ?? [];
    return [...(typeof answer === 'function' ? answer(parameters) : answer)] as T[];
  }

  async *stream<T = Row>(question: string, parameters: Parameters = {}): AsyncGenerator<T> {
    yield* await this.ask<T>(question, parameters);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly answers?: Answers;
  readonly services?: Partial<Services>;
  readonly stdoutTerminal?: boolean;
  readonly stderrTerminal?: boolean;
  readonly columns?: number;
  /** Thrown by stdout once this many characters were written. */
  readonly closeAfter?: { readonly characters: number; readonly error: OutputClosed };
  readonly signal?: AbortSignal;
  /** µs. */
  readonly wallClock?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly store: FakeStore;
}

/** A folder that is there, so that commands take it for a store. */
export const somewhere = ['--data', '.'];

export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const store = new FakeStore(options.answers ?? {});
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr', isTerminal: boolean) => ({
    isTerminal,
    columns: options.columns ?? 100,
    write(text: string): undefined {
      written[name] += text;
      const limit = name === 'stdout' ? options.closeAfter : undefined;
      if (limit && written.stdout.length > limit.characters) throw limit.error;
    },
    flush: async () => {},
  });
  const services: Services = {
    version: '9.8.7',
    demoCapture: './package.json',
    loadConfig: (file, environment) => loadConfig(file, { ...environment }),
    explainConfig,
    replay: async () => summaryOf(),
    sense: async () => summaryOf(),
    runAppliance: async () => summaryOf(),
    senseToBus: async () => ({ ...summaryOf(), published: 0, spooled: 0 }),
    runAnalyzer: async () => ({ judged: 0, repeated: 0, lost: 0, poisoned: 0 }),
    openStoreForReading: async () => store,
    readLearnt: async () => ({ state: 'empty', learnt: [] }),
    traceHashes: () => [],
    traceHashesOfAll: (values) => values.map(() => []),
    maskSearch: () => () => null,
    accountHash: async () => '3f9a01c2be000000',
    keyNotices: () => [],
    kindsOfClients,
    placesOfClients,
    verifyAudit: async () => soundLog,
    recordExport: async () => {},
    signEvidence: () => ({ zip: new Uint8Array(), writer: '' }),
    ruleText: () => '',
    revealing: { approversOf, endGrants, expire, grantReveal, reveal },
    readDocument,
    listLabels: () => ({ labels: [], problems: [] }),
    listRules: () => [],
    testRules: () => [],
    tryRules: () => ({
      ...{ tried: [], refused: [], problems: [] },
      run: async () => ({ findings: [], beyond: 0, calls: 0 }),
    }),
    ...options.services,
  };
  let clock = 0;
  const code = await run(argv, services, {
    stdout: output('stdout', options.stdoutTerminal ?? false),
    stderr: output('stderr', options.stderrTerminal ?? false),
    invocation: 'apiris',
    env: options.env ?? {},
    now: () => (clock += 1000),
    wallClock: () => options.wallClock ?? someTime + 86_400e6,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, ...written, store };
}

/** A ledger of 1000 packets that balances: 20 exchanges, one of them without a response. */
export function ledgerOf(changes: Partial<Record<keyof typeof C, number>> = {}): LedgerEntry[] {
  const ledger = new Ledger();
  const counts: Partial<Record<keyof typeof C, number>> = {
    ...{ packetsRead: 1000, packetsDelivered: 1000, packetsToDecode: 1000, tcpSegments: 950, notIp: 20, notTcp: 30 },
    ...{
      segmentsToShards: 950,
      segmentsTaken: 950,
      segmentsToTrack: 950,
      segmentsWithPayload: 500,
      segmentsEmpty: 450,
    },
    ...{ payloadBytes: 123_456, streamBytes: 123_000, retransmittedBytes: 456, flowsSeen: 12, packetBytes: 180_000 },
    ...{
      bytesToParse: 123_000,
      messageBytes: 120_000,
      otherProtocolBytes: 3000,
      requestsParsed: 20,
      responsesParsed: 20,
    },
    ...{ messagesParsed: 40, messagesPaired: 40, exchangesOpened: 20, exchangesEmitted: 20, exchangesToRead: 20 },
    ...{ callsRead: 20, callsToJudge: 20, callsJudged: 20, callsToStore: 20, callsStored: 20 },
    ...changes,
  };
  for (const [name, value] of Object.entries(counts)) ledger.counts[C[name as keyof typeof C]] = value;
  return ledger.entries();
}

export function summaryOf(changes: Partial<ReplaySummary> = {}): ReplaySummary {
  return {
    sources: [{ name: 'monday.pcap', id: 'a1', state: 'read' }],
    exchanges: 20,
    stored: 20,
    applications: 2,
    apis: 3,
    seconds: 0.5,
    packets: 1000,
    bytes: 180_000,
    ledger: ledgerOf(),
    weird: [],
    damage: [],
    imbalances: [],
    notices: [],
    ...changes,
  };
}

/** 2026-11-21 10:22:33.000123 in Shanghai. */
export const someTime = Date.UTC(2026, 10, 21, 2, 22, 33) * 1000 + 123;

/** A log that verifies. */
const soundLog: AuditReport = {
  writers: [{ writer: '0123456789abcdef', seals: 12, lastTs: someTime, hash: 'ab'.repeat(32) }],
  calls: { sealed: 5717, unsealed: 0, blocks: 3, before: 0 },
  findings: { sealed: 72, unsealed: 0 },
  decisions: { sealed: 4, unsealed: 0 },
  adopted: 0,
  closed: [],
  anchor: { path: 'audit.anchor', lines: 12, damaged: [], others: [] },
  keyFrom: 'folder',
  problems: [],
};

export const apps = [
  {
    ...{
      app: 'trade.example.com',
      apis: 12,
      calls: 12_345,
      errors: 67,
      clients: 40,
      accounts: 25,
      boundCalls: 12_000,
      labels: ['mobile'],
      methods: ['GET', 'POST'],
    },
    ...{
      given: [{ label: 'mobile', count: 120_000 }],
      grades: { high: 2, none: 1 },
      persons: 40,
      outsideCalls: 30,
      days: 3,
      servers: ['10.20.30.40'],
      decided: '{"owner":"li.lei","department":"经纪业务部"}',
    },
    ...{ requestBytes: 1_234_567, responseBytes: 98_765_432, firstSeen: someTime - 3600e6, lastSeen: someTime },
  },
  {
    ...{
      app: '10.20.30.40:8080',
      apis: 1,
      calls: 9,
      errors: 0,
      clients: 2,
      accounts: 0,
      boundCalls: 0,
      labels: [],
      methods: ['GET'],
    },
    ...{ given: [], grades: {}, persons: 0, outsideCalls: 0, days: 1, servers: ['10.20.30.40'], decided: '' },
    ...{ requestBytes: 900, responseBytes: 5000, firstSeen: someTime, lastSeen: someTime },
  },
];

/** Nothing in it but masked values. */
const mobiles = { label: 'mobile', count: 12, masked: 0 };
const names = { label: 'name', count: 12, masked: 12 };

export const api = {
  ...{ id: '3f9a01c2be774455', app: 'trade.example.com', method: 'GET', template: '/api/v1/accounts/{id}/orders' },
  ...{ operation: '', format: 'REST', state: 'confirmed', calls: 4321, errors: 21, clients: 17 },
  ...{ lifecycle: 'active', functionReasons: { query: 'method GET' } },
  ...{ accounts: 9, persons: 20, functions: ['query'], labelsRequest: [], labelsResponse: [mobiles, names] },
  ...{ p50Us: 12_340, p95Us: 250_000, requestBytes: 1000, responseBytes: 2_000_000 },
  ...{ firstSeen: someTime - 3600e6, lastSeen: someTime, templateReason: 'id=number', formatReason: 'JSON response' },
  traits: [
    { name: 'exposure', value: 'exposing', reason: 'gives mobile,name', confidence: 0.95 },
    { name: 'caller', value: 'human', reason: 'agents people 98%', confidence: 0.9 },
    { name: 'auth', value: 'session,none', reason: 'session 90%; anonymous 10%', confidence: 0.9 },
    { name: 'grade', value: 'medium', reason: 'gives mobile,name', confidence: 0.95 },
    { name: 'level', value: 'S2', reason: 'personal mobile,name', confidence: 0.9 },
  ],
  decided: [{ trait: 'grade', value: 'high', by: 'li.lei', note: '客户持仓', ts: someTime }],
  proposals: [
    { what: 'grade', value: 'none', reason: 'nothing', at: someTime - 3600e6 },
    { what: 'grade', value: 'medium', reason: 'gives mobile,name', at: someTime },
  ],
};

export const graphql = {
  ...api,
  ...{ id: '3f9a01c2cc000000', app: 'funds.a-rather-long-host-name.example.com.cn', method: 'POST' },
  ...{ template: '/graphql', operation: 'query 查询客户持仓明细', format: 'GraphQL', state: 'provisional' },
  ...{ calls: 7, errors: 0, p50Us: null, p95Us: null, templateReason: '', formatReason: 'query document' },
  ...{ accounts: 0, persons: 0, functions: [], labelsResponse: [], lifecycle: 'revived', functionReasons: {} },
  ...{ traits: [], decided: [], proposals: [] },
};

export const call = {
  ...{ uid: '00ff00ff00ff00ff-1', ts: someTime, completedTs: someTime + 1500, app: 'trade.example.com' },
  ...{ apiId: api.id, method: 'GET', template: api.template, operation: '', format: 'REST' },
  ...{ path: '/api/v1/accounts/8800****/orders', query: 'name=张*&page=1', status: 200, success: 1 },
  ...{ client: '10.0.0.7', clientPort: 50_000, server: '10.20.30.40', serverPort: 80, vlan: null, tunnel: null },
  ...{ httpVersion: '1.1', requestType: '', responseType: 'application/json', userAgent: '=cmd|x', referer: '' },
  ...{ requestBytes: 300, responseBytes: 2048, durationUs: 1500, completeness: 1, pairing: 'paired', unpaired: null },
  ...{ weird: ['http_bare_lf'], source: 'a1' },
  ...{ account: '138****5678#3f9a01c2be', session: '00000000000000aa', claimedClient: '', functions: ['query'] },
  ...{ labelsRequest: [], persons: 20 },
  labelsResponse: [
    { ...mobiles, distinct: 10, sample: '138****5678' },
    { ...names, distinct: 11, sample: '张*' },
  ],
};

export const alone = {
  ...call,
  ...{ uid: '00ff00ff00ff00ff-2', status: 0, success: 0, pairing: 'no-response', unpaired: 'end-of-input' },
  ...{
    query: '',
    userAgent: 'curl/8',
    path: '/very/long/path/with/many/segments/that/does/not/fit/in/its/column/文件.json',
  },
  ...{ weird: [], completeness: 0.5, account: '', session: '', functions: [], labelsResponse: [], persons: 0 },
};

/** Compares with the file of that name; APIRIS_UPDATE_GOLDEN=1 writes it instead. */
export function golden(name: string, text: string): { readonly expected: string; readonly actual: string } {
  const file = new URL(`test/console/cli/golden/${name}`, import.meta.resolve('#root/package.json'));
  if (process.env['APIRIS_UPDATE_GOLDEN']) writeFileSync(file, text);
  return { expected: readFileSync(file, 'utf8'), actual: text };
}
