/** The narrowest explanation of a leak: the one account, client or API that had what was leaked, else the few together. */

export type CoverKind = 'call' | 'account' | 'client' | 'api' | 'app' | 'day' | 'all';

export interface CoverRow {
  readonly kind: CoverKind;
  readonly key: string;
  readonly calls: number;
  /** Persons in the responses of those calls, summed. */
  readonly persons: number;
  readonly first: number;
  readonly last: number;
  /** Different values of the sample. */
  readonly matched: number;
  /** Which of them, by number; of those that had most of a kind. */
  readonly items: readonly number[];
}

export type Culprit = 'account' | 'client' | 'api';

export interface Narrowest {
  readonly kind: Culprit;
  readonly row: CoverRow;
  /** The next one of its kind. */
  readonly runnerUp: CoverRow | undefined;
}

/** An API gives to many: an account or a client that had as much is a narrower explanation. */
const kinds: readonly Culprit[] = ['account', 'client', 'api'];
/** Share of what was seen that one must have had to be an explanation alone. */
const alone = 0.9;
const mostTogether = 5;

/** `rows` in order of what they had. Of those that had as much, whoever was given fewest others is the narrower one. */
export function narrowest(rows: readonly CoverRow[], found: number): Narrowest | undefined {
  for (const kind of kinds) {
    const some = rows
      .filter((row) => row.kind === kind)
      .sort((a, b) => b.matched - a.matched || a.persons - b.persons || a.calls - b.calls || (a.key < b.key ? -1 : 1));
    const [row, runnerUp] = some;
    if (row !== undefined && row.matched >= Math.max(1, found * alone)) return { kind, row, runnerUp };
  }
  return undefined;
}

/** Accounts (or clients, where no account is known) that together had what was seen, by what each adds. */
export function together(rows: readonly CoverRow[]): readonly { readonly row: CoverRow; readonly adds: number }[] {
  const accounts = rows.filter(({ kind }) => kind === 'account');
  const some = accounts.length > 0 ? accounts : rows.filter(({ kind }) => kind === 'client');
  const left = new Set(some.flatMap(({ items }) => items));
  const chosen: { row: CoverRow; adds: number }[] = [];
  while (left.size > 0 && chosen.length < mostTogether) {
    let best: CoverRow | undefined;
    let adds = 0;
    for (const row of some) {
      const more = row.items.reduce((sum, item) => sum + (left.has(item) ? 1 : 0), 0);
      if (more > adds) [best, adds] = [row, more];
    }
    if (best === undefined) break;
    chosen.push({ row: best, adds });
    for (const item of best.items) left.delete(item);
  }
  return chosen;
}
