/**
 * PACKETS → TRANSACTIONS, composed. Read this first.
 *
 *   capture/ ─▶ decode/ ─▶ (ring) ─▶ flow/ ─▶ (tls/) ─▶ http/ ─▶ TransactionSink
 *   └─ capture thread: Pump ─┘        └────── shard thread: Sensor ──────┘
 *
 * One Pump reads the source, takes off tunnels, puts fragments together, and copies TCP segments into a ring for each
 * shard, a flow always to the same one. Each
 * shard runs one Sensor. Packet time is the only clock; nothing here throws on account of the wire.
 */
import type { Packet, PacketSource } from './capture/packet.ts';
import { emptyPacket } from './capture/packet.ts';
import { Decoder } from './decode/decode.ts';
import { type DecodeLimits, defaultDecodeLimits } from './decode/limits.ts';
import { flowHash, isSampled, Segment } from './decode/segment.ts';
import { type RingMemory, RingReader, RingWriter } from './decode/segment-ring.ts';
import { FirstOctets } from './first-octets.ts';
import type { FlowView } from './flow/conversation.ts';
import { FlowTable } from './flow/flow-table.ts';
import { defaultFlowLimits, type FlowLimits } from './flow/limits.ts';
import { HttpConnection } from './http/connection.ts';
import { defaultHttpLimits, type HttpLimits } from './http/limits.ts';
import { ParserPool } from './http/parser-pool.ts';
import { hintOf, isContradicted } from './http/port-hints.ts';
import { C, Ledger } from './ledger.ts';
import { MinuteMeter } from './ledger-minutes.ts';
import type { ShedBoard } from './shedding/board.ts';
import { Shedder } from './shedding/shedder.ts';
import { CertificateCache } from './tls/certificate.ts';
import { TlsConnection } from './tls/connection.ts';
import type { TlsContext } from './tls/context.ts';
import { KeyLog } from './tls/key-log.ts';
import { defaultTlsLimits, type TlsLimits } from './tls/limits.ts';
import type { SecretsMemory } from './tls/secrets.ts';
import type { TransactionSink } from './transaction.ts';
import { UnreadConnection } from './unread-connection.ts';
import { WeirdCounts } from './weird.ts';

export { captureIdentity } from './capture/capture-identity.ts';
export { type FolderFile, type FolderNews, FolderSource, MAX_IDS } from './capture/folder-source.ts';
export { listInputs } from './capture/inputs.ts';
export { CaptureArgumentError } from './capture/live-problem.ts';
export { type LiveOptions, LiveSource } from './capture/live-source.ts';
export type { Damage } from './capture/packet.ts';
export { CaptureError } from './capture/packet.ts';
export { type CaptureSource, openSource } from './capture/source.ts';
export { UnreadableInput } from './capture/unreadable-input.ts';
export { createRing, type RingMemory } from './decode/segment-ring.ts';
export type { PortSpeech } from './http/port-hints.ts';
export { type LedgerMinute, MINUTE_US } from './ledger-minutes.ts';
export { createShedBoard, hasPriorities, type ShedBoard, writePriorities, writeStep } from './shedding/board.ts';
export { moreOf, type Priority, type PriorityRow } from './shedding/priorities.ts';
export { MAX_STEP } from './shedding/shedder.ts';
export { vitalOf } from './shedding/vital-paths.ts';
export { createSecrets, type SecretsMemory, SecretsWriter } from './tls/secrets.ts';

export interface SensorLimits {
  readonly decode: DecodeLimits;
  readonly flow: FlowLimits;
  readonly http: HttpLimits;
  /** Its own when absent. */
  readonly tls?: TlsLimits;
  /** One of so many connections is read, the others are counted; every one when absent. */
  readonly sampling?: number;
}

export const defaultSensorLimits: SensorLimits = {
  decode: defaultDecodeLimits,
  flow: defaultFlowLimits,
  http: defaultHttpLimits,
};

/** Segments of some flows to exchanges: what one shard runs. */
export class Sensor {
  readonly weird = new WeirdCounts();
  readonly minutes: MinuteMeter;
  readonly #flows: FlowTable;
  readonly #shedder: Shedder | null;

