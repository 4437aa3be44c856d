/** A configuration file for one test file, in a folder that goes with it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Config, ConfigError, loadConfig } from '../../../deploy/config.ts';

type Environment = Readonly<Record<string, string>>;

export const folder = mkdtempSync(join(tmpdir(), 'apiris-config-'));
after(() => rmSync(folder, { recursive: true }));
export const file = join(folder, 'apiris.yaml');

export function load(text: string | Uint8Array, environment: Environment = {}): Config {
  writeFileSync(file, text);
  return loadConfig(file, environment);
}

/** The problems of a refused file, without the folder's name; none when it is taken. */
export function problems(text: string | Uint8Array, environment: Environment = {}): string[] {
  try {
    load(text, environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message, error.problems.join('\n'));
    return error.problems.map((sentence) => sentence.replaceAll(`${folder}/`, ''));
  }
  return [];
}
