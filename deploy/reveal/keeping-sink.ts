/**
 * Keeps exchanges sealed beside reading them: those in which something is that a person may have to see in clear, which
 * are those with data of a kind that is looked for, or with signs of an attack. Off unless it is configured.
 */
import { deflateRawSync } from 'node:zlib';
import type { ApiCall } from '../../analyzer/analyzer.ts';
import { C, type Ledger } from '../../sensor/ledger.ts';
import { RecordSink } from '../../sensor/record.ts';
import type { FlowInfo, MessageHead, Side, TransactionReader, TransactionTail } from '../../sensor/transaction.ts';
import { type KeepingOptions, SegmentWriter } from './segment-writer.ts';

/** Octets of each body; of longer ones the beginning is kept. */
const BODY = 64 * 1024;
/** Exchanges under way that are kept in memory until they end: at most 128 MiB. Others are not kept, and counted. */
const mostOpen = 1024;

export class KeepingSink {
  readonly #writer: SegmentWriter;
  readonly #records: RecordSink;
  #open = 0;
  /** Exchanges for which there was no room. */
  #beyond = 0;
  #made: Buffer | null = null;
  #call: ApiCall | null = null;

  constructor(
    options: KeepingOptions,
    private readonly ledger: Ledger,
  ) {
    this.#writer = new SegmentWriter(options);
    this.#records = new RecordSink({ maxBody: BODY, clear: true }, (record) => {
      this.#made = deflateRawSync(JSON.stringify(record), { level: 1 });
    });
  }

  /** The call that `read` made of the exchange that ends now. */
  take(call: ApiCall): void {
    this.#call = call;
  }

  /** Stands before `reader`. */
  open(flow: FlowInfo, depth: number, reader: TransactionReader): TransactionReader {
    if (this.#open >= mostOpen) {
      this.#beyond++;
      return reader;
    }
    this.#open++;
    return new KeptReader(reader, this.#records.open(flow, depth), this.#settle);
  }

  readonly #settle = (record: TransactionReader, tail: TransactionTail): void => {
    this.#open--;
    const call = this.#call;
    this.#call = null;
    if (call === null || !mayBeAskedFor(call)) return;
    record.end(tail);
    this.#writer.add(call.uid, this.#made!);
  };

  /** What is kept lies on the disk before the calls are handed on. */
  flush(): void {
    this.#writer.flush();
    this.#tell();
  }

  end(): void {
    this.#writer.end();
    this.#tell();
  }

  #tell(): void {
    const { counts } = this.ledger;
    counts[C.exchangesKept] = this.#writer.kept;
    counts[C.exchangesUnkept] = this.#beyond + this.#writer.lost;
  }
}

function mayBeAskedFor({ sent, given, signals, parts }: ApiCall): boolean {
  return sent.labels.length + given.labels.length + signals.length + parts.length > 0;
}

class KeptReader implements TransactionReader {
  constructor(
    private readonly reader: TransactionReader,
    private readonly record: TransactionReader,
    private readonly settle: (record: TransactionReader, tail: TransactionTail) => void,
  ) {}

  begin(head: MessageHead): void {
    this.reader.begin(head);
    this.record.begin(head);
  }

  body(side: Side, bytes: Uint8Array, start: number, end: number): void {
    this.reader.body(side, bytes, start, end);
    this.record.body(side, bytes, start, end);
  }

  end(tail: TransactionTail): void {
    this.reader.end(tail);
    this.settle(this.record, tail);
  }
}
