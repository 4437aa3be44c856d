/**
 * The capture thread of a running appliance: packets of ports come by themselves, a folder and a stream are waited for.
 * Ticks of the clock enter here and nowhere else below: in silence packet time goes on with the wall clock.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Packet } from '../sensor/capture/packet.ts';
import { C } from '../sensor/ledger.ts';
import {
  CaptureArgumentError,
  CaptureError,
  type CaptureSource,
  type Damage,
  type FolderNews,
  FolderSource,
  hasPriorities,
  type InputExtent,
  type LedgerMinute,
  type LiveOptions,
  LiveSource,
  openSource,
  Pump,
  type RingMemory,
  type SecretsMemory,
  SecretsWriter,
  type SensorLimits,
  type ShedBoard,
  writeStep,
} from '../sensor/sensor.ts';
import {
  type CaptureResult,
  emptySource,
  PROGRESS_BYTES,
  PROGRESS_CLOCK,
  PROGRESS_PACKETS,
  PROGRESS_STOP,
  STOP_ALL,
} from './capture.ts';
import { LiveDrops } from './live-drops.ts';
import { Overload, type OverloadMarks, type ShedChange } from './overload/steps.ts';

/** What a running appliance reads. */
export type LiveInput =
  | { readonly kind: 'interfaces'; readonly options: LiveOptions }
  /** `known`: ids of its files that were read before, oldest first. */
  | { readonly kind: 'folder'; readonly path: string; readonly known: readonly string[] }
  | { readonly kind: 'stream'; readonly name: string };

export interface LiveTask {
  readonly input: LiveInput;
  /** As of CaptureTask. */
  readonly rings: readonly RingMemory[];
  readonly limits: SensorLimits;
  readonly secrets: SecretsMemory;
  readonly progress: SharedArrayBuffer;
  /** What shards are told of overload; null where nothing is shed. Ports alone can be too much: others are waited for. */
  readonly shedding: { readonly board: ShedBoard; readonly marks?: OverloadMarks | undefined } | null;
  /** Takes a LiveReport a second. */
  readonly port: MessagePort;
  /** One Int32: `GATE`. */
  readonly gate: SharedArrayBuffer;
}

/** The input is open; packets wait in the kernel until the gate opens, so that rights can be given up before. */
export const GATE_OPENING = 0;
export const GATE_OPENED = 1;
export const GATE_GO = 2;

/** How things stand in the capture thread, at one moment. */
export interface LiveReport {
  readonly ledger: Float64Array;
  /** Counts by `weirdIndex`. */
  readonly weird: Float64Array;
  /** What the counters grew by since the report before. */
  readonly minutes: readonly LedgerMinute[];
  readonly inputs: readonly string[];
  readonly extents: readonly InputExtent[];
  /** Of ports and streams: a folder's is in `folder`. */
  readonly damage: readonly Damage[];
  /** Damages so far. */
  readonly damaged: number;
  readonly clamped: number;
  /** What a folder has to tell since the report before; null for other inputs. */
  readonly folder: FolderNews | null;
  /** Steps of shedding since the report before. */
  readonly sheddings: readonly ShedChange[];
  /** Share of the fullest shard's ring that is taken, 0…1. */
  readonly ringFill: number;
}

/** Packet time that a slow shard is waited for before the others' calls go on without it, µs. */
export const MAX_LAG = 10e6;

/** Packets between two looks at anything but packets. */
const LOOK_EVERY = 1024;
/** Between two looks for packets when there are none, ms. */
const IDLE_MS = 2;
/** Between two wakings of the shards, ms, at least: each costs a switch of threads. */
const SHOW_MS = 10;
/** Between two ticks of the clock in silence, ms. */
const TICK_MS = 100;
const REPORT_MS = 1000;
/** How far a tick stays behind the wall clock, ms: the kernel gathers packets for a tenth of a second. */
const LAG_MS = 1000;
/** How long what the kernel has is waited for once the end was asked for, ms. */
const LAST_MS = 2000;

export function run(task: LiveTask): CaptureResult {
  try {
    return task.input.kind === 'interfaces' ? new Ports(task, task.input.options).run() : pull(task, task.input);
  } catch (error) {
    new Float64Array(task.progress)[PROGRESS_STOP] = STOP_ALL;
    new Pump(emptySource, task.rings).end();
    if (!(error instanceof CaptureError)) throw error;
    const isArgument = error instanceof CaptureArgumentError;
    return { ...nothing, error: error.message, ...(isArgument ? { isArgument } : {}) };
  } finally {
    task.port.close();
  }
}

