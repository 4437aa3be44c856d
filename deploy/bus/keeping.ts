/** What judging and the bus agree on: calls of several streams come in, and what must be kept is kept as one. */
import type { ApiCall, JudgedCall } from '../../analyzer/analyzer.ts';
import type { Row } from '../../storage/store/store.ts';
import type { ReadStream } from '../stored-calls.ts';
import type { StreamedSums } from './reports.ts';

/** Rows of one table. */
export type Learnt = readonly [
  table:
    | ('apiAliases' | 'apis' | 'bindings' | 'findings' | 'handshakes' | 'ledger' | 'profiles' | 'schemas' | 'sheddings')
    | 'sources',
  rows: Row[],
];

/** A stream among several that come by the bus. */
export interface DueStream {
  /** What its rows name as their source. */
  readonly source: string;
  readonly isLive: boolean;
  /** The last call judged of it. */
  last: ApiCall | null;
}

/** A call of such a stream whose turn has come. */
export interface DueCall {
  readonly stream: DueStream;
  unpack(): JudgedCall;
  /** It has been judged. */
  applied(): void;
}

export interface BusKeeping {
  /** What is to be kept, as it is now; `saved` once all of it is stored. */
  keep(counts: Float64Array): BusKept;
  /** Rows that were stored. */
  stored(table: string, rows: readonly Row[]): void;
}

export interface BusKept {
  readonly rows: readonly Learnt[];
  /** What sensors have told of TLS since the last time. */
  readonly handshakes: readonly StreamedSums[];
  readonly state: object;
  /** Streams that were read to their end. */
  readonly ended: readonly Omit<ReadStream, 'content'>[];
  saved(): void;
}
