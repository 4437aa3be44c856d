/**
 * The benchmark: makes a capture of the stated mix, lets our commands and other tools read it, prints medians and ratios.
 * Exit codes: 0 done, 1 a command failed, counted wrong, took too much memory, or (with CI=true) was absent, 2 wrong arguments.
 */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { writeMix } from '../../deploy/traffic/mix.ts';
import type { MixTruth } from '../../deploy/traffic/truth.ts';
import { roundsTable } from '../deploy/bus/rounds.ts';
import { type BenchCommand, commands, memoryFolder, missing } from './commands.ts';
import { failureRounds } from './failures.ts';
import { type Measurement, measure } from './measure.ts';
import { type BenchOptions, readOptions, UsageError, usage } from './options.ts';
import { describe, type Measured, machine, results, table } from './report.ts';
import { writeSlice } from './slice.ts';
import { traceFigures } from './trace.ts';

/** Exchanges, about, in the slice for slow tools. */
const sliceExchanges = 30_000;
/** What the memory statement promises for a capture of 5 GB, octets. */
const memoryLimit = 2e9;

class Bench {
  private readonly problems: string[] = [];
  private readonly absent: string[] = [];

  constructor(
    private readonly options: BenchOptions,
    private readonly folder: string,
    /** Every temporary folder there is; removed when the program ends. */
    private readonly folders: Set<string>,
  ) {}

  async run(): Promise<number> {
    const { options } = this;
    const file = join(this.folder, 'mix.pcap');
    const begin = performance.now();
    const truth = writeMix(file, { exchanges: options.exchanges, seed: options.seed });
    const seconds = (performance.now() - begin) / 1000;
    tell(`made ${(truth.fileBytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s`);
    settle(file);
    const chosen = commands.filter((one) => options.only.includes(one.name) && this.present(one, truth.fileBytes));
    const slice = chosen.some((one) => one.slice) ? this.slice(file, truth) : { file, bytes: truth.fileBytes };
    const measured = await this.measureAll(chosen, file, truth, slice);
    this.print(truth, measured);
    return this.problems.length > 0 ? 1 : 0;
  }

  private present(command: BenchCommand, bytes: number): boolean {
    const what = missing(command, bytes);
    if (what === undefined) return true;
    this.absent.push(command.name);
    if (process.env['CI'] === 'true' && !command.inMemory)
      this.problems.push(`${command.name} was not measured: ${what} is absent, and CI must have it.`);
    return false;
  }

  private slice(file: string, truth: MixTruth): { file: string; bytes: number } {
    const wanted = Math.min(1, sliceExchanges / truth.exchanges) * truth.fileBytes;
    const path = join(this.folder, 'slice.pcap');
    return { file: path, bytes: writeSlice(file, path, wanted) };
  }

  /** Run after run over all commands, not command after command: what disturbs the machine then disturbs them alike. */
  private async measureAll(
    chosen: readonly BenchCommand[],
    file: string,
    truth: MixTruth,
    slice: { file: string; bytes: number },
  ): Promise<Measured[]> {
    const runs = new Map(chosen.map((one) => [one, [] as Measurement[]]));
    const exchanges = new Map<BenchCommand, number>();
    for (let run = 1; run <= this.options.runs; run++) {
      for (const command of chosen) {
        const bytes = command.slice ? slice.bytes : truth.fileBytes;
        const one = await this.measureOne(command, command.slice ? slice.file : file);
        tell(`run ${run} ${command.name}: ${one.wallSeconds.toFixed(2)} s, CPU ${one.cpuSeconds.toFixed(2)} s`);
        const expected = (truth.exchanges * bytes) / truth.fileBytes;
        exchanges.set(command, this.countExchanges(command, one, expected));
        runs.get(command)!.push(one);
      }
    }
    return chosen.map((command) => ({
      command,
      runs: runs.get(command)!,
      fileBytes: command.slice ? slice.bytes : truth.fileBytes,
      exchanges: exchanges.get(command)!,
    }));
  }

  private async measureOne(command: BenchCommand, file: string): Promise<Measurement> {
    const folder = mkdtempSync(join(command.inMemory ? memoryFolder : this.folder, 'apiris-bench-'));
    this.folders.add(folder);
    const output = command.output === 'summary' ? 'keep' : command.output;
    const { shards, mbps, seconds } = this.options;
    const one = await measure(command.program, command.args({ file, folder, shards, mbps, seconds }), { output });
    rmSync(folder, { recursive: true });
    this.folders.delete(folder);
    if (one.exitCode !== 0) this.problems.push(`${command.name} ended with code ${one.exitCode}: ${one.stderr.trim()}`);
    const { stageSeconds, stageCpuSeconds }: Summary = command.output === 'summary' ? summaryOf(one.stdout) : {};
    if (stageSeconds === undefined) return one;
    // A stage alone runs on one core, and does not wait.
    return { ...one, wallSeconds: stageSeconds, cpuSeconds: stageCpuSeconds ?? stageSeconds };
  }

