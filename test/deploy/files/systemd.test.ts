/** The units, by systemd's own checks where it is installed, and by what they must say wherever they are read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { textOf, units } from './documents.ts';

/** 0 to 10, of what a service that is broken into can do; `systemd-analyze security` calls up to 4 «OK». */
const MOST_EXPOSED = 2.5;

function analyze(...argv: readonly string[]) {
  return spawnSync('systemd-analyze', ['--no-pager', ...argv], { encoding: 'utf8' });
}

test('units are what systemd takes, let in little, and a mistake in one is found', (t) => {
  if (analyze('--version').status !== 0) return t.diagnostic('absent: systemd-analyze, so no unit was verified');
  const folder = mkdtempSync(join(tmpdir(), 'apiris-units-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    // The programs of the machine it is for are not on this one.
    writeFileSync(file, text.replace('/usr/bin/node', process.execPath).replaceAll('/opt/apiris', folder));
    return file;
  };
  for (const path of units()) {
    const verified = analyze('verify', written(basename(path), textOf(path)));
    assert.equal(verified.status, 0, verified.stderr);
    const told = verified.stderr.split('\n').filter((line) => line.includes(basename(path)));
    assert.deepEqual(told, [], 'no warning');
    const judged = analyze(
      'security',
      '--offline=true',
      `--threshold=${MOST_EXPOSED * 10}`,
      join(folder, basename(path)),
    );
    assert.equal(judged.status, 0, judged.stdout);
  }
  const [first] = units();
  const wrong = analyze(
    'verify',
    written('wrong.service', textOf(first!).replace('NoNewPrivileges', 'NoNewPriviledges')),
  );
  assert.match(wrong.stderr, /NoNewPriviledges/);
  const open = written('open.service', textOf(first!).replace(/^(Protect|Restrict|System)\w+=.*$/gm, ''));
  assert.notEqual(analyze('security', '--offline=true', `--threshold=${MOST_EXPOSED * 10}`, open).status, 0);
});

test('capturing takes one right, judging none, and no core keeps what was on the wire', () => {
  for (const path of units()) {
    const text = textOf(path);
    const right = path.includes('analyzer') ? '' : 'CAP_NET_RAW';
    for (const key of ['AmbientCapabilities', 'CapabilityBoundingSet']) {
      assert.equal(new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1], right, `${path} ${key}`);
    }
    assert.match(text, /^User=apiris$/m);
    assert.match(text, /^NoNewPrivileges=yes$/m);
    assert.match(text, /^LimitCORE=0$/m);
    assert.equal(/AF_PACKET/.test(text), right !== '');
  }
});