  constructor(
    limits: SensorLimits,
    sink: TransactionSink,
    readonly ledger: Ledger = new Ledger(),
    /** Keys of TLS sessions; null when there are none. */
    secrets: SecretsMemory | null = null,
    /** What it is told of overload; null where everything is read whatever comes. */
    board: ShedBoard | null = null,
  ) {
    const { weird } = this;
    this.minutes = new MinuteMeter(ledger.counts);
    const parsers = new ParserPool(limits.http.message);
    const shedder = board === null ? null : new Shedder(board, ledger.counts);
    this.#shedder = shedder;
    const http = { limits: limits.http, sink, ledger, weird, parsers, shedder };
    const isUnread = (flow: FlowView) => hintOf(flow, limits.http.ports)?.speaks === 'none';
    const plain = (flow: FlowView) =>
      isUnread(flow) ? new UnreadConnection(flow, ledger) : new HttpConnection(flow, http);
    const context: TlsContext = {
      limits: limits.tls ?? defaultTlsLimits,
      keys: secrets === null ? null : new KeyLog(secrets),
      certificates: new CertificateCache(),
      ledger,
      weird,
      sink,
      converse: plain,
      held: 0,
    };
    const tls = (flow: FlowView) => {
      if (isUnread(flow)) return new UnreadConnection(flow, ledger);
      if (isContradicted(flow, limits.http.ports, 'tls')) weird.note('port_hint_contradicted');
      return new TlsConnection(flow, context);
    };
    this.#flows = new FlowTable(limits.flow, ledger, weird, (flow) => new FirstOctets(flow, plain, tls));
  }

  /** `segment` is valid during the call only. */
  segment(segment: Segment): void {
    this.#flows.segment(segment);
  }

  /** Packet time goes into another minute: what is due before is counted in its own. */
  passMinute(clock: number): void {
    const { minutes } = this;
    while (clock >= minutes.end) {
      if (minutes.end > 0) this.#flows.expire(minutes.end - 1);
      minutes.close(clock, this.#flows.size > 0);
    }
  }

  /** Packet time has come to `clock`: ends silent flows. Nothing that completes later can complete before `clock`. */
  expire(clock: number): void {
    this.#shedder?.refresh();
    if (clock >= this.minutes.end && this.minutes.end > 0) this.passMinute(clock);
    this.#flows.expire(clock);
  }

  /** The input is over: ends every flow. */
  finish(clock: number): void {
    if (clock >= this.minutes.end && this.minutes.end > 0) this.passMinute(clock);
    this.#flows.finish(clock);
  }

  /** Connections that are followed now. */
  get flows(): number {
    return this.#flows.size;
  }
}

/** What an input held: packets, least and greatest packet time in µs. */
export interface InputExtent {
  packets: number;
  firstTs: number;
  lastTs: number;
}

/** Packets between two publications: few enough to be prompt, enough to make waking a thread cheap. */
const PUBLISH_EVERY = 1024;
const WAIT_MS = 50;
/** Octets of the largest frame that Ethernet carries (jumbo frames): a larger one was put together on its way. */
const MAX_ON_WIRE = 9216;

/** Packets to the shards' rings: what the capture thread runs. */
export class Pump {
  readonly ledger = new Ledger();
  readonly weird = new WeirdCounts();
  readonly minutes = new MinuteMeter(this.ledger.counts);
  /** Running maximum of packet time, integer µs. */
  clock = 0;
  packets = 0;
  readonly #extents: InputExtent[] = [];
  readonly #writers: readonly RingWriter[];
  readonly #packet: Packet = emptyPacket();
  readonly #segment = new Segment();
  readonly #decoder: Decoder;

  /** Packets come by themselves: a full ring costs a segment, for there is no time to wait. */
  #isLive = false;

  constructor(
    private readonly source: Pick<PacketSource, 'inputs' | 'read'>,
    rings: readonly RingMemory[],
    limits: DecodeLimits = defaultDecodeLimits,
    /** As of SensorLimits. */
    private readonly sampling = 1,
  ) {
    this.#decoder = new Decoder(this.ledger, this.weird, limits);
    this.#writers = rings.map((ring) => new RingWriter(ring));
  }

  /**
   * Reads to the end; calls `progress` now and then. It stops early when `progress` answers false, and leaves even a
   * full ring alone when `isAbandoned`, asked while waiting for room in one, answers true.
   */
  run(progress: () => boolean, isAbandoned: () => boolean = () => false): void {
    const { source } = this;
    const packet = this.#packet;
    let going = true;
    while (going) {
      for (let i = 0; i < PUBLISH_EVERY; i++) {
        if (!source.read(packet) || !this.#pass(packet, isAbandoned)) {
          going = false;
          break;
        }
      }
      this.#publish();
      this.#decoder.expire(this.clock);
      going = progress() && going;
    }
    this.end();
  }

  /** A packet of a source that pushes them. It never waits; nobody sees it before `publish`. */
  take(packet: Packet): void {
    this.#isLive = true;
    this.#pass(packet, never);
  }

  /** Shows the shards what was taken. `clock` raises packet time where no packet does: in silence. */
  publish(clock = 0): void {
    if (clock > this.clock) this.clock = clock;
    if (clock >= this.minutes.end && this.minutes.end > 0) this.minutes.close(clock, false);
    this.#publish();
    this.#decoder.expire(this.clock);
  }

