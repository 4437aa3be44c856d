/** What people said of fields, as the store keeps it: the last word on each stands. */
import type { FieldMark } from '../analyzer/analyzer.ts';
import type { Store } from '../storage/store/store.ts';

export async function readFieldMarks(store: Store): Promise<FieldMark[]> {
  return store.ask<{ api: string; direction: FieldMark['direction']; field: string; label: string }>('field-marks');
}
