/** The folder of kept exchanges: where a record lies, and what must go because it is too old or too much. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findRecord, type SealedRecord } from './segment-file.ts';
import { SEGMENT_END } from './segment-writer.ts';

export function keptFolder(data: string): string {
  return join(data, 'evidence');
}

/** The record of that exchange; the newest where it was kept more than once. */
export function findKept(data: string, uid: string): SealedRecord | null {
  for (const name of segments(data).reverse()) {
    const found = findRecord(join(keptFolder(data), name), uid);
    if (found !== null) return found;
  }
  return null;
}

/** Removes segments whose time has come by `now` (ms), then the oldest until the rest has at most `bytes`. */
export function expireKept(data: string, now: number, bytes = Number.POSITIVE_INFINITY): void {
  let total = 0;
  for (const name of segments(data).reverse()) {
    const path = join(keptFolder(data), name);
    total += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (Number.parseInt(name, 10) <= now || total > bytes) rmSync(path, { force: true });
  }
}

/** By when they go. */
function segments(data: string): string[] {
  return namesIn(keptFolder(data))
    .filter((name) => name.endsWith(SEGMENT_END))
    .sort();
}

/** Of the files in a folder; none where there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
