/** Whose frozen baselines a finding rests on. */
import type { Store } from '../../storage/store/store.ts';
import { type BaselineWordRow, isFrozen } from './baseline-decision.ts';
import type { FindingRow } from './finding-rows.ts';
import { isoTime } from './time.ts';

/** Those of its account, client, API and application; none where it was compared with nothing. */
export async function askFrozen(store: Store, row: FindingRow): Promise<readonly BaselineWordRow[]> {
  if (row.usual.n === 0) return [];
  const subjects = new Map([
    ['account', row.account.slice(-10)],
    ['client', row.client],
    ['api', row.apiId],
    ['app', row.app],
  ]);
  const words = await store.ask<BaselineWordRow>('baseline-words');
  return words.filter((word) => isFrozen(word) && subjects.get(word.kind) === word.id);
}

export async function frozenJson(store: Store, row: FindingRow): Promise<Record<string, unknown>> {
  const words = await askFrozen(store, row);
  if (words.length === 0) return {};
  return { frozen: words.map(({ kind, id, by, note, ts }) => ({ kind, id, since: isoTime(ts), by, note })) };
}
