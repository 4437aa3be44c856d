import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeMix } from '../../deploy/traffic/mix.ts';
import { measure, readTold } from './measure.ts';
import { readOptions, UsageError } from './options.ts';
import { median } from './report.ts';
import { writeSlice } from './slice.ts';

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'apiris-bench-test-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a run is measured: exit code, output, CPU of all threads, memory', async () => {
  // Fills 150 MB, and burns CPU until half a second of it is spent.
  const burn = `const held = Buffer.alloc(150e6, 1);
    while (process.cpuUsage().user < 5e5);
    console.log(held.length); console.log(); console.log('two'); console.error('told');
    setTimeout(() => process.exit(7), 200);`;
  const run = await measure(process.execPath, ['-e', burn], { output: 'keep' });
  assert.equal(run.exitCode, 7);
  assert.equal(run.stdout, '150000000\n\ntwo\n');
  assert.equal(run.lines, 2);
  assert.equal(run.stderr.trim(), 'told');
  assert.ok(run.cpuSeconds >= 0.5, `${run.cpuSeconds} s`);
  assert.ok(run.peakBytes > 150e6 && run.peakBytes < 1e9, `${run.peakBytes} octets`);
});

test('arguments reach the command as they are', async () => {
  const odd = ['a b', '$HOME', '"', '*'];
  const run = await measure(process.execPath, ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', ...odd], {
    output: 'keep',
  });
  assert.deepEqual(JSON.parse(run.stdout), odd);
  assert.equal((await measure('no-such-program-here', [], { output: 'none' })).exitCode, 127);
});

test('what the shell tells is read, with a point or a comma', () => {
  assert.deepEqual(readTold('99\n3\n0m0.001s 0m0.002s\n1m2.500s 0m0,250s\n'), { exitCode: 3, cpuSeconds: 62.75 });
});

test('a slice is the first records of the file, whole', () =>
  inFolder(async (folder) => {
    const from = join(folder, 'all.pcap');
    const to = join(folder, 'slice.pcap');
    const { fileBytes } = writeMix(from, { exchanges: 4000 });
    const all = await readFile(from);
    for (const wanted of [1, 3000, 5_000_000, fileBytes, 2 * fileBytes]) {
      const bytes = writeSlice(from, to, wanted);
      const slice = await readFile(to);
      assert.equal(slice.length, bytes);
      assert.ok(slice.equals(all.subarray(0, bytes)));
      assert.ok(
        bytes >= Math.min(wanted, fileBytes) && bytes <= Math.min(fileBytes, wanted + 24 + 16 + 1514),
        `${bytes} of ${wanted}`,
      );
      let at = 24;
      while (at < bytes) at += 16 + slice.readUInt32LE(at + 8);
      assert.equal(at, bytes);
    }
  }));

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 100]), 3);
});

test('options have defaults, and wrong ones are told in a sentence', () => {
  const options = readOptions([]);
  assert.ok(
    options !== 'help' && options.exchanges === 270_000 && options.runs === 3 && options.only.includes('tshark'),
  );
  const large = readOptions(['--large', '--seed', '0']);
  assert.ok(large !== 'help' && large.exchanges === 2_400_000 && large.seed === 0);
  assert.deepEqual(large.only, ['sensor', 'pipeline']);
  assert.equal(readOptions(['--help']), 'help');
  for (const wrong of [['--runs', '0'], ['--exchanges', '1e5'], ['--only', 'sensor,wireshark'], ['--fast'], ['x']]) {
    assert.throws(() => readOptions(wrong), UsageError, wrong.join(' '));
  }
});

test('the benchmark reports as JSON, tells what is absent, and leaves nothing behind', () =>
  inFolder(async (folder) => {
    const main = fileURLToPath(new URL('main.js', import.meta.url));
    const args = [main, '--exchanges', '200', '--runs', '1', '--only', 'tcpflow', '--json', '--folder', folder];
    const env = { ...process.env, PATH: folder, CI: '' };
    const without = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    assert.equal(without.status, 0, without.stderr);
    assert.match(without.stderr, /^absent: tcpflow$/m);
    assert.match(without.stderr, /^not measured: 1 of 1$/m);
    const report = JSON.parse(without.stdout) as { truth: { exchanges: number }; results: unknown[]; absent: string[] };
    assert.equal(report.truth.exchanges, 200);
    assert.deepEqual([report.results, report.absent], [[], ['tcpflow']]);
    const inCi = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...env, CI: 'true' } });
    assert.equal(inCi.status, 1);
    assert.deepEqual(await readdir(folder), []);
  }));
