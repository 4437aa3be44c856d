/**
 * A sensor on `v1` whose shard is held up until all steps of shedding were taken, then let run. Tells on standard output
 * when it reads, and at its end (SIGTERM) what happened, as a line of JSON.
 */
import { unpackCalls } from '../../../analyzer/packed-call.ts';
import type { ShedChange } from '../../../deploy/overload/steps.ts';
import { runSensing } from '../../../deploy/sensing.ts';
import { applications } from '../../../deploy/traffic/brokerage.ts';
import { C, imbalances } from '../../../sensor/ledger.ts';
import {
  createShedBoard,
  defaultSensorLimits,
  MAX_STEP,
  type PriorityRow,
  writePriorities,
} from '../../../sensor/sensor.ts';
import { equipment } from '../../equipment.ts';

const board = createShedBoard();
const logins = ['/api/v1/login', '/crm/login', '/wealth/session/login'];
const rows: PriorityRow[] = applications.flatMap(({ host }) => [
  { host, path: '/', priority: 'medium' as const },
  ...logins.map((path) => ({ host, path, priority: 'never' as const })),
]);
writePriorities(board, rows);

const changes: ShedChange[] = [];
let release = (): void => {};
const released = new Promise<void>((resolve) => (release = resolve));
const end = new AbortController();
process.on('SIGTERM', () => end.abort());

const told = { calls: 0, whole: 0, shed: 0, logins: 0, wholeLogins: 0 };
const { counters } = await runSensing({
  ...{ inputs: [], shards: 1, limits: defaultSensorLimits, signal: end.signal },
  output: { kind: 'calls', read: equipment.read },
  live: {
    input: {
      kind: 'interfaces',
      options: { interfaces: ['v1'], filter: '', snapLength: 65_535, bufferBytes: 256 << 20, promiscuous: true },
    },
    shedding: { board, marks: { full: 0.02, calm: 0.005, fullMs: 30, calmMs: 300, mostCalmMs: 1000 } },
    onOpened: () => {
      process.stdout.write('reading\n');
    },
    onCounters: ({ sheddings }) => {
      changes.push(...sheddings);
      if (sheddings.some(({ step }) => step === MAX_STEP)) release();
      if (changes.length > 0 && changes.at(-1)!.step === 0) process.stdout.write('calm\n');
    },
  },
  take: async (_, message) => {
    await released;
    if (message.calls === null) return;
    for (const { path, completeness, weird } of unpackCalls(message.calls)) {
      const isWhole = !weird.includes('body_shed');
      told.calls++;
      if (!isWhole) told.shed++;
      else if (completeness === 1) told.whole++;
      if (!logins.includes(path)) continue;
      told.logins++;
      if (isWhole) told.wholeLogins++;
    }
  },
});
const counts = counters.counts;
for (const counter of [C.callsToJudge, C.callsJudged, C.callsToStore, C.callsStored]) counts[counter] = told.calls;
const ledger = Object.fromEntries(Object.entries(C).map(([name, index]) => [name, counts[index]!]));
process.stdout.write(`${JSON.stringify({ ...told, changes, imbalances: imbalances(counts), ledger })}\n`);
