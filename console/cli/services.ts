/** What commands need of the appliance, as a parameter: `main.ts` passes the real thing, tests pass their own. */
import type { ReplayOptions, ReplaySummary, SenseOptions } from '../../deploy/appliance.ts';
import type { Config, Setting } from '../../deploy/config.ts';
import type { Store } from '../../storage/store/store.ts';

export interface Services {
  readonly version: string;
  /** Path of the capture that comes with the package. */
  readonly demoCapture: string;
  /** Throws ConfigError. Undefined: the file that the environment names, else every key has its default. */
  loadConfig(file: string | undefined, environment: Readonly<Record<string, string | undefined>>): Config;
  explainConfig(config: Config): readonly Setting[];
  /** Throws CaptureError, StoreError. Ends early when the signal is aborted. */
  replay(options: ReplayOptions): Promise<ReplaySummary>;
  sense(options: SenseOptions): Promise<ReplaySummary>;
  /** Throws StoreError. */
  openStoreForReading(data: string, config: Config): Promise<Store>;
}
