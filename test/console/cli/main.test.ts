/** The program as it is installed: the real process with the real content. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../console/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'apiris-main-'));
after(() => rmSync(folder, { recursive: true }));

const brokerage = fileURLToPath(new URL('fixtures/captures/brokerage.pcap', import.meta.resolve('#root/package.json')));

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

/** A configuration whose own rule is broken. */
function brokenConfig(): string {
  const config = join(folder, 'broken.yaml');
  writeFileSync(join(folder, 'wrong.yml'), 'title: Wrong\n');
  writeFileSync(config, 'rules: [wrong.yml]\n');
  return config;
}

test('what a person should know reaches stderr also when all went well and stderr is no terminal', () => {
  const data = join(folder, 'told');
  const { status, stderr } = apiris('replay', brokerage, '--data', data, '--config', brokenConfig(), '--shards', '1');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^apiris: wrong\.yml:1:1: /);
});

test('an interrupted pipe: the warnings come first, and nobody is told to go on from there', async () => {
  const data = join(folder, 'piped');
  const argv = [main, 'replay', '-', '--data', data, '--config', brokenConfig(), '--shards', '1'];
  const env = { PATH: process.env['PATH'], LANG: 'C' };
  const child = spawn(process.execPath, argv, { env, stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  // It may end before it has read all of it.
  child.stdin.on('error', () => {});
  const octets = readFileSync(brokerage);
  child.stdin.write(octets.subarray(0, octets.length / 2));
  // Its keys are made behind everything that could not take the signal yet.
  while (!existsSync(join(data, 'keys.json')) && child.exitCode === null) await wait(20);
  child.kill('SIGINT');
  child.stdin.end();
  assert.equal(await ended, 1, stderr);
  const [warning, told] = stderr.replaceAll(`${folder}/`, '').split('\n');
  assert.match(warning!, /^apiris: wrong\.yml:1:1: /);
  assert.match(told!, /^apiris: interrupted\. What was read of the pipe .* not counted twice\.$/);
});