const nothing: Omit<CaptureResult, 'error'> = {
  ...{ damage: [], ledger: new Float64Array(0), weird: new Float64Array(0), minutes: [] },
  ...{ bytesRead: 0, clamped: 0, inputs: [], extents: [] },
};

/** Says that the input is open, and waits until packets are wanted. */
function passGate({ gate }: LiveTask): void {
  const cell = new Int32Array(gate);
  Atomics.store(cell, 0, GATE_OPENED);
  Atomics.wait(cell, 0, GATE_OPENED);
}

/** What the loops share: the pump, progress, reports. */
class Loop {
  readonly pump: Pump;
  readonly #progress: Float64Array;
  #reportedAt = performance.now();
  #sheddings: ShedChange[] = [];

  constructor(
    private readonly task: LiveTask,
    private readonly source: Omit<CaptureSource, 'read' | 'close'> & Partial<Pick<CaptureSource, 'read'>>,
  ) {
    const read = (packet: Packet): boolean => source.read?.(packet) ?? false;
    this.pump = new Pump({ inputs: source.inputs, read }, task.rings, task.limits.decode, task.limits.sampling);
    this.#progress = new Float64Array(task.progress);
  }

  /** Tells how far reading has come, and asks whether it is to go on: one of the `STOP`s. */
  look(): number {
    this.#progress[PROGRESS_BYTES] = this.source.bytesRead;
    this.#progress[PROGRESS_PACKETS] = this.pump.packets;
    this.#progress[PROGRESS_CLOCK] = this.pump.clock;
    return this.#progress[PROGRESS_STOP]!;
  }

  get isReportDue(): boolean {
    return performance.now() - this.#reportedAt >= REPORT_MS;
  }

  report(): void {
    this.#reportedAt = performance.now();
    const { pump, source } = this;
    const isFolder = source instanceof FolderSource;
    const folder = isFolder ? source.take() : null;
    const damage = isFolder ? [] : source.damage;
    const damaged = isFolder ? source.damaged : damage.length;
    const { inputs, clamped } = source;
    const minutes = pump.minutes.take();
    const counted = { ledger: pump.ledger.counts, weird: pump.weird.counts, extents: pump.extents, minutes };
    const sheddings = this.#sheddings;
    this.#sheddings = [];
    this.task.port.postMessage({
      ...{ ...counted, inputs, damage, damaged, clamped, folder, sheddings, ringFill: pump.fill },
    } satisfies LiveReport);
  }

  /** A step was taken up or down, or none could be: shards are told at once, people with the next report. */
  shed(change: ShedChange | null): void {
    if (change === null) return;
    writeStep(this.task.shedding!.board, change.step);
    if (change.step !== change.from) this.pump.ledger.counts[C.shedSteps]!++;
    this.#sheddings.push(change);
  }

