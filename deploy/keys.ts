/**
 * The two secrets of a data folder, from which the keys of all keyed hashes are derived. `identity.key` (accounts,
 * sessions, persons, ids) never changes while the folder is used; `trace.key` (values given out) may: what was stored
 * under an earlier one is found by its value as long as that one stays beside it as `trace-NAME.key`.
 *
 * They lie beside the engine's own folder, or come from the environment: APIRIS_IDENTITY_KEY and APIRIS_TRACE_KEY hold
 * 64 hex digits, APIRIS_IDENTITY_KEY_FILE and APIRIS_TRACE_KEY_FILE name files that do. `keys.json` beside them holds
 * fingerprints, which are no secret, so that another key than the store was filled with is noticed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deriveKey, type KeyPurpose } from '../analyzer/analyzer.ts';
import { ConfigError } from './config/problems.ts';
import { createOnce, KeyError, readSecretFile } from './key-file.ts';
import { fingerprintOf, readFingerprints, writeFingerprints } from './key-fingerprints.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Derived keys, 16 octets each: plain data that crosses threads. The secrets themselves go nowhere. */
export interface Keys {
  /** For accounts, sessions, persons and ids. */
  readonly identity: Uint8Array;
  /** For values that a trace looks for. */
  readonly trace: Uint8Array;
}

export interface OpenedKeys extends Keys {
  /** What a person should know, one sentence each; empty when all is as it was. */
  readonly notices: readonly string[];
}

const variables: Readonly<Record<KeyPurpose, string>> = {
  identity: 'APIRIS_IDENTITY_KEY',
  trace: 'APIRIS_TRACE_KEY',
};

/** Octets of a secret. */
const secretLength = 32;

/** Keys to fill a store with: made on first use. Safe when two processes start at once. Throws KeyError, ConfigError. */
export function openKeys(data: string, environment: Environment = process.env): OpenedKeys {
  const known = readFingerprints(data);
  const identity = fromEnvironment('identity', environment) ?? fromFolder(data, 'identity', known?.identity);
  const trace = fromEnvironment('trace', environment) ?? fromFolder(data, 'trace', undefined);
  const made = { identity: fingerprintOf(identity), trace: fingerprintOf(trace) };
  // Whoever came first decides: a key of the environment is held against it even where both start on an empty folder.
  const stored = known ?? writeFingerprints(data, { ...made, earlierTrace: [] });
  if (stored.identity !== made.identity) throw new KeyError(otherIdentity(data));
  const notices: string[] = [];
  if (stored.trace !== made.trace) {
    const earlierTrace = [...new Set([...stored.earlierTrace, stored.trace])].filter((each) => each !== made.trace);
    writeFingerprints(data, { ...made, earlierTrace }, { replace: true });
    notices.push(
      `The trace key of ${data} is not the one it was: values that were stored before are traced only by the ` +
        `earlier one: keep it beside it as trace-NAME.key.`,
    );
  }
  return { identity: deriveKey(identity, 'identity'), trace: deriveKey(trace, 'trace'), notices };
}

/** One key to ask a store with. Makes none: what no key has hashed can't be found. Throws KeyError, ConfigError. */
export function readKey(data: string, purpose: KeyPurpose, environment: Environment = process.env): Uint8Array {
  const known = readFingerprints(data);
  const path = join(data, keyFile(purpose));
  const given = fromEnvironment(purpose, environment);
  if (given === undefined && !existsSync(path)) {
    throw new KeyError(
      `There is no ${path}, so nothing in this folder can be looked up by a clear value: put the key back from a copy, ` +
        `or give it as ${variables[purpose]}. A folder that holds no capture yet gets its keys with the first replay.`,
    );
  }
  const secret = given ?? secretOf(readSecretFile(path, 'own'), path);
  if (known !== undefined && known[purpose] !== fingerprintOf(secret)) {
    throw new KeyError(purpose === 'identity' ? otherIdentity(data) : otherTrace(data));
  }
  return deriveKey(secret, purpose);
}

/** Trace keys that the folder was filled with before and that still lie in it, as `trace-NAME.key`. Throws KeyError. */
export function readEarlierTraceKeys(data: string): readonly Uint8Array[] {
  return earlierSecrets(data).map((secret) => deriveKey(secret, 'trace'));
}

