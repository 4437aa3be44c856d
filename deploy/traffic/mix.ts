/**
 * The traffic of benchmark and load tests: HTTP exchanges of a brokerage on many connections at once, one capture file,
 * and the truth about it. The same options give the same octets (gzip-coded bodies: with the same zlib).
 */
import { closeSync, openSync } from 'node:fs';
import { applications, interfaces } from './brokerage.ts';
import { address, frameLength, type TcpFrame, tcpFlags, writeTcpFrame } from './frames.ts';
import { Messages, mss, type ReadyResponse, sessionCount } from './messages.ts';
import { type CaptureWriter, fileSink, PcapWriter } from './pcap-writer.ts';
import { personalLabels } from './people.ts';
import { Random } from './random.ts';
import { emptyTruth, type MixTruth } from './truth.ts';

export interface MixOptions {
  readonly exchanges: number;
  /** Integer; 1 when absent. */
  readonly seed?: number;
  /** Connections open at the same time; 256 when absent. */
  readonly concurrency?: number;
  /** Exchanges a connection carries; 10 when absent. */
  readonly perConnection?: number;
  /** Share of responses with content that are gzip-coded, 0…1; 0.3 when absent. */
  readonly gzipShare?: number;
  /** Mean time between packets, µs; 16 when absent. */
  readonly gapUs?: number;
}

/** What a connection does next. `request` and `response` last as many turns as they have packets. */
type Phase = 'syn' | 'syn-ack' | 'ack' | 'request' | 'response' | 'last-ack' | 'fin' | 'fin-ack' | 'done';

/** An open connection. */
interface Slot {
  phase: Phase;
  app: number;
  session: number;
  ip: Uint8Array;
  port: number;
  clientNext: number;
  serverNext: number;
  ipId: number;
  /** Exchanges still to come. */
  left: number;
  /** The message being sent and how much of it was. */
  message: Buffer;
  sent: number;
  answer: ReadyResponse | null;
  /** Data packets of the server not yet acknowledged. */
  open: number;
}

const nothing = Buffer.alloc(0);
const start = Date.UTC(2026, 0, 5, 1, 30) * 1000;
/** Options of a SYN: MSS 1460, SACK permitted, window scale 7. */
const synOptions = Uint8Array.of(2, 4, 5, 180, 4, 2, 1, 3, 3, 7, 0, 0);
const { syn, ack, fin, rst, psh } = tcpFlags;

class Mix {
  readonly truth: MixTruth;
  private readonly random: Random;
  private readonly messages: Messages;
  private readonly servers = applications.map((one) => address(one.ip));
  /** Application of a new connection, and interface of an exchange within its application: one entry a thousandth. */
  private readonly appLots: number[] = [];
  private readonly interfaceLots: number[][] = applications.map(() => []);
  private readonly ports = new Uint32Array(sessionCount);
  /** Exchanges by index of the interface and by status, personal values by index of the label. */
  private readonly perInterface = new Float64Array(interfaces.length);
  private readonly perStatus = new Float64Array(600);
  private readonly perLabel = new Float64Array(personalLabels.length);
  private readonly perConnection: number;
  private readonly gapUs: number;
  /** Exchanges that no connection has taken yet. */
  private unassigned: number;
  private ts = start;
  private readonly frame: TcpFrame = {
    source: new Uint8Array(4),
    destination: new Uint8Array(4),
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    flags: 0,
    payload: nothing,
    payloadSum: -1,
    tcpOptions: nothing,
    ipId: 0,
  };

  constructor(
    private readonly writer: CaptureWriter,
    private readonly options: MixOptions,
  ) {
    const seed = options.seed ?? 1;
    this.random = new Random(seed);
    // Enough different bodies that nothing is gained by remembering them, few enough to be made in a second.
    const size = Math.min(options.exchanges, 8192);
    this.messages = new Messages(this.random, { size, gzipShare: options.gzipShare ?? 0.3 });
    this.perConnection = options.perConnection ?? 10;
    this.gapUs = options.gapUs ?? 16;
    this.unassigned = options.exchanges;
    for (const [index, one] of interfaces.entries()) {
      for (let i = 0; i < one.share; i++) {
        this.appLots.push(one.app);
        this.interfaceLots[one.app]!.push(index);
      }
    }
    this.truth = emptyTruth(seed);
  }

