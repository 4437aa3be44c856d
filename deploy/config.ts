/**
 * What an operator can set: one YAML file, every key with a default. A mistake comes back as sentences with file, line
 * and what to do (`ConfigError`); all of them at once.
 */
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { KeyedHash } from '../analyzer/analyzer.ts';
import { type AccountsConfig, type LifecycleConfig, readFolders, readNames, readNetworks } from './config/analysis.ts';
import { type ApplicationConfig, readApplications } from './config/applications.ts';
import { type AuditConfig, readSyslog } from './config/audit.ts';
import { BUS_KEYS, type BusConfig, busDefaults, busReaders } from './config/bus.ts';
import { CAPTURE_KEYS, type CaptureConfig, captureDefaults, captureReaders } from './config/capture.ts';
import { DISK_KEYS, type DiskConfig, diskDefaults, diskReaders } from './config/disk.ts';
import { type Node, parseYaml } from './config/document.ts';
import { type Range, readInteger, readMapping, readText, readZone, type Take } from './config/fields.ts';
import { readMetrics } from './config/metrics.ts';
import {
  type AllowedSource,
  readAllowedSources,
  readVolumeLimits,
  readWorkingHours,
  usualWorkingHours,
  type VolumeLimit,
  type WorkingHoursConfig,
} from './config/policy.ts';
import { type PortHintsConfig, readPortHints } from './config/ports.ts';
import { type PriorityConfig, readPriorities } from './config/priorities.ts';
import { type PrivacyConfig, readEvidence, shownEvidence } from './config/privacy.ts';
import { ConfigError, Problems } from './config/problems.ts';
import { readSampling } from './config/sampling.ts';
import { STORE_KEYS, type StoreConfig, storeDefaults, storeReaders } from './config/store.ts';
import {
  shownWatching,
  WATCHING_KEYS,
  type WatchingConfig,
  watchingDefaults,
  watchingReaders,
} from './config/watching.ts';

export type { CaptureConfig } from './config/capture.ts';
export { parsePlace } from './config/metrics.ts';
export { ConfigError } from './config/problems.ts';
export { storeUrlProblem } from './config/store.ts';

export interface Config extends WatchingConfig {
  /** Folder of the embedded store and the keys. Relative to the working folder; a relative one in the file, to the file's. */
  readonly data: string;
  /** IANA zone of day windows and tables; JSON output stays UTC. */
  readonly zone: string;
  /** Worker threads that reassemble and parse, 1…64. */
  readonly shards: number;
  /** In the file's order; empty when none is configured. */
  readonly applications: readonly ApplicationConfig[];
  /** Networks (CIDR) of proxies whose word on the hops before them counts. */
  readonly trustedProxies: readonly string[];
  readonly accounts: AccountsConfig;
  /** Networks (CIDR) whose calls are told of wherever they go. */
  readonly blockedSources: readonly string[];
  /** Networks that alone may use an application. */
  readonly allowedSources: readonly AllowedSource[];
  readonly workingHours: WorkingHoursConfig;
  /** Persons an account may be given in a day, by application. */
  readonly volumeLimits: readonly VolumeLimit[];
  /** What stays whole, or goes first, when there is more than can be read; the inventory decides on the rest. */
  readonly priorities: readonly PriorityConfig[];
  /** Folders and files of the operator's own detections. Relative ones in the file: to the file's folder. */
  readonly rules: readonly string[];
  /** The same of the operator's own recognizers; one of the same name takes the place of ours. */
  readonly labels: readonly string[];
  /** Folders and files (.proto, or a FileDescriptorSet) that describe messages of gRPC. */
  readonly protos: readonly string[];
  readonly lifecycle: LifecycleConfig;
  /** File of TLS session secrets (SSLKEYLOGFILE's form), which opens what it has the keys of; empty for none. A relative one in the file: to the file's folder. */
  readonly tlsKeylog: string;
  /** One of so many connections is read, and every call says so; 1 reads all. */
  readonly sampling: number;
  /** What the connections to a TCP port speak, where the mirror did not show how they began. */
  readonly ports: PortHintsConfig;
  readonly retention: RetentionConfig;
  readonly disk: DiskConfig;
  readonly capture: CaptureConfig;
  readonly bus: BusConfig;
  readonly store: StoreConfig;
  readonly audit: AuditConfig;
  /** Where Prometheus and probes are answered: `host:port` or `unix:/path`; empty for nowhere. */
  readonly metrics: string;
  readonly privacy: PrivacyConfig;
}

