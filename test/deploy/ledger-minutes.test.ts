/** The ledger by minute of packet time: its sums are the ledger, and the number of shards makes no difference. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { askLosses, askMinutes } from '../../console/cli/minute-losses.ts';
import { LedgerMinutes } from '../../deploy/ledger-minutes.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { C, counterNames } from '../../sensor/ledger.ts';
import { MINUTE_US, MinuteMeter } from '../../sensor/ledger-minutes.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { brokerage, folderOf } from './replaying.ts';

test('its minutes add up to the ledger, with one shard and with three', async () => {
  const run = (shards: number) =>
    runSensing({
      ...{ inputs: [brokerage], shards, limits: defaultSensorLimits },
      ...{ output: { kind: 'count' }, take: async () => {} },
    });
  const [one, three] = [await run(1), await run(3)];
  const rows = one.byMinute.rows('a', false);
  assert.deepEqual(three.byMinute.rows('a', false), rows);
  assert.ok(rows.length > 1, `${rows.length} minutes`);
  const sums = new Map<string, number>();
  for (const { minute, names, values } of rows as never as { minute: number; names: string[]; values: number[] }[]) {
    assert.equal(minute % MINUTE_US, 0);
    for (const [i, name] of names.entries()) sums.set(name, (sums.get(name) ?? 0) + values[i]!);
  }
  for (const [index, name] of counterNames.entries()) {
    assert.equal(sums.get(name) ?? 0, one.counters.counts[index], name);
  }
  assert.deepEqual(one.byMinute.rows('a', false), [], 'told once while nothing changes');
});

test('what is due in a minute is counted in it, however late the clock comes', () => {
  const counts = new Float64Array(counterNames.length);
  const meter = new MinuteMeter(counts);
  meter.close(5 * MINUTE_US + 1, false);
  counts[C.packetsRead] = 3;
  meter.close(20 * MINUTE_US, true);
  assert.equal(meter.end, 7 * MINUTE_US, 'the next minute, for something is due in it');
  counts[C.gaps] = 1;
  meter.close(20 * MINUTE_US, false);
  assert.equal(meter.end, 21 * MINUTE_US);
  counts[C.packetsRead] = 5;
  assert.deepEqual(meter.take(), [
    { minute: 5 * MINUTE_US, counters: [C.packetsRead], values: [3] },
    { minute: 6 * MINUTE_US, counters: [C.gaps], values: [1] },
    { minute: 20 * MINUTE_US, counters: [C.packetsRead], values: [2] },
  ]);
  assert.deepEqual(meter.take(), []);
});

test('live, what is a quarter of an hour old is let go of', () => {
  const minutes = new LedgerMinutes();
  for (let minute = 0; minute < 1000; minute++) {
    minutes.add([{ minute: minute * MINUTE_US, counters: [0], values: [1] }]);
    assert.equal(minutes.rows('live', true).length, 1);
  }
  minutes.add([{ minute: 100 * MINUTE_US, counters: [0], values: [7] }]);
  assert.deepEqual(minutes.rows('live', true), [], 'it came too late');
  minutes.add([{ minute: 990 * MINUTE_US, counters: [0], values: [7] }]);
  assert.deepEqual(minutes.rows('live', true), [
    { source: 'live', minute: 990 * MINUTE_US, names: [counterNames[0]], values: [8] },
  ]);
});

test('health and findings are told of the minutes they ask for', async (t) => {
  const store = await openEmbeddedStore(join(folderOf(t), 'data'));
  const at = (minute: number) => 1_700_000_040e6 + minute * MINUTE_US;
  const row = (minute: number, source: string, dropped: number) => ({
    ...{ minute: at(minute), source, names: ['packetsRead', 'droppedByKernel'], values: [1000, dropped] },
  });
  const rows = [row(0, 'a', 0), row(1, 'a', 100), row(1, 'b', 0), row(2, 'a', 900), row(3, 'a', 0)];
  await store.insert('ledgerMinutes', rows);
  // The last row written stands.
  await store.insert('ledgerMinutes', [row(3, 'a', 0)]);
  const minutes = await askMinutes(store, at(3));
  assert.deepEqual([minutes?.complete, minutes?.degraded, minutes?.blind], [2, 1, 1]);
  assert.deepEqual(
    minutes!.worst.map(({ minute, state, losses }) => [minute, state, losses[0]!.name, losses[0]!.share]),
    [
      [at(2), 'blind', 'droppedByKernel', 0.9],
      [at(1), 'degraded', 'droppedByKernel', 0.05],
    ],
  );
  assert.deepEqual(await askLosses(store, at(1) + 5e6, at(2) + 1), {
    minutes: 2,
    losses: [{ name: 'droppedByKernel', value: 1000, share: 1 / 3 }],
  });
  assert.deepEqual(await askLosses(store, at(3), at(3) + 1), { minutes: 1, losses: [] });
  assert.equal(await askLosses(store, at(50), at(60)), null);
  await store.close();
});
