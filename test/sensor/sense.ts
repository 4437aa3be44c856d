/** Runs packets through decode and the sensor in this thread, and asserts that the ledger adds up. */
import assert from 'node:assert/strict';
import { address, type LinkName, linkTypes, tcpFrame } from '../../deploy/traffic/frames.ts';
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { Decoder } from '../../sensor/decode/decode.ts';
import { type DecodeLimits, defaultDecodeLimits } from '../../sensor/decode/limits.ts';
import { Segment } from '../../sensor/decode/segment.ts';
import type { FlowLimits } from '../../sensor/flow/limits.ts';
import type { TlsHandshake } from '../../sensor/handshake.ts';
import type { HttpLimits } from '../../sensor/http/limits.ts';
import { C, type CounterName, imbalances } from '../../sensor/ledger.ts';
import { RecordSink, type TransactionRecord } from '../../sensor/record.ts';
import { createSecrets, defaultSensorLimits, SecretsWriter, Sensor, type ShedBoard } from '../../sensor/sensor.ts';
import type { TlsLimits } from '../../sensor/tls/limits.ts';
import { defaultTlsLimits } from '../../sensor/tls/limits.ts';
import type { FlowInfo, TransactionSink } from '../../sensor/transaction.ts';
import { type Weird, weirds } from '../../sensor/weird.ts';

/** A frame as a capture has it. */
export interface Captured {
  readonly ts: number;
  readonly frame: Buffer;
  /** Octets on the wire; the frame's own length when absent. */
  readonly originalLength?: number;
}

export interface SenseOptions {
  readonly link?: LinkName;
  readonly decode?: Partial<DecodeLimits>;
  readonly flow?: Partial<FlowLimits>;
  readonly http?: Partial<HttpLimits>;
  readonly tls?: Partial<TlsLimits>;
  /** Session secrets as a key log has them. */
  readonly keyLog?: string;
  /** Octets of bodies kept in records; 1 MiB when absent. */
  readonly maxBody?: number;
  /** Asked before each packet: whether silent flows are ended now. Never when absent. */
  readonly expire?: () => boolean;
  /** What the sensor is told of overload; nothing is shed when absent. */
  readonly board?: ShedBoard;
}

export interface Sensed {
  /** In the order of completion, then uid, then depth. */
  readonly records: TransactionRecord[];
  /** Completion time and uid of each record, in the same order. */
  readonly order: readonly (readonly [number, string])[];
  /** Where in its connection each begins (`TransactionTail`), in the same order. */
  readonly sequences: readonly number[];
  readonly count: (name: CounterName) => number;
  /** In the order they were told. */
  readonly handshakes: readonly { readonly flow: FlowInfo; readonly handshake: TlsHandshake }[];
  /** Names met anywhere, each once, sorted. */
  readonly weird: readonly Weird[];
}

/** Ledger of the stages that `sense` does not run itself: what entered came out. */
function completeLedger(counts: Float64Array): void {
  counts[C.packetsRead] = counts[C.packetsDelivered] = counts[C.packetsToDecode]!;
  counts[C.segmentsToShards] = counts[C.tcpSegments]!;
  counts[C.segmentsTaken] = counts[C.segmentsToTrack]!;
  for (const name of [
    'exchangesToRead',
    'callsRead',
    'callsToJudge',
    'callsJudged',
    'callsToStore',
    'callsStored',
  ] as const) {
    counts[C[name]] = counts[C.exchangesEmitted]!;
  }
}

