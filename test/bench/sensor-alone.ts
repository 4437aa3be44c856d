/** The sensor without analysis or store: packets to exchanges, counted. `node sensor-alone.js FILE [--shards N]`. */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../deploy/config.ts';
import { sensorLimits } from '../../deploy/limits.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { C } from '../../sensor/ledger.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shards: { type: 'string' } },
});
const config = loadConfig(undefined);
const sensed = await runSensing({
  inputs: positionals,
  shards: Number(values.shards ?? config.shards),
  limits: sensorLimits(config.capture),
  output: { kind: 'count' },
  take: async () => {},
});
const counts = sensed.counters.counts;
console.log(
  JSON.stringify({
    exchanges: counts[C.exchangesEmitted],
    packets: counts[C.packetsRead],
    bytes: sensed.bytesRead,
    seconds: sensed.seconds,
  }),
);
