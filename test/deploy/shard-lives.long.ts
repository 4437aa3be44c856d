/** A worker thread that dies amid live traffic: another takes its place, and what was lost is counted to the unit. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runSensing, type SensingOptions } from '../../deploy/sensing.ts';
import type { CaptureThreads } from '../../deploy/shards.ts';
import { C, imbalances } from '../../sensor/ledger.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { weirdIndex } from '../../sensor/weird.ts';
import { equipment } from '../equipment.ts';
import { brokerage, folderOf, mixIn } from './replaying.ts';

type Live = NonNullable<SensingOptions['live']>;

const liveOf = (name: string): Live => ({
  input: { kind: 'stream', name },
  onOpened: () => {},
  onCounters: () => {},
});

/** What judging would count of what arrived. */
function balanceWith(counts: Float64Array, calls: number): string[] {
  const whole = Float64Array.from(counts);
  for (const counter of [C.callsToJudge, C.callsJudged, C.callsToStore, C.callsStored]) whole[counter] = calls;
  return imbalances(whole);
}

test('killed amid traffic: its connections are lost and counted, the rest goes on', async (t) => {
  const mix = mixIn(folderOf(t), { exchanges: 1500 });
  const common = { inputs: [], limits: defaultSensorLimits, live: liveOf(mix) };
  for (const shards of [1, 2]) {
    let calls = 0;
    let threads: CaptureThreads | undefined;
    let killed: Promise<void> | undefined;
    const sensed = await runSensing({
      ...common,
      ...{ shards, output: { kind: 'calls', read: equipment.read } },
      onThreads: (given) => (threads = given),
      take: async (shard, message) => {
        calls += message.calls?.size ?? 0;
        if (shard !== 0 || calls < 300 || killed !== undefined) return;
        killed = threads!.crash(0);
        await killed;
      },
    });
    const { counts } = sensed.counters;
    assert.deepEqual(balanceWith(counts, calls), []);
    assert.equal(sensed.weird.counts[weirdIndex.shard_lost], 1);
    assert.equal(sensed.incidents.length, 1);
    assert.deepEqual(sensed.damage, sensed.incidents);
    const [{ input, reason }] = sensed.incidents as [(typeof sensed.incidents)[0]];
    assert.equal(input, mix);
    assert.match(reason, new RegExp(`^worker thread 1 of ${shards} ended unexpectedly \\(.*\\) and was replaced; `));
    const lost = counts[C.crashSegments]! + counts[C.crashTracked]!;
    assert.ok(lost > 0 || counts[C.crashFlows]! > 0, 'something was lost');
    assert.ok(calls >= 300 && calls < 1500, `${calls} calls`);
    if (shards === 1) assert.ok(counts[C.callsRead]! === calls);
  }
});

test('one that throws is replaced as well; one that dies again and again is given up', async (t) => {
  // A setting of a kind that nobody can write into a file, on which a shard stumbles at each coded body.
  const http = {
    ...defaultSensorLimits.http,
    content: { ...defaultSensorLimits.http.content, maxOutput: 1n as never },
  };
  const limits = { ...defaultSensorLimits, http };
  const run = async (capture: string, shards: number) => {
    let calls = 0;
    const sensed = await runSensing({
      ...{ inputs: [], limits, live: liveOf(capture), shards, output: { kind: 'calls', read: equipment.read } },
      take: async (_, message) => {
        calls += message.calls?.size ?? 0;
      },
    });
    return { sensed, calls };
  };
  const once = await run(join(dirname(brokerage), 'small/unanswered.pcap'), 1);
  assert.ok(once.sensed.incidents.length > 0);
  assert.deepEqual(balanceWith(once.sensed.counters.counts, once.calls), []);
  const mix = mixIn(folderOf(t), { exchanges: 2000, gzipShare: 0.5 });
  await assert.rejects(run(mix, 1), /^Error: The shard 1 of 1 failed: .*BigInt/);
});
