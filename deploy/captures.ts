/** Which captures a replay has to read: a capture is known by its content, and one that was read once is not read again. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { captureIdentity, type Damage, listInputs, openSource, UnreadableInput } from '../sensor/sensor.ts';
import type { Store } from '../storage/store/store.ts';

/** One input of a replay. */
export interface Capture {
  /** Path, or `-` for standard input. */
  readonly name: string;
  /** Hash of content and size; a pipe, which can't be looked at first, has a name of its own. */
  readonly id: string;
  /** Octets on disk; null for a pipe. */
  readonly size: number | null;
  readonly state: 'new' | 'resumed' | 'known';
}

export interface Captures {
  /** Sorted by name, so that the order in which they were named changes nothing. */
  readonly captures: readonly Capture[];
  /** What of the inputs is no capture or cannot be read. */
  readonly damage: readonly Damage[];
}

interface StoredSource {
  readonly id: string;
  readonly state: string;
}

/** Looks at every input beside what the store has. */
export async function lookAtCaptures(paths: readonly string[], store: Pick<Store, 'ask'>): Promise<Captures> {
  const stored = new Map((await store.ask<StoredSource>('sources', { id: '' })).map((row) => [row.id, row.state]));
  const problems: UnreadableInput[] = [];
  const captures = new Map<string, Capture>();
  for (const { path, isFolder, files } of listInputs(paths, problems)) {
    let isBarren = true;
    for (const name of files) {
      const looked = look(name);
      if (looked instanceof UnreadableInput) {
        // In a folder, what is no capture is nobody's concern.
        if (isFolder && looked.isNoCapture) continue;
        isBarren = false;
        problems.push(looked);
        continue;
      }
      isBarren = false;
      const before = looked.size === null ? undefined : stored.get(looked.id);
      const state = before === 'finished' ? 'known' : before === 'reading' ? 'resumed' : 'new';
      // The same content under two names is one capture.
      if (!captures.has(looked.id)) captures.set(looked.id, { name, ...looked, state });
    }
    if (isFolder && isBarren) problems.push(new UnreadableInput(path, 'the folder holds no capture.'));
  }
  return {
    captures: [...captures.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    damage: problems.map(({ input, reason }) => ({ input, offset: 0, reason })),
  };
}

/** A pipe gives its octets once: looking at it would take them. */
function look(name: string): { id: string; size: number | null } | UnreadableInput {
  try {
    if (name === '-') return { id: 'stdin', size: null };
    if (statSync(name, { throwIfNoEntry: false })?.isFile() === false) return { id: `pipe ${name}`, size: null };
    openSource([name]).close();
    return captureIdentity(name);
  } catch (error) {
    if (error instanceof UnreadableInput) return error;
    throw error;
  }
}

/** Captures read together are one stream: its name in the ledger and in judge's memory. */
export function streamId(captures: readonly Capture[]): string {
  if (captures.length === 1) return captures[0]!.id;
  const ids = captures.map((capture) => capture.id).sort();
  return createHash('sha256').update(ids.join('\n')).digest('hex');
}