  run(): MixTruth {
    const slots: Slot[] = [];
    for (let i = 0; i < (this.options.concurrency ?? 256) && this.unassigned > 0; i++) slots.push(this.connect());
    while (slots.length > 0) {
      const index = this.random.below(slots.length);
      const slot = slots[index]!;
      this.turn(slot);
      if (slot.phase !== 'done') continue;
      if (this.unassigned > 0) slots[index] = this.connect();
      else {
        slots[index] = slots[slots.length - 1]!;
        slots.pop();
      }
    }
    this.name();
    return this.truth;
  }

  /** Puts what was counted by index under its name. */
  private name(): void {
    const { truth } = this;
    for (const [index, one] of interfaces.entries()) {
      const count = this.perInterface[index]!;
      const application = truth.applications[applications[one.app]!.host]!;
      application.exchanges += count;
      if (count > 0) application.interfaces[`${one.method} ${one.template}`] = count;
      truth.methods[one.method] = (truth.methods[one.method] ?? 0) + count;
    }
    for (const [status, count] of this.perStatus.entries()) if (count > 0) truth.statuses[status] = count;
    for (const [index, label] of personalLabels.entries()) truth.labels[label] = this.perLabel[index]!;
  }

  private connect(): Slot {
    const { random } = this;
    const session = random.below(sessionCount);
    const left = Math.min(this.perConnection, this.unassigned);
    this.unassigned -= left;
    const app = random.pick(this.appLots);
    this.truth.connections++;
    this.truth.applications[applications[app]!.host]!.connections++;
    return {
      phase: 'syn',
      app,
      session,
      ip: Uint8Array.of(10, 64, session >> 8, session & 255),
      // Ports go round per client: a pair of endpoints comes again after 40,000 connections of one client.
      port: 20_000 + (this.ports[session]!++ % 40_000),
      clientNext: random.next(),
      serverNext: random.next(),
      ipId: random.below(65536),
      left,
      message: nothing,
      sent: 0,
      answer: null,
      open: 0,
    };
  }

  /** One packet of the connection. */
  private turn(slot: Slot): void {
    switch (slot.phase) {
      case 'syn':
        this.fromClient(slot, syn, nothing, 1);
        slot.phase = 'syn-ack';
        return;
      case 'syn-ack':
        this.fromServer(slot, syn | ack, nothing, 1);
        slot.phase = 'ack';
        return;
      case 'ack':
        this.fromClient(slot, ack, nothing, 0);
        this.ask(slot);
        return;
      case 'request':
        this.sendRequest(slot);
        if (slot.sent === slot.message.length) this.reply(slot);
        return;
      case 'response':
        if (slot.open === 2) {
          slot.open = 0;
          this.fromClient(slot, ack, nothing, 0);
        } else {
          this.sendResponse(slot);
          slot.open++;
        }
        if (slot.sent < slot.message.length || slot.open === 2) return;
        if (--slot.left > 0) this.ask(slot);
        else slot.phase = slot.open > 0 ? 'last-ack' : 'fin';
        return;
      case 'last-ack':
        this.fromClient(slot, ack, nothing, 0);
        slot.phase = 'fin';
        return;
      case 'fin':
        if (this.random.chance(0.02)) {
          this.truth.resets++;
          this.fromClient(slot, rst | ack, nothing, 0);
          slot.phase = 'done';
          return;
        }
        this.fromClient(slot, fin | ack, nothing, 1);
        slot.phase = 'fin-ack';
        return;
      default:
        this.fromServer(slot, fin | ack, nothing, 1);
        this.fromClient(slot, ack, nothing, 0);
        slot.phase = 'done';
    }
  }

  private sendRequest(slot: Slot): void {
    const payload = slot.message.length <= mss ? slot.message : slot.message.subarray(slot.sent, slot.sent + mss);
    slot.sent += payload.length;
    this.fromClient(slot, slot.sent === slot.message.length ? ack | psh : ack, payload, payload.length);
  }

