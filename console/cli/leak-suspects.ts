/** Whose way is told: whom the trace names, else whoever had most of what is traced. */
import type { Parameters, Store } from '../../storage/store/store.ts';
import { askPath, type LeakPath, type Suspect } from './leak-path.ts';
import { type PartRow, partsOf } from './subject-rows.ts';

/** Callers whose way is told where several had what is traced. */
const mostSuspects = 3;
/** Calls with a value that are marked on the way. */
const mostMarked = 20_000;

export interface Traced {
  readonly parts: readonly PartRow[];
  /** What was named, by the names of the questions; '' for nothing. */
  readonly named: { readonly accountHash: string; readonly session: string; readonly client: string };
  /** Parameters of `trace-by-hash`; undefined where no value is traced. */
  readonly values: Parameters | undefined;
  /** µs; 0 for no limit. */
  readonly since: number;
  readonly until: number;
}

export async function askPaths(store: Store, traced: Traced): Promise<LeakPath[]> {
  const { values, since, until } = traced;
  const uids = new Set<string>();
  if (values !== undefined) {
    for (const { uid } of await store.ask<{ uid: string }>('trace-by-hash', {
      ...values,
      since,
      until,
      limit: mostMarked,
    }))
      uids.add(uid);
  }
  const paths: LeakPath[] = [];
  for (const { suspect, hits } of suspectsOf(traced)) {
    const times = values === undefined ? [] : hits;
    paths.push(await askPath(store, { suspect, hits: times, uids, since, until }));
  }
  return paths.filter(({ steps }) => steps.length > 0);
}

function suspectsOf({ parts, named }: Traced): { readonly suspect: Suspect; readonly hits: readonly number[] }[] {
  const all = partsOf(parts, 'day');
  const hits = all.flatMap(({ first, last }) => [first, last]);
  const [account] = partsOf(parts, 'account');
  const { accountHash, session, client } = named;
  if (accountHash !== '') return [{ suspect: { kind: 'account', key: account?.key ?? `#${accountHash}` }, hits }];
  if (session !== '') return [{ suspect: { kind: 'session', key: session }, hits }];
  if (client !== '') return [{ suspect: { kind: 'client', key: client }, hits }];
  const kind = account === undefined ? 'client' : 'account';
  return partsOf(parts, kind)
    .slice(0, mostSuspects)
    .map(({ key, first, last }) => ({ suspect: { kind, key }, hits: [first, last] }));
}
