/** How the operating system shares the processor between the threads of this process. */
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** The difference of one of Linux's nice levels is about a quarter of the processor's time: 5 is a third of what others get. */
const YIELDING = 5;
/** There is no lower priority. */
const LOWEST = 19;

/**
 * The calling thread gets less of the processor than the others of its process, where they compete. Linux alone knows priorities
 * of threads (setpriority(2)): elsewhere, and where /proc is not there, nothing changes.
 */
export function yieldToOtherThreads(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(LOWEST, getPriority(thread) + YIELDING));
  } catch {
    // It goes on as before, only a little slower.
  }
}
