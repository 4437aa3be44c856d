/** What travels on `apiris.calls.v1`: the calls of one partition, how far time has come for it, and reports beside. */
import type { HandshakeSum, PackedCalls } from '../../analyzer/analyzer.ts';

/** Version of the record's form; another one is another schema, which this program does not read. */
export const CALLS_SCHEMA = 'apiris.calls/1';

export interface CallsRecord {
  /** Name of the sensor, as its operator gave it. */
  readonly sensor: string;
  /**
   * What was read: of files the hash of their content, which is the same whenever they are read again; of what is live a
   * name of its own for each run.
   */
  readonly stream: string;
  /** The stream goes on by itself, and nothing of it can be read again. */
  readonly isLive: boolean;
  /** Fingerprint of the keys that its hashes were made with. */
  readonly keys: string;
  /** Calls of the stream that were published to this partition before: whoever knows more has seen these. */
  readonly first: number;
  readonly calls: PackedCalls | null;
  /** Nothing later of the stream in this partition completes before, µs; Infinity when it has ended. */
  readonly watermark: number;
  /** Where packets went, as the sensor has counted so far; in partition 0 alone. */
  readonly report: SensorReport | null;
}

/** What a sensor has seen since its stream began. */
export interface SensorReport {
  /** Rows of `sources` without their version. */
  readonly sources: readonly Readonly<Record<string, string | number>>[];
  /** Rows of `ledger` without their source. */
  readonly ledger: readonly Readonly<Record<string, string | number>>[];
  /** Sums that have grown since the report before; all that there are, of a stream that can be read again. */
  readonly handshakes: readonly HandshakeSum[];
  /** Rows of `sheddings` without their source that are new since the report before, numbered within the stream. */
  readonly sheddings: readonly Readonly<Record<'ts' | 'number' | 'fromStep' | 'step' | 'fill', number>>[];
}

/** FNV-1a of the application's name: which partition its calls are in. */
export function partitionOf(app: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < app.length; i++) hash = Math.imul(hash ^ app.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}
