/**
 * Where every packet, byte, message and exchange went.
 *
 * A stage takes something in and lets each unit out through exactly one counter, so its counters add up to what came
 * in, to the unit; what leaves a stage by its `out` counter is what the next stage of that unit takes in. `lost` is by
 * force (a bound, damage, a gap), `skipped` is on purpose (not ours to read). `test` asserts the balance everywhere.
 * What a worker thread held when it died went through the `crash` counters of its stages.
 */

/**
 * `in` came in; `out` goes on to the next stage; `skipped` on purpose; `lost` by force; `waiting` is still in the stage
 * when a running sensor is asked, and 0 once it has ended; `note` is outside the balance.
 */
export type CounterKind = 'in' | 'out' | 'skipped' | 'lost' | 'waiting' | 'note';

interface CounterDefinition {
  readonly stage: string;
  readonly unit: string;
  readonly name: string;
  readonly kind: CounterKind;
}

const definitions = [
  // received: frames from the port or the file
  { stage: 'received', unit: 'packets', name: 'packetsRead', kind: 'in' },
  { stage: 'received', unit: 'packets', name: 'packetsDelivered', kind: 'out' },
  { stage: 'received', unit: 'packets', name: 'droppedByKernel', kind: 'lost' },
  { stage: 'received', unit: 'packets', name: 'droppedByInterface', kind: 'lost' },
  // decoded: frames to TCP segments
  { stage: 'decoded', unit: 'packets', name: 'packetsToDecode', kind: 'in' },
  { stage: 'decoded', unit: 'packets', name: 'tcpSegments', kind: 'out' },
  { stage: 'decoded', unit: 'packets', name: 'notIp', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'notTcp', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'quicPackets', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'strangeTunnels', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'fragmentsJoined', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'fragmentsRepeated', kind: 'skipped' },
  { stage: 'decoded', unit: 'packets', name: 'fragmentsIncomplete', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'fragmentsConflicting', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'fragmentsOverLimit', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'nestedTooDeep', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'unknownLinkType', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'headerCut', kind: 'lost' },
  { stage: 'decoded', unit: 'packets', name: 'headerMalformed', kind: 'lost' },
  // queued: segments to a shard
  { stage: 'queued', unit: 'segments', name: 'segmentsToShards', kind: 'in' },
  { stage: 'queued', unit: 'segments', name: 'segmentsTaken', kind: 'out' },
  { stage: 'queued', unit: 'segments', name: 'segmentsUnsampled', kind: 'skipped' },
  { stage: 'queued', unit: 'segments', name: 'segmentsDropped', kind: 'lost' },
  { stage: 'queued', unit: 'segments', name: 'crashSegments', kind: 'lost' },
  { stage: 'queued', unit: 'segments', name: 'segmentsWaiting', kind: 'waiting' },
  // tracked: segments to flows
  { stage: 'tracked', unit: 'segments', name: 'segmentsToTrack', kind: 'in' },
  { stage: 'tracked', unit: 'segments', name: 'segmentsWithPayload', kind: 'out' },
  { stage: 'tracked', unit: 'segments', name: 'segmentsEmpty', kind: 'skipped' },
  { stage: 'tracked', unit: 'segments', name: 'crashTracked', kind: 'lost' },
  { stage: 'tracked', unit: 'segments', name: 'segmentsUnderWay', kind: 'waiting' },
  // reassembled: payload octets to streams
  { stage: 'reassembled', unit: 'bytes', name: 'payloadBytes', kind: 'in' },
  { stage: 'reassembled', unit: 'bytes', name: 'streamBytes', kind: 'out' },
  { stage: 'reassembled', unit: 'bytes', name: 'retransmittedBytes', kind: 'skipped' },
  { stage: 'reassembled', unit: 'bytes', name: 'doubledBytes', kind: 'skipped' },
  { stage: 'reassembled', unit: 'bytes', name: 'keepAliveBytes', kind: 'skipped' },
  { stage: 'reassembled', unit: 'bytes', name: 'ignoredFlowBytes', kind: 'skipped' },
  { stage: 'reassembled', unit: 'bytes', name: 'encryptedFlowBytes', kind: 'skipped' },
  { stage: 'reassembled', unit: 'bytes', name: 'conflictingBytes', kind: 'lost' },
  { stage: 'reassembled', unit: 'bytes', name: 'outOfWindowBytes', kind: 'lost' },
  { stage: 'reassembled', unit: 'bytes', name: 'afterCloseBytes', kind: 'lost' },
  { stage: 'reassembled', unit: 'bytes', name: 'reassemblyLimitBytes', kind: 'lost' },
  { stage: 'reassembled', unit: 'bytes', name: 'crashHeldBytes', kind: 'lost' },
  { stage: 'reassembled', unit: 'bytes', name: 'bytesWaiting', kind: 'waiting' },
  // parsed: stream octets to messages
  { stage: 'parsed', unit: 'bytes', name: 'bytesToParse', kind: 'in' },
  { stage: 'parsed', unit: 'bytes', name: 'messageBytes', kind: 'out' },
  { stage: 'parsed', unit: 'bytes', name: 'otherProtocolBytes', kind: 'skipped' },
  { stage: 'parsed', unit: 'bytes', name: 'switchedProtocolBytes', kind: 'skipped' },
  { stage: 'parsed', unit: 'bytes', name: 'tlsBytes', kind: 'skipped' },
  { stage: 'parsed', unit: 'bytes', name: 'encryptedBytes', kind: 'skipped' },
  { stage: 'parsed', unit: 'bytes', name: 'resyncBytes', kind: 'lost' },
  { stage: 'parsed', unit: 'bytes', name: 'shedBytes', kind: 'lost' },
  { stage: 'parsed', unit: 'bytes', name: 'tlsLostBytes', kind: 'lost' },
  { stage: 'parsed', unit: 'bytes', name: 'crashBytes', kind: 'lost' },
  { stage: 'parsed', unit: 'bytes', name: 'bytesUnderWay', kind: 'waiting' },
  // paired: messages to exchanges
  { stage: 'paired', unit: 'messages', name: 'messagesParsed', kind: 'in' },
  { stage: 'paired', unit: 'messages', name: 'messagesPaired', kind: 'out' },
  { stage: 'paired', unit: 'messages', name: 'interimResponses', kind: 'skipped' },
  { stage: 'paired', unit: 'messages', name: 'requestsAlone', kind: 'lost' },
  { stage: 'paired', unit: 'messages', name: 'responsesAlone', kind: 'lost' },
  { stage: 'paired', unit: 'messages', name: 'crashMessages', kind: 'lost' },
  { stage: 'paired', unit: 'messages', name: 'messagesWaiting', kind: 'waiting' },
  // emitted: exchanges to calls
  { stage: 'emitted', unit: 'exchanges', name: 'exchangesOpened', kind: 'in' },
  { stage: 'emitted', unit: 'exchanges', name: 'exchangesEmitted', kind: 'out' },
  { stage: 'emitted', unit: 'exchanges', name: 'crashExchanges', kind: 'lost' },
  { stage: 'emitted', unit: 'exchanges', name: 'exchangesOpen', kind: 'waiting' },
  // read: exchanges to calls
  { stage: 'read', unit: 'exchanges', name: 'exchangesToRead', kind: 'in' },
  { stage: 'read', unit: 'exchanges', name: 'callsRead', kind: 'out' },
  { stage: 'read', unit: 'exchanges', name: 'crashUnread', kind: 'lost' },
  { stage: 'read', unit: 'exchanges', name: 'exchangesUnderWay', kind: 'waiting' },
  // judged: calls in order
  { stage: 'judged', unit: 'calls', name: 'callsToJudge', kind: 'in' },
  { stage: 'judged', unit: 'calls', name: 'callsJudged', kind: 'out' },
  { stage: 'judged', unit: 'calls', name: 'callsKnown', kind: 'skipped' },
  { stage: 'judged', unit: 'calls', name: 'callsLost', kind: 'lost' },
  { stage: 'judged', unit: 'calls', name: 'callsWaiting', kind: 'waiting' },
  // stored: calls to rows
  { stage: 'stored', unit: 'calls', name: 'callsToStore', kind: 'in' },
  { stage: 'stored', unit: 'calls', name: 'callsStored', kind: 'out' },
  { stage: 'stored', unit: 'calls', name: 'callsUnstored', kind: 'waiting' },
  { stage: 'judged', unit: 'calls', name: 'callsOutOfOrder', kind: 'note' },
  // what helps to explain the balance, and is no part of it
  { stage: 'reassembled', unit: 'bytes', name: 'gapBytes', kind: 'note' },
  { stage: 'reassembled', unit: 'gaps', name: 'gaps', kind: 'note' },
  { stage: 'reassembled', unit: 'bytes', name: 'wireLossBytes', kind: 'note' },
  { stage: 'tracked', unit: 'segments', name: 'segmentsDoubled', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'flowsSeen', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'flowsMidStream', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'flowsOneSided', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'flowsAcrossVlans', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'flowsEvicted', kind: 'note' },
  { stage: 'tracked', unit: 'flows', name: 'crashFlows', kind: 'note' },
  { stage: 'queued', unit: 'bytes', name: 'unsampledBytes', kind: 'note' },
  { stage: 'received', unit: 'bytes', name: 'packetBytes', kind: 'note' },
  { stage: 'received', unit: 'packets', name: 'packetsCut', kind: 'note' },
  { stage: 'received', unit: 'packets', name: 'packetsMerged', kind: 'note' },
  { stage: 'received', unit: 'packets', name: 'packetsByKernel', kind: 'note' },
  { stage: 'received', unit: 'inputs', name: 'inputsDamaged', kind: 'note' },
  { stage: 'parsed', unit: 'messages', name: 'requestsParsed', kind: 'note' },
  { stage: 'parsed', unit: 'messages', name: 'responsesParsed', kind: 'note' },
  { stage: 'parsed', unit: 'messages', name: 'messagesTruncated', kind: 'note' },
  { stage: 'parsed', unit: 'messages', name: 'bodiesShed', kind: 'note' },
  { stage: 'queued', unit: 'steps', name: 'shedSteps', kind: 'note' },
  { stage: 'decoded', unit: 'packets', name: 'packetsFlooded', kind: 'note' },
  { stage: 'decoded', unit: 'bytes', name: 'quicBytes', kind: 'note' },
  { stage: 'parsed', unit: 'handshakes', name: 'tlsHandshakes', kind: 'note' },
  { stage: 'received', unit: 'blocks', name: 'secretsDropped', kind: 'note' },
  // what a bound of reading or judging kept out
  { stage: 'read', unit: 'messages', name: 'contentUnread', kind: 'note' },
  { stage: 'read', unit: 'values', name: 'valuesOverLimit', kind: 'note' },
  { stage: 'read', unit: 'values', name: 'valuesSkipped', kind: 'note' },
  { stage: 'read', unit: 'values', name: 'valuesCut', kind: 'note' },
  { stage: 'read', unit: 'parts', name: 'partsSkipped', kind: 'note' },
  { stage: 'read', unit: 'parts', name: 'archivesEncrypted', kind: 'note' },
  { stage: 'read', unit: 'parts', name: 'archivesBeyond', kind: 'note' },
  { stage: 'read', unit: 'values', name: 'identifiersOverLimit', kind: 'note' },
  { stage: 'read', unit: 'facts', name: 'factsOverLimit', kind: 'note' },
  // sealed copies, where they are wanted
  { stage: 'read', unit: 'exchanges', name: 'exchangesKept', kind: 'note' },
  { stage: 'read', unit: 'exchanges', name: 'exchangesUnkept', kind: 'note' },
  { stage: 'judged', unit: 'entries', name: 'memoriesForgotten', kind: 'note' },
  { stage: 'stored', unit: 'handshakes', name: 'tlsHandshakesBeyond', kind: 'note' },
] as const satisfies readonly CounterDefinition[];