/** Days of packet time that a running appliance keeps, by whole months; older ones go. */
export interface RetentionConfig {
  readonly calls: number;
  /** Who was given which value. */
  readonly values: number;
}

/** Where a setting came from: `default`, `environment`, or `file:line`. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly from: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Octets. A configuration is a page; anything larger is another file given by mistake. */
const MAX_FILE = 2 ** 20;
const MAX_SHARDS = 64;

/** The contract's keys that have no effect in this version: refused, so that nobody believes they work. */
const LATER = ['console'];
/** Below `privacy`: accounts are shown masked, all of them. */
const LATER_PRIVACY = ['accounts'];
/** Below `accounts`: who is a service is told from what it does. */
const LATER_ACCOUNTS = ['service'];

const DAYS: Range = { least: 1, most: 3650, unit: 'days' };
const LIFECYCLE: LifecycleConfig = { new: 7, inactive: 30 };
const RETENTION: RetentionConfig = { calls: 400, values: 400 };

/** Beside the configuration, not in it: `--config` wants the values, `config show` alone their sources. */
const origins = new WeakMap<Config, ReadonlyMap<string, string>>();

/** `file` undefined: the one APIRIS_CONFIG names, or none. Throws ConfigError alone. */
export function loadConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const shards = Math.min(MAX_SHARDS, Math.max(1, availableParallelism()));
  const config: Drafts = {
    ...{ data: './apiris-data', zone: 'Asia/Shanghai', shards, applications: [], trustedProxies: [] },
    ...{ accounts: { fields: [], headers: [] }, rules: [], labels: [], protos: [], lifecycle: { ...LIFECYCLE } },
    ...{ blockedSources: [], allowedSources: [], workingHours: usualWorkingHours, volumeLimits: [] },
    priorities: [],
    ports: {},
    ...{ tlsKeylog: '', sampling: 1, retention: { ...RETENTION }, disk: diskDefaults(), capture: captureDefaults() },
    ...watchingDefaults(),
    bus: busDefaults(),
    store: storeDefaults(),
    audit: { syslog: '' },
    metrics: '',
    privacy: { evidence: null },
  };
  const from = new Map<string, string>();

  const name = file ?? (environment['APIRIS_CONFIG'] || undefined);
  if (name !== undefined) readFile(name, config, from);
  // The environment wins over the file: it is how one machine differs from the others that share the file.
  if (environment['APIRIS_DATA']) {
    config.data = environment['APIRIS_DATA'];
    from.set('data', 'environment');
  }
  origins.set(config, from);
  return config;
}

/** A configuration under way: every part of it can still be written. */
interface Drafts
  extends Draft<
    Omit<Config, 'accounts' | 'lifecycle' | 'retention' | 'capture' | 'bus' | 'store' | 'audit' | 'privacy'>
  > {
  readonly accounts: Draft<AccountsConfig>;
  readonly lifecycle: Draft<LifecycleConfig>;
  readonly retention: Draft<RetentionConfig>;
  readonly capture: Draft<CaptureConfig>;
  readonly bus: Draft<BusConfig>;
  readonly store: Draft<StoreConfig>;
  readonly audit: Draft<AuditConfig>;
  readonly privacy: Draft<PrivacyConfig>;
}