  end(): CaptureResult {
    const { pump, source } = this;
    this.look();
    this.report();
    pump.end();
    return {
      error: null,
      damage: [...source.damage],
      ...(source instanceof FolderSource ? { damaged: source.damaged } : {}),
      ledger: pump.ledger.counts,
      weird: pump.weird.counts,
      minutes: pump.minutes.take(),
      bytesRead: source.bytesRead,
      clamped: source.clamped,
      inputs: [...source.inputs],
      extents: pump.extents,
    };
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Ports: their packets are taken as they come, and nothing waits for anything. */
class Ports {
  readonly #source: LiveSource;
  readonly #loop: Loop;
  readonly #overload: Overload | null;
  #taken = 0;
  /** Packets that the kernel had when the end was asked for, and until when they are waited for. */
  #last: { readonly received: number; readonly delivered: number; readonly until: number } | null = null;
  readonly #drops = new LiveDrops();
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(task: LiveTask, options: LiveOptions) {
    const source = new LiveSource(options);
    this.#source = source;
    passGate(task);
    this.#loop = new Loop(task, {
      ...{ inputs: source.inputs, damage: [] },
      get bytesRead() {
        return source.bytesRead;
      },
      get clamped() {
        return source.clamped;
      },
    });
    const { pump } = this.#loop;
    const { shedding } = task;
    if (shedding === null) this.#overload = null;
    else
      this.#overload = new Overload(
        () => pump.fill,
        () => hasPriorities(shedding.board),
        shedding.marks,
      );
  }

  run(): CaptureResult {
    const { pump } = this.#loop;
    let [tickedAt, shownAt, shown] = [0, 0, 0];
    const take = (packet: Packet): void => {
      if (this.#isOver) return;
      // Whatever is thrown through libpcap takes the process with it.
      try {
        pump.take(packet);
        if (++this.#taken % LOOK_EVERY === 0) this.#look();
      } catch (error) {
        this.#failure = { error };
        this.#finish();
      }
    };
    while (!this.#isOver) {
      const before = this.#taken;
      this.#source.drain(take);
      if (this.#isOver) break;
      // The kernel has nothing more.
      const now = Date.now();
      if (now - tickedAt >= TICK_MS) {
        tickedAt = shownAt = now;
        pump.publish((now - LAG_MS) * 1000);
        shown = this.#taken;
      } else if (this.#taken !== shown && now - shownAt >= SHOW_MS) {
        shownAt = now;
        pump.publish();
        shown = this.#taken;
      }
      this.#look();
      if (this.#taken === before) Atomics.wait(sleeper, 0, 0, IDLE_MS);
    }
    if (this.#failure !== null) throw this.#failure.error;
    return this.#loop.end();
  }

  #look(): void {
    if (this.#isOver) return;
    if (this.#overload !== null) this.#loop.shed(this.#overload.look(performance.now(), this.#loop.pump.clock));
    if (this.#loop.isReportDue) {
      this.#count();
      this.#loop.report();
    }
    const stop = this.#loop.look();
    if (stop === STOP_ALL) this.#finish();
    else if (stop !== 0) this.#lookForEnd();
    else if (this.#taken % LOOK_EVERY === 0) this.#loop.pump.publish();
  }

  /** What the kernel had when the end was asked for still comes. */
  #lookForEnd(): void {
    const now = performance.now();
    if (this.#last === null) {
      const { received, droppedByKernel } = this.#source.stats();
      this.#last = { received, delivered: received - droppedByKernel, until: now + LAST_MS };
    }
    if (this.#source.delivered >= this.#last.delivered || now >= this.#last.until) this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    if (this.#overload !== null) this.#loop.shed(this.#overload.end(this.#loop.pump.clock));
    this.#count();
    this.#source.close();
  }

  #count(): void {
    this.#drops.count(this.#source.stats(), this.#last?.received ?? null, this.#loop.pump.ledger.counts);
  }
}

/** A folder or a stream: read as fast as the shards take, and waited for. */
function pull(task: LiveTask, input: Exclude<LiveInput, { kind: 'interfaces' }>): CaptureResult {
  let loop: Loop | undefined;
  let [packets, clock, at, shownAt] = [0, 0, performance.now(), 0];
  const progress = new Float64Array(task.progress);
  const onWait = (): boolean => {
    if (loop === undefined) return progress[PROGRESS_STOP] === 0;
    const { pump } = loop;
    const now = performance.now();
    const isNew = pump.packets !== packets;
    if (isNew) [packets, clock, at] = [pump.packets, pump.clock, now];
    if (isNew || now - shownAt >= TICK_MS) {
      shownAt = now;
      // Of a folder nobody knows when its next file will come, nor how old it will be then.
      const silence = input.kind === 'stream' && clock > 0 ? now - at - LAG_MS : 0;
      pump.publish(silence > 0 ? clock + Math.floor(silence * 1000) : 0);
    }
    if (loop.isReportDue) loop.report();
    return loop.look() === 0;
  };
  const writer = new SecretsWriter(task.secrets);
  const secrets = (keyLog: Uint8Array): void => {
    const counts = loop?.pump.ledger.counts;
    if (!writer.add(keyLog, loop?.pump.clock ?? 0) && counts !== undefined) counts[C.secretsDropped]!++;
  };
  const options = { onWait, secrets };
  const folder = input.kind === 'folder' ? new FolderSource(input.path, input.known, options) : null;
  passGate(task);
  const source = folder ?? openSource([(input as { name: string }).name], options);
  loop = new Loop(task, source);
  const { pump } = loop;
  try {
    pump.run(
      () => {
        if (loop!.isReportDue) loop!.report();
        return loop!.look() === 0;
      },
      () => progress[PROGRESS_STOP] === STOP_ALL,
    );
  } finally {
    source.close();
  }
  return loop.end();
}
