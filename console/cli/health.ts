/** One word for how complete the picture is, and why. Facts in, judgement out; nothing is printed here. */
import type { LedgerEntry } from '../../sensor/ledger.ts';
import { C } from '../../sensor/ledger.ts';
import { unreadable } from './diagnosis.ts';
import { amount, countsOf, ledgerProblems, name, shareOf } from './ledger-view.ts';
import { groupThousands } from './table.ts';
import type { Texts } from './text/en.ts';
import { humanBytes, humanShare } from './units.ts';

export type HealthWord = 'complete' | 'degraded' | 'blind';

export interface HealthReason {
  /** Stable name of the reason; a `lost` counter's is `lost:` and the counter. */
  readonly code: string;
  /** How much, in the unit of the reason. */
  readonly value: number;
  /** Share of what it is a part of, 0…1; absent where there is no whole. */
  readonly share?: number;
  readonly text: string;
}

export interface Health {
  readonly word: HealthWord;
  readonly reasons: readonly HealthReason[];
}

export interface HealthFacts {
  readonly ledger: readonly LedgerEntry[];
  readonly damagedSources: number;
  /** Sources whose reading began and did not end. */
  readonly unfinishedSources: number;
  /** Names of ports and streams that an appliance reads, and from which nothing has come of late. */
  readonly silentSources?: readonly string[];
  /** The step of shedding that is in force now; 0 when absent. */
  readonly shedStep?: number;
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

export function assessHealth(facts: HealthFacts, texts: Texts): Health {
  const counts = countsOf(facts.ledger);
  const { reasons: say } = texts.health;
  const packets = counts[C.packetsRead]!;
  if (packets === 0) {
    return {
      word: 'blind',
      reasons: [{ code: 'no-packets', value: 0, text: say.noPackets() }, ...damageOf(facts, texts)],
    };
  }
  if (counts[C.messagesParsed] === 0) {
    const text = say.noHttp(groupThousands(packets));
    return { word: 'blind', reasons: [{ code: 'no-http', value: packets, text }, ...lossesOf(facts, counts, texts)] };
  }
  const silent = facts.silentSources ?? [];
  const reasons = lossesOf(facts, counts, texts);
  if (silent.length > 0) {
    const text = say.silent(silent.join(', '));
    return { word: 'blind', reasons: [{ code: 'silent', value: silent.length, text }, ...reasons] };
  }
  return { word: reasons.length === 0 ? 'complete' : 'degraded', reasons };
}

function damageOf(facts: HealthFacts, texts: Texts): HealthReason[] {
  const { reasons: say } = texts.health;
  const reasons: HealthReason[] = [];
  const { damagedSources: damaged, unfinishedSources: unfinished } = facts;
  if (damaged > 0) reasons.push({ code: 'damage', value: damaged, text: say.damage(groupThousands(damaged)) });
  if (unfinished > 0) {
    reasons.push({ code: 'unfinished', value: unfinished, text: say.unfinished(groupThousands(unfinished)) });
  }
  return reasons;
}

function lossesOf(facts: HealthFacts, counts: Float64Array, texts: Texts): HealthReason[] {
  const { reasons: say } = texts.health;
  const reasons: HealthReason[] = ledgerProblems(facts.ledger).map((problem) => ({
    code: 'imbalance',
    value: 1,
    text: say.imbalance(problem),
  }));
  reasons.push(...damageOf(facts, texts));

  const part = (code: string, value: number, whole: number, limit: number, text: (share: string) => string) => {
    const share = shareOf(value, whole);
    if (share > limit) reasons.push({ code, value, share, text: text(humanShare(share)) });
  };
  const [gapBytes, flows] = [counts[C.gapBytes]!, counts[C.flowsSeen]!];
  const oneSided = counts[C.flowsOneSided]!;
  const cut = counts[C.packetsCut]!;
  part('gaps', gapBytes, gapBytes + counts[C.streamBytes]!, tolerated, (share) =>
    say.gaps(humanBytes(gapBytes), share),
  );
  const lost = counts[C.wireLossBytes]!;
  part('wire-loss', lost, lost + counts[C.streamBytes]!, tolerated, (share) => say.wireLoss(humanBytes(lost), share));
  part('one-sided', oneSided, flows, toleratedOneSided, (share) => say.oneSided(groupThousands(oneSided), share));
  part('cut', cut, counts[C.packetsRead]!, tolerated, (share) => say.cut(groupThousands(cut), share));
  const sealed = unreadable(counts);
  const received =
    counts[C.payloadBytes]! - counts[C.retransmittedBytes]! - counts[C.doubledBytes]! + counts[C.quicBytes]!;
  part('encrypted', sealed, received, toleratedEncrypted, (share) => say.encrypted(humanBytes(sealed), share));
  const evicted = counts[C.flowsEvicted]!;
  if (evicted > 0) reasons.push({ code: 'evicted', value: evicted, text: say.evicted(groupThousands(evicted)) });
  const [shed, bodies] = [counts[C.shedBytes]!, counts[C.bodiesShed]!];
  part('shed', shed, counts[C.bytesToParse]!, 0, (share) => say.shed(groupThousands(bodies), humanBytes(shed), share));
  const step = facts.shedStep ?? 0;
  if (step > 0) reasons.push({ code: 'shedding', value: step, text: say.shedding(say.steps[step] ?? String(step)) });
  const unsampled = counts[C.segmentsUnsampled]!;
  part('sampled', unsampled, counts[C.segmentsToShards]!, 0, (share) => say.sampled(groupThousands(unsampled), share));

  const came = new Map<string, number>();
  for (const entry of facts.ledger) {
    if (entry.kind === 'in') came.set(entry.stage, (came.get(entry.stage) ?? 0) + entry.value);
  }
  for (const entry of facts.ledger) {
    // Told above, in words of its own.
    if (entry.kind !== 'lost' || entry.name === 'shedBytes') continue;
    const what = name(texts.ledger.counters, entry.name);
    part(`lost:${entry.name}`, entry.value, came.get(entry.stage) ?? 0, tolerated, (share) =>
      say.lost(what, amount(entry, texts), share),
    );
  }
  return reasons;
}
