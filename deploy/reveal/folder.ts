/** The folder of kept exchanges: where a record lies, and what must go because it is too old or too much. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
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

/**
 * Removes segments whose time has come by `now` (ms), then the oldest until the rest has at most `bytes`. What cannot go
 * keeps nothing else from going; then it throws what the system said of the first.
 */
export function expireKept(data: string, now: number, bytes = Number.POSITIVE_INFINITY): void {
  let total = 0;
  removeAll(
    segments(data)
      .reverse()
      .map((name) => join(keptFolder(data), name)),
    (path, name) => {
      total += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      return Number.parseInt(name, 10) <= now || total > bytes;
    },
  );
}

/** Removes those files that `isOver`, one's failure keeping no other from it; then throws the first failure. */
export function removeAll(paths: readonly string[], isOver: (path: string, name: string) => boolean): void {
  let failure: unknown = null;
  for (const path of paths) {
    try {
      if (isOver(path, basename(path))) rmSync(path, { force: true });
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
}

/** By when they go. */
function segments(data: string): string[] {
  return namesIn(keptFolder(data))
    .filter((name) => name.endsWith(SEGMENT_END))
    .sort();
}

/** Of the files in a folder; none where there is no folder. Throws what the system says of one that cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