function readFile(file: string, config: Drafts, from: Map<string, string>): void {
  const { accounts, lifecycle, retention, capture, bus, store } = config;
  const problems = new Problems();
  const tree = parseYaml(readUtf8(file), file, problems);
  /** A `Take` that stores what `read` made of the value, and remembers the line. */
  const set =
    <T>(read: (...args: Parameters<Take>) => T | undefined, store: (value: T) => void): Take =>
    (entry, path) => {
      const value = read(entry, path);
      if (value !== undefined) store(value);
      from.set(path, `${file}:${entry.place.line}`);
    };
  /** Of keys that are read alike, into one part of the configuration. */
  const takesOf = <K extends string, V>(
    readers: readonly (readonly [K, (node: Node, path: string) => V | undefined])[],
    part: object,
  ): Record<string, Take> =>
    Object.fromEntries(
      readers.map(([key, read]) => [
        key,
        set(
          ({ value }, path) => read(value, path),
          (value) => Object.assign(part, { [key]: value }),
        ),
      ]),
    );
  const accountsTakes: Record<string, Take> = {
    fields: set(
      ({ value }, path) => readNames(value, path, problems, 'fields'),
      (value) => (accounts.fields = value),
    ),
    headers: set(
      ({ value }, path) => readNames(value, path, problems, 'headers'),
      (value) => (accounts.headers = value),
    ),
  };
  const lifecycleTakes: Record<string, Take> = {
    new: set(
      ({ value }, path) => readInteger(value, path, DAYS, problems),
      (value) => (lifecycle.new = value),
    ),
    inactive: set(
      ({ value }, path) => readInteger(value, path, DAYS, problems),
      (value) => (lifecycle.inactive = value),
    ),
  };
  const retentionTakes: Record<string, Take> = {};
  for (const key of ['calls', 'values'] as const) {
    retentionTakes[key] = set(
      ({ value }, path) => readInteger(value, path, DAYS, problems),
      (value) => (retention[key] = value),
    );
  }
  const auditTakes: Record<string, Take> = {
    syslog: set(
      ({ value }, path) => readSyslog(value, path, problems),
      (value) => (config.audit.syslog = value),
    ),
  };
  const privacyTakes: Record<string, Take> = {
    evidence: set(
      ({ value }, path) => readEvidence(value, path, problems),
      (value) => (config.privacy.evidence = value),
    ),
  };
  const takes: Record<string, Take> = {
    data: set(
      ({ value }, path) => readText(value, path, problems),
      (value) => (config.data = resolve(dirname(file), value)),
    ),
    zone: set(
      ({ value }, path) => readZone(value, path, problems),
      (value) => (config.zone = value),
    ),
    shards: set(
      ({ value }, path) => readInteger(value, path, { least: 1, most: MAX_SHARDS, unit: 'threads' }, problems),
      (value) => (config.shards = value),
    ),
    applications: set(
      ({ value }, path) => readApplications(value, path, problems),
      (value) => (config.applications = value),
    ),
    trustedProxies: set(
      ({ value }, path) => readNetworks(value, path, problems),
      (value) => (config.trustedProxies = value),
    ),
    accounts: (entry, path) => readMapping(entry.value, path, accountsTakes, LATER_ACCOUNTS, problems),
    blockedSources: set(
      ({ value }, path) => readNetworks(value, path, problems),
      (value) => (config.blockedSources = value),
    ),
    allowedSources: set(
      ({ value }, path) => readAllowedSources(value, path, problems),
      (value) => (config.allowedSources = value),
    ),
    workingHours: set(
      ({ value }, path) => readWorkingHours(value, path, problems),
      (value) => (config.workingHours = value),
    ),
    volumeLimits: set(
      ({ value }, path) => readVolumeLimits(value, path, problems),
      (value) => (config.volumeLimits = value),
    ),
    priorities: set(
      ({ value }, path) => readPriorities(value, path, problems),
      (value) => (config.priorities = value),
    ),
    ports: set(
      ({ value }, path) => readPortHints(value, path, problems),
      (value) => (config.ports = value),
    ),
    rules: set(
      ({ value }, path) => readFolders(value, path, problems),
      (value) => (config.rules = value),
    ),
    labels: set(
      ({ value }, path) => readFolders(value, path, problems),
      (value) => (config.labels = value),
    ),
    protos: set(
      ({ value }, path) => readFolders(value, path, problems),
      (value) => (config.protos = value),
    ),
    lifecycle: (entry, path) => readMapping(entry.value, path, lifecycleTakes, [], problems),
    tlsKeylog: set(
      ({ value }, path) => readText(value, path, problems),
      (value) => (config.tlsKeylog = resolve(dirname(file), value)),
    ),
    sampling: set(
      ({ value }, path) => readSampling(value, path, problems),
      (value) => (config.sampling = value),
    ),
    retention: (entry, path) => readMapping(entry.value, path, retentionTakes, [], problems),
    disk: (entry, path) => readMapping(entry.value, path, takesOf(diskReaders(problems), config.disk), [], problems),
    ...takesOf(watchingReaders(problems), config),
    capture: (entry, path) => readMapping(entry.value, path, takesOf(captureReaders(problems), capture), [], problems),
    bus: (entry, path) => readMapping(entry.value, path, takesOf(busReaders(problems), bus), [], problems),
    store: (entry, path) => readMapping(entry.value, path, takesOf(storeReaders(problems), store), [], problems),
    audit: (entry, path) => readMapping(entry.value, path, auditTakes, [], problems),
    metrics: set(
      ({ value }, path) => readMetrics(value, path, problems),
      (value) => (config.metrics = value),
    ),
    privacy: (entry, path) => readMapping(entry.value, path, privacyTakes, LATER_PRIVACY, problems),
  };
  if (tree !== undefined) {
    readMapping(tree, '', takes, LATER, problems);
    if (capture.halfOpenTimeout > capture.flowTimeout) {
      const what = `capture.halfOpenTimeout (${capture.halfOpenTimeout}) is longer than flowTimeout (${capture.flowTimeout})`;
      problems.add(
        what,
        { ...tree.place, line: lineOf(from, 'capture.halfOpenTimeout', 'capture.flowTimeout') },
        'lower it',
      );
    }
  }
  problems.throwIfAny();
}

