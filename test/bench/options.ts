/** Options of the benchmark. */
import { availableParallelism, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { commands } from './commands.ts';

export interface BenchOptions {
  readonly exchanges: number;
  readonly seed: number;
  readonly shards: number;
  readonly runs: number;
  /** Names of the commands to measure. */
  readonly only: readonly string[];
  readonly json: boolean;
  readonly large: boolean;
  /** Calls that are traced over. */
  readonly calls: number;
  /** Of `failures`. */
  readonly rounds: number;
  /** Of `live`. */
  readonly mbps: number;
  readonly seconds: number;
  /** Where the temporary folder is made. */
  readonly folder: string;
}

/** A wrong argument; the message says which and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `node dist/test/bench/main.js [options]
  --exchanges N   exchanges in the capture (270000, about 620 MB; with --large 2400000, about 5.5 GB)
  --seed N        seed of the traffic (1)
  --shards N      shards of the sensor (number of processors)
  --runs N        runs of each command, of which the median counts (3; with --large 1)
  --only A,B      commands to measure: ${commands.map((one) => one.name).join(', ')}; trace; failures
  --calls N       with --only trace: calls that are traced over (10000000; about 50 octets each on disk)
  --rounds N      with --only failures: rounds of kill -9 (50)
  --folder DIR    where the temporary folder is made (the system's)
  --large         our own commands on a capture of more than 5 GB: is peak RSS below 2 GB?
  --mbps N        with --only live: Mbit/s that are sent (1000)
  --seconds N     with --only live: for how long (120)
  --json          results as one JSON object
example: node dist/test/bench/main.js --only sensor,tcpflow --runs 5`;

export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const known = {
    exchanges: text,
    seed: text,
    shards: text,
    runs: text,
    only: text,
    folder: text,
    calls: text,
    rounds: text,
    mbps: text,
    seconds: text,
    large: flag,
    json: flag,
    help: flag,
  };
  const { values } = parse(() => parseArgs({ args: [...args], options: known }));
  if (values.help) return 'help';
  const large = values.large;
  const usual = commands.filter((one) => !one.onlyNamed && (!large || (one.ours && !one.slice)));
  const names = values.only?.split(',') ?? usual.map((one) => one.name);
  for (const name of names) {
    if (name === 'trace' || name === 'failures' || commands.some((one) => one.name === name)) continue;
    throw new UsageError(
      `--only ${name}: there is no such command; there are ${commands.map((one) => one.name).join(', ')}.`,
    );
  }
  return {
    exchanges: whole('exchanges', values.exchanges, large ? 2_400_000 : 270_000, 1),
    seed: whole('seed', values.seed, 1, 0),
    shards: whole('shards', values.shards, availableParallelism(), 1),
    runs: whole('runs', values.runs, large ? 1 : 3, 1),
    only: names,
    json: values.json,
    calls: whole('calls', values.calls, 10_000_000, 100_000),
    rounds: whole('rounds', values.rounds, 50, 1),
    large,
    mbps: whole('mbps', values.mbps, 1000, 1),
    seconds: whole('seconds', values.seconds, 120, 1),
    folder: values.folder ?? tmpdir(),
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

function whole(name: string, text: string | undefined, absent: number, least: number): number {
  if (text === undefined) return absent;
  if (/^\d{1,10}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`--${name} ${text}: give a whole number, ${least} or more.`);
}