export function sense(packets: Iterable<Captured>, options: SenseOptions = {}): Sensed {
  const done: { completed: number; record: TransactionRecord; sequence: number }[] = [];
  let sequence = 0;
  let earliest = 0;
  const handshakes: { flow: FlowInfo; handshake: TlsHandshake }[] = [];
  const records = new RecordSink({ maxBody: options.maxBody ?? 1 << 20, clear: true }, (record, completed) => {
    assert.ok(completed >= earliest, 'an exchange completed before a time that had been given as passed');
    done.push({ completed, record, sequence });
  });
  const sink: TransactionSink = {
    open: (flow, depth) => {
      const reader = records.open(flow, depth);
      const end = reader.end.bind(reader);
      reader.end = (tail) => {
        sequence = tail.sequence;
        return end(tail);
      };
      return reader;
    },
    handshake: (flow, handshake) => handshakes.push({ flow, handshake }),
  };
  const { flow, http } = defaultSensorLimits;
  const decode = { ...defaultDecodeLimits, ...options.decode };
  const limits = {
    ...{ decode, flow: { ...flow, ...options.flow }, http: { ...http, ...options.http } },
    tls: { ...defaultTlsLimits, ...options.tls },
  };
  const sensor = new Sensor(limits, sink, undefined, secretsOf(options.keyLog), options.board);
  sensor.expire(0);
  const { counts } = sensor.ledger;
  const decoder = new Decoder(sensor.ledger, sensor.weird, decode);
  const packet = emptyPacket();
  packet.linkType = linkTypes[options.link ?? 'ethernet'];
  const segment = new Segment();
  let clock = 0;
  for (const { ts, frame, originalLength } of packets) {
    packet.ts = ts;
    packet.data = frame;
    packet.end = frame.length;
    packet.originalLength = originalLength ?? frame.length;
    clock = Math.max(clock, ts);
    if (options.expire?.()) {
      sensor.expire(clock);
      earliest = clock;
    }
    segment.clock = clock;
    if (decoder.decode(packet, segment)) sensor.segment(segment);
  }
  decoder.finish();
  sensor.finish(clock);
  completeLedger(counts);
  assert.deepEqual(imbalances(counts), []);
  done.sort(
    (a, b) =>
      a.completed - b.completed ||
      (a.record.uid < b.record.uid ? -1 : a.record.uid > b.record.uid ? 1 : a.record.depth - b.record.depth),
  );
  return {
    records: done.map((one) => one.record),
    sequences: done.map((one) => one.sequence),
    order: done.map((one) => [one.completed, one.record.uid] as const),
    count: (name) => counts[C[name]]!,
    handshakes,
    weird: weirds.filter((_, index) => sensor.weird.counts[index]! > 0).sort(),
  };
}

/** A key log where the sensor looks for it; null for none. */
function secretsOf(keyLog: string | undefined): ReturnType<typeof createSecrets> | null {
  if (keyLog === undefined) return null;
  const text = Buffer.from(keyLog, 'latin1');
  const memory = createSecrets(text.length + 64);
  assert.ok(new SecretsWriter(memory).add(text, -1));
  return memory;
}

/** What of a record does not depend on when its packets came, in the order of the exchanges on their connections. */
export function essence(records: readonly TransactionRecord[]): unknown[] {
  return [...records]
    .sort((a, b) => a.client.port - b.client.port || a.depth - b.depth)
    .map(({ uid: _uid, ts: _ts, durationUs: _duration, request, response, ...rest }) => ({
      ...rest,
      request: request && { ...request, ts: '' },
      response: response && { ...response, ts: '' },
    }));
}

/** One TCP segment between two fixed ends, for sequences that no conversation would have. */
export interface Odd {
  readonly from: 'client' | 'server';
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement?: number;
  readonly payload?: string | Uint8Array;
  /** µs after the packet before; 100 when absent. */
  readonly after?: number;
}

const oddClient = { ip: '10.1.0.1', port: 40000 };
const oddServer = { ip: '10.1.0.2', port: 80 };
export const startOfTime = Date.UTC(2026, 0, 5, 1, 30) * 1000;

export function odds(segments: readonly Odd[], begin = startOfTime): Captured[] {
  let ts = begin;
  return segments.map(({ from, flags, sequence, acknowledgement, payload, after }) => {
    ts += after ?? 100;
    const [source, destination] = from === 'client' ? [oddClient, oddServer] : [oddServer, oddClient];
    const frame = tcpFrame({
      source: address(source.ip),
      destination: address(destination.ip),
      sourcePort: source.port,
      destinationPort: destination.port,
      sequence: sequence >>> 0,
      acknowledgement: (acknowledgement ?? 0) >>> 0,
      flags,
      payload: typeof payload === 'string' ? Buffer.from(payload, 'latin1') : (payload ?? Buffer.alloc(0)),
    });
    return { ts, frame };
  });
}
