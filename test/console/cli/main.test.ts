/** The program as it is installed: the real process with the real content. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../console/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'apiris-main-'));
after(() => rmSync(folder, { recursive: true }));

function apiris(...argv: readonly string[]) {
  const env = { PATH: process.env['PATH'], LANG: 'C' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], { encoding: 'utf8', env });
  return { status, stdout, stderr: stderr.replaceAll(`${folder}/`, '') };
}

test('rules test passes with what is shipped', () => {
  const { status, stdout, stderr } = apiris('rules', 'test', '--format', 'json');
  assert.equal(status, 0, stderr);
  const rows = JSON.parse(stdout) as { kind: string; ok: boolean }[];
  assert.ok(rows.length > 100 && rows.every(({ ok }) => ok));
});

test('a broken file fails with its name, line and what to do', () => {
  const file = join(folder, 'broken.yml');
  writeFileSync(
    file,
    'title: Broken\nlogsource: {product: apiris, service: call}\ndetection:\n  s: {metod: GET}\n  condition: s\n',
  );
  const { status, stderr } = apiris('rules', 'test', file);
  assert.equal(status, 1);
  assert.match(stderr, /apiris: broken\.yml:4:7: unknown field "metod"; did you mean "method"\?/);
});

test('content of the configuration is in the list, with what is wrong of it', () => {
  const config = join(folder, 'apiris.yaml');
  writeFileSync(config, 'rules: [broken.yml]\nlabels: [nowhere]\n');
  const { status, stdout, stderr } = apiris('rules', 'list', '--format', 'json', '--config', config);
  assert.equal(status, 0, stderr);
  const rows = JSON.parse(stdout) as { file: string; ok: boolean; message: string }[];
  const wrong = rows.filter(({ ok }) => !ok).map(({ message }) => message.replaceAll(`${folder}/`, ''));
  assert.equal(wrong.length, 2, wrong.join('\n'));
  assert.match(wrong.join('\n'), /broken\.yml:4:7: .*\nnowhere:1:1: there are no recognizers to be read/);
});

test('the commands about risk are there', () => {
  const { stdout } = apiris('--help');
  for (const name of ['overview', 'findings', 'finding', 'trace', 'profile', 'rules']) {
    assert.match(stdout, new RegExp(`^ {2}${name}\\b`, 'm'), name);
  }
});
