/**
 * What a process that stays up does for its store beside storing: what is too old goes, and what the disk has no room for;
 * hours that are over are summed up.
 */
import type { Row } from '../storage/store/store.ts';
import type { Audit } from './audit/live-audit.ts';
import type { Config } from './config.ts';
import { type DiskState, DiskWatch, volumeOf } from './disk.ts';
import { DiskReserve } from './disk-reserve.ts';
import { keepWithin } from './retention.ts';
import type { OpenedStore } from './stores.ts';

const RETENTION_EVERY_MS = 3_600_000;
/** Hours that are over are summed up soon after. */
const SUMS_EVERY_MS = 300_000;
const DISK_EVERY_MS = 10_000;
/** Where nothing may go there is no use in asking for it every ten seconds. */
const STUCK_EVERY_MS = 300_000;

/** Nobody looks at the disk. */
const NOTHING = { mark: 0, isStuck: false, free: 0, size: 0 };

export interface UpkeepOptions {
  readonly data: string;
  readonly config: Config;
  readonly audit: Audit;
  readonly opened: OpenedStore;
  readonly tell: (sentence: string) => void;
}

export class Upkeep {
  readonly #disk: DiskWatch;
  readonly #timers: readonly NodeJS.Timeout[];
  #stuckAt = Number.NEGATIVE_INFINITY;
  #isSlow = false;
  #ended = false;

  constructor(private readonly options: UpkeepOptions) {
    const { data, config, audit, opened, tell } = options;
    const { embedded } = opened;
    this.#disk = new DiskWatch({
      ...{ measure: volumeOf(data), config: config.disk, thinning: embedded?.engine.thinning ?? null, tell },
      ...(embedded === null ? {} : { reserve: new DiskReserve(data) }),
      before: (table, month, { free, size }) =>
        audit.beforeRetention(table, [month], { reason: 'disk', free, size, stays: 'evidence of open findings' }),
      after: (month) => audit.afterThinning(month),
      changed: ({ mark, isStuck, free, size }) => this.#say({ mark, isStuck, free, size }),
    });
    const keep = () =>
      void keepWithin(audit.store, config.retention, (table, months) => audit.beforeRetention(table, months)).catch(
        () => {},
      );
    // What an earlier process said of the disk is no longer so.
    this.#say(NOTHING);
    keep();
    this.#look();
    this.#roll();
    this.#timers = [
      setInterval(() => this.#roll(), SUMS_EVERY_MS),
      setInterval(keep, RETENTION_EVERY_MS),
      setInterval(() => this.#look(), DISK_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  get disk(): DiskState {
    return this.#disk.state;
  }

  /** Without sums questions answer the same, but slower: said once. */
  #roll(): void {
    const { opened, tell } = this.options;
    opened.store.hours.roll().catch((error: unknown) => {
      if (this.#ended || this.#isSlow) return;
      this.#isSlow = true;
      tell(`Hours could not be summed up, so questions over long ranges are slower: ${(error as Error).message}`);
    });
  }

  /** A store that fails is met by judging. */
  #look(): void {
    const now = performance.now();
    if (this.#disk.state.isStuck && now - this.#stuckAt < STUCK_EVERY_MS) return;
    const looked = this.#disk.look().then(() => {
      if (this.#disk.state.isStuck) this.#stuckAt = now;
    });
    looked.catch(() => {});
  }

  /** For whoever asks the store how it stands. */
  #say(value: Row): void {
    const row = { name: 'disk', value: JSON.stringify(value), version: Date.now() * 1000 };
    void this.options.audit.store.insert('settings', [row]).catch(() => {});
  }

  end(): void {
    this.#ended = true;
    if (this.#disk.state.mark > 0) this.#say(NOTHING);
    for (const timer of this.#timers) clearInterval(timer);
  }
}
