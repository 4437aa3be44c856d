/**
 * The sensor's role on `v1`, whose bus is held up until SIGUSR2. Takes the data folder, the file that is its bus, its
 * configuration and the socket of its metrics.
 */
import { senseToBus } from '../../../deploy/bus/sensor.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { RecordedBus } from './recorded-bus.ts';

const [data, file, config, socket] = process.argv.slice(2) as [string, string, string, string];
const end = new AbortController();
const released = new Promise<void>((resolve) => process.on('SIGUSR2', resolve));
process.on('SIGTERM', () => end.abort());

const options = { interfaces: ['v1'], filter: '', snapLength: 65_535, bufferBytes: 256 << 20, promiscuous: true };
const summary = await senseToBus(
  {
    ...{ inputs: [], live: { kind: 'interfaces', options }, url: 'kafka://nowhere:9092', data, shards: 1 },
    config: loadConfig(config),
    metrics: { socket },
    onReady: (notices) => process.stdout.write(`reading ${JSON.stringify(notices)}\n`),
    signal: end.signal,
  },
  {
    open: async () => new RecordedBus(file, released),
    marks: { full: 0.02, calm: 0.005, fullMs: 30, calmMs: 300, mostCalmMs: 1000 },
  },
);
process.stdout.write(`${JSON.stringify({ published: summary.published, ledger: summary.ledger })}\n`);
