/** A capture file through the sensor, in one thread: capture, decode, then flow and HTTP, or a collector in their place. */
import { type Damage, emptyPacket } from '../../../sensor/capture/packet.ts';
import { openSource } from '../../../sensor/capture/source.ts';
import { Decoder } from '../../../sensor/decode/decode.ts';
import type { DecodeLimits } from '../../../sensor/decode/limits.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { C, type CounterName, imbalances, type Ledger } from '../../../sensor/ledger.ts';
import { RecordSink, type TransactionRecord } from '../../../sensor/record.ts';
import { defaultSensorLimits, Sensor } from '../../../sensor/sensor.ts';
import type { WeirdCounts } from '../../../sensor/weird.ts';

export interface Passage {
  readonly records: readonly TransactionRecord[];
  readonly requests: number;
  /** Interim responses included. */
  readonly responses: number;
  readonly packets: number;
  readonly damage: readonly Damage[];
  /** Stages of the ledger that do not add up, in words. */
  readonly imbalances: readonly string[];
  readonly count: (name: CounterName) => number;
}

/** What takes segments: the sensor, or a flow table alone. */
export interface Taker {
  readonly ledger: Ledger;
  readonly weird: WeirdCounts;
  segment(segment: Segment): void;
  finish(clock: number): void;
}

/** Reads the file to its end, or to where it is damaged. Throws a CaptureError when it is no capture. */
export function passSegments(
  file: string,
  taker: Taker,
  limits?: DecodeLimits,
): { packets: number; damage: readonly Damage[] } {
  const source = openSource([file]);
  const packet = emptyPacket();
  const segment = new Segment();
  const { counts } = taker.ledger;
  const decoder = new Decoder(taker.ledger, taker.weird, limits);
  let clock = 0;
  let packets = 0;
  while (source.read(packet)) {
    packets++;
    counts[C.packetsRead]!++;
    counts[C.packetsDelivered]!++;
    if (packet.ts > clock) clock = packet.ts;
    segment.clock = clock;
    if (!decoder.decode(packet, segment)) continue;
    counts[C.segmentsToShards]!++;
    counts[C.segmentsTaken]!++;
    taker.segment(segment);
  }
  decoder.finish();
  taker.finish(clock);
  const { damage } = source;
  source.close();
  return { packets, damage };
}

/** Stages behind the sensor, which nobody runs here: as if each let through what came. */
export const laterStages: readonly CounterName[] = [
  'exchangesToRead',
  'callsRead',
  'callsToJudge',
  'callsJudged',
  'callsToStore',
  'callsStored',
];

export function pass(file: string, maxBody = 0): Passage {
  const records: TransactionRecord[] = [];
  const sink = new RecordSink({ maxBody, clear: true }, (record) => records.push(record));
  const sensor = new Sensor(defaultSensorLimits, sink);
  const { packets, damage } = passSegments(file, sensor);
  const { counts } = sensor.ledger;
  for (const name of laterStages) counts[C[name]] = counts[C.exchangesEmitted]!;
  const interim = records.reduce((sum, record) => sum + (record.interim?.length ?? 0), 0);
  return {
    records: records.sort(byBeginning),
    requests: records.filter((record) => record.request !== null).length,
    responses: records.filter((record) => record.response !== null).length + interim,
    packets,
    damage,
    imbalances: imbalances(counts),
    count: (name) => counts[C[name]]!,
  };
}

/** By the time they began, those of one connection in their order. */
function byBeginning(a: TransactionRecord, b: TransactionRecord): number {
  if (a.ts !== b.ts) return a.ts < b.ts ? -1 : 1;
  const [left, right] = [a.uid.split('-')[0]!, b.uid.split('-')[0]!];
  return left === right ? a.depth - b.depth : left < right ? -1 : 1;
}