  private sendResponse(slot: Slot): void {
    const { segments, sums } = slot.answer!;
    const index = slot.sent / mss;
    const payload = segments[index]!;
    slot.sent = index === segments.length - 1 ? slot.message.length : slot.sent + mss;
    this.frame.payloadSum = sums[index]!;
    this.fromServer(slot, slot.sent === slot.message.length ? ack | psh : ack, payload, payload.length);
    this.frame.payloadSum = -1;
  }

  /** Draws the next exchange, makes its request ready, and counts it. */
  private ask(slot: Slot): void {
    const { random, truth } = this;
    const index = random.pick(this.interfaceLots[slot.app]!);
    const one = interfaces[index]!;
    const login = one.answer === 'login';
    slot.message = this.messages.request(index, slot.session);
    slot.sent = 0;
    slot.open = 0;
    slot.phase = 'request';
    if (login && random.chance(0.08)) slot.answer = this.messages.failure(401);
    else if (one.template.includes('{') && random.chance(0.02)) slot.answer = this.messages.failure(404);
    else slot.answer = random.chance(0.005) ? this.messages.failure(500) : this.messages.answer(index);
    const { answer } = slot;
    truth.exchanges++;
    this.perInterface[index]!++;
    this.perStatus[answer.status]!++;
    truth.requestBytes += slot.message.length;
    truth.responseBytes += answer.bytes.length;
    truth.contentBytes += answer.contentBytes;
    if (answer.gzip) truth.gzip++;
    if (answer.chunked) truth.chunked++;
    if (login) truth.logins++;
    if (answer.status === 401) truth.failedLogins++;
    for (let i = 0; i < answer.labels.length; i++) this.perLabel[i]! += answer.labels[i]!;
  }

  private reply(slot: Slot): void {
    slot.message = slot.answer!.bytes;
    slot.sent = 0;
    slot.phase = 'response';
  }

  private fromClient(slot: Slot, flags: number, payload: Buffer, advance: number): void {
    const { frame } = this;
    frame.source = slot.ip;
    frame.destination = this.servers[slot.app]!;
    frame.sourcePort = slot.port;
    frame.destinationPort = applications[slot.app]!.port;
    frame.sequence = slot.clientNext;
    frame.acknowledgement = flags === syn ? 0 : slot.serverNext;
    slot.clientNext = (slot.clientNext + advance) >>> 0;
    this.emit(slot, flags, payload);
  }

  private fromServer(slot: Slot, flags: number, payload: Buffer, advance: number): void {
    const { frame } = this;
    frame.source = this.servers[slot.app]!;
    frame.destination = slot.ip;
    frame.sourcePort = applications[slot.app]!.port;
    frame.destinationPort = slot.port;
    frame.sequence = slot.serverNext;
    frame.acknowledgement = slot.clientNext;
    slot.serverNext = (slot.serverNext + advance) >>> 0;
    this.emit(slot, flags, payload);
  }

  private emit(slot: Slot, flags: number, payload: Buffer): void {
    const { frame, writer, truth } = this;
    frame.flags = flags;
    frame.payload = payload;
    frame.ipId = slot.ipId++ & 0xffff;
    frame.tcpOptions = (flags & syn) === 0 ? nothing : synOptions;
    if (truth.packets++ === 0) truth.firstTs = this.ts;
    truth.lastTs = this.ts;
    const at = writer.begin(this.ts, frameLength(frame));
    writeTcpFrame(writer.buffer, at, frame);
    this.ts += 1 + this.random.below(2 * this.gapUs - 1);
  }
}

/** Writes the mix into an open writer; the caller closes it. */
export function makeMix(writer: CaptureWriter, options: MixOptions): MixTruth {
  const truth = new Mix(writer, options).run();
  truth.fileBytes = writer.bytes;
  return truth;
}

/** Writes the mix to a pcap file and returns what it holds. */
export function writeMix(path: string, options: MixOptions): MixTruth {
  const fd = openSync(path, 'w');
  try {
    const writer = new PcapWriter(fileSink(fd));
    const truth = makeMix(writer, options);
    writer.close();
    return truth;
  } finally {
    closeSync(fd);
  }
}
