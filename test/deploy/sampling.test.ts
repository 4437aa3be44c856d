/** Configured sampling: whole connections, the same ones however they are read, and nobody is left in the dark about it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assessHealth } from '../../console/cli/health.ts';
import { en } from '../../console/cli/text/en.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { C, imbalances } from '../../sensor/ledger.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { config, folderOf, mixIn, replayed } from './replaying.ts';

async function namesOf(input: string, sampling: number, shards: number) {
  const names: string[] = [];
  const { counters } = await runSensing({
    ...{ inputs: [input], shards, limits: { ...defaultSensorLimits, sampling }, output: { kind: 'names' } },
    take: async (_, { records }) => {
      for (const { uid } of records) names.push(uid);
    },
  });
  return { names: names.sort(), counts: counters.counts };
}

test('one connection of four, whole, whatever the number of shards; the rest is counted', async (t) => {
  const mix = mixIn(folderOf(t), { exchanges: 2000, concurrency: 200 });
  const all = await namesOf(mix, 1, 1);
  const some = await namesOf(mix, 4, 1);
  const { counts } = some;
  const flows = counts[C.flowsSeen]! / all.counts[C.flowsSeen]!;
  assert.ok(flows > 0.15 && flows < 0.35, `${flows} of the connections`);
  const whole = new Set(all.names);
  assert.ok(some.names.length > 0 && some.names.every((name) => whole.has(name)));
  const taken = new Set(some.names.map((name) => name.slice(0, 16)));
  const ofTaken = all.names.filter((name) => taken.has(name.slice(0, 16)));
  assert.deepEqual(some.names, ofTaken, 'a connection that is taken is taken whole, in both directions');
  assert.equal(counts[C.segmentsToShards], all.counts[C.segmentsToShards]);
  assert.equal(counts[C.segmentsTaken]! + counts[C.segmentsUnsampled]!, all.counts[C.segmentsTaken]);
  assert.equal(counts[C.payloadBytes]! + counts[C.unsampledBytes]!, all.counts[C.payloadBytes]);
  // Shards are chosen by the same hash: each gets its part of what was taken.
  for (const shards of [2, 4]) assert.deepEqual((await namesOf(mix, 4, shards)).names, some.names);
});

test('each call, each finding and health say it', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 1500, concurrency: 100 });
  const {
    state,
    exchanges,
    ledger,
    imbalances: told,
  } = await replayed(join(folder, 'data'), [mix], {
    config: { ...config, sampling: 5 },
  });
  assert.ok(exchanges > 100 && exchanges < 600, `${exchanges} exchanges`);
  assert.deepEqual(told, []);
  for (const row of state.rows) assert.equal((JSON.parse(row) as { sampling: number }).sampling, 5);
  const health = assessHealth({ ledger, damagedSources: 0, unfinishedSources: 0 }, en);
  assert.equal(health.word, 'degraded');
  const reason = health.reasons.find(({ code }) => code === 'sampled')!;
  assert.ok(reason.share! > 0.7 && reason.share! < 0.9);
  const counts = new Float64Array(ledger.map(({ value }) => value));
  assert.deepEqual(imbalances(counts), []);
});
