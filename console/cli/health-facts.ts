/** What the store knows of how complete it is. */
import type { DiskFacts } from '../../deploy/telemetry/condition.ts';
import type { LedgerEntry } from '../../sensor/ledger.ts';
import type { Store } from '../../storage/store/store.ts';
import { newestPacket } from './filters.ts';
import { assessHealth, type Health } from './health.ts';
import type { WeirdCount } from './ledger-view.ts';
import type { SourceRow } from './rows.ts';
import { damageOf, isUnfinished, type ReadSource } from './sources.ts';
import type { Texts } from './text/en.ts';

/** Of how many calls of an application it is known whose they are. */
export interface BindingRow {
  readonly app: string;
  readonly calls: number;
  /** Calls with a credential, logins apart. */
  readonly carrying: number;
  /** Of these, calls whose account is known. */
  readonly bound: number;
  readonly logins: number;
}

/** A step of shedding under load; from 0 to 0: too much came, and there was nothing by which to shed. */
export interface SheddingRow {
  /** Packet time, µs. */
  readonly ts: number;
  readonly source: string;
  readonly fromStep: number;
  readonly step: number;
  /** Share of the fullest ring that was taken. */
  readonly fill: number;
}

/** The newest step of one source, where it is not 0. */
interface StepInForce {
  readonly source: string;
  readonly step: number;
}

export interface Facts {
  readonly ledger: readonly LedgerEntry[];
  readonly weird: readonly WeirdCount[];
  readonly sources: readonly ReadSource[];
  /** By calls, most first. */
  readonly bindings: readonly BindingRow[];
  /** The newest first, `mostSheddings` at most. */
  readonly sheddings: readonly SheddingRow[];
  readonly steps: readonly StepInForce[];
  /** µs; 0 when nothing is stored. */
  readonly newest: number;
  /** The volume of the data folder, as a running appliance last saw it; null where none said. */
  readonly disk: DiskFacts | null;
}

export async function askFacts(store: Store): Promise<Facts> {
  const ledger = await store.ask<LedgerEntry>('ledger');
  const weird = await store.ask<WeirdCount>('weird');
  const sources = await store.ask<SourceRow>('sources');
  const [disk] = await store.ask<{ value: string }>('setting', { name: 'disk' });
  return {
    ledger,
    weird,
    disk: disk === undefined ? null : (JSON.parse(disk.value) as DiskFacts),
    sheddings: await store.ask<SheddingRow>('sheddings', { limit: mostSheddings }),
    steps: await store.ask<StepInForce>('shedding-steps'),
    bindings: await store.ask<BindingRow>('bindings'),
    sources: sources.map((row) => ({ ...row, damage: damageOf(row) })),
    newest: await newestPacket(store),
  };
}

const mostSheddings = 20;

/** µs without a packet after which a mirror of a firm at work has something wrong. */
const silence = 120e6;

/** `now`: the wall clock, µs, which is what a live source's packets are held against. */
export function healthOf(facts: Facts, texts: Texts, now: number): Health {
  return assessHealth(
    {
      ledger: facts.ledger,
      damagedSources: facts.sources.filter((source) => source.damage.length > 0).length,
      silentSources: facts.sources
        .filter(({ state, lastTs, size }) => state === 'live' && size === 0 && lastTs > 0 && now - lastTs > silence)
        .map(({ name }) => name),
      shedStep: stepNow(facts, now),
      disk: facts.disk,
      unfinishedSources: facts.sources.filter(isUnfinished).length,
    },
    texts,
  );
}

/** The highest of all that read now: of a run that has ended, or was killed, no step is in force. */
function stepNow({ steps, sources }: Facts, now: number): number {
  const reading = sources.filter(({ state, lastTs }) => state === 'live' && now - lastTs <= silence);
  const inForce = steps.filter(({ source }) => reading.some(({ id }) => id.startsWith(source)));
  return Math.max(0, ...inForce.map(({ step }) => step));
}