  /** A speed counts only if the work was done: what the command says it found must be what the file holds. */
  private countExchanges(command: BenchCommand, run: Measurement, expected: number): number {
    if (command.output === 'none') return expected;
    const found = command.output === 'lines' ? run.lines : (summaryOf(run.stdout).exchanges ?? Number.NaN);
    // Where a slice ends, some requests are in it and their responses are not.
    const tolerance = command.slice ? 0.02 * expected : 0;
    if (!(Math.abs(found - expected) <= tolerance)) {
      this.problems.push(`${command.name} found ${found} exchanges; the file holds ${Math.round(expected)}.`);
    }
    return found;
  }

  private print(truth: MixTruth, measured: readonly Measured[]): void {
    const { options } = this;
    const rows = results(measured);
    if (options.large) {
      for (const row of rows) {
        if (row.peakBytes >= memoryLimit)
          this.problems.push(`${row.name} took ${row.peakBytes} octets of memory; the limit is ${memoryLimit}.`);
      }
    }
    if (options.json) {
      const all = {
        machine: machine(),
        truth,
        shards: options.shards,
        results: rows,
        absent: this.absent,
        problems: this.problems,
      };
      process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    } else {
      const { processor, processors, memoryBytes, system, node } = machine();
      const lines = [
        describe(truth),
        `machine: ${processors} x ${processor}, ${(memoryBytes / 1e9).toFixed(0)} GB, ${system}, Node ${node}`,
        '',
      ];
      if (rows.length > 0) lines.push(`median of ${options.runs} run(s), ${options.shards} shard(s)`, table(rows));
      if (rows.some((row) => row.fileBytes < truth.fileBytes))
        lines.push('Tools with fewer MB read saw the first part of the same file.');
      if (options.large)
        lines.push(...rows.map((row) => `${row.name}: peak RSS ${(row.peakBytes / 1e9).toFixed(2)} GB, limit 2 GB`));
      process.stdout.write(`${lines.join('\n')}\n`);
    }
    for (const name of this.absent) tell(`absent: ${name}`);
    if (this.absent.length > 0) tell(`not measured: ${this.absent.length} of ${options.only.length}`);
    for (const problem of new Set(this.problems)) tell(`problem: ${problem}`);
  }
}

/** What a command of ours prints: a JSON object, or an array of which the first counts. */
interface Summary {
  readonly exchanges?: number;
  readonly stageSeconds?: number;
  readonly stageCpuSeconds?: number;
}

function summaryOf(stdout: string): Summary {
  try {
    const value: unknown = JSON.parse(stdout);
    return (Array.isArray(value) ? value[0] : value) ?? {};
  } catch {
    return {};
  }
}

/** Waits until the file is on disk, so that writing it back does not fall into the first run; it stays in the page cache. */
function settle(file: string): void {
  const fd = openSync(file, 'r+');
  fsyncSync(fd);
  closeSync(fd);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The capture, its slice, and as much again for what commands write. */
function checkSpace(options: BenchOptions): void {
  const { bavail, bsize } = statfsSync(options.folder);
  const needed = options.exchanges * 2400 * 2.1;
  if (bavail * bsize >= needed) return;
  const gigabytes = (octets: number) => (octets / 1e9).toFixed(1);
  throw new UsageError(
    `${options.folder} has ${gigabytes(bavail * bsize)} GB free, ${gigabytes(needed)} GB are needed: name another place with --folder, or fewer --exchanges.`,
  );
}

/** By itself: it has no capture. */
async function trace({ calls, folder: place, json }: BenchOptions): Promise<number> {
  const folder = mkdtempSync(join(place, 'apiris-bench-'));
  try {
    const figures = await traceFigures(folder, calls, tell);
    const { first, one, values, sample, found, culprit } = figures;
    const text = [
      `trace of one value over ${calls} calls: ${one.toFixed(2)} s (the first ${first.toFixed(2)} s)`,
      `trace of ${values} values: ${sample.toFixed(1)} s, ${found} found, of account ${culprit}`,
    ];
    process.stdout.write(json ? `${JSON.stringify(figures, null, 2)}\n` : `${text.join('\n')}\n`);
    return found === values ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By itself too: how much is read does not matter, what is left does. */
async function failures({ rounds, seed, json }: BenchOptions): Promise<number> {
  const done = await failureRounds({ rounds, seed, tell });
  if (done === null) return process.env['CI'] === 'true' ? 1 : 0;
  process.stdout.write(json ? `${JSON.stringify(done, null, 2)}\n` : `${roundsTable(done)}\n`);
  return done.every(({ problem }) => problem === '') ? 0 : 1;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (options.only.includes('trace')) return trace(options);
  if (options.only.includes('failures')) return failures(options);
  checkSpace(options);
  const folder = mkdtempSync(join(options.folder, 'apiris-bench-'));
  const folders = new Set([folder]);
  const leave = () => {
    for (const one of folders) rmSync(one, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    leave();
    process.exit(130);
  });
  try {
    return await new Bench(options, folder, folders).run();
  } finally {
    leave();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell(error.message);
  process.exitCode = 2;
}
