/**
 * Was this traffic read before, in another form: compressed, converted, cut into several files? Asked before it is
 * judged, since a judge that meets calls again knows their future, and would write other rows than the first time.
 *
 * Only a stream that begins at the very moment a finished capture began can be one: for all others the answer costs one
 * packet. The rest are read twice, once for the names of their calls alone.
 */
import { Merge } from '../analyzer/analyzer.ts';
import { emptyPacket } from '../sensor/capture/packet.ts';
import { C } from '../sensor/ledger.ts';
import { openSource, type SensorLimits } from '../sensor/sensor.ts';
import type { Store } from '../storage/store/store.ts';
import { ContentId } from './content-id.ts';
import { runSensing, type Sensed } from './sensing.ts';
import type { RecordLine } from './shard.ts';

export interface RecogniseOptions {
  readonly inputs: readonly string[];
  readonly shards: number;
  readonly limits: SensorLimits;
  readonly keyLog: Uint8Array | null;
  readonly signal: AbortSignal | undefined;
  /** Says whether a stream of that name was read to its end. */
  readonly knows: (content: string | null) => boolean;
}

/** What reading came to where the traffic is known, each call counted as such; null where it is not. */
export async function recognise(store: Store, options: RecogniseOptions): Promise<Sensed | null> {
  const { inputs, shards, limits, keyLog, signal, knows } = options;
  if (!(await beganTogether(store, inputs))) return null;
  const merge = new Merge<RecordLine>(shards);
  const content = new ContentId();
  const sensed = await runSensing({
    inputs,
    shards,
    limits,
    keyLog,
    signal,
    output: { kind: 'names' },
    take: async (shard, message) => {
      for (const call of merge.push(shard, message.records, message.watermark)) content.add(call.completedTs, call.uid);
    },
  });
  if (signal?.aborted || !knows(content.value)) return null;
  const { counts } = sensed.counters;
  const calls = counts[C.exchangesEmitted]!;
  for (const counter of [C.exchangesToRead, C.callsRead, C.callsToJudge, C.callsKnown]) counts[counter] = calls;
  return sensed;
}

/** Some capture that was read to its end has its first packet at the same time. */
async function beganTogether(store: Store, inputs: readonly string[]): Promise<boolean> {
  const source = openSource(inputs);
  const packet = emptyPacket();
  try {
    if (!source.read(packet)) return false;
  } finally {
    source.close();
  }
  const stored = await store.ask<{ state: string; firstTs: number }>('sources', { id: '' });
  return stored.some(({ state, firstTs }) => state === 'finished' && firstTs === packet.ts);
}
