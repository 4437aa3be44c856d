/** `--store URL`: the whole program with the real engine behind HTTPS, beside a folder's own store. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EngineServer } from '../storage/store/engine-server.ts';
import { folderOf } from './replaying.ts';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const main = fileURLToPath(new URL('dist/console/cli/main.js', root));
const capture = fileURLToPath(new URL('fixtures/captures/incidents.pcap.gz', root));

test('a capture gives the same by a server as in a folder, with the server away in between', async (t) => {
  const folder = folderOf(t);
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', key, '-out', cert, ...subject],
  ]);
  if (made.status !== 0) return t.diagnostic('absent: openssl, so nothing was stored over TLS');
  const server = await EngineServer.open({
    password: 'secret',
    tls: { key: readFileSync(key), cert: readFileSync(cert) },
  });
  t.after(() => server.close());
  writeFileSync(join(folder, 'password'), 'secret\n', { mode: 0o600 });
  const config = join(folder, 'apiris.yaml');
  writeFileSync(config, 'store:\n  ca: server.pem\n  passwordFile: password\n');
  const env = {
    ...{ PATH: process.env['PATH'], LANG: 'C' },
    ...{ APIRIS_IDENTITY_KEY: '01'.repeat(32), APIRIS_TRACE_KEY: '02'.repeat(32) },
  };
  const apiris = (...argv: readonly string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [main, ...argv], { env });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  const there = ['--store', server.url, '--config', config, '--data', join(folder, 'keys')];
  const here = ['--data', join(folder, 'data')];

  const none = await apiris('findings', ...there);
  assert.equal(none.code, 1, none.stdout);
  assert.match(none.stderr, /has no tables of apiris yet/);

  const replaying = apiris('replay', capture, ...there, '--format', 'json');
  // Away for a while once the first calls are on their way.
  for (let tries = 0; tries < 600; tries++) {
    if (server.told.some(({ statement }) => /^INSERT INTO `calls`/.test(statement))) break;
    await wait(100);
  }
  server.isAway = true;
  server.losesAnswers = 1;
  await wait(2000);
  server.isAway = false;
  const replayed = await replaying;
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.match(replayed.stderr, /takes nothing now .* what is to be stored waits/);
  assert.match(replayed.stderr, /takes rows again; nothing was lost/);
  const beside = await apiris('replay', capture, ...here, '--format', 'json');
  assert.equal(beside.code, 0, beside.stderr);
  const { stored } = JSON.parse(replayed.stdout) as { stored: number };
  assert.equal(stored, (JSON.parse(beside.stdout) as { stored: number }).stored);

  for (const command of [['findings'], ['apis'], ['apps'], ['calls', '--limit', '100000'], ['stats', '--by', 'app']]) {
    const [a, b] = [
      await apiris(...command, ...there, '--format', 'json'),
      await apiris(...command, ...here, '--format', 'json'),
    ];
    assert.equal(a.code, 0, a.stderr);
    assert.deepEqual(JSON.parse(a.stdout), JSON.parse(b.stdout), command.join(' '));
  }

  const again = await apiris('replay', capture, ...there);
  assert.equal(again.code, 0, again.stderr);
  const calls = await apiris('calls', ...there, '--format', 'json', '--limit', '100000');
  assert.equal((JSON.parse(calls.stdout) as unknown[]).length, stored, 'twice is once');

  const [finding] = JSON.parse((await apiris('findings', ...there, '--format', 'json')).stdout) as { id: string }[];
  const decided = ['finding', finding!.id, '--set', 'confirmed', '--by', 'Li Wei', '--note', 'seen'];
  const said = await apiris(...decided, ...there);
  assert.equal(said.code, 0, said.stderr);
  const proven = await apiris('audit', 'verify', ...there);
  assert.equal(proven.code, 0, proven.stderr + proven.stdout);

  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(wrong, 'store:\n  ca: server.pem\n');
  const refused = await apiris('findings', '--store', server.url, '--config', wrong, ...here);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Authentication failed/);
  const untrusted = await apiris('findings', '--store', server.url, ...here);
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.stderr, /self-signed certificate/);
  const inUrl = await apiris('findings', '--store', 'https://u:p@localhost:1', ...here);
  assert.equal(inUrl.code, 2);
  assert.ok(!inUrl.stderr.includes('u:p'), 'a password is not repeated');
});
