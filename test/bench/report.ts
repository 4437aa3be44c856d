/** Runs become figures, figures become a table. */
import { cpus, totalmem } from 'node:os';
import type { MixTruth } from '../../deploy/traffic/truth.ts';
import type { BenchCommand } from './commands.ts';
import type { Measurement } from './measure.ts';

/** Medians over the runs of one command. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly ours: boolean;
  readonly runs: number;
  /** Octets of capture it read, and exchanges in them. */
  readonly fileBytes: number;
  readonly exchanges: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Largest of the runs, octets. */
  readonly peakBytes: number;
  readonly exchangesPerSecond: number;
  /** MB (10^6 octets) of capture a second. */
  readonly megabytesPerSecond: number;
  /** This speed over that of the other tool (the fastest way it was run), by MB/s; null where that was not measured. */
  readonly overTcpflow: number | null;
  readonly overTshark: number | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, two) => one - two);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Measured {
  readonly command: BenchCommand;
  readonly runs: readonly Measurement[];
  readonly fileBytes: number;
  readonly exchanges: number;
}

export function results(measured: readonly Measured[]): Result[] {
  const speed = (one: Measured) => one.fileBytes / 1e6 / median(one.runs.map((run) => run.wallSeconds));
  const fastest = (yardstick: 'tcpflow' | 'tshark') => {
    const speeds = measured.filter((one) => one.command.yardstick === yardstick).map(speed);
    return speeds.length === 0 ? null : Math.max(...speeds);
  };
  const tcpflow = fastest('tcpflow');
  const tshark = fastest('tshark');
  return measured.map((one) => {
    const wallSeconds = median(one.runs.map((run) => run.wallSeconds));
    return {
      name: one.command.name,
      title: one.command.title,
      ours: one.command.ours,
      runs: one.runs.length,
      fileBytes: one.fileBytes,
      exchanges: one.exchanges,
      wallSeconds,
      cpuSeconds: median(one.runs.map((run) => run.cpuSeconds)),
      peakBytes: Math.max(...one.runs.map((run) => run.peakBytes)),
      exchangesPerSecond: one.exchanges / wallSeconds,
      megabytesPerSecond: speed(one),
      overTcpflow: tcpflow === null ? null : speed(one) / tcpflow,
      overTshark: tshark === null ? null : speed(one) / tshark,
    };
  });
}

export function table(rows: readonly Result[]): string {
  const ratio = (value: number | null) => (value === null ? '-' : `${value.toFixed(2)}x`);
  const cells = rows.map((row) => [
    row.name,
    (row.fileBytes / 1e6).toFixed(0),
    row.wallSeconds.toFixed(2),
    row.exchangesPerSecond.toFixed(0),
    row.megabytesPerSecond.toFixed(1),
    row.cpuSeconds.toFixed(2),
    (row.peakBytes / 1e6).toFixed(0),
    ratio(row.overTcpflow),
    ratio(row.overTshark),
  ]);
  const head = ['command', 'MB read', 'wall s', 'exchanges/s', 'MB/s', 'CPU s', 'peak RSS MB', '/ tcpflow', '/ tshark'];
  const all = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!);
  const lines = all.map((row) => row.map(pad).join('  '));
  const titles = rows.map((row) => `${row.name}: ${row.title}`);
  return [
    ...lines,
    '',
    ...titles,
    'Ratios are by MB/s, to the faster of tcpflow and tcpflow-memory, and to tshark.',
  ].join('\n');
}

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export function machine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The mix as it came out, for people. */
export function describe(truth: MixTruth): string {
  const share = (count: number, of: number) => `${((100 * count) / of).toFixed(1)} %`;
  const shares = (counts: Record<string, number>) =>
    Object.entries(counts).map(([name, count]) => `${name} ${share(count, truth.exchanges)}`);
  const each = (octets: number) => Math.round(octets / truth.exchanges);
  const labels = Object.entries(truth.labels).map(([label, count]) => `${label} ${count}`);
  return [
    `mix: seed ${truth.seed}, ${truth.exchanges} exchanges, ${truth.connections} connections, ${truth.packets} packets, ${(truth.fileBytes / 1e6).toFixed(0)} MB`,
    `methods: ${shares(truth.methods).join(', ')}; logins ${share(truth.logins, truth.exchanges)}`,
    `statuses: ${shares(truth.statuses).join(', ')}`,
    `responses: ${each(truth.contentBytes)} octets of content on average, gzip ${share(truth.gzip, truth.exchanges)}, chunked ${share(truth.chunked, truth.exchanges)}`,
    `on the wire: request ${each(truth.requestBytes)}, response ${each(truth.responseBytes)} octets on average, heads included`,
    `label values in responses: ${labels.join(', ')}`,
  ].join('\n');
}
