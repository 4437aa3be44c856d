/**
 * A wire of our own: a network namespace with both ends of a veth pair in it, gone when the test ends. What is sent into
 * one end arrives at the other, where the program under test captures. Needs root, iproute2, tcpreplay and npm `pcap`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const main = fileURLToPath(new URL('dist/console/cli/main.js', root));

export interface Wire {
  /** Sends a capture's packets, so many a second; resolves when all are sent. */
  send(capture: string, packetsPerSecond: number): Promise<void>;
  /** Begins to send; the caller ends it. */
  begin(capture: string, packetsPerSecond: number): ChildProcess;
  /** `apiris` with its end of the wire as `v1`. */
  apiris(...argv: readonly string[]): { status: number | null; stdout: string; stderr: string };
  start(...argv: readonly string[]): Promise<Running>;
  /** Another program of ours with its end of the wire as `v1`; its standard output is a pipe. */
  program(script: string, ...argv: readonly string[]): ChildProcess;
}

export interface Running {
  readonly child: ChildProcess;
  stderr(): string;
  /** Ends it and answers its exit code. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** What a wire of our own lacks here; null for nothing. */
export function missing(): string | null {
  if (process.getuid?.() !== 0) return 'root';
  if (!has('ip')) return 'iproute2';
  if (!has('tcpreplay')) return 'tcpreplay';
  if (!existsSync(new URL('node_modules/pcap/build/Release/pcap_binding.node', root))) return 'npm pcap (libpcap-dev)';
  return null;
}

let wires = 0;
/** What `run` and `sensor` say once they read packets. */
const listening = /other commands work beside it|end it with Ctrl-C/;

/** A namespace of that name with `v0` and `v1` in it, and how to be rid of it; or what is lacking. */
export function layWire(name: string): { remove(): void } | string {
  const lacking = missing() ?? (spawnSync('ip', ['netns', 'add', name]).status === 0 ? null : 'network namespaces');
  if (lacking !== null) return lacking;
  const remove = (): void => void spawnSync('ip', ['netns', 'del', name]);
  const ip = (...argv: readonly string[]) => {
    const { status, stderr } = spawnSync('ip', ['-n', name, ...argv], { encoding: 'utf8' });
    if (status === 0) return;
    remove();
    throw new Error(`ip ${argv.join(' ')}: ${stderr}`);
  };
  ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  for (const each of ['v0', 'v1', 'lo']) ip('link', 'set', each, 'up');
  return { remove };
}

/** Null where it cannot be had: said as material that is absent. */
export function openWire(t: TestContext): Wire | null {
  const name = `apiris-${process.pid}-${++wires}`;
  const laid = layWire(name);
  if (typeof laid === 'string') {
    t.diagnostic(`absent: ${laid}, so nothing was captured live`);
    return null;
  }
  t.after(laid.remove);
  const inside = ['netns', 'exec', name] as const;
  const env = { PATH: process.env['PATH'], LANG: 'C' };
  const begin = (capture: string, packetsPerSecond: number) =>
    spawn('ip', [...inside, 'tcpreplay', '-q', '-i', 'v0', `--pps=${packetsPerSecond}`, capture], { stdio: 'ignore' });
  return {
    begin,
    send: async (capture, packetsPerSecond) => {
      const code = await exitOf(begin(capture, packetsPerSecond));
      if (code !== 0) throw new Error(`tcpreplay ended with ${code}`);
    },
    apiris: (...argv) => {
      const options = { encoding: 'utf8', env, timeout: 120_000, maxBuffer: 64 << 20 } as const;
      return spawnSync('ip', [...inside, process.execPath, main, ...argv], options);
    },
    program: (script, ...argv) => {
      const child = spawn('ip', [...inside, process.execPath, script, ...argv], { env });
      t.after(() => child.kill('SIGKILL'));
      return child;
    },
    start: (...argv) => started(t, spawn('ip', [...inside, process.execPath, main, ...argv], { env })),
  };
}

/** `apiris run …` as it stands, without a wire. */
export function startApiris(t: TestContext, ...argv: readonly string[]): Promise<Running> {
  return started(t, spawn(process.execPath, [main, ...argv], { env: { PATH: process.env['PATH'], LANG: 'C' } }));
}

/** Resolves once it reads packets, or has ended. `ip netns exec` becomes the program itself, so signals reach it. */
async function started(t: TestContext, child: ChildProcess): Promise<Running> {
  t.after(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = exitOf(child);
  let isOver = false;
  void exited.then(() => (isOver = true));
  for (let tries = 0; tries < 1200 && !isOver && !listening.test(stderr); tries++) await wait(100);
  return {
    child,
    stderr: () => stderr,
    end: async (signal) => {
      if (signal !== undefined) child.kill(signal);
      const code = await exited;
      return { code, stdout, stderr };
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve));
}

/** Asks until the answer is as wanted, a minute at most. */
export async function until<T>(ask: () => T, isWanted: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = ask();
    if (isWanted(answer) || tries >= 60) return answer;
    await wait(1000);
  }
}

/** The users a process runs as: real, effective, saved, file system. */
export function usersOf(pid: number): readonly number[] {
  const [, users] = /^Uid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!;
  return users!.split(/\s+/).map(Number);
}