/** Line of the first of the keys that the file has. */
function lineOf(from: ReadonlyMap<string, string>, ...keys: readonly string[]): number {
  const origin = keys.map((key) => from.get(key)).find((line) => line !== undefined);
  return Number(origin?.slice(origin.lastIndexOf(':') + 1) ?? 1);
}

function readUtf8(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE) throw new ConfigError([`${file} has ${size} octets; a configuration has at most ${MAX_FILE}`]);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new ConfigError([
        `there is no configuration file ${file}; check the name given by --config or APIRIS_CONFIG`,
      ]);
    }
    if (code === 'EISDIR') throw new ConfigError([`${file} is a folder; name the configuration file in it`]);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new ConfigError([`${file} is not UTF-8 text; save it in that encoding`]);
    }
    throw new ConfigError([`cannot read the configuration ${file}: ${(error as Error).message}`]);
  }
}

/** What is in force and where each value came from, in the order of `Config`. With the identity key: as it is recorded. */
export function explainConfig(config: Config, identity?: KeyedHash): readonly Setting[] {
  const from = origins.get(config);
  const setting = (key: string, value: unknown): Setting => ({ key, value, from: from?.get(key) ?? 'default' });
  return [
    setting('data', config.data),
    setting('zone', config.zone),
    setting('shards', config.shards),
    setting('applications', config.applications),
    setting('trustedProxies', config.trustedProxies),
    setting('accounts.fields', config.accounts.fields),
    setting('accounts.headers', config.accounts.headers),
    setting('blockedSources', config.blockedSources),
    setting('allowedSources', config.allowedSources),
    setting('workingHours', config.workingHours),
    setting('volumeLimits', config.volumeLimits),
    setting('priorities', config.priorities),
    setting('ports', config.ports),
    ...WATCHING_KEYS.map((key) => setting(key, shownWatching(config, key, identity))),
    setting('rules', config.rules),
    setting('labels', config.labels),
    setting('protos', config.protos),
    setting('lifecycle.new', config.lifecycle.new),
    setting('lifecycle.inactive', config.lifecycle.inactive),
    setting('tlsKeylog', config.tlsKeylog),
    setting('sampling', config.sampling),
    setting('retention.calls', config.retention.calls),
    setting('retention.values', config.retention.values),
    ...DISK_KEYS.map((key) => setting(`disk.${key}`, config.disk[key])),
    ...CAPTURE_KEYS.map((key) => setting(`capture.${key}`, config.capture[key])),
    ...BUS_KEYS.map((key) => setting(`bus.${key}`, config.bus[key])),
    ...STORE_KEYS.map((key) => setting(`store.${key}`, config.store[key])),
    setting('audit.syslog', config.audit.syslog),
    setting('metrics', config.metrics),
    setting('privacy.evidence', shownEvidence(config.privacy)),
  ];
}
