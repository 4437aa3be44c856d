/** Which captures a replay has to read: a capture is known by its content, and one that was read once is not read again. */
import { createHash } from 'node:crypto';
import { CaptureError, captureIdentity, listInputs } from '../sensor/sensor.ts';
import type { Store } from '../storage/store/store.ts';

/** One input of a replay. */
export interface Capture {
  /** Path, or `-` for standard input. */
  readonly name: string;
  /** Hash of content and size; standard input, which can't be looked at first, has a name of its own. */
  readonly id: string;
  /** Octets on disk; 0 for standard input. */
  readonly size: number;
  readonly state: 'new' | 'resumed' | 'known';
}

interface StoredSource {
  readonly id: string;
  readonly state: string;
}

/** Standard input can't be known before it is read: it is read each time, and its rows replace themselves. */
const STDIN_ID = 'stdin';

/** Looks at every input beside what the store has. Inputs that can't be looked at are left to the reader to tell. */
export async function lookAtCaptures(paths: readonly string[], store: Store): Promise<Capture[]> {
  const stored = new Map((await store.ask<StoredSource>('sources', { id: '' })).map((row) => [row.id, row.state]));
  const captures = new Map<string, Capture>();
  for (const name of listInputs(paths, []).flatMap((group) => group.files)) {
    const identity = identify(name);
    if (identity === null || captures.has(identity.id)) continue;
    const before = stored.get(identity.id);
    const state = before === 'finished' && name !== '-' ? 'known' : before === 'reading' ? 'resumed' : 'new';
    captures.set(identity.id, { name, ...identity, state });
  }
  return [...captures.values()];
}

function identify(name: string): { id: string; size: number } | null {
  if (name === '-') return { id: STDIN_ID, size: 0 };
  try {
    return captureIdentity(name);
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

/** Captures read together are one stream: its name in the ledger and in judge's memory. */
export function streamId(captures: readonly Capture[]): string {
  if (captures.length === 1) return captures[0]!.id;
  const ids = captures.map((capture) => capture.id).sort();
  return createHash('sha256').update(ids.join('\n')).digest('hex');
}
