/** Where everything went, as a run tells it and as the store keeps it. */
import type { Damage } from '../sensor/capture/packet.ts';
import { C, imbalances, type Ledger, type LedgerEntry } from '../sensor/ledger.ts';
import { weirds } from '../sensor/weird.ts';
import type { Row, Store } from '../storage/store/store.ts';
import type { JudgeMemory } from './judge-memory.ts';
import type { Sensed } from './sensing.ts';

/** What came of a run. */
export interface Run {
  /** Exchanges the sensor emitted in this run. */
  readonly exchanges: number;
  /** Calls stored in this run. */
  readonly stored: number;
  /** Wall-clock time of reading, analysis and storing. */
  readonly seconds: number;
  readonly packets: number;
  /** Octets read from the inputs. */
  readonly bytes: number;
  readonly ledger: readonly LedgerEntry[];
  /** Sorted by name. */
  readonly weird: readonly { readonly name: string; readonly count: number }[];
  readonly damage: readonly Damage[];
  /** Where the ledger does not balance; empty unless there is a bug. */
  readonly imbalances: readonly string[];
}

/** What questions must know of the configuration; written when it changes. */
export async function storeSetting(store: Store, name: string, setting: object, memory: JudgeMemory): Promise<void> {
  const value = JSON.stringify(setting);
  const [stored] = await store.ask<{ value: string }>('setting', { name });
  if (stored?.value !== value) await store.insert('settings', [{ name, value, version: memory.nextVersion() }]);
}

export function summarise(sensed: Pick<Sensed, 'weird' | 'seconds' | 'bytesRead' | 'damage'>, counters: Ledger): Run {
  const weird = weirds
    .map((name, index) => ({ name, count: sensed.weird.counts[index]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    exchanges: counters.counts[C.exchangesEmitted]!,
    stored: counters.counts[C.callsStored]!,
    seconds: sensed.seconds,
    packets: counters.counts[C.packetsRead]!,
    bytes: sensed.bytesRead,
    ledger: counters.entries(),
    weird,
    damage: sensed.damage,
    imbalances: imbalances(counters.counts),
  };
}

export function ledgerRows(source: string, run: Pick<Run, 'ledger' | 'weird'>): Row[] {
  const oddities = run.weird.map(({ name, count }) => ({
    stage: 'weird',
    unit: 'times',
    name,
    kind: 'note',
    value: count,
  }));
  return [...run.ledger, ...oddities].map((entry) => ({ source, ...entry }));
}
