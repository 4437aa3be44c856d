/**
 * What is too old goes, by whole months of packet time against the newest packet there is: never by the wall clock, and
 * only in a running appliance, for an old capture that is read today is wanted.
 */
import type { Months } from '../storage/store/engine.ts';
import type { Store } from '../storage/store/store.ts';
import type { RetentionConfig } from './config.ts';

const dayUs = 86_400e6;

/** Answers what went: `calls 202601`. `before`: told of what is about to go. */
export async function keepWithin(
  store: Store & { readonly engine: Months },
  retention: RetentionConfig,
  before: (table: 'calls' | 'values', months: readonly string[]) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const [newest] = await store.ask<{ ts: number }>('newest');
  const gone: string[] = [];
  if (newest === undefined || newest.ts <= 0) return gone;
  for (const table of ['calls', 'values'] as const) {
    const oldest = newest.ts - retention[table] * dayUs;
    const announce = (months: readonly string[]) => before(table, months);
    const dropped = await store.engine.dropMonthsBefore(table, Math.max(0, oldest), announce);
    for (const month of dropped) gone.push(`${table} ${month}`);
  }
  return gone;
}