export type CounterName = (typeof definitions)[number]['name'];
export type StageName = (typeof definitions)[number]['stage'];

/** The pipeline's stages in order. */
export const stages: readonly StageName[] = [...new Set(definitions.map((d) => d.stage))];

/** Names by index, kinds by index. */
export const counterNames: readonly CounterName[] = definitions.map(({ name }) => name);

/** Index of each counter in `Ledger.counts`; `ledger.counts[C.notIp]++` is all the hot path does. */
export const C = Object.freeze(Object.fromEntries(definitions.map((d, index) => [d.name, index]))) as Readonly<
  Record<CounterName, number>
>;

/** Pairs of counters that must be equal because one stage hands to the next. */
const handovers: readonly (readonly [CounterName, CounterName])[] = [
  ['packetsDelivered', 'packetsToDecode'],
  ['tcpSegments', 'segmentsToShards'],
  ['segmentsTaken', 'segmentsToTrack'],
  ['streamBytes', 'bytesToParse'],
  ['exchangesEmitted', 'exchangesToRead'],
  ['callsRead', 'callsToJudge'],
  ['callsJudged', 'callsToStore'],
];

export interface LedgerEntry extends CounterDefinition {
  readonly value: number;
}

export class Ledger {
  readonly counts = new Float64Array(definitions.length);

