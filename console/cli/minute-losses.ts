/** What was lost in which minutes: health says how many were whole, a finding what is missing from its own. */
import { C, Ledger } from '../../sensor/ledger.ts';
import type { Store } from '../../storage/store/store.ts';
import type { HealthWord } from './health.ts';
import { countsOf, name, shareOf } from './ledger-view.ts';
import type { Texts } from './text/en.ts';
import { humanShare } from './units.ts';

export interface Loss {
  /** A counter of the ledger. */
  readonly name: string;
  readonly value: number;
  /** Of what came into its stage meanwhile, 0…1. */
  readonly share: number;
}

interface Sums {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

export interface MinuteHealth {
  /** Its beginning, µs. */
  readonly minute: number;
  readonly state: HealthWord;
  readonly losses: readonly Loss[];
}

export interface MinutesHealth {
  readonly complete: number;
  readonly degraded: number;
  readonly blind: number;
  /** Those with the greatest losses, greatest first. */
  readonly worst: readonly MinuteHealth[];
}

/** Up to this share a loss is the edge of what was captured. */
const tolerated = 0.001;
/** Of a minute that lost so much at some stage nothing can be said. */
const blinding = 0.5;
const dayUs = 86_400e6;
const mostWorst = 5;

function countsOfSums({ names, values }: Sums): Float64Array {
  return countsOf(names.map((each, i) => ({ name: each, value: Number(values[i]) })) as never);
}

/** Everything that was lost, greatest share first. */
function lossesOf(counts: Float64Array): Loss[] {
  const ledger = new Ledger();
  ledger.add(counts);
  const entries = ledger.entries();
  const came = new Map<string, number>();
  for (const { stage, kind, value } of entries) if (kind === 'in') came.set(stage, (came.get(stage) ?? 0) + value);
  const losses: Loss[] = [];
  const add = (what: string, value: number, whole: number) => {
    // What came in a minute earlier may be lost in this one.
    if (value > 0) losses.push({ name: what, value, share: Math.min(1, shareOf(value, Math.max(whole, value))) });
  };
  for (const { name: what, stage, kind, value } of entries) if (kind === 'lost') add(what, value, came.get(stage) ?? 0);
  for (const what of ['gapBytes', 'wireLossBytes'] as const) {
    add(what, counts[C[what]]!, counts[C[what]]! + counts[C.streamBytes]!);
  }
  return losses.sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

/** How whole the minutes of the last day of packets are; null where none is known. */
export async function askMinutes(store: Store, newest: number): Promise<MinutesHealth | null> {
  const since = Math.max(0, newest - dayUs);
  const rows = await store.ask<Sums & { minute: number }>('ledger-minutes', { since, until: newest + dayUs });
  const counted = { complete: 0, degraded: 0, blind: 0 };
  let worst: MinuteHealth[] = [];
  for (const row of rows) {
    const losses = lossesOf(countsOfSums(row));
    const most = losses[0]?.share ?? 0;
    const state = most >= blinding ? 'blind' : most > tolerated ? 'degraded' : 'complete';
    counted[state]++;
    if (state === 'complete') continue;
    worst.push({ minute: row.minute, state, losses: losses.filter(({ share }) => share > tolerated) });
    if (worst.length > 50 * mostWorst) worst = greatest(worst);
  }
  return rows.length === 0 ? null : { ...counted, worst: greatest(worst) };
}

function greatest(minutes: readonly MinuteHealth[]): MinuteHealth[] {
  return [...minutes]
    .sort((a, b) => b.losses[0]!.share - a.losses[0]!.share || a.minute - b.minute)
    .slice(0, mostWorst);
}

/** What was lost in the minutes from `since` to `until`, µs; null where nothing is known of them. */
export async function askLosses(
  store: Store,
  since: number,
  until: number,
): Promise<{ readonly minutes: number; readonly losses: readonly Loss[] } | null> {
  const [row] = await store.ask<Sums & { minutes: number }>('ledger-span', { since, until });
  if (row === undefined || row.minutes === 0) return null;
  return { minutes: row.minutes, losses: lossesOf(countsOfSums(row)) };
}

/** `dropped by the kernel: its buffer was full 2.3 %; …`: those that weigh. */
export function renderLosses(losses: readonly Loss[], { ledger }: Texts): string {
  const weighty = losses.filter(({ share }) => share > tolerated);
  if (weighty.length === 0) return ledger.minutes.nothing;
  return weighty.map((loss) => `${name(ledger.counters, loss.name)} (${humanShare(loss.share)})`).join('; ');
}
