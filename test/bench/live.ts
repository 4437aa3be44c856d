/**
 * The sensor on a wire: tcpreplay sends a capture again and again, with other addresses each time, into one end of a veth
 * pair in a network namespace; at the other end the sensor captures. Its exchanges must be those of reading the file, each
 * as often as there were rounds, by a digest of all they hold but addresses and times (deploy/exchange-digest.ts); what it
 * counts must be what reading the file counts, times the rounds, to the octet; and nothing may be dropped.
 * `node live.js FILE [--shards N] [--mbps N] [--seconds N]`.
 *
 * `stageSeconds` is the wall clock of a round, `stageCpuSeconds` what a round costs the sensor's process, user and system,
 * with all its threads, from when its port is open; tcpreplay and what the kernel does for nobody's account are not in it.
 *
 * Exit code 1, and what differs on standard error, when it is not so.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addDigests, type ExchangeDigest, noDigest, timesDigest } from '../../deploy/exchange-digest.ts';
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

interface Counted {
  readonly counters: Counters;
  readonly digest: ExchangeDigest;
  /** User and system time of this process from when its port was open, seconds; 0 where there is none. */
  readonly cpuSeconds: number;
}

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

async function count(inputs: readonly string[], port?: string): Promise<Counted> {
  const ended = new AbortController();
  process.once('SIGTERM', () => ended.abort());
  let before = process.cpuUsage();
  const digests = new Map<number, ExchangeDigest>();
  const options = { interfaces: [port ?? ''], filter: '', snapLength: 65535, promiscuous: true };
  const sensed = await runSensing({
    inputs,
    ...(port === undefined
      ? {}
      : {
          live: {
            input: { kind: 'interfaces', options: { ...options, bufferBytes: BUFFER_BYTES } },
            onOpened: () => {
              before = process.cpuUsage();
              process.stderr.write('open\n');
            },
            onCounters: () => {},
          },
        }),
    shards,
    limits: defaultSensorLimits,
    output: { kind: 'digest' },
    signal: ended.signal,
    take: async (shard, { digest }) => void digests.set(shard, digest!),
  });
  const { counts } = sensed.counters;
  const named = Object.entries(C).map(([name, index]) => [name, counts[index]!] as const);
  const { user, system } = process.cpuUsage(before);
  return {
    counters: Object.fromEntries(named) as Counters,
    digest: [...digests.values()].reduce(addDigests, noDigest),
    cpuSeconds: (user + system) / 1e6,
  };
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
  const octets = statSync(file).size - RECORD_HEADER * expected.counters.packetsRead;
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
    return report(JSON.parse(sensor.text) as Counted, expected, rounds, seconds, (octets * rounds) / 125_000 / seconds);
  } finally {
    wire.remove();
  }
}

function report(live: Counted, file: Counted, rounds: number, seconds: number, mbps: number): number {
  const [found, expected] = [live.counters, file.counters];
  const wrong = [
    ...compared.filter((name) => found[name] !== rounds * expected[name]),
    ...dropped.filter((name) => found[name] > 0),
  ].map((name) => `${name}: ${found[name]}, ${rounds * expected[name]} in the file`);
  const [ours, theirs] = [live.digest, timesDigest(file.digest, rounds)].map(shown);
  if (ours !== theirs) wrong.push(`exchanges: ${ours}, ${theirs} in the file`);
  const exchanges = found.exchangesEmitted / rounds;
  const figures = {
    ...{ exchanges, stageSeconds: seconds / rounds, stageCpuSeconds: live.cpuSeconds / rounds },
    ...{ rounds, mbps: Math.round(mbps), seconds, cpuSeconds: live.cpuSeconds },
  };
  process.stdout.write(`${JSON.stringify({ ...figures, packets: found.packetsRead, digest: ours })}\n`);
  const cpu = `CPU ${live.cpuSeconds.toFixed(1)} s`;
  process.stderr.write(`${Math.round(mbps)} Mbit/s for ${seconds.toFixed(0)} s, ${rounds} rounds, ${cpu}, ${ours}\n`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  return wrong.length > 0 ? 1 : 0;
}

function shown({ exchanges, sum }: ExchangeDigest): string {
  return `${exchanges} of sum ${sum.map((half) => half.toString(16).padStart(8, '0')).join('')}`;
}

if (values.capture === undefined) process.exitCode = await measure(positionals[0]!);
else process.stdout.write(JSON.stringify(await count([], values.capture)));
