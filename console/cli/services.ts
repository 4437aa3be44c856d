/** What commands need of the appliance, as a parameter: `main.ts` passes the real thing, tests pass their own. */
import type { ReplayOptions, ReplaySummary, SenseOptions } from '../../deploy/appliance.ts';
import type { Config, Setting } from '../../deploy/config.ts';
import type { Store } from '../../storage/store/store.ts';

/** A rule, or one check of it against its examples. */
export interface RuleRow {
  /** Path of the file. */
  readonly file: string;
  readonly rule: string;
  /** What the row is about: `detection`, `recognizer` …, or `found` and `pass` for examples. */
  readonly kind: string;
  readonly ok: boolean;
  /** Title of a rule that is in force; what is wrong with file and line where `ok` is false. */
  readonly message: string;
}

/** A value that may be looked for: the kind of data it has the form of, and its hash (16 hex digits). */
export interface TraceHash {
  readonly label: string;
  readonly hash: string;
}

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

  // What is absent takes its command or option off the command line.

  /** Calls are judged for risk: without that, an empty list of findings would read as an all-clear. */
  readonly judgesRisk?: boolean;

  /** Normalises a clear value as each kind of data it could be, and hashes it with the trace key of the data folder. */
  traceHashes?(value: string, data: string, config: Config): Awaitable<readonly TraceHash[]>;
  /** Hash of a clear account name under the identity key, 16 hex digits; the first ten stand in accounts as shown. */
  accountHash?(account: string, data: string, config: Config): Awaitable<string>;
  listRules?(config: Config): Awaitable<readonly RuleRow[]>;
  /** Runs the examples of one file, or of every file. */
  testRules?(config: Config, file?: string): Awaitable<readonly RuleRow[]>;
}

type Awaitable<T> = T | Promise<T>;
