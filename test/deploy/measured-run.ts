/**
 * A process to be measured: `node measured-run.js replay|count DATA CAPTURE [JSON of capture settings]`. `replay` goes through the
 * whole pipeline into a store, `count` through the sensor alone. Prints what came out and its own largest resident set.
 */
import { readFileSync } from 'node:fs';
import { type CaptureConfig, loadConfig } from '../../deploy/config.ts';
import { sensorLimits } from '../../deploy/limits.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { C, type CounterName, imbalances } from '../../sensor/ledger.ts';
import { weirdIndex, weirds } from '../../sensor/weird.ts';

export interface MeasuredRun {
  readonly exchanges: number;
  readonly stored: number;
  readonly imbalances: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
  readonly weird: Readonly<Record<string, number>>;
  /** VmHWM, octets. */
  readonly peak: number;
}

function peak(): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

const [mode, data, capture, settings = '{}'] = process.argv.slice(2) as [string, string, string, string?];
const config = loadConfig(undefined, {});
const limits: CaptureConfig = { ...config.capture, ...(JSON.parse(settings) as Partial<CaptureConfig>) };
const shards = 2;
let result: Omit<MeasuredRun, 'peak'>;
if (mode === 'replay') {
  // The store's engine alone takes 150 MB: the sensor is measured without it.
  const { replay } = await import('../../deploy/appliance.ts');
  const {
    exchanges,
    stored,
    imbalances: told,
    ledger,
    weird,
  } = await replay({
    inputs: [capture],
    data,
    shards,
    config: { ...config, capture: limits },
  });
  result = {
    exchanges,
    stored,
    imbalances: told,
    counters: Object.fromEntries(ledger.map(({ name, value }) => [name, value])),
    weird: Object.fromEntries(weird.map(({ name, count }) => [name, count])),
  };
} else {
  const output = { kind: 'count' } as const;
  const { counters, weird } = await runSensing({
    inputs: [capture],
    shards,
    limits: sensorLimits({ capture: limits, sampling: 1, ports: {} }),
    output,
    take: async () => {},
  });
  const { counts } = counters;
  counts[C.exchangesToRead] = counts[C.callsRead] = counts[C.callsToJudge] = counts[C.exchangesEmitted]!;
  counts[C.callsJudged] = counts[C.callsToStore] = counts[C.callsStored] = counts[C.exchangesEmitted]!;
  result = {
    exchanges: counts[C.exchangesEmitted]!,
    stored: 0,
    imbalances: imbalances(counts),
    counters: Object.fromEntries((Object.keys(C) as CounterName[]).map((name) => [name, counts[C[name]]!])),
    weird: Object.fromEntries(weirds.map((name) => [name, weird.counts[weirdIndex[name]]!])),
  };
}
process.stdout.write(JSON.stringify({ ...result, peak: peak() } satisfies MeasuredRun));
