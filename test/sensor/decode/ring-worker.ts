/** Reads a ring to its end in a thread of its own, and tells what it read. */
import { parentPort, workerData } from 'node:worker_threads';
import { Segment } from '../../../sensor/decode/segment.ts';
import { type RingMemory, RingReader } from '../../../sensor/decode/segment-ring.ts';
import { digest, newDigest } from './ring-traffic.ts';

/** What the reading thread reports. */
export interface RingReport {
  readonly segments: number;
  readonly sha1: string;
  /** Segments older than a clock the reader had been told was passed. */
  readonly late: number;
  /** Times the clock went back. */
  readonly backwards: number;
  readonly clock: number;
}

const reader = new RingReader(workerData as RingMemory);
const segment = new Segment();
const hash = newDigest();
let segments = 0;
let late = 0;
let backwards = 0;
let passed = 0;
for (;;) {
  const state = reader.refresh();
  for (let taken = 0; reader.next(segment); taken++) {
    segments++;
    if (segment.clock < passed) late++;
    digest(hash, segment);
    if (taken % 64 === 63) reader.release();
  }
  reader.release();
  if (reader.clock < passed) backwards++;
  passed = reader.clock;
  if (state === 'ended') break;
}
const report: RingReport = { segments, sha1: hash.digest('hex'), late, backwards, clock: reader.clock };
parentPort!.postMessage(report);