  /** Tells the shards that no more will come. */
  end(): void {
    this.#decoder.finish();
    for (const writer of this.#writers) writer.publish();
    for (const writer of this.#writers) writer.end(this.clock);
  }

  /** False when the packet was left, because nobody takes it any more. */
  #pass(packet: Packet, isAbandoned: () => boolean): boolean {
    const counts = this.ledger.counts;
    const segment = this.#segment;
    if (packet.ts >= this.minutes.end) this.minutes.close(packet.ts, false);
    counts[C.packetsRead]!++;
    counts[C.packetBytes]! += packet.originalLength;
    if (packet.originalLength > packet.end - packet.start) counts[C.packetsCut]!++;
    if (packet.originalLength > MAX_ON_WIRE) counts[C.packetsMerged]!++;
    counts[C.packetsDelivered]!++;
    this.packets++;
    this.#extend(packet.input, packet.ts);
    if (packet.ts > this.clock) this.clock = packet.ts;
    segment.clock = this.clock;
    if (!this.#decoder.decode(packet, segment)) return true;
    counts[C.segmentsToShards]!++;
    const shards = this.#writers.length;
    const hash = shards === 1 && this.sampling === 1 ? 0 : flowHash(segment);
    if (this.sampling > 1 && !isSampled(hash, this.sampling)) {
      counts[C.segmentsUnsampled]!++;
      counts[C.unsampledBytes]! += segment.wireLength;
      return true;
    }
    const writer = this.#writers[hash % shards]!;
    while (!writer.write(segment)) {
      if (this.#isLive) {
        counts[C.segmentsDropped]!++;
        return true;
      }
      if (isAbandoned()) return false;
      // Every shard learns how far time has come before this thread waits for one of them: none may starve another.
      this.#publish();
      writer.waitForSpace(WAIT_MS);
    }
    return true;
  }

  /** Share of the fullest shard's ring that is taken, 0…1. */
  get fill(): number {
    let most = 0;
    for (const writer of this.#writers) most = Math.max(most, writer.fill);
    return most;
  }

  /** What each of the source's inputs held so far, by its index. */
  get extents(): readonly InputExtent[] {
    return this.source.inputs.map((_, input) => this.#extents[input] ?? { packets: 0, firstTs: 0, lastTs: 0 });
  }

  #extend(input: number, ts: number): void {
    const extent = this.#extents[input];
    if (extent === undefined) {
      this.#extents[input] = { packets: 1, firstTs: ts, lastTs: ts };
      return;
    }
    extent.packets++;
    if (ts < extent.firstTs) extent.firstTs = ts;
    if (ts > extent.lastTs) extent.lastTs = ts;
  }

  #publish(): void {
    for (const writer of this.#writers) writer.publish();
    for (const writer of this.#writers) writer.announce(this.clock);
  }
}

const never = () => false;

/** How often a shard looks up from its packets, in segments. */
const SETTLE_EVERY = 512;

/**
 * Runs a sensor on its ring until the input ends. After `settle(watermark)` is called, nothing will complete before
 * `watermark`; it may block to hold the shard back, or give a promise to let the thread's event loop turn. False when
 * the input did not end but was given up: flows are left as they are then, for they would end otherwise than they did.
 * `before`: another sensor ran on this ring and died, and so many segments are told as taken or lost up to now.
 */
export async function runShard(
  ring: RingMemory,
  sensor: Sensor,
  settle: (watermark: number) => Promise<void> | undefined,
  isAbandoned: () => boolean = () => false,
  before: number | null = null,
): Promise<boolean> {
  const reader = new RingReader(ring);
  const segment = new Segment();
  const counts = sensor.ledger.counts;
  if (before !== null) counts[C.crashSegments]! += (reader.takeOver(SETTLE_EVERY) - before) >>> 0;
  for (;;) {
    const state = reader.refresh();
    for (let taken = 0; reader.next(segment); ) {
      if (segment.clock >= sensor.minutes.end) sensor.passMinute(segment.clock);
      counts[C.segmentsTaken]!++;
      sensor.segment(segment);
      if (++taken % SETTLE_EVERY === 0) {
        reader.release();
        sensor.expire(segment.clock);
        const turn = settle(segment.clock);
        if (turn !== undefined) await turn;
      }
    }
    reader.release();
    if (state === 'ended') {
      if (isAbandoned()) return false;
      sensor.finish(reader.clock);
      return true;
    }
    sensor.expire(reader.clock);
    const turn = settle(reader.clock);
    if (turn !== undefined) await turn;
  }
}
