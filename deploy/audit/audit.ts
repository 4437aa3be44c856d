/** The audit of a data folder: its key, its chain, and what is written into the operators' log. */
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { KeyedHash } from '../../analyzer/analyzer.ts';
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Store } from '../../storage/store/store.ts';
import { type Config, explainConfig } from '../config.ts';
import { readTexts } from '../content/files.ts';
import type { Environment } from '../keys.ts';
import type { AnchorLine } from './anchor.ts';
import { openAuditKey } from './audit-key.ts';
import { Chain } from './chain.ts';
import { sealingOnDemand, sealingStore } from './sealing-store.ts';
import { parseSyslog, SyslogAnchor } from './syslog.ts';

export type { AuditReport, Problem } from './claims.ts';
export { type EvidenceFiles, ruleText, type SignedBundle, signEvidence } from './evidence.ts';
export { type VerifyOptions, verifyAudit } from './verify.ts';

/** ms that messages to a log host have at the end of a run. */
const SETTLE_MS = 2000;

/** Says at the end of a run what the log host was not told of; '' where it was told of all. */
export type Untold = () => Promise<string>;

/** A store that seals what is written into it; `config` says which log host is told. Throws KeyError, StoreError. */
export async function sealed<T extends AuditedStore>(
  store: T,
  data: string,
  environment: Environment | undefined,
  config?: Pick<Config, 'audit'>,
): Promise<{ readonly store: T; readonly chain: Chain; readonly untold: Untold }> {
  const syslog = logHost(config);
  const chain = await Chain.open(store, data, openAuditKey(data, environment), teller(syslog));
  return { store: sealingStore(store, chain), chain, untold: () => untoldBy(syslog, config) };
}

/** The same for a process that mostly asks. */
export function sealedOnDemand<T extends AuditedStore>(store: T, data: string, config: Pick<Config, 'audit'>): T {
  return sealingOnDemand(store, () => Chain.open(store, data, openAuditKey(data), teller(logHost(config))));
}

function logHost(config: Pick<Config, 'audit'> | undefined): SyslogAnchor | undefined {
  const target = config === undefined ? undefined : parseSyslog(config.audit.syslog);
  return target === undefined ? undefined : new SyslogAnchor(target);
}

function teller(syslog: SyslogAnchor | undefined): ((seal: AnchorLine) => void) | undefined {
  if (syslog === undefined) return undefined;
  return ({ writer, number, ts, hash, signature }) => syslog.send({ writer, number, ts, hash, signature });
}

async function untoldBy(syslog: SyslogAnchor | undefined, config: Pick<Config, 'audit'> | undefined): Promise<string> {
  await syslog?.settle(SETTLE_MS);
  if (syslog === undefined || syslog.untold === 0) return '';
  const { untold } = syslog;
  return `The log host ${config!.audit.syslog} was not told of ${untold} seals: they stand in audit.anchor; put a copy of it there.`;
}

/** What the program did, or was told to do, as an entry of the operators' log: a decision nobody has to give a reason for. */
export interface Operation {
  /** replay, run, configuration, rules, retention, trace-key … */
  readonly kind: string;
  readonly subject: string;
  readonly value: object;
  readonly note?: string;
  /** The user of this process when absent. */
  readonly by?: string;
}

/** Who runs this process, by the operating system. */
function processUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

export async function recordOperation(
  store: Store,
  { kind, subject, value, note = '', by = processUser() }: Operation,
): Promise<void> {
  const row = { kind, subject, value: JSON.stringify(value), by, note, ts: Date.now() * 1000 };
  const id = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  await store.insert('decisions', [{ id, ...row }]);
}

export interface EvidenceExport {
  readonly finding: string;
  readonly out: string;
  readonly by?: string;
  readonly note?: string;
}

export function recordExport(store: Store, { finding, out, ...who }: EvidenceExport): Promise<void> {
  return recordOperation(store, { kind: 'evidence', subject: finding, value: { out }, ...who });
}

interface Recorded {
  readonly kind: string;
  readonly value: string;
}

/** Records the configuration and the digest of rules and recognizers where they are not those recorded last. */
export async function recordConfiguration(
  store: Store,
  config: Config,
  content: string,
  identity: Uint8Array,
): Promise<void> {
  const settings = Object.fromEntries(
    explainConfig(config, new KeyedHash(identity)).map(({ key, value }) => [key, value]),
  );
  const recorded = await store.ask<Recorded>('decisions', { subject: CONFIGURATION });
  const last = (kind: string) => recorded.filter((each) => each.kind === kind).at(-1);
  const before = JSON.parse(last('configuration')?.value ?? '{}') as { settings?: Readonly<Record<string, unknown>> };
  const changed = Object.entries(settings)
    .filter(([key, value]) => JSON.stringify(before.settings?.[key]) !== JSON.stringify(value))
    .map(([key, value]) => ({ key, from: before.settings?.[key] ?? null, to: value }));
  if (changed.length > 0) {
    const changes = before.settings === undefined ? [] : changed;
    await recordOperation(store, { kind: 'configuration', subject: CONFIGURATION, value: { settings, changes } });
  }
  const rules = JSON.parse(last('rules')?.value ?? '{}') as {
    digest?: string;
    files?: Readonly<Record<string, string>>;
  };
  if (rules.digest === content) return;
  const files = ownFiles(config);
  const names = [...new Set([...Object.keys(rules.files ?? {}), ...Object.keys(files)])].sort();
  const changes = names
    .map((key) => ({ key, from: rules.files?.[key] ?? null, to: files[key] ?? null }))
    .filter(({ from, to }) => from !== to);
  const value = { digest: content, files, changes: rules.digest === undefined ? [] : changes };
  await recordOperation(store, { kind: 'rules', subject: CONFIGURATION, value });
}

/** The operator's own rules and recognizers: digest of each file. Those that come with the program are in its own digest. */
function ownFiles({ rules, labels }: Config): Record<string, string> {
  const read = [...readTexts(rules, 'rules').files, ...readTexts(labels, 'recognizers').files];
  return Object.fromEntries(
    read.map(({ path, text }) => [path, createHash('sha256').update(text).digest('hex').slice(0, 16)]),
  );
}

const CONFIGURATION = 'configuration';
