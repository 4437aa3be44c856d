/** A capture's exchanges as the sensor tells them, kept to be read again and again: in another order, side by side. */
import type {
  FlowInfo,
  MessageHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../../sensor/transaction.ts';
import { tellExchanges } from '../sensor/tell-exchanges.ts';

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
  tellExchanges(path, recorder);
  return recorder.exchanges;
}
