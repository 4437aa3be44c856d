/** Requests to see something in clear, as the operators' log has them. */
import { createHash } from 'node:crypto';
import type { Row, Store } from '../../storage/store/store.ts';
import type { OperationRow } from './audit-view.ts';

/** Kind of the log's entries that this is made of; their subject is the exchange. */
const KIND = 'reveal';

export type RevealState = 'asked' | 'granted' | 'ended';

/** The steps of one request, each an entry. */
type Step =
  | { readonly step: 'asked'; readonly labels: readonly string[] | null }
  | { readonly step: 'granted'; readonly request: string; readonly until: number }
  | { readonly step: 'shown'; readonly request: string; readonly values: number }
  | { readonly step: 'ended'; readonly request: string };

export interface RevealRequest {
  readonly id: string;
  readonly uid: string;
  /** µs. */
  readonly ts: number;
  readonly by: string;
  readonly note: string;
  /** Null: the whole exchange. */
  readonly labels: readonly string[] | null;
  readonly state: RevealState;
  readonly approver: string;
  /** µs; 0 while nothing is granted. */
  readonly until: number;
  /** Times it was looked at. */
  readonly shown: number;
}

/** In the order they were made, as they stand at `now` (µs). */
export async function revealRequests(store: Store, now: number): Promise<RevealRequest[]> {
  const asked = { kind: KIND, by: '', subject: '', since: 0, until: 0, limit: 0 };
  const requests = new Map<string, { -readonly [K in keyof RevealRequest]: RevealRequest[K] }>();
  for (const row of await store.ask<OperationRow>('operations', asked)) {
    const step = JSON.parse(row.value) as Step;
    if (step.step === 'asked') {
      const { id, subject: uid, ts, by, note } = row;
      requests.set(id, {
        id,
        uid,
        ts,
        by,
        note,
        labels: step.labels,
        state: 'asked',
        approver: '',
        until: 0,
        shown: 0,
      });
      continue;
    }
    const request = requests.get(step.request);
    if (request === undefined) continue;
    if (step.step === 'shown') request.shown++;
    else if (step.step === 'ended') request.state = 'ended';
    else Object.assign(request, { state: 'granted', approver: row.by, until: step.until });
  }
  const all = [...requests.values()];
  for (const request of all) if (request.until !== 0 && request.until <= now) request.state = 'ended';
  return all;
}

/** Writes one step down; answers its id. */
export async function recordReveal(
  store: Store,
  entry: { readonly uid: string; readonly by: string; readonly note: string; readonly ts: number },
  step: Step,
): Promise<string> {
  const { uid: subject, by, note, ts } = entry;
  const row = { kind: KIND, subject, value: JSON.stringify(step), by, note, ts };
  const id = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  await store.insert('decisions', [{ id, ...row } satisfies Row]);
  return id;
}
