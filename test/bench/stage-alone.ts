/**
 * One stage of analysis on one core: `node stage-alone.js read|judge FILE`. What goes into the stage is made before and
 * held in memory, so that only the stage is measured; the first pass warms up and does not count.
 */
import { CallPacker, CallReader, Judge, type PackedCalls, ReadTools, unpackCalls } from '../../analyzer/analyzer.ts';
import type { ApiCall } from '../../analyzer/call.ts';
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { decode } from '../../sensor/decode/decode.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import { C, Ledger } from '../../sensor/ledger.ts';
import { defaultSensorLimits, openSource, Sensor } from '../../sensor/sensor.ts';
import type {
  FlowInfo,
  MessageHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../../sensor/transaction.ts';
import { equipment } from '../equipment.ts';
import { median } from './report.ts';

const passes = 3;

/** What the sensor tells of exchanges, in its order. Bodies are copied: the sensor's octets are valid during the call. */
class Recording implements TransactionSink {
  readonly #steps: ((opened: TransactionReader[]) => void)[] = [];
  /** Into whom the steps are played. */
  #sink: TransactionSink | null = null;
  exchanges = 0;

  open(flow: FlowInfo, depth: number): TransactionReader {
    const number = this.exchanges++;
    const steps = this.#steps;
    const kept = { ...flow };
    steps.push((opened) => {
      opened[number] = this.#sink!.open(kept, depth);
    });
    return {
      begin: (head: MessageHead) => void steps.push((opened) => opened[number]!.begin(head)),
      body: (side: Side, bytes: Uint8Array, start: number, end: number) => {
        const copy = new Uint8Array(bytes.subarray(start, end));
        steps.push((opened) => opened[number]!.body(side, copy, 0, copy.length));
      },
      end: (tail: TransactionTail) => void steps.push((opened) => opened[number]!.end(tail)),
    };
  }

  playInto(sink: TransactionSink): void {
    this.#sink = sink;
    const opened: TransactionReader[] = [];
    for (const step of this.#steps) step(opened);
  }
}

function record(file: string): Recording {
  const recording = new Recording();
  const source = openSource([file]);
  const sensor = new Sensor(defaultSensorLimits, recording);
  const packet = emptyPacket();
  const segment = new Segment();
  let clock = 0;
  let segments = 0;
  while (source.read(packet)) {
    clock = Math.max(clock, packet.ts);
    if (decode(packet, segment) !== C.tcpSegments) continue;
    segment.clock = clock;
    sensor.segment(segment);
    if ((++segments & 511) === 0) sensor.expire(clock);
  }
  sensor.finish(clock);
  source.close();
  return recording;
}

/** CPU seconds of the process, its helper threads' (garbage collection) included. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function read(recording: Recording, take: (call: ApiCall) => void): void {
  recording.playInto(new CallReader(new Ledger(), tools, take));
}

/** Calls as they reach judge: each pass needs its own, as judging adds to them. */
function callsOf(recording: Recording): () => ApiCall[] {
  const calls: ApiCall[] = [];
  read(recording, (call) => calls.push(call));
  calls.sort((one, two) => one.completedTs - two.completedTs || (one.uid < two.uid ? -1 : 1));
  const batches: PackedCalls[] = [];
  const packer = new CallPacker(512);
  for (const call of calls) {
    packer.add(call);
    if (packer.full) batches.push(packer.take());
  }
  batches.push(packer.take());
  return () => batches.flatMap((batch) => unpackCalls(batch));
}

function judge(calls: readonly ApiCall[]): void {
  const fresh = new Judge(equipment.judge);
  for (const call of calls) fresh.apply(call, 'bench');
}

const [stage, file] = process.argv.slice(2);
const tools = new ReadTools(equipment.read);
const recording = record(file!);
const seconds: number[] = [];
if (stage === 'read') {
  for (let pass = 0; pass <= passes; pass++) seconds.push(cpuSeconds(() => read(recording, () => {})));
} else {
  const unpacked = callsOf(recording);
  for (let pass = 0; pass <= passes; pass++) {
    const calls = unpacked();
    seconds.push(cpuSeconds(() => judge(calls)));
  }
}
console.log(JSON.stringify({ exchanges: recording.exchanges, stageSeconds: median(seconds.slice(1)) }));