  add(other: Float64Array): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i]! += other[i]!;
  }

  entries(): LedgerEntry[] {
    return definitions.map((definition, index) => ({ ...definition, value: this.counts[index]! }));
  }
}

/**
 * The counters of a sensor that is running, balanced: what a stage took in and did not let out yet becomes its `waiting`
 * counter. Threads are asked one after the other, so what the first one handed over may not have arrived: that waits too.
 * And judging counts calls whose threads have not told of them yet: these were read, so they came that far.
 */
export function withWaiting(counts: Float64Array): Float64Array {
  const balanced = Float64Array.from(counts);
  raise(balanced, C.callsRead, balanced[C.callsToJudge]!);
  raise(balanced, C.exchangesToRead, balanced[C.callsRead]! + balanced[C.crashUnread]!);
  raise(balanced, C.exchangesEmitted, balanced[C.exchangesToRead]!);
  raise(balanced, C.exchangesOpened, balanced[C.exchangesEmitted]! + balanced[C.crashExchanges]!);
  for (const [from, to] of handovers) raise(balanced, C[to], balanced[C[from]]!);
  for (const [index, { stage, kind }] of definitions.entries()) {
    if (kind === 'waiting') balanced[index] = Math.max(0, balanceOf(balanced, stage) + balanced[index]!);
  }
  return balanced;
}

