/** `keys.json`: which keys a data folder was filled with, as fingerprints that tell keys apart and give none away. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, createOnce, KeyError } from './key-file.ts';

/** Each 16 hex digits. */
export interface Fingerprints {
  readonly identity: string;
  readonly trace: string;
  /** Of trace keys that rows were stored under before, oldest first. */
  readonly earlierTrace: readonly string[];
}

const mostEarlier = 100;

/** The secret has 32 random octets, so 64 bits of a digest lead nobody to it. */
export function fingerprintOf(secret: Uint8Array): string {
  return createHash('sha256').update('apiris key fingerprint').update(secret).digest('hex').slice(0, 16);
}

/** Undefined when no key was used in the folder yet. */
export function readFingerprints(data: string): Fingerprints | undefined {
  const path = fileIn(data);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new KeyError(`${path} can't be read (${codeOf(error)}): let the user this runs as own it.`, { cause: error });
  }
  const found = parse(text);
  if (found !== undefined) return found;
  throw new KeyError(
    `${path} does not hold what was written into it: put it back from a copy. If there is none, and the keys beside it ` +
      'are certainly those this folder was filled with, remove it.',
  );
}

function parse(text: string): Fingerprints | undefined {
  try {
    const { identity, trace, earlierTrace } = JSON.parse(text) as Partial<Fingerprints>;
    if (!isFingerprint(identity) || !isFingerprint(trace) || !Array.isArray(earlierTrace)) return undefined;
    return { identity, trace, earlierTrace: earlierTrace.filter(isFingerprint) };
  } catch {
    return undefined;
  }
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

/** Answers what stands there afterwards: without `replace`, the fingerprints of whoever came first. */
export function writeFingerprints(data: string, made: Fingerprints, { replace = false } = {}): Fingerprints {
  const path = fileIn(data);
  const text = `${JSON.stringify({ ...made, earlierTrace: made.earlierTrace.slice(-mostEarlier) }, null, 2)}\n`;
  if (replace) replaceFile(path, text);
  else createOnce(path, () => text);
  return readFingerprints(data) ?? made;
}

function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new KeyError(`${path} can't be written (${codeOf(error)}): make its folder writable.`, { cause: error });
  }
}

function fileIn(data: string): string {
  return join(data, 'keys.json');
}
