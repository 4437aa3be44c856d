/** What the sensors' reports come to: who is there, and who is silent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reports } from '../../../deploy/bus/reports.ts';
import type { CallsRecord } from '../../../storage/bus/calls.ts';

const DAY = 86_400e6;
const BEGUN = 1_700_000_000e6;

function record(stream: string, lastTs: number, steps: readonly number[] = []): CallsRecord {
  const sources = [{ id: stream, name: 'eth1', size: 0, packets: 1, firstTs: BEGUN, lastTs }];
  const sheddings = steps.map((step, i) => ({
    ts: lastTs,
    number: i + 1,
    fromStep: steps[i - 1] ?? 0,
    step,
    fill: 0.3,
  }));
  const report = { sources, ledger: [], handshakes: [], sheddings };
  return { stream, isLive: true, report } as unknown as CallsRecord;
}

test('a sensor that is a day behind another is gone; the last one is not, and its silence is seen', () => {
  const reports = new Reports(null);
  assert.deepEqual(reports.sources(BEGUN), { ...{ packetTime: 0, sources: 0, silentSources: 0 }, shedStep: null });
  reports.take(record('taps a', BEGUN));
  reports.take(record('halls b', BEGUN + DAY / 2));
  const at = (now: number) => {
    const { sources, silentSources } = reports.sources(now);
    return [sources, silentSources];
  };
  assert.deepEqual(at(BEGUN + DAY / 2 + 1e6), [2, 1]);
  assert.deepEqual(at(BEGUN + 9 * DAY), [2, 2], 'none is there that could say the others are gone');
  reports.take(record('halls c', BEGUN + 9 * DAY));
  assert.deepEqual(at(BEGUN + 9 * DAY + 1e6), [1, 0], 'started anew under its name, and the other is gone');
  assert.deepEqual(at(BEGUN + 30 * DAY), [1, 1]);
});

test('steps of shedding become rows of their stream once; in force is the highest of those that are heard', () => {
  const reports = new Reports(null);
  const step = (now: number) => reports.sources(now).shedStep;
  reports.take(record('taps a', BEGUN));
  assert.equal(step(BEGUN), null);
  reports.take(record('taps a', BEGUN, [1, 2]));
  reports.take(record('halls b', BEGUN, [1, 2, 3, 2, 1]));
  const rows = reports
    .changed()
    .sheddings.map(({ source, number, fromStep, step }) => [source, number, fromStep, step]);
  assert.deepEqual(rows.slice(0, 3), [
    ['taps a', 1, 0, 1],
    ['taps a', 2, 1, 2],
    ['halls b', 1, 0, 1],
  ]);
  assert.equal(rows.length, 7);
  assert.deepEqual(reports.changed().sheddings, []);
  assert.equal(step(BEGUN), 2);
  reports.take(record('taps a', BEGUN + 1e6));
  assert.equal(step(BEGUN + 1e6), 2, 'a report without steps changes none');
  const restored = new Reports(reports.state());
  assert.equal(restored.sources(BEGUN + 1e6).shedStep, 2);
  reports.take(record('halls b', BEGUN + 300e6));
  assert.equal(step(BEGUN + 300e6), 1, 'the other is silent');
  reports.take(record('halls c', BEGUN + 301e6));
  assert.equal(step(BEGUN + 301e6), null, 'started anew: what it did before is over');
});
