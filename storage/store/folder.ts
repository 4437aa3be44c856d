/** The data folder of the embedded engine: can it be used, and who holds it. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from './store.ts';

/** The engine locks this file of its folder (flock) and writes its process id into it. */
const lockFile = 'status';

/** Makes the folder and proves that it can be written; throws StoreError otherwise. */
export function prepareFolder(folder: string, ...inner: readonly string[]): void {
  try {
    for (const path of [folder, ...inner]) {
      makeFolder(path);
      // A trial, as root passes every check of modes and a read-only mount passes none of its writes.
      const probe = join(path, `.probe-${process.pid}`);
      writeFileSync(probe, '');
      rmSync(probe);
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new StoreError(
      'unwritable',
      `The data folder ${folder} cannot be written (${reason}): make it a writable folder, or name another one.`,
      { cause: error },
    );
  }
}

/** Step by step: below /proc Node's own recursive way tries for ever. */
function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have been faster by a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Throws StoreError unless an engine was ever started in the folder; creates nothing. */
export function assertIsStore(folder: string, engineFolder: string): void {
  // The engine's own folder of databases and tables; it stays when the engine is closed.
  if (existsSync(join(engineFolder, 'metadata'))) return;
  throw new StoreError(
    'failed',
    `The folder ${folder} holds no store: name the data folder of an earlier replay, or replay a capture into it first.`,
  );
}

/**
 * Process id that holds the engine's lock; 0 when nobody is seen to. Read from /proc/locks before the engine tries,
 * because the engine tells of a held lock on stderr alone.
 */
export function lockHolder(engineFolder: string): number {
  try {
    const { dev, ino } = statSync(join(engineFolder, lockFile));
    accessSync('/proc/locks', constants.R_OK);
    const major = ((dev >>> 8) & 0xfff).toString(16).padStart(2, '0');
    const minor = ((dev & 0xff) | ((dev >>> 12) & 0xfff00)).toString(16).padStart(2, '0');
    for (const line of readFileSync('/proc/locks', 'latin1').split('\n')) {
      // `1: FLOCK  ADVISORY  WRITE 4711 fe:01:123456 0 EOF`; a waiting lock has `->` in front.
      const held = /^\d+: FLOCK +ADVISORY +WRITE +(\d+) +([0-9a-f]+:[0-9a-f]+):(\d+) /.exec(line);
      if (held && Number(held[3]) === ino && held[2] === `${major}:${minor}`) return Number(held[1]);
    }
  } catch {
    // No file yet, or no /proc: then the engine's own lock decides.
  }
  return 0;
}

export function lockedError(folder: string, holder: number): StoreError {
  const who = holder > 0 ? `process ${holder}` : 'another process';
  return new StoreError(
    'locked',
    `The data folder ${folder} is in use by ${who}: stop that process first, ask it instead, or name another folder.`,
  );
}
