/**
 * Findings of one rule on one API and parameter, one for each account or client it is about, can be thousands: a list for people shows
 * some of each such group and says how many more there are.
 */
import type { FindingRow } from './finding-rows.ts';

/** Shown of a group: enough to see that its rows differ by who alone. */
const shownAlike = 5;

export interface Alike {
  /** The first of the group. */
  readonly first: FindingRow;
  /** How many were left out. */
  readonly more: number;
}

/** Passes on the first rows of each group; `told` is called at the end, the largest group first, when any was left out. */
export async function* fewAlike(
  rows: AsyncIterable<FindingRow>,
  told: (groups: readonly Alike[]) => void,
): AsyncGenerator<FindingRow> {
  const groups = new Map<string, { readonly first: FindingRow; count: number }>();
  for await (const row of rows) {
    const key = [row.level, row.rule, row.app, row.apiId, row.parameter].join(' ');
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { first: row, count: 0 }));
    if (++group.count <= shownAlike) yield row;
  }
  const left = [...groups.values()]
    .filter(({ count }) => count > shownAlike)
    .map(({ first, count }) => ({ first, more: count - shownAlike }));
  // Those of a kind stay in the order of the list.
  if (left.length > 0) told(left.sort((a, b) => b.more - a.more));
}
