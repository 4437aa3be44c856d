/** A disk that is really full: a tmpfs of 32 MiB in a mount namespace of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { folderOf } from './replaying.ts';

interface Outcome {
  readonly waited: boolean;
  readonly stored: boolean;
  readonly dropped: number;
  readonly calls: number;
  readonly keptEvidence: boolean;
  readonly problems: readonly unknown[];
  readonly told: readonly string[];
}

test('with no room at all rows wait, old months go, rows are stored, and the process stays up', async (t) => {
  const folder = join(folderOf(t), 'disk');
  mkdirSync(folder);
  const child = fileURLToPath(new URL('small-disk.js', import.meta.url));
  const script = 'mount -t tmpfs -o size=32m tmpfs "$1" && exec "$2" "$3" "$1"';
  const args = ['-Urm', 'sh', '-c', script, 'sh', folder, process.execPath, child];
  const { stdout } = await promisify(execFile)('unshare', args, { timeout: 150_000 });
  const outcome = JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome;
  const { waited, stored, dropped, calls, keptEvidence, problems, told } = outcome;
  assert.deepEqual(
    { waited, stored, keptEvidence, problems },
    { waited: true, stored: true, keptEvidence: true, problems: [] },
  );
  assert.ok(dropped >= 1, `${dropped} months went`);
  // Two inserts of the newest month, and at the least what is evidence of the one that went last.
  assert.ok(calls >= 161, `${calls}`);
  assert.match(told[0]!, /takes nothing now/);
  assert.ok(
    told.some((sentence) => sentence.includes('went')),
    told.join('\n'),
  );
});
