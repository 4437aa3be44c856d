/** A capture's exchanges as the sensor tells them, kept to be read again and again: in another order, side by side. */
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { decode } from '../../sensor/decode/decode.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import { C } from '../../sensor/ledger.ts';
import { defaultSensorLimits, openSource, Sensor } from '../../sensor/sensor.ts';
import type {
  FlowInfo,
  MessageHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../../sensor/transaction.ts';

/** The next event of an exchange under way. */
export type Step = (reader: TransactionReader) => void;

export interface RecordedExchange {
  readonly flow: FlowInfo;
  readonly depth: number;
  readonly steps: readonly Step[];
}

class Recorder implements TransactionSink {
  readonly exchanges: RecordedExchange[] = [];

  open(flow: FlowInfo, depth: number): TransactionReader {
    const steps: Step[] = [];
    this.exchanges.push({ flow: structuredClone(flow), depth, steps });
    return {
      begin: (head: MessageHead) => {
        const kept = structuredClone(head);
        steps.push((reader) => reader.begin(kept));
      },
      body: (side: Side, bytes: Uint8Array, start: number, end: number) => {
        const kept = Buffer.from(bytes.subarray(start, end));
        steps.push((reader) => lend(reader, side, kept));
      },
      end: (tail: TransactionTail) => {
        const kept = structuredClone(tail);
        steps.push((reader) => reader.end(kept));
      },
    };
  }
}

/** One buffer for all, as a capture's packets have: what lies in it is the reader's during the call only. */
const lent = Buffer.alloc(1 << 20);

function lend(reader: TransactionReader, side: Side, octets: Buffer): void {
  const size = octets.copy(lent, 4);
  reader.body(side, lent, 4, 4 + size);
  lent.fill(0x22, 0, size + 8);
}

/** All exchanges of a capture, in the order they opened. */
export function recordedExchanges(path: string): readonly RecordedExchange[] {
  const recorder = new Recorder();
  const sensor = new Sensor(defaultSensorLimits, recorder);
  const source = openSource([path]);
  const packet = emptyPacket();
  const segment = new Segment();
  let clock = 0;
  while (source.read(packet)) {
    clock = Math.max(clock, packet.ts);
    if (decode(packet, segment) !== C.tcpSegments) continue;
    segment.clock = clock;
    sensor.segment(segment);
  }
  sensor.finish(clock);
  source.close();
  return recorder.exchanges;
}
