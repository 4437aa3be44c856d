/**
 * One run of a command as a child process: wall clock, CPU seconds, peak resident memory.
 *
 * Node tells resource usage of itself alone, and GNU time is often not installed. So a shell starts the command, prints
 * its process id, waits, and prints `times`: user and system seconds of what it waited for, all threads included, as
 * wait4(2) gives them. Peak memory is VmHWM of /proc/PID/status, a high-water mark the kernel keeps, read every 10 ms:
 * only growth in the last 10 ms of a process can be missed. A file in /dev/shm or the page cache is in neither figure.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

export interface Measurement {
  /** From start to exit, seconds. */
  readonly wallSeconds: number;
  /** User and system time, seconds. */
  readonly cpuSeconds: number;
  /** Largest resident set, octets. */
  readonly peakBytes: number;
  readonly exitCode: number;
  /** Lines of standard output that are not empty. */
  readonly lines: number;
  /** First 1 MiB of standard output; empty when it was not kept. */
  readonly stdout: string;
  /** Last 2000 characters of standard error. */
  readonly stderr: string;
}

export interface MeasureOptions {
  /** `keep` holds standard output, `lines` counts its lines, `none` sends it to /dev/null. */
  readonly output: 'keep' | 'lines' | 'none';
}

/** The command runs in the background so that its process id is known; descriptor 3 carries id, exit code and times. */
const script = '"$@" & child=$!; echo $child >&3; wait $child; echo $? >&3; times >&3';
const keptBytes = 1 << 20;

export async function measure(program: string, args: readonly string[], options: MeasureOptions): Promise<Measurement> {
  const begin = performance.now();
  const stdout = options.output === 'none' ? 'ignore' : 'pipe';
  const child = spawn('bash', ['-c', script, 'bash', program, ...args], { stdio: ['ignore', stdout, 'pipe', 'pipe'] });
  let told = '';
  let kept = '';
  let stderr = '';
  let lines = 0;
  let lineEmpty = true;
  let peakBytes = 0;
  const poll = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentPeak(Number(told.split('\n')[0])));
  }, 10);
  (child.stdio[3] as Readable).on('data', (bytes: Buffer) => {
    told += bytes;
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    stderr = (stderr + bytes).slice(-2000);
  });
  child.stdout?.on('data', (bytes: Buffer) => {
    if (options.output === 'keep' && kept.length < keptBytes) kept += bytes;
    for (const octet of bytes) {
      if (octet !== 10) lineEmpty = false;
      else {
        if (!lineEmpty) lines++;
        lineEmpty = true;
      }
    }
  });
  await ended(child);
  clearInterval(poll);
  const wallSeconds = (performance.now() - begin) / 1000;
  const { exitCode, cpuSeconds } = readTold(told);
  return { wallSeconds, cpuSeconds, peakBytes, exitCode, lines, stdout: kept, stderr };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

/** VmHWM of a process in octets; 0 when it is gone or not known yet. */
function residentPeak(pid: number): number {
  if (!(pid > 0)) return 0;
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0; // it ended between two looks
  }
}

/** Process id, exit code, then two lines of `times`: the shell's own and its children's, as `0m1.234s 0m0.567s`. */
export function readTold(told: string): { exitCode: number; cpuSeconds: number } {
  const [, code, , children = ''] = told.split('\n');
  let cpuSeconds = 0;
  for (const [, minutes, seconds] of children.matchAll(/(\d+)m([\d.,]+)s/g)) {
    cpuSeconds += Number(minutes) * 60 + Number(seconds!.replace(',', '.'));
  }
  return { exitCode: Number(code), cpuSeconds };
}
