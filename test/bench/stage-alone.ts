/**
 * One stage of analysis on one core: `node stage-alone.js read|judge FILE`. What goes into the stage is made before and
 * held in memory, so that only the stage is measured; the first pass warms up and does not count.
 */
import { CallPacker, CallReader, Judge, type PackedCalls, ReadTools, unpackCalls } from '../../analyzer/analyzer.ts';
import type { ApiCall } from '../../analyzer/call.ts';
import { Ledger } from '../../sensor/ledger.ts';
import type {
  FlowInfo,
  MessageHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../../sensor/transaction.ts';
import { equipment } from '../equipment.ts';
import { tellExchanges } from '../sensor/tell-exchanges.ts';
import { median } from './report.ts';

const passes = 3;

/** Octets of bodies are kept in pieces of so many, so that the heap has few objects to look after. */
const pieceBytes = 8 << 20;

/** One event of the exchange `number`; what of it is there tells its kind. */
interface Step {
  readonly number: number;
  readonly flow?: FlowInfo;
  readonly depth?: number;
  readonly head?: MessageHead;
  readonly side?: Side;
  readonly bytes?: Uint8Array;
  readonly start?: number;
  readonly end?: number;
  readonly tail?: TransactionTail;
}

/** What the sensor tells of exchanges, in its order. Bodies are copied: the sensor's octets are valid during the call. */
class Recording implements TransactionSink {
  readonly #steps: Step[] = [];
  #piece = new Uint8Array(pieceBytes);
  #used = 0;
  exchanges = 0;

  open(flow: FlowInfo, depth: number): TransactionReader {
    const number = this.exchanges++;
    const steps = this.#steps;
    steps.push({ number, flow: { ...flow }, depth });
    return {
      begin: (head) => void steps.push({ number, head }),
      body: (side, bytes, start, end) => void steps.push({ number, side, ...this.#keep(bytes.subarray(start, end)) }),
      end: (tail) => void steps.push({ number, tail }),
    };
  }

  #keep(bytes: Uint8Array): Pick<Step, 'bytes' | 'start' | 'end'> {
    if (this.#used + bytes.length > this.#piece.length) {
      this.#piece = new Uint8Array(Math.max(pieceBytes, bytes.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#piece.set(bytes, start);
    this.#used += bytes.length;
    return { bytes: this.#piece, start, end: this.#used };
  }

  /** As the sensor does, it lets go of whom it told the end: readers that are done must not pile up in the heap. */
  playInto(sink: TransactionSink): void {
    const opened = new Map<number, TransactionReader>();
    for (const { number, flow, depth, head, side, bytes, start, end, tail } of this.#steps) {
      if (flow !== undefined) opened.set(number, sink.open(flow, depth!));
      else if (head !== undefined) opened.get(number)!.begin(head);
      else if (bytes !== undefined) opened.get(number)!.body(side!, bytes, start!, end!);
      else {
        opened.get(number)!.end(tail!);
        opened.delete(number);
      }
    }
  }
}

function record(file: string): Recording {
  const recording = new Recording();
  tellExchanges(file, recording);
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
