import { setTimeout as wait } from 'node:timers/promises';

/** What `work` comes to, or undefined when that takes longer than `ms`; no timer is left behind that keeps a process up. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const over = new AbortController();
  const late = wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
