/**
 * One stage of analysis on one core: `node stage-alone.js read|judge|judge-anew FILE`. What goes into the stage is made
 * before and held in memory, so that only the stage is measured. Passes before the measured ones warm up: the engine makes
 * most of the machine code in the first three.
 *
 * `judge` is one judge that goes on: the same callers call again, in packet time behind what they did, so tables are full
 * and nobody is new. `judge-anew` is a judge that knows nothing at the beginning of each pass.
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

const warmups = 4;
const passes = 3;

/** µs. */
const second = 1e6;

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

/** Calls as they reach judge, in batches. */
function batchesOf(recording: Recording): { batches: readonly PackedCalls[]; span: number } {
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
  return { batches, span: calls.length === 0 ? 0 : calls.at(-1)!.completedTs - calls[0]!.ts + second };
}

/**
 * CPU seconds of judging all calls, `later` µs behind the time they have. A batch is unpacked as its turn comes, beside
 * what is measured: all calls at once would be the collector's work.
 */
function judge(by: Judge, batches: readonly PackedCalls[], later: number): number {
  let sum = 0;
  for (const batch of batches) {
    const calls = unpackCalls(batch);
    // In place: judge shall meet objects as unpacking makes them.
    for (const call of calls as Later[]) {
      if (later > 0) call.uid = `${call.uid}.${later}`;
      call.ts += later;
      call.completedTs += later;
    }
    sum += cpuSeconds(() => {
      for (const call of calls) by.apply(call, 'bench');
    });
  }
  return sum;
}

type Later = { -readonly [K in 'uid' | 'ts' | 'completedTs']: ApiCall[K] };

const [stage, file] = process.argv.slice(2);
const tools = new ReadTools(equipment.read);
const recording = record(file!);
const seconds: number[] = [];
if (stage === 'read') {
  for (let pass = 0; pass < warmups + passes; pass++) seconds.push(cpuSeconds(() => read(recording, () => {})));
} else {
  const { batches, span } = batchesOf(recording);
  const isAnew = stage === 'judge-anew';
  let by = new Judge(equipment.judge);
  for (let pass = 0; pass < warmups + passes; pass++) {
    if (isAnew) by = by.fresh();
    seconds.push(judge(by, batches, isAnew ? 0 : pass * span));
  }
}
console.log(JSON.stringify({ exchanges: recording.exchanges, stageSeconds: median(seconds.slice(warmups)) }));
