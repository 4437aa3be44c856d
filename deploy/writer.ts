/**
 * One process writes into a store: two would each keep a judge's memory and undo the other's. The embedded engine locks
 * its folder; on a server a row of `settings` says who writes, since when that was last so. Who finds a fresh one of
 * another is refused; the same folder of keys on the same machine goes on at once after a crash, another one after a
 * minute.
 *
 * Limit: two that start within the same second both look before either has written; each looks again once it has.
 */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Store, StoreError } from '../storage/store/store.ts';

const NAME = 'writer';
const RENEW_MS = 20_000;
const FRESH_US = 60e6;

interface Writer {
  readonly host: string;
  readonly data: string;
  readonly pid: number;
  /** µs; 0 once it has ended in order. */
  readonly at: number;
}

export interface Held {
  /** Lets others write. */
  end(): Promise<void>;
}

/** Throws StoreError when another process writes into the store. */
export async function holdStore(store: Store, data: string, place: string): Promise<Held> {
  const me = { host: hostname(), data: resolve(data), pid: process.pid };
  const [before, lastVersion] = await holder(store);
  if (before !== null && !mayTake(before, me, Date.now() * 1000)) throw heldBy(before, place);
  let version = lastVersion;
  const write = async (at: number): Promise<void> => {
    version = Math.max(version + 1, Date.now() * 1000);
    await store.insert('settings', [{ name: NAME, value: JSON.stringify({ ...me, at } satisfies Writer), version }]);
  };
  await write(Date.now() * 1000);
  const [after] = await holder(store);
  if (after === null || after.host !== me.host || after.pid !== me.pid || after.data !== me.data) {
    throw heldBy(after ?? before ?? { ...me, at: 0 }, place);
  }
  // A store that is away is told by judging, which waits for it too.
  const timer = setInterval(() => void write(Date.now() * 1000).catch(() => {}), RENEW_MS);
  timer.unref();
  return {
    end: async () => {
      clearInterval(timer);
      await write(0).catch(() => {});
    },
  };
}

async function holder(store: Store): Promise<readonly [Writer | null, number]> {
  const [row] = await store.ask<{ value: string; version: number }>('setting', { name: NAME });
  return row === undefined ? [null, 0] : [JSON.parse(row.value) as Writer, row.version];
}

function mayTake(other: Writer, me: Omit<Writer, 'at'>, now: number): boolean {
  if (other.at === 0 || now - other.at > FRESH_US) return true;
  // In a container every process is number 1: then it was us before.
  return other.host === me.host && (other.pid === me.pid || !isRunning(other.pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function heldBy({ host, pid, data }: Writer, place: string): StoreError {
  return new StoreError(
    'locked',
    `Process ${pid} on ${host} (data folder ${data}) writes into the store at ${place}: let one process write into it; ` +
      'if that one is gone, wait a minute.',
  );
}
