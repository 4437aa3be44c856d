/** What the sensors' reports come to: who is there, and who is silent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reports } from '../../../deploy/bus/reports.ts';
import type { CallsRecord } from '../../../storage/bus/calls.ts';

const DAY = 86_400e6;
const BEGUN = 1_700_000_000e6;

function record(stream: string, lastTs: number): CallsRecord {
  const sources = [{ id: stream, name: 'eth1', size: 0, packets: 1, firstTs: BEGUN, lastTs }];
  const report = { sources, ledger: [], handshakes: [] };
  return { stream, isLive: true, report } as unknown as CallsRecord;
}

test('a sensor that is a day behind another is gone; the last one is not, and its silence is seen', () => {
  const reports = new Reports(null);
  assert.deepEqual(reports.sources(BEGUN), { packetTime: 0, sources: 0, silentSources: 0 });
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