function earlierSecrets(data: string): Uint8Array[] {
  const earlier = readFingerprints(data)?.earlierTrace ?? [];
  if (earlier.length === 0) return [];
  const files = readdirSync(data).filter((name) => /^trace-[\w.-]+\.key$/.test(name));
  const secrets = files.sort().map((name) => secretOf(readSecretFile(join(data, name), 'own'), join(data, name)));
  const found = new Map(secrets.map((secret) => [fingerprintOf(secret), secret]));
  return earlier.flatMap((fingerprint) => found.get(fingerprint) ?? []);
}

/** What a person who asks a store should know of its keys. */
export function keyNotices(data: string): readonly string[] {
  const changes = (readFingerprints(data)?.earlierTrace.length ?? 0) - earlierSecrets(data).length;
  if (changes <= 0) return [];
  return [
    `The trace key of ${data} has been changed (${changes === 1 ? 'once' : `${changes} times`}): calls that were stored ` +
      `under an earlier one are not found by their values. Put the earlier key beside it as trace-NAME.key.`,
  ];
}

function keyFile(purpose: KeyPurpose): string {
  return `${purpose}.key`;
}

function fromEnvironment(purpose: KeyPurpose, environment: Environment): Uint8Array | undefined {
  return secretFromEnvironment(variables[purpose], environment);
}

/** The secret that `name`, or the file that `name_FILE` names, holds. Throws KeyError, ConfigError. */
export function secretFromEnvironment(name: string, environment: Environment): Uint8Array | undefined {
  const text = environment[name] || undefined;
  const file = environment[`${name}_FILE`] || undefined;
  if (text !== undefined && file !== undefined) {
    throw new ConfigError([`both ${name} and ${name}_FILE are set; keep one of them`]);
  }
  if (text !== undefined) {
    const problem = secretProblem(text);
    if (problem !== undefined) throw new ConfigError([`${name} ${problem}`]);
    return Buffer.from(text.trim(), 'hex');
  }
  return file === undefined ? undefined : secretOf(readSecretFile(file, 'handed over'), `${file} (${name}_FILE)`);
}

/** `expected`: the fingerprint of the key that the folder was filled with; a new key would not be it. */
function fromFolder(data: string, purpose: KeyPurpose, expected: string | undefined): Uint8Array {
  const path = join(data, keyFile(purpose));
  if (expected !== undefined && !existsSync(path)) {
    throw new KeyError(
      `${path} is gone, and what the store holds was made with it: a new key would take every account for another. Put ` +
        `it back from a copy, give it as ${variables[purpose]}, or name another data folder.`,
    );
  }
  return secretFromFile(path);
}

/** Makes the file on first use. Throws KeyError. */
export function secretFromFile(path: string): Uint8Array {
  createOnce(path, () => `${randomBytes(secretLength).toString('hex')}\n`);
  return secretOf(readSecretFile(path, 'own'), path);
}

function secretOf(text: string, where: string): Uint8Array {
  const problem = secretProblem(text);
  if (problem !== undefined) throw new KeyError(`${where} ${problem}`);
  return Buffer.from(text.trim(), 'hex');
}

/** Never repeats what it was given: that may be most of a key. */
function secretProblem(text: string): string | undefined {
  const digits = text.trim();
  const advice = `write ${secretLength * 2} of them, as \`openssl rand -hex ${secretLength}\` does`;
  if (!/^[0-9a-fA-F]*$/.test(digits)) return `holds something else than hex digits; ${advice}`;
  if (digits.length === secretLength * 2) return undefined;
  return `holds ${digits.length} hex digits; ${advice}`;
}

function otherIdentity(data: string): string {
  return (
    `The identity key is not the one that ${data} was filled with: accounts would have other hashes than those stored. ` +
    `Put the earlier ${keyFile('identity')} back (or its ${variables.identity}), or name another data folder.`
  );
}

function otherTrace(data: string): string {
  return (
    `The trace key is not the one that ${data} was filled with, so no value would be found: put the earlier ` +
    `${keyFile('trace')} back, or its ${variables.trace}.`
  );
}
