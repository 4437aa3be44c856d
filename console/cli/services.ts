/** What commands need of the appliance, as a parameter: `main.ts` passes the real thing, tests pass their own. */
import type { ReplayOptions, ReplaySummary, SenseOptions } from '../../deploy/appliance.ts';
import type {
  AuditReport,
  EvidenceExport,
  EvidenceFiles,
  SignedBundle,
  VerifyOptions,
} from '../../deploy/audit/audit.ts';
import type { LearntReport, LearntSubject } from '../../deploy/baselines.ts';
import type { AnalyzerOptions, AnalyzerSummary } from '../../deploy/bus/analyzer.ts';
import type { SenseToBusOptions, SentSummary } from '../../deploy/bus/sensor.ts';
import type { Config, Setting } from '../../deploy/config.ts';
import type { LabelList, PlainDocument, RuleRow } from '../../deploy/content/checks.ts';
import type { ClientPlaces, TraceHash } from '../../deploy/lookup.ts';
import type * as Revealing from '../../deploy/reveal/reveal.ts';
import type { RuleTrial } from '../../deploy/rule-trial.ts';
import type { RunOptions } from '../../deploy/run.ts';
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
  /** Throws BusError, CaptureError, ConfigError, KeyError. */
  senseToBus(options: SenseToBusOptions): Promise<SentSummary>;
  /** Throws BusError, StoreError, ConfigError, KeyError. Runs until the signal is aborted. */
  runAnalyzer(options: AnalyzerOptions): Promise<AnalyzerSummary>;
  /** Throws CaptureError, StoreError, ConfigError. Runs until the signal is aborted, or a stream ends. */
  runAppliance(options: RunOptions): Promise<ReplaySummary>;
  /** What judging has learnt of a subject. Throws StoreError. */
  readLearnt(store: Store, config: Config, subject: LearntSubject): Promise<LearntReport>;
  /** Throws StoreError. */
  openStoreForReading(data: string, config: Config): Promise<Store>;

  /** Hashes of a clear value, as each kind of data it could be, under the trace key of the data folder. Throws KeyError. */
  traceHashes(value: string, data: string, config: Config): Awaitable<readonly TraceHash[]>;
  /** The same of many values, in their order. */
  traceHashesOfAll(
    values: readonly string[],
    data: string,
    config: Config,
  ): Awaitable<readonly (readonly TraceHash[])[]>;
  /** Answers the hashes of all values that a mask may stand for; null where it leaves too much open. Throws KeyError. */
  maskSearch(data: string): (mask: string) => readonly string[] | null;
  /**
   * Hash of a clear account name under the identity key, 16 hex digits; the first ten stand in accounts as shown.
   * Undefined for a text that is no account's name. Throws KeyError.
   */
  accountHash(account: string, data: string, config: Config): Awaitable<string | undefined>;
  /** What the configuration knows a client to be: monitor, scanner, crawler, job. */
  kindsOfClients(config: Config): (client: string) => readonly string[];
  placesOfClients(config: Config): ClientPlaces;
  /** What to know of the keys of the folder before its answers are believed; a sentence each. */
  keyNotices(data: string): readonly string[];
  /** Holds the store against its seals. Throws StoreError, KeyError. */
  verifyAudit(config: Config, options: VerifyOptions): Awaitable<AuditReport>;
  /** Writes into the operators' log who took evidence out. */
  recordExport(store: Store, taken: EvidenceExport): Promise<void>;
  /** Throws KeyError. */
  signEvidence(data: string, files: EvidenceFiles): SignedBundle;
  /** Clear text of kept exchanges. They throw RevealError, KeyError. */
  readonly revealing: Pick<typeof Revealing, 'approversOf' | 'endGrants' | 'expire' | 'grantReveal' | 'reveal'>;
  /** A JSON or YAML text as plain values, or its first mistake. */
  readDocument(text: string, file: string): PlainDocument;
  /** Text of the file a rule stands in; '' where there is none. */
  ruleText(config: Config, rule: string): string;
  /** The kinds of data that are looked for. */
  listLabels(config: Config): Awaitable<LabelList>;
  listRules(config: Config): Awaitable<readonly RuleRow[]>;
  /** Runs the examples of every file, or of one file or folder. */
  testRules(config: Config, file?: string): Awaitable<readonly RuleRow[]>;
  /** The rules of a file or folder, made ready to be run over stored calls. */
  tryRules(config: Config, file: string): Awaitable<RuleTrial>;
}

type Awaitable<T> = T | Promise<T>;
