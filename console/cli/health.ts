/** One word for how complete the picture is, and why, in words. Judged in deploy/telemetry; nothing is printed here. */

import {
  assess,
  type Condition,
  type ConditionReason,
  type DiskFacts,
  diskReasons,
} from '../../deploy/telemetry/condition.ts';
import { C, Ledger, type LedgerEntry } from '../../sensor/ledger.ts';
import { amount, countsOf, name } from './ledger-view.ts';
import { groupThousands } from './table.ts';
import type { Texts } from './text/en.ts';
import { humanBytes, humanShare } from './units.ts';

export type HealthWord = Condition;

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
  /** The volume of the data folder, as a running appliance last saw it; null where none said. */
  readonly disk?: DiskFacts | null;
}

export function assessHealth(facts: HealthFacts, texts: Texts): Health {
  const { damagedSources, unfinishedSources, silentSources = [], shedStep = 0, disk = null } = facts;
  const counts = countsOf(facts.ledger);
  const sources = { damagedSources, unfinishedSources, silentSources: silentSources.length };
  const { state, reasons } = assess({ counts, shedStep, ...sources });
  const room = diskReasons(disk);
  return {
    word: state === 'complete' && room.length > 0 ? 'degraded' : state,
    reasons: [...reasons, ...room].map((reason) => {
      const { code, value, share } = reason;
      const text = textOf(reason, counts, silentSources, texts);
      return share === undefined ? { code, value, text } : { code, value, share, text };
    }),
  };
}

function textOf(
  { code, value, share = 0, what = '' }: ConditionReason,
  counts: Float64Array,
  silent: readonly string[],
  texts: Texts,
): string {
  const { reasons: say } = texts.health;
  const [many, octets, part] = [groupThousands(value), humanBytes(value), humanShare(share)];
  switch (code) {
    case 'no-packets':
      return say.noPackets();
    case 'no-http':
      return say.noHttp(many);
    case 'silent':
      return say.silent(silent.join(', '));
    case 'damage':
      return say.damage(many);
    case 'unfinished':
      return say.unfinished(many);
    case 'imbalance':
      return say.imbalance(what);
    case 'gaps':
      return say.gaps(octets, part);
    case 'wire-loss':
      return say.wireLoss(octets, part);
    case 'one-sided':
      return say.oneSided(many, part);
    case 'cut':
      return say.cut(many, part);
    case 'encrypted':
      return say.encrypted(octets, part);
    case 'evicted':
      return say.evicted(many);
    case 'shed':
      return say.shed(groupThousands(counts[C.bodiesShed]!), octets, part);
    case 'shedding':
      return say.shedding(say.steps[value] ?? String(value));
    case 'disk-low':
      return say.diskLow(octets, part);
    case 'disk-dropping':
      return say.diskDropping(octets, part);
    case 'disk-full':
      return say.diskFull(octets, part);
    case 'sampled':
      return say.sampled(many, part);
  }
  const ledger = new Ledger();
  ledger.add(counts);
  const entry = ledger.entries().find((each) => `lost:${each.name}` === code)!;
  return say.lost(name(texts.ledger.counters, entry.name), amount(entry, texts), part);
}
