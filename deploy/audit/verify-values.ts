/**
 * Values (who was given what) against the calls that say how many they have, and what their hashes sum up to: the calls are
 * sealed, so the values are by them. A value that was added, taken away or changed is told. Who changes two values of one
 * call at once, so that their sum stays, is not; a value that he can choose for both must be a hash he cannot choose freely.
 */
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Claims, Problem, ProvenValues } from './claims.ts';

/** Rows that the engine joins at a time. */
const ROWS_AT_ONCE = 4_000_000;

type Named = readonly [ts: number, uid: string, app: string];

interface Checked extends Omit<ProvenValues, 'unproven'> {
  readonly changed: number;
  readonly firstChanged: Named;
}

export async function verifyValues(
  store: AuditedStore,
  claims: Claims,
  problems: Problem[],
  only?: number,
): Promise<ProvenValues> {
  const dropped = await droppedMonths(store, claims, problems, only);
  const sum = { rows: 0, calls: 0, before: 0, strangers: 0 };
  const unproven: { month: number; values: number }[] = [];
  const months = await store.ask<{ month: number; values: number; calls: number }>('value-months');
  for (const { month, values, calls: many } of months) {
    if (only !== undefined && month !== only) continue;
    // What one retention has dropped and the other has not come to proves nothing.
    if (claims.closed.has(month) || dropped.has(month)) {
      if (values > 0) unproven.push({ month, values });
      continue;
    }
    const parts = Math.max(1, Math.ceil((values + many) / ROWS_AT_ONCE));
    for (let part = 0; part < parts; part++) {
      const [found] = await store.ask<Checked>('value-checks', { month, part, parts });
      if (found === undefined) continue;
      sum.rows += found.rows;
      sum.calls += found.calls;
      sum.before += found.before;
      sum.strangers += found.strangers;
      const { changed, firstChanged } = found;
      if (changed > 0)
        problems.push({ kind: 'altered', where: 'values', number: 0, rows: changed, row: nameOf(firstChanged) });
    }
  }
  return { ...sum, unproven };
}

/**
 * Months of values that retention has dropped, as the operators' log says where the appliance itself sealed it. An entry
 * that was found there unsealed can be anybody's who may insert rows: it drops nothing, and is told.
 */
async function droppedMonths(
  store: AuditedStore,
  { rows: { decisions } }: Claims,
  problems: Problem[],
  only?: number,
): Promise<Set<number>> {
  const dropped = new Set<number>();
  const doubtful = new Map<number, number>();
  const entries = await store.ask<{ id: string; value: string }>('operations', {
    kind: 'retention',
    subject: 'values',
  });
  for (const { id, value } of entries) {
    const seal = decisions.get(id);
    for (const month of monthsOf(value)) {
      if (seal?.adopted === false) dropped.add(month);
      else doubtful.set(month, seal?.number ?? 0);
    }
  }
  for (const [month, number] of doubtful) {
    if (dropped.has(month) || (only !== undefined && month !== only)) continue;
    problems.push({ kind: 'inserted', where: 'decisions', number, rows: 1, row: `retention values ${month}` });
  }
  return dropped;
}

function monthsOf(value: string): number[] {
  try {
    const { months } = JSON.parse(value) as { months?: unknown };
    return Array.isArray(months) ? months.map(Number).filter(Number.isSafeInteger) : [];
  } catch {
    return [];
  }
}

function nameOf([ts, uid, app]: Named): string {
  return `${uid} ${new Date(Math.floor(ts / 1000)).toISOString()} ${app}`;
}
