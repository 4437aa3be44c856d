/**
 * The volume of the data folder, at two marks. Below the first people are told. Below the second the oldest of little worth
 * goes, a month of a table at a time: who was given which value first, then calls; what open findings point to stays, and so
 * does the newest month. When nothing more may go, that is said, and what is to be stored waits for room.
 */
import { statfs } from 'node:fs/promises';
import type { ThinnedTable, Thinning } from '../storage/store/engine.ts';
import { type DiskConfig, octetsOf } from './config/disk.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { within } from './within.ts';

/** Octets. */
export interface Volume {
  readonly free: number;
  readonly size: number;
}

export type Measure = () => Promise<Volume>;

/** What this process may still write on the volume of a folder. */
export function volumeOf(folder: string): Measure {
  return async () => {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, size: blocks * bsize };
  };
}

export interface DiskState extends Volume {
  /** 0 above both marks, 1 below the first, 2 below the second. */
  readonly mark: 0 | 1 | 2;
  /** Nothing more may go. */
  readonly isStuck: boolean;
  /** Months that went since this process began. */
  readonly dropped: number;
}

export interface DiskOptions {
  readonly measure: Measure;
  readonly config: DiskConfig;
  /** Null where the rows are not on this volume. */
  readonly thinning: Thinning | null;
  /** Held for when there is no room to make room; absent for none. */
  readonly reserve?: Pick<DiskReserve, 'hold' | 'release'>;
  /** To be told to the operators' log: a month is about to go. */
  readonly before: (table: ThinnedTable, month: string, volume: Volume) => Promise<void>;
  /** It went but for some calls that stay. */
  readonly after: (month: string) => Promise<void>;
  /** A sentence for people. */
  readonly tell: (sentence: string) => void;
  /** Mark, or whether anything may go, is another than before. */
  readonly changed: (state: DiskState) => void;
}

/** A log that cannot be written because there is no room must not keep the room from coming, ms. */
const LOG_MS = 10_000;

export class DiskWatch {
  #state: DiskState = { free: 0, size: 0, mark: 0, isStuck: false, dropped: 0 };
  #looking: Promise<void> | null = null;

  constructor(private readonly options: DiskOptions) {}

  get state(): DiskState {
    return this.#state;
  }

  /** Measures, and lets one month go where there is need. A look under way is joined. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { measure, config, thinning } = this.options;
    const volume = await measure();
    const [warn, drop] = [octetsOf(config.warn, volume.size), octetsOf(config.drop, volume.size)];
    const mark = volume.free < drop ? 2 : volume.free < warn ? 1 : 0;
    // Where nothing is to be let go, nothing needs room for it.
    if (mark < 2 && drop > 0) await this.options.reserve?.hold(volume.free);
    if (mark === 2) await this.#pressing(async () => thinning?.finish());
    const next = mark === 2 && thinning !== null ? await this.#next(thinning) : null;
    this.#become({ ...volume, mark, isStuck: mark === 2 && next === null, dropped: this.#state.dropped });
    if (next === null || thinning === null) return;
    const { table, month } = next;
    const announced = this.options.before(table, month, volume);
    await within(announced, LOG_MS);
    const stayed = await this.#pressing(() => thinning.thin(table, month));
    this.#state = { ...this.#state, dropped: this.#state.dropped + 1 };
    const rest = stayed === 0 ? '' : `, but for ${stayed} rows that open findings point to`;
    this.options.tell(`The disk is nearly full: ${table} of ${month} went${rest}.`);
    if (table !== 'calls') return;
    // What stays is sealed behind the seal that the month was closed with.
    const sealedAgain = announced.then(() => this.options.after(month));
    await within(sealedAgain, LOG_MS);
  }

  /** Once more with the room that was held, where it fails without. */
  async #pressing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.options.reserve?.release() !== true) throw error;
      return work();
    }
  }

  async #next(thinning: Thinning): Promise<{ readonly table: ThinnedTable; readonly month: string } | null> {
    for (const table of ['values', 'calls'] as const) {
      const [month] = await thinning.thinnable(table);
      if (month !== undefined) return { table, month };
    }
    return null;
  }

  #become(state: DiskState): void {
    const { mark, isStuck } = this.#state;
    this.#state = state;
    if (state.mark === mark && state.isStuck === isStuck) return;
    this.options.changed(state);
    const room = `${gibibytes(state.free)} of ${gibibytes(state.size)} GiB are free on the disk of the data folder`;
    if (state.mark === 0) this.options.tell(`There is room again: ${room}.`);
    else if (state.isStuck) {
      const why = this.options.thinning === null ? 'the rows are not on it' : 'what is left is not for this to drop';
      this.options.tell(`${room}, and nothing more may go (${why}): make room, or what is to be stored waits.`);
    } else if (state.mark === 1)
      this.options.tell(`${room}: below disk.drop (${this.options.config.drop}) old data goes.`);
    else this.options.tell(`${room}: the oldest data of little worth goes now, month by month.`);
  }
}

function gibibytes(octets: number): string {
  return (octets / 2 ** 30).toFixed(1);
}