function raise(counts: Float64Array, counter: number, least: number): void {
  counts[counter] = Math.max(counts[counter]!, least);
}

/** Where what a stage held goes when its thread dies, and how stages of one thread hand over. */
const crashes: readonly (readonly [StageName, CounterName])[] = [
  ['tracked', 'crashTracked'],
  ['reassembled', 'crashHeldBytes'],
  ['parsed', 'crashBytes'],
  ['paired', 'crashMessages'],
  ['emitted', 'crashExchanges'],
  ['read', 'crashUnread'],
];

/**
 * The counters of a thread that died, as it told them last: what it held is lost. `calls`: how many of it arrived; null
 * when it made none. Segments that it took without telling are counted by who takes its place.
 */
export function afterCrash(counts: Float64Array, calls: number | null): Float64Array {
  const last = Float64Array.from(counts);
  last[C.segmentsToTrack] = Math.max(last[C.segmentsTaken]!, last[C.segmentsToTrack]!);
  last[C.bytesToParse] = Math.max(last[C.streamBytes]!, last[C.bytesToParse]!);
  if (calls !== null) {
    last[C.exchangesToRead] = Math.max(last[C.exchangesEmitted]!, last[C.exchangesToRead]!);
    last[C.callsRead] = calls;
  }
  for (const [stage, counter] of crashes) last[C[counter]]! += Math.max(0, balanceOf(last, stage));
  return last;
}

/** What came into a stage and went through none of its counters. */
function balanceOf(counts: Float64Array, stage: string): number {
  let balance = 0;
  for (const [index, d] of definitions.entries()) {
    if (d.stage === stage && d.kind !== 'note') balance += d.kind === 'in' ? counts[index]! : -counts[index]!;
  }
  return balance;
}

/** Every stage or handover that does not add up, in words; empty when the ledger balances. */
export function imbalances(counts: Float64Array): string[] {
  const problems: string[] = [];
  for (const stage of stages) {
    const balance = balanceOf(counts, stage);
    if (balance !== 0) problems.push(`${stage}: ${balance} unaccounted`);
  }
  for (const [from, to] of handovers) {
    const difference = counts[C[from]]! - counts[C[to]]!;
    if (difference !== 0) problems.push(`${from} → ${to}: ${difference} lost between stages`);
  }
  return problems;
}
