/**
 * A server that is away or has too much to do, or a disk without room, is waited for: what is to be stored is held, whoever brings more waits, and
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
  /** Once it is aborted, a server that is away is waited for some seconds more. */
  readonly signal?: AbortSignal | undefined;
  /** Pause before the second attempt, ms; doubles up to `LONGEST_MS`. */
  readonly pause?: number;
  /** How long it is waited for once the end was asked for, ms. */
  readonly last?: number;
}

const LONGEST_MS = 10_000;
const LAST_MS = 20_000;
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

/** No room on the disk: the system's words, and the engine's. */
const FULL = /ENOSPC|No space left on device|not enough space/i;

function mayPass(error: unknown): boolean {
  if (error instanceof StoreError) return false;
  if (FULL.test((error as Error).message)) return true;
  if (error instanceof ClickHouseError) return BUSY.has(error.code);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && AWAY.has(code)) return true;
  // The client's own, which have no code; and a proxy that has lost the server.
  return /^Timeout error|socket hang up|\b50[234]\b.*(?:Gateway|Unavailable)|Bad Gateway|Service Unavailable/i.test(
    message ?? '',
  );
}

/** A task that is not done yet. */
interface Waiting {
  /** Ends its pause. */
  wake: () => void;
  giveUp: () => void;
  /** Rejects when it is given up. */
  readonly givenUp: Promise<never>;
}

export class Patience {
  #isAway = false;
  /** Why the last attempt failed. */
  #reason = 'it does not answer';
  #isHurried = false;
  /** It was given up: nobody waits for it once more. */
  #isOver = false;
  readonly #waiting = new Set<Waiting>();
  #deadline: NodeJS.Timeout | undefined;
  #confirm: () => Promise<void> | null = () => null;

  constructor(private readonly options: PatienceOptions) {
    const { signal } = options;
    if (signal?.aborted) this.hurry();
    signal?.addEventListener('abort', () => this.hurry(), { once: true });
  }

  /** `confirm` is asked before each attempt, of all that wait too; what it throws or rejects with ends the task. */
  guard(confirm: () => Promise<void> | null): void {
    this.#confirm = confirm;
  }

  /**
   * The end was asked for: from here on a server that is asked something and does nothing for `last` ms is given up, and
   * whatever waits for it fails. One that goes on doing what it is asked has the time it needs.
   */
  hurry(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    this.#arm();
    for (const { wake } of this.#waiting) wake();
  }

  #arm(): void {
    clearTimeout(this.#deadline);
    if (!this.#isHurried || this.#waiting.size === 0) return;
    this.#deadline = setTimeout(() => {
      this.#isOver = true;
      for (const { giveUp } of this.#waiting) giveUp();
    }, this.options.last ?? LAST_MS);
  }

  /** Runs the task until it is done. It must bear to be run again after it failed half way. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#isOver) throw this.#lost();
    const waiting = this.#wait();
    this.#waiting.add(waiting);
    if (this.#waiting.size === 1) this.#arm();
    try {
      return await this.#until(waiting, task);
    } finally {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) clearTimeout(this.#deadline);
    }
  }

  #wait(): Waiting {
    let giveUp = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => {
        reject(this.#lost());
        waiting.wake();
      };
    });
    givenUp.catch(() => {});
    const waiting: Waiting = { wake: () => {}, giveUp, givenUp };
    return waiting;
  }

  async #until<T>(waiting: Waiting, task: () => Promise<T>): Promise<T> {
    const { place, tell, pause = 250 } = this.options;
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await Promise.race([waiting.givenUp, this.#attempt(task)]);
        this.#arm();
        if (this.#isAway) tell(`The store at ${place} takes rows again; nothing was lost.`);
        this.#isAway = false;
        return done;
      } catch (error) {
        if (!mayPass(error)) throw error;
        this.#reason = (error as Error).message.split('\n', 1)[0]!;
        if (!this.#isAway) {
          const what = 'what is to be stored waits, and nothing is lost';
          tell(`The store at ${place} takes nothing now (${this.#reason}): ${what}.`);
        }
        this.#isAway = true;
        await this.#pause(waiting, Math.min(LONGEST_MS, pause * 2 ** Math.min(attempt, 10)));
        if (this.#isOver) throw this.#lost();
      }
    }
  }

  async #attempt<T>(task: () => Promise<T>): Promise<T> {
    await this.#confirm();
    return task();
  }

  #lost(): StoreError {
    return new StoreError('unreachable', `The store at ${this.options.place} did not come back (${this.#reason}).`);
  }

  async #pause(waiting: Waiting, longest: number): Promise<void> {
    const over = new AbortController();
    waiting.wake = () => over.abort();
    const pause = this.#isHurried ? Math.min(longest, LAST_PAUSE_MS) : longest;
    await wait(pause, undefined, { signal: over.signal }).catch(() => {});
    waiting.wake = () => {};
  }
}
