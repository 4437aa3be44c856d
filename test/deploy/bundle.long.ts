/** The bundle as somebody without a network has it: unpacked elsewhere, with nothing to ask, it does the main job. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.resolve('#root/package.json')));

test('one file installs without a registry and does the main job without a network', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-bundle-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const made = spawnSync(process.execPath, [join(root, 'deploy/bundle.mjs'), '--with-node', '--out', folder], {
    encoding: 'utf8',
  });
  assert.equal(made.status, 0, made.stderr);
  const file = made.stdout.trim();
  const sum = spawnSync('sha256sum', ['-c', `${basename(file)}.sha256`], { cwd: folder, encoding: 'utf8' });
  assert.equal(sum.status, 0, sum.stderr);
  assert.equal(spawnSync('tar', ['-xzf', file, '-C', folder]).status, 0);
  const installed = join(folder, basename(file, '.tar.gz'));
  for (const absent of ['node_modules/typescript', 'node_modules/knip', 'dist/test', 'test', 'deploy/setup.mjs']) {
    assert.ok(!existsSync(join(installed, absent)), absent);
  }
  for (const present of ['dist/sbom.cdx.json', 'deploy/operations.md', 'deploy/systemd/apiris.service', 'LICENSE']) {
    assert.ok(existsSync(join(installed, present)), present);
  }
  for (const link of linksIn(installed)) {
    assert.ok(!readlinkSync(link).startsWith('/'), `${link} leads out of the bundle`);
  }

  // Without a route, without this Node, this home and this environment.
  const alone = spawnSync('unshare', ['-n', 'true']).status === 0;
  if (!alone) t.diagnostic('absent: network namespaces, so it ran beside a network');
  const env = { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C' };
  const apiris = (...argv: readonly string[]) => {
    const command = [join(installed, 'bin/apiris'), ...argv];
    const [program, ...more] = alone ? ['unshare', '-n', ...command] : command;
    return spawnSync(program!, more, { cwd: folder, env, encoding: 'utf8', maxBuffer: 64 << 20 });
  };
  const demo = apiris('demo', '--data', join(folder, 'demo'));
  assert.equal(demo.status, 0, demo.stderr);
  assert.equal(demo.stderr, '');
  const capture = join(installed, 'fixtures/captures/incidents.pcap.gz');
  const replayed = apiris('replay', capture, '--data', join(folder, 'data'), '--format', 'json');
  assert.equal(replayed.status, 0, replayed.stderr);
  assert.ok((JSON.parse(replayed.stdout) as { stored: number }).stored > 5000);
  const findings = apiris('findings', '--data', join(folder, 'data'), '--format', 'json');
  assert.ok((JSON.parse(findings.stdout) as unknown[]).length > 10, findings.stderr);
});

function linksIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => lstatSync(path).isSymbolicLink());
}
