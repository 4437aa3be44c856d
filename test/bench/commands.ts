/**
 * What is measured. One entry a command; a further one is added here and nowhere else.
 *
 * Our own two programs are run as anybody would run them: as child processes on the compiled output.
 */
import { existsSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing as lackingWire } from '../network.ts';

/** Where a command finds what it works on. */
export interface Place {
  /** The capture to read: the whole file, or its first part where `slice` is set. */
  readonly file: string;
  /** An empty folder for what the command writes; removed after each run. */
  readonly folder: string;
  readonly shards: number;
  /** Of a live run: Mbit/s that are sent, and for how long. */
  readonly mbps: number;
  readonly seconds: number;
}

export interface BenchCommand {
  /** Name for `--only` and in the results. */
  readonly name: string;
  /** What the figure means, in a few words. */
  readonly title: string;
  readonly ours: boolean;
  /** The program: a name on PATH or a file that must exist. */
  readonly program: string;
  /** Scripts of ours the program is given; absent ones are told like absent programs. */
  readonly script?: string;
  args(place: Place): string[];
  /** Measured on the first part of the file, because it is slow. */
  readonly slice: boolean;
  /**
   * How exchanges are counted in what it prints: `summary` is JSON with a field `exchanges` (and perhaps `stageSeconds`
   * and `stageCpuSeconds`, which then count instead of the process's), `lines` are the lines that are not empty, `none` goes to /dev/null and
   * the truth about the file is taken.
   */
  readonly output: 'summary' | 'lines' | 'none';
  /** Its speed is what others are divided by; of several with the same name the fastest counts. */
  readonly yardstick?: 'tcpflow' | 'tshark';
  /** What it needs and this machine lacks, beside program and script; null for nothing. */
  readonly lacks?: () => string | null;
  /** It takes minutes, or needs rights: measured only when it is named. */
  readonly onlyNamed?: boolean;
  /**
   * Its folder is on a memory file system, so that the disk is not what is measured. Such a command is left out, with a
   * line that says so, where there is none with room.
   */
  readonly inMemory?: boolean;
}

/** The memory file system of Linux. */
export const memoryFolder = '/dev/shm';

function compiled(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

const node = process.execPath;
const apiris = compiled('console/cli/main.js');
const sensorAlone = compiled('test/bench/sensor-alone.js');
const stageAlone = compiled('test/bench/stage-alone.js');
const verifyAlone = compiled('test/bench/verify-alone.js');
const liveAlone = compiled('test/bench/live.js');

export const commands: readonly BenchCommand[] = [
  {
    name: 'sensor',
    title: 'ours: capture to HTTP exchanges, bodies decoded, nothing written',
    ours: true,
    program: node,
    script: sensorAlone,
    args: ({ file, shards }) => [sensorAlone, file, '--shards', String(shards)],
    slice: false,
    output: 'summary',
  },
  {
    name: 'pipeline',
    title: 'ours: capture to rows in the embedded store (apiris replay)',
    ours: true,
    program: node,
    script: apiris,
    args: ({ file, folder }) => [apiris, 'replay', file, '--data', join(folder, 'data'), '--format', 'json'],
    slice: false,
    output: 'summary',
  },
  {
    name: 'live',
    title:
      'ours: the sensor on a wire that carries the capture at --mbps, again and again; seconds are those of one round, CPU the sensor process’s own',
    ours: true,
    program: node,
    script: liveAlone,
    args: ({ file, shards, mbps, seconds }) => [
      ...[liveAlone, file, '--shards', String(shards)],
      ...['--mbps', String(mbps), '--seconds', String(seconds)],
    ],
    slice: false,
    output: 'summary',
    lacks: lackingWire,
    onlyNamed: true,
  },
  ...(
    [
      ['read', 'read alone on one core, warm, its input in memory'],
      ['judge', 'judge alone on one core, warm: the same callers call on, its input in memory'],
      ['judge-anew', 'judge alone on one core, warm, but all callers and APIs are new; its input in memory'],
    ] as const
  ).map(
    ([stage, title]): BenchCommand => ({
      name: stage,
      title: `ours: ${title}; seconds are its own, of CPU`,
      ours: true,
      program: node,
      script: stageAlone,
      args: ({ file }) => [stageAlone, stage, file],
      slice: true,
      output: 'summary',
    }),
  ),
  {
    name: 'verify',
    title:
      'ours: proof of all calls of the capture (apiris audit verify), which were replayed before; seconds are its own',
    ours: true,
    program: node,
    script: verifyAlone,
    args: ({ file, folder }) => [verifyAlone, file, join(folder, 'data')],
    slice: false,
    output: 'summary',
    onlyNamed: true,
  },
  {
    name: 'tcpflow',
    title: 'TCP reassembly only, one file a direction (-Fk: folders of 1000), no report',
    ours: false,
    program: 'tcpflow',
    args: ({ file, folder }) => ['-q', '-Fk', '-X', '/dev/null', '-o', folder, '-r', file],
    slice: false,
    output: 'none',
    yardstick: 'tcpflow',
  },
  {
    name: 'tcpflow-memory',
    title: 'the same, its files on a memory file system',
    ours: false,
    program: 'tcpflow',
    args: ({ file, folder }) => ['-q', '-Fk', '-X', '/dev/null', '-o', folder, '-r', file],
    slice: false,
    output: 'none',
    yardstick: 'tcpflow',
    inMemory: true,
  },
  {
    name: 'tcpflow-no-output',
    title: 'tcpflow -FX: follows flows, neither reassembles nor writes',
    ours: false,
    program: 'tcpflow',
    args: ({ file, folder }) => ['-q', '-FX', '-X', '/dev/null', '-o', folder, '-r', file],
    slice: false,
    output: 'none',
  },
  {
    name: 'tshark',
    title: 'tshark -Y http, one field',
    ours: false,
    program: 'tshark',
    args: ({ file }) => ['-n', '-r', file, '-Y', 'http', '-T', 'fields', '-e', 'http.request.method'],
    slice: true,
    output: 'lines',
    yardstick: 'tshark',
  },
];

/** What a command needs and this machine has not; undefined when all is there. `bytes` is the size of the capture. */
export function missing(command: BenchCommand, bytes: number): string | undefined {
  const lacking = command.lacks?.() ?? null;
  if (lacking !== null) return lacking;
  if (command.inMemory && roomIn(memoryFolder) < 2 * bytes) return `room in ${memoryFolder}`;
  if (command.script !== undefined && !existsSync(command.script)) return command.script;
  if (command.program.includes('/')) return existsSync(command.program) ? undefined : command.program;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command.program))) ? undefined : command.program;
}

function roomIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
