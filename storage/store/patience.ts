/**
 * A server that is away or has too much to do is waited for: what is to be stored is held, whoever brings more waits, and
 * people are told once. What no waiting mends (a wrong statement, a refused password) fails at once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ClickHouseError } from '@clickhouse/client';
import { StoreError } from './store.ts';

export interface PatienceOptions {
  /** Names the server to people. */
  readonly place: string;
  /** Told when it is away, and when it is back; a sentence each. */
  readonly tell: (sentence: string) => void;
  /** Once it is aborted, a few attempts more are made. */
  readonly signal?: AbortSignal | undefined;
  /** Pause before the second attempt, ms; doubles up to `LONGEST_MS`. */
  readonly pause?: number;
}

const LONGEST_MS = 10_000;
/** Attempts after the end was asked for: about ten seconds. */
const LAST_ATTEMPTS = 6;
const LAST_PAUSE_MS = 2000;

/** The system's names for a network that does not carry, or a program that does not listen. */
const AWAY: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
]);

/**
 * ClickHouse's numbers for what may pass: time and memory ran out (159, 241), too many queries or parts (202, 252), the
 * network between servers (209, 210, 279), no Keeper or a replica that may not write (225, 242, 285, 999), no room (243),
 * an insert of unknown fate (319), a server that is ending (394, 735).
 */
const BUSY: ReadonlySet<string> = new Set(
  [159, 202, 209, 210, 225, 241, 242, 243, 252, 279, 285, 319, 394, 735, 999].map(String),
);

function mayPass(error: unknown): boolean {
  if (error instanceof ClickHouseError) return BUSY.has(error.code);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && AWAY.has(code)) return true;
  // The client's own, which have no code; and a proxy that has lost the server.
  return /^Timeout error|socket hang up|\b50[234]\b.*(?:Gateway|Unavailable)|Bad Gateway|Service Unavailable/i.test(
    message ?? '',
  );
}

export class Patience {
  #isAway = false;

  constructor(private readonly options: PatienceOptions) {}

  /** Runs the task until it is done. It must bear to be run again after it failed half way. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const { place, tell, signal, pause = 250 } = this.options;
    let left = LAST_ATTEMPTS;
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await task();
        if (this.#isAway) tell(`The store at ${place} takes rows again; nothing was lost.`);
        this.#isAway = false;
        return done;
      } catch (error) {
        if (!mayPass(error)) throw error;
        const reason = (error as Error).message.split('\n', 1)[0];
        if (signal?.aborted && left-- === 0) {
          throw new StoreError('unreachable', `The store at ${place} did not come back (${reason}).`, { cause: error });
        }
        if (!this.#isAway) {
          tell(`The store at ${place} takes nothing now (${reason}): what is to be stored waits, and nothing is lost.`);
        }
        this.#isAway = true;
        const next = Math.min(LONGEST_MS, pause * 2 ** Math.min(attempt, 10));
        if (signal?.aborted) await wait(Math.min(next, LAST_PAUSE_MS));
        else await wait(next, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      }
    }
  }
}
