/** One word for how complete the picture is, and why: by names and numbers, for programs; the console says it in words. */
import { C, imbalances, Ledger } from '../../sensor/ledger.ts';
import type { DiskState } from '../disk.ts';

export type Condition = 'complete' | 'degraded' | 'blind';

export interface ConditionReason {
  /** Stable name of the reason; a `lost` counter's is `lost:` and the counter. */
  readonly code: string;
  /** How much, in the unit of the reason. */
  readonly value: number;
  /** Share of what it is a part of, 0…1; absent where there is no whole. */
  readonly share?: number;
  /** Of `imbalance`: what does not add up. */
  readonly what?: string;
}

export interface ConditionFacts {
  /** The ledger's counters, from the beginning. */
  readonly counts: Float64Array;
  /** What they grew by of late: losses are held against it. The same as `counts` when absent. */
  readonly recent?: Float64Array;
  readonly damagedSources: number;
  /** Sources whose reading began and did not end. */
  readonly unfinishedSources: number;
  /** Ports and streams from which nothing has come of late. */
  readonly silentSources: number;
  /** The step of shedding that is in force now. */
  readonly shedStep: number;
}

/**
 * Up to this share of a stage a loss is the edge of the capture (the last requests have no response yet) and leaves the
 * picture complete. It is in the ledger all the same.
 */
const tolerated = 0.001;
/** Connections seen in one direction only: port scans make some on every network. */
const toleratedOneSided = 0.01;
/** TLS without keys, and QUIC: browsers on servers make some everywhere. */
const toleratedEncrypted = 0.01;

/** Octets whose content nobody could read: TLS without keys, and QUIC. */
export function unreadable(counts: Float64Array): number {
  return counts[C.encryptedBytes]! + counts[C.encryptedFlowBytes]! + counts[C.quicBytes]!;
}

export function assess(facts: ConditionFacts): {
  readonly state: Condition;
  readonly reasons: readonly ConditionReason[];
} {
  const { counts, silentSources: silent } = facts;
  const packets = counts[C.packetsRead]!;
  if (packets === 0) return { state: 'blind', reasons: [{ code: 'no-packets', value: 0 }, ...damageOf(facts)] };
  const losses = lossesOf(facts);
  // What waits before the threads was not looked at yet: under load the first report of theirs may be late.
  const isLookedAt = counts[C.segmentsWaiting]! <= counts[C.segmentsToShards]! / 2;
  if (counts[C.messagesParsed] === 0 && isLookedAt) {
    return { state: 'blind', reasons: [{ code: 'no-http', value: packets }, ...losses] };
  }
  if (silent > 0) return { state: 'blind', reasons: [{ code: 'silent', value: silent }, ...losses] };
  return { state: losses.length === 0 ? 'complete' : 'degraded', reasons: losses };
}

/** What is judged of a disk. */
export type DiskFacts = Pick<DiskState, 'mark' | 'isStuck' | 'free' | 'size'>;

/** What the disk says of what is to come: nothing is lost by it yet. */
export function diskReasons(disk: DiskFacts | null): ConditionReason[] {
  if (disk === null || disk.mark === 0) return [];
  const code = disk.isStuck ? 'disk-full' : disk.mark === 2 ? 'disk-dropping' : 'disk-low';
  return [{ code, value: disk.free, share: disk.free / disk.size }];
}

function damageOf({ damagedSources, unfinishedSources }: ConditionFacts): ConditionReason[] {
  const reasons: ConditionReason[] = [];
  if (damagedSources > 0) reasons.push({ code: 'damage', value: damagedSources });
  if (unfinishedSources > 0) reasons.push({ code: 'unfinished', value: unfinishedSources });
  return reasons;
}

function lossesOf(facts: ConditionFacts): ConditionReason[] {
  const reasons: ConditionReason[] = imbalances(facts.counts).map((what) => ({ code: 'imbalance', value: 1, what }));
  reasons.push(...damageOf(facts));
  const counts = facts.recent ?? facts.counts;
  const of = (name: keyof typeof C): number => counts[C[name]]!;
  const part = (code: string, value: number, whole: number, limit: number): void => {
    const share = whole > 0 ? value / whole : 0;
    if (share > limit) reasons.push({ code, value, share });
  };
  part('gaps', of('gapBytes'), of('gapBytes') + of('streamBytes'), tolerated);
  part('wire-loss', of('wireLossBytes'), of('wireLossBytes') + of('streamBytes'), tolerated);
  part('one-sided', of('flowsOneSided'), of('flowsSeen'), toleratedOneSided);
  part('cut', of('packetsCut'), of('packetsRead'), tolerated);
  const received = of('payloadBytes') - of('retransmittedBytes') - of('doubledBytes') + of('quicBytes');
  part('encrypted', unreadable(counts), received, toleratedEncrypted);
  if (of('flowsEvicted') > 0) reasons.push({ code: 'evicted', value: of('flowsEvicted') });
  part('shed', of('shedBytes'), of('bytesToParse'), 0);
  if (facts.shedStep > 0) reasons.push({ code: 'shedding', value: facts.shedStep });
  part('sampled', of('segmentsUnsampled'), of('segmentsToShards'), 0);
  const ledger = new Ledger();
  ledger.add(counts);
  const entries = ledger.entries();
  const came = new Map<string, number>();
  for (const { stage, kind, value } of entries) if (kind === 'in') came.set(stage, (came.get(stage) ?? 0) + value);
  for (const { stage, kind, name, value } of entries) {
    // Shed octets are told above, by a name of their own.
    if (kind === 'lost' && name !== 'shedBytes') part(`lost:${name}`, value, came.get(stage) ?? 0, tolerated);
  }
  return reasons;
}
