/** What subjects did, as the questions behind `trace` and `profile` answer it. Times are µs. */
import type { Store } from '../../storage/store/store.ts';
import type { CallRow, LabelRow } from './rows.ts';

export type PartKind = 'account' | 'client' | 'api' | 'app' | 'day' | 'hour';

/** Calls of one account, client, API, application, day or hour of the day. */
export interface PartRow {
  readonly kind: PartKind;
  /** `2026-11-21` for a day, `09` for an hour. */
  readonly key: string;
  readonly calls: number;
  readonly errors: number;
  readonly responseBytes: number;
  readonly first: number;
  readonly last: number;
}

export interface SubjectRow {
  readonly calls: number;
  readonly errors: number;
  /** As shown, of the last call that has one; '' when none has. */
  readonly accountShown: string;
  readonly accounts: number;
  readonly boundCalls: number;
  readonly clients: number;
  readonly sessions: number;
  readonly apps: number;
  readonly apis: number;
  /** Persons in the response that had most of them. */
  readonly mostPersons: number;
  /** Calls whose response had any person. */
  readonly personCalls: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface SubjectLabelRow extends Pick<LabelRow, 'label' | 'masked'> {
  readonly direction: 'request' | 'response';
  readonly calls: number;
  readonly values: number;
  /** Most different values in one call. */
  readonly most: number;
  /** One of the values, masked. */
  readonly sample: string;
  readonly persons: number;
}

/** A call that carried a traced value: [label, direction, place]. */
export interface TraceRow extends CallRow {
  readonly matched?: readonly (readonly [string, string, string])[];
}

export interface ApiName {
  readonly id: string;
  readonly app: string;
  readonly method: string;
  readonly template: string;
  readonly operation: string;
}

/** Names of the APIs among the parts, and of others. */
export async function askApiNames(
  store: Store,
  parts: readonly PartRow[],
  others: readonly string[] = [],
): Promise<Map<string, ApiName>> {
  const ids = [...new Set([...parts.filter((part) => part.kind === 'api').map((part) => part.key), ...others])];
  if (ids.length === 0) return new Map();
  const rows = await store.ask<ApiName>('api-names', { ids });
  return new Map(rows.map((row) => [row.id, row]));
}

export function partsOf(parts: readonly PartRow[], kind: PartKind): PartRow[] {
  return parts.filter((part) => part.kind === kind);
}

/** In order of time, for days. */
export function inOrder(parts: readonly PartRow[]): PartRow[] {
  return [...parts].sort((a, b) => (a.key < b.key ? -1 : 1));
}
