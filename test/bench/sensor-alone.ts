/** The sensor without analysis or store: packets to exchanges, counted. `node sensor-alone.js FILE [--shards N]`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runSensing } from '../../deploy/sensing.ts';
import { C } from '../../sensor/ledger.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shards: { type: 'string' } },
});
const sensed = await runSensing({
  inputs: positionals,
  shards: Number(values.shards ?? availableParallelism()),
  limits: defaultSensorLimits,
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
