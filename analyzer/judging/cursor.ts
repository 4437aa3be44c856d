import type { ApiCall } from '../call.ts';

/** The last call applied of a source. */
export interface Cursor {
  completedTs: number;
  uid: string;
}

/** Whether the call comes later in the order of calls. */
export function isBehind(call: ApiCall, cursor: Cursor): boolean {
  return call.completedTs > cursor.completedTs || (call.completedTs === cursor.completedTs && call.uid > cursor.uid);
}

/** By the names of their sources. */
export function cursorsOf(cursors: ReadonlyMap<string, Cursor>): Record<string, Cursor> {
  return Object.fromEntries(
    [...cursors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, cursor]) => [source, { ...cursor }]),
  );
}
