/**
 * The sensor on a wire: tcpreplay sends a capture again and again, with other addresses each time, into one end of a veth
 * pair in a network namespace; at the other end the sensor captures. What it counts must be what reading the file counts,
 * times the rounds, to the octet, and nothing may be dropped. `node live.js FILE [--shards N] [--mbps N] [--seconds N]`.
 *
 * Exit code 1, and what differs on standard error, when it is not so.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSensing } from '../../deploy/sensing.ts';
import { C, type CounterName } from '../../sensor/ledger.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { layWire } from '../network.ts';

/** What the file and the wire must agree about. */
const compared = [
  ...(['streamBytes', 'messageBytes', 'requestsParsed', 'responsesParsed', 'messagesPaired'] as const),
  ...(['requestsAlone', 'responsesAlone', 'exchangesEmitted', 'gapBytes', 'retransmittedBytes'] as const),
] satisfies readonly CounterName[];
/** What must be none. */
const dropped = ['droppedByKernel', 'droppedByInterface', 'segmentsDropped'] as const satisfies readonly CounterName[];

type Counters = Readonly<Record<CounterName, number>>;

/** How long the sensor may take to begin, ms. */
const PATIENCE_MS = 30_000;
/** How long packets may be under way between the two ends once all are sent, ms. */
const SETTLE_MS = 1000;
/** The kernel's buffer, octets: a second of 1 Gbit/s. */
const BUFFER_BYTES = 128 << 20;
/** Octets of a record's header, which are not sent. */
const RECORD_HEADER = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shards: { type: 'string' },
    mbps: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '120' },
    capture: { type: 'string' },
  },
});
const shards = Number(values.shards ?? availableParallelism());

async function count(inputs: readonly string[], port?: string): Promise<Counters & { readonly packets: number }> {
  const ended = new AbortController();
  process.once('SIGTERM', () => ended.abort());
  const options = { interfaces: [port ?? ''], filter: '', snapLength: 65535, promiscuous: true };
  const sensed = await runSensing({
    inputs,
    ...(port === undefined
      ? {}
      : {
          live: {
            input: { kind: 'interfaces', options: { ...options, bufferBytes: BUFFER_BYTES } },
            onOpened: () => void process.stderr.write('open\n'),
            onCounters: () => {},
          },
        }),
    shards,
    limits: defaultSensorLimits,
    output: { kind: 'count' },
    signal: ended.signal,
    take: async () => {},
  });
  const { counts } = sensed.counters;
  const named = Object.entries(C).map(([name, index]) => [name, counts[index]!] as const);
  return { ...(Object.fromEntries(named) as Record<CounterName, number>), packets: counts[C.packetsRead]! };
}

/** What a process writes, and its exit code. */
function told(child: ChildProcess): { text: string; errors: string; ended: Promise<number | null> } {
  const all = { text: '', errors: '', ended: new Promise<number | null>((resolve) => child.on('close', resolve)) };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (all.text += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (all.errors += text));
  return all;
}

async function measure(file: string): Promise<number> {
  const expected = await count([file]);
  const octets = statSync(file).size - RECORD_HEADER * expected.packets;
  const rounds = Math.max(1, Math.round((Number(values.seconds) * Number(values.mbps) * 125_000) / octets));
  const namespace = `apiris-bench-${process.pid}`;
  const wire = layWire(namespace);
  if (typeof wire === 'string') throw new Error(`absent: ${wire}`);
  try {
    const inside = (...command: readonly string[]) => spawn('ip', ['netns', 'exec', namespace, ...command]);
    const self = fileURLToPath(import.meta.url);
    const child = inside(process.execPath, self, '--capture', 'v1', '--shards', String(shards));
    const sensor = told(child);
    for (let waited = 0; !sensor.errors.includes('open') && waited < PATIENCE_MS; waited += 50) await wait(50);
    const begun = performance.now();
    const rate = ['-q', '-K', '--unique-ip', `--loop=${rounds}`, `--mbps=${values.mbps}`];
    const code = await told(inside('tcpreplay', ...rate, '-i', 'v0', file)).ended;
    const seconds = (performance.now() - begun) / 1000;
    if (code !== 0) throw new Error(`tcpreplay ended with ${code}`);
    await wait(SETTLE_MS);
    child.kill('SIGTERM');
    if ((await sensor.ended) !== 0) throw new Error(`the sensor failed: ${sensor.errors}`);
    return report(
      JSON.parse(sensor.text) as Counters,
      expected,
      rounds,
      seconds,
      (octets * rounds) / 125_000 / seconds,
    );
  } finally {
    wire.remove();
  }
}

function report(found: Counters, expected: Counters, rounds: number, seconds: number, mbps: number): number {
  const wrong = [
    ...compared.filter((name) => found[name] !== rounds * expected[name]),
    ...dropped.filter((name) => found[name] > 0),
  ].map((name) => `${name}: ${found[name]}, ${rounds * expected[name]} in the file`);
  const exchanges = found.exchangesEmitted / rounds;
  const figures = { exchanges, stageSeconds: seconds / rounds, rounds, mbps: Math.round(mbps), seconds };
  process.stdout.write(`${JSON.stringify({ ...figures, packets: found.packetsRead })}\n`);
  process.stderr.write(`${Math.round(mbps)} Mbit/s for ${seconds.toFixed(0)} s, ${rounds} rounds\n`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  return wrong.length > 0 ? 1 : 0;
}

if (values.capture === undefined) process.exitCode = await measure(positionals[0]!);
else process.stdout.write(JSON.stringify(await count([], values.capture)));
