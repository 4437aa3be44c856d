/** Masked values of a sample: each value that a mask may stand for is looked for, and those that were seen stay. */
import type { Store } from '../../storage/store/store.ts';
import type { Period } from './filters.ts';

/** Hashes of one question. */
const atOnce = 50_000;
/** Hashes that are tried in all: a hundred masked mobile numbers. */
const mostTried = 1_000_000;

export interface MaskedFound {
  /** Values that were seen, by mask. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  /** Masks that leave too much open, or came when enough was tried. */
  readonly left: ReadonlySet<string>;
  /** Values that were tried. */
  readonly tried: number;
}

export async function findMasked(
  store: Store,
  masks: readonly string[],
  search: (mask: string) => readonly string[] | null,
  period: Period,
): Promise<MaskedFound> {
  const seen = new Map<string, string[]>();
  const left = new Set<string>();
  let tried = 0;
  let waiting = new Map<string, string>();
  const ask = async (): Promise<void> => {
    const hashes = [...waiting.keys()];
    for (const { hash } of await store.ask<{ hash: string }>('known-values', { hashes, ...period }))
      seen.get(waiting.get(hash)!)!.push(hash);
    waiting = new Map();
  };
  for (const mask of new Set(masks)) {
    const hashes = tried >= mostTried ? null : search(mask);
    if (hashes === null) {
      left.add(mask);
      continue;
    }
    seen.set(mask, []);
    tried += hashes.length;
    for (const hash of hashes) {
      // A value that two masks stand for counts for the first.
      if (!waiting.has(hash)) waiting.set(hash, mask);
      if (waiting.size === atOnce) await ask();
    }
  }
  if (waiting.size > 0) await ask();
  return { seen, left, tried };
}
