/**
 * One process writes into a store: two would each keep a judge's memory and undo the other's. The embedded engine locks
 * its folder; on a server a row of `settings` says who writes, since when that was last so. Who finds a fresh one of
 * another is refused; the same data folder on the same machine goes on at once after a crash, another one after a minute.
 *
 * Who holds it looks every twenty seconds who that is, and again before it writes when that is long ago: a server that was
 * away, or a machine that stood still, may have let another in meanwhile, and then nothing more is written here.
 *
 * Limits: two that start within the same second both look before either has written; each looks again once it has. An
 * insert on its way while the minute passes is not called back. Containers that share a name, a path of the data folder
 * and a process number are one to each other.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { DirectSettings } from '../storage/store/engine.ts';
import { StoreError } from '../storage/store/store.ts';
import { within } from './within.ts';

const NAME = 'writer';
const RENEW_MS = 20_000;
const FRESH_MS = 60_000;
/** How long nobody can have taken over since it was looked at. */
const SURE_MS = 40_000;
/** How long a server is waited for to be told of the end: it finds out in a minute. */
const FAREWELL_MS = 5000;

interface Writer {
  readonly host: string;
  readonly data: string;
  readonly pid: number;
  /** Tells a process from an earlier one of its number. */
  readonly id: string;
  /** µs; 0 once it has ended in order. */
  readonly at: number;
}

export interface Held {
  /**
   * To be asked before each write: null when it is sure that nobody else writes, else it resolves when it is. Rejects, or
   * throws, with StoreError once another has taken over.
   */
  confirm(): Promise<void> | null;
  /** Lets others write. */
  end(): Promise<void>;
}

export interface HoldOptions {
  readonly data: string;
  /** Names the store to people. */
  readonly place: string;
  /** Told once when another process has taken over. */
  readonly onLost: (lost: StoreError) => void;
  /** Between two looks, ms. */
  readonly renew?: number;
  /** ms of a clock that never goes back. */
  readonly now?: () => number;
}

/** Before tables are changed: whoever writes now must find them as it knows them. Throws StoreError. */
export async function assertFree(settings: DirectSettings, data: string, place: string): Promise<void> {
  const { writer } = await holder(settings, place);
  if (writer !== null && !mayTake(writer, data)) throw heldBy(writer, place);
}

/** Throws StoreError when another process writes into the store. */
export async function holdStore(settings: DirectSettings, options: HoldOptions): Promise<Held> {
  const holding = new Holding(settings, options);
  await holding.begin();
  return holding;
}

class Holding implements Held {
  readonly #id = randomUUID();
  #sureAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #lost: StoreError | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: DirectSettings,
    private readonly options: HoldOptions,
  ) {}

  async begin(): Promise<void> {
    const { data, place, renew = RENEW_MS } = this.options;
    const { writer: before, version } = await holder(this.settings, this.options.place);
    if (before !== null && !mayTake(before, data)) throw heldBy(before, place);
    const begun = this.#now;
    await this.#write(version, Date.now() * 1000);
    const { writer: after } = await holder(this.settings, this.options.place);
    if (after?.id !== this.#id) throw after === null ? unseen(place) : heldBy(after, place);
    this.#sureAt = begun;
    // A store that is away is told by judging, which waits for it.
    this.#timer = setInterval(() => void this.#look().catch(() => {}), renew);
    this.#timer.unref();
  }

  get #now(): number {
    return (this.options.now ?? (() => performance.now()))();
  }

  confirm(): Promise<void> | null {
    if (this.#lost !== null) throw this.#lost;
    return this.#now - this.#sureAt < SURE_MS ? null : this.#look();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#renew().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #renew(): Promise<void> {
    const begun = this.#now;
    const { writer, version } = await holder(this.settings, this.options.place);
    if (writer !== null && writer.id !== this.#id) {
      clearInterval(this.#timer);
      if (this.#lost === null) {
        this.#lost = lostTo(writer, this.options.place);
        this.options.onLost(this.#lost);
      }
      throw this.#lost;
    }
    await this.#write(version, Date.now() * 1000);
    this.#sureAt = begun;
  }

  async #write(lastVersion: number, at: number): Promise<void> {
    const { data } = this.options;
    const writer: Writer = { host: hostname(), data: resolve(data), pid: process.pid, id: this.#id, at };
    const version = Math.max(lastVersion + 1, Date.now() * 1000);
    await this.settings.write(NAME, { value: JSON.stringify(writer), version });
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    const farewell = async () => {
      await this.#looking?.catch(() => {});
      const { writer, version } = await holder(this.settings, this.options.place);
      if (writer?.id === this.#id) await this.#write(version, 0);
    };
    await within(
      farewell().catch(() => {}),
      FAREWELL_MS,
    );
  }
}

interface Holder {
  readonly writer: Writer | null;
  readonly version: number;
}

async function holder(settings: DirectSettings, place: string): Promise<Holder> {
  const row = await settings.read(NAME);
  if (row === null) return { writer: null, version: 0 };
  const writer = written(row.value);
  // Somebody else's row may be of one who writes.
  if (writer === null) throw illegible(place);
  return { writer, version: row.version };
}

function written(text: string): Writer | null {
  try {
    const { host, data, pid, id, at } = JSON.parse(text) as Partial<Record<keyof Writer, unknown>>;
    const isWhole = [host, data, id].every((each) => typeof each === 'string') && [pid, at].every(Number.isSafeInteger);
    return isWhole ? ({ host, data, pid, id, at } as Writer) : null;
  } catch {
    return null;
  }
}

function mayTake(other: Writer, data: string): boolean {
  if (other.at === 0 || Date.now() - other.at / 1000 > FRESH_MS) return true;
  // Who has another folder may be in another container, whose process numbers say nothing here.
  if (other.host !== hostname() || other.data !== resolve(data)) return false;
  // In a container every process is number 1: then it was us before.
  return other.pid === process.pid || !isRunning(other.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function named({ host, pid, data }: Writer): string {
  return `Process ${pid} on ${host} (data folder ${data})`;
}

function heldBy(writer: Writer, place: string): StoreError {
  return new StoreError(
    'locked',
    `${named(writer)} writes into the store at ${place}: let one process write into it; if that one is gone, wait a minute.`,
  );
}

function lostTo(writer: Writer, place: string): StoreError {
  return new StoreError(
    'locked',
    `${named(writer)} writes into the store at ${place} now: it took over when this process had not been heard of for a ` +
      'minute. This one writes nothing more: end it, and let one process write.',
  );
}

function unseen(place: string): StoreError {
  return new StoreError(
    'failed',
    `The store at ${place} does not show what was just written into its table settings: let this user read that table.`,
  );
}

function illegible(place: string): StoreError {
  return new StoreError(
    'failed',
    `The row «${NAME}» of the table settings in the store at ${place} does not say who writes into it: it is damaged, or of a ` +
      'newer version. When no process writes there, delete it and start again.',
  );
}
