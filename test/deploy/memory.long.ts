/** Memory has bounds: a capture of gigabytes, and captures that ask for more than there is. Each in a process of its own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CaptureConfig } from '../../deploy/config.ts';
import { writeMix } from '../../deploy/traffic/mix.ts';
import { writeCodedBodies, writeCrowd, writeHalfOpen, writeHeld, writeUnanswered } from './hostile-captures.ts';
import type { MeasuredRun } from './measured-run.ts';
import { folderOf } from './replaying.ts';

const program = fileURLToPath(new URL('./measured-run.js', import.meta.url));
const largeBody = fileURLToPath(new URL('./large-body.js', import.meta.url));
const MB = 2 ** 20;

function run(
  t: TestContext,
  mode: 'replay' | 'count',
  capture: string,
  settings: Partial<CaptureConfig> = {},
): MeasuredRun {
  const data = `${capture}.data`;
  const begun = performance.now();
  const child = spawnSync(process.execPath, [program, mode, data, capture, JSON.stringify(settings)], {
    encoding: 'utf8',
    timeout: 900_000,
  });
  assert.equal(child.stderr, '');
  assert.equal(child.status, 0, String(child.signal));
  rmSync(data, { recursive: true, force: true });
  const result = JSON.parse(child.stdout) as MeasuredRun;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  t.diagnostic(`${mode} ${JSON.stringify(settings)}: ${Math.round(result.peak / MB)} MiB, ${seconds} s`);
  assert.deepEqual(result.imbalances, []);
  return result;
}

function assertBelow(result: MeasuredRun, megabytes: number): void {
  assert.ok(result.peak < megabytes * MB, `${Math.round(result.peak / MB)} MiB, allowed are ${megabytes}`);
}

const low: Partial<CaptureConfig> = { maxFlows: 10_000, maxBufferedBytes: 16 * MB };

if (!existsSync('/proc/self/status')) {
  test('memory', (t) => t.diagnostic('absent: /proc/self/status, which tells how much memory a process took'));
} else {
  // 1.6 GB before read and judge were whole; until they are faster, as much as a quarter of an hour allows.
  test('0.4 GB through the whole pipeline in less than 2 GB of memory', (t) => {
    const capture = join(folderOf(t), 'large.pcap');
    const truth = writeMix(capture, { exchanges: 180_000 });
    assert.ok(truth.fileBytes > 0.4e9);
    const result = run(t, 'replay', capture);
    assert.deepEqual([result.exchanges, result.stored], [truth.exchanges, truth.exchanges]);
    assert.equal(result.counters['packetsRead'], truth.packets);
    assert.equal(result.counters['flowsSeen'], truth.connections);
    assert.equal(result.counters['requestsParsed'], truth.exchanges);
    assert.deepEqual(
      ['callsOutOfOrder', 'callsKnown', 'flowsEvicted', 'gapBytes'].map((name) => result.counters[name]),
      [0, 0, 0, 0],
    );
    assert.ok(result.peak < 2e9, `${result.peak} octets`);
  });

  test('300,000 connections that were only ever asked for', (t) => {
    const capture = join(folderOf(t), 'half-open.pcap');
    writeHalfOpen(capture, 300_000);
    const all = run(t, 'replay', capture);
    assert.deepEqual([all.exchanges, all.counters['flowsSeen'], all.counters['flowsEvicted']], [0, 300_000, 0]);
    assertBelow(all, 1500);
    const few = run(t, 'replay', capture, low);
    // Two shards keep 10,000 each.
    assert.deepEqual([few.counters['flowsEvicted'], few.weird['flow_table_full']], [280_000, 280_000]);
    assertBelow(few, 1000);
  });

  test('one answer of 2 GB takes no more memory than one of 100 MB', (t) => {
    const runs = [100e6, 2e9].map((octets) => {
      const pipe = join(folderOf(t), 'body.pcap');
      if (spawnSync('sh', ['-c', 'mkfifo "$0"', pipe]).status !== 0) return null;
      const writer = spawn(process.execPath, [largeBody, pipe, String(octets)], { stdio: 'ignore' });
      t.after(() => writer.kill());
      const result = run(t, 'replay', pipe);
      assert.deepEqual([result.exchanges, result.stored, result.counters['gapBytes']], [1, 1, 0]);
      assert.ok(result.counters['messageBytes']! > octets);
      return result;
    });
    const [small, large] = runs;
    if (small == null || large == null) return t.diagnostic('absent: mkfifo');
    assertBelow(large, Math.round(small.peak / MB) + 150);
  });

  // An idle connection that has had an exchange takes 1.1 kB, a half-open one 0.5.
  test('a million connections at once, 200,000 of them half-open, in less than 1.5 GB', (t) => {
    const capture = join(folderOf(t), 'crowd.pcap');
    writeCrowd(capture, 1_000_000, 200_000);
    const result = run(t, 'count', capture);
    assert.deepEqual([result.exchanges, result.counters['flowsSeen']], [800_000, 1_000_000]);
    assert.equal(result.counters['flowsEvicted'], 0);
    assert.ok(result.peak < 1.5e9, `${result.peak} octets`);
  });

  test('100,000 requests that are never answered, all open at once: each is a call', (t) => {
    const capture = join(folderOf(t), 'unanswered.pcap');
    writeUnanswered(capture, 100_000);
    for (const settings of [{}, low]) {
      const result = run(t, 'replay', capture, settings);
      assert.deepEqual([result.exchanges, result.stored], [100_000, 100_000]);
      assert.equal(result.counters['requestsAlone'], 100_000);
      assert.equal(result.counters['flowsEvicted'], settings === low ? 80_000 : 0);
      assertBelow(result, 2000);
    }
  });

  test('400 MB that wait for octets which never come', (t) => {
    const capture = join(folderOf(t), 'held.pcap');
    writeHeld(capture, 10_000, 40);
    const all = run(t, 'replay', capture);
    assert.equal(all.weird['tcp_reassembly_limit'] ?? 0, 0);
    assertBelow(all, 1500);
    const few = run(t, 'replay', capture, low);
    assert.ok(few.weird['tcp_reassembly_limit']! > 0);
    assertBelow(few, 1000);
    for (const result of [all, few]) {
      assert.equal(result.exchanges, 10_000);
      assert.equal(result.counters['gapBytes'], 10_000 * 500);
    }
  });

  test('what native decoders leave behind is freed while the sensor works', (t) => {
    const capture = join(folderOf(t), 'coded.pcap');
    writeCodedBodies(capture, 12_000);
    const result = run(t, 'count', capture);
    assert.equal(result.exchanges, 12_000);
    // Freed only at the end they make it 450.
    assertBelow(result, 340);
  });
}
