/**
 * One TCP connection: two streams and what the flags say about its life (RFC 9293 §3.3.2).
 *
 * A mirror shows the wire, not what either end believed: forged or late FIN, RST and SYN are judged by sequence
 * number, and a reset is only believed once nothing follows it.
 */
import { ACK, FIN, RST, type Segment, SYN } from '../decode/segment.ts';
import { C } from '../ledger.ts';
import { addressText } from './address.ts';
import type { CloseReason, Conversation, FlowView } from './conversation.ts';
import type { FlowContext } from './flow-context.ts';
import { isAcrossVlans, type Place, placeOf, vlanFact } from './place.ts';
import type { Recent } from './recency.ts';
import { Stream, type StreamSink } from './stream.ts';
import { uidOf } from './uid.ts';
import { portsOf, type WideAddresses, wideAddresses } from './wide-addresses.ts';

/** Index into `FlowTable`'s timeouts. */
enum Phase {
  /** Data was seen. */
  Data = 0,
  HalfOpen = 1,
  /** Reset or closed: lingering. */
  Closed = 2,
}

/** Facts that are true or not, one bit each. */
const MID_STREAM = 1;
const ENCRYPTED = 2;
/** The octets are nobody's to read. */
const IGNORED = 4;
/** Waiting for the other side was in vain once, and no packet of it has been captured. */
const ONE_SIDED = 8;
/** Nobody reads its octets any more. */
const OVER = 16;
/** A SYN was seen, and its sender, or the receiver of a SYN-ACK, is direction 1. */
const INITIATED = 32;
const BY_SECOND = 64;
/** A valid RST came; believed when the linger has passed in silence. */
const RESET = 128;
/** Both FINs came, or the other protocol's connection ended. */
const CLOSED = 256;
/** Above these, of an ignored flow: the counter of its octets. */
const COUNTER_SHIFT = 16;

export class Flow implements FlowView, StreamSink, Recent<Flow> {
  readonly uid: string;
  /** Clock of the last packet, or of the expiry. */
  lastSeen: number;
  /** Next flow in the same bucket. */
  nextInBucket: Flow | null = null;
  // Recent<Flow>
  older: Flow | null = null;
  newer: Flow | null = null;
  list = -1;
  /** Which timeout applies, and which recency list this flow belongs in: flows of one list share one timeout. */
  phase = Phase.HalfOpen;

  readonly #first: Stream;
  readonly #second: Stream;
  #facts: number;
  #conversation: Conversation | null = null;
  #pendingSyn = -1;
  // The first packet's source is direction 0.
  readonly #wide: WideAddresses;
  readonly #a3: number;
  readonly #b3: number;
  /** Source and destination in one number. */
  readonly #ports: number;
  readonly #place: Place;

  constructor(
    first: Segment,
    /** `flowHash` of its segments. */
    readonly flowHash: number,
    private readonly context: FlowContext,
  ) {
    this.#wide = wideAddresses(first);
    this.#a3 = first.source3;
    this.#b3 = first.destination3;
    this.#ports = portsOf(first);
    this.#place = placeOf(first);
    this.#facts = (first.flags & SYN) === 0 ? MID_STREAM : 0;
    this.lastSeen = first.clock;
    this.#first = new Stream(0, this, context.ledger);
    this.#second = new Stream(1, this, context.ledger);
    const a = this.endpoint(0);
    const b = this.endpoint(1);
    const place = first.scope === 0 ? '' : ` ${first.scope}`;
    const key = `${a.ip} ${a.port} ${b.ip} ${b.port} ${first.ts} ${first.sequence}${place}`;
    this.uid = uidOf(key);
  }

  get vlan(): number {
    return this.#place.vlan;
  }

  get tunnel(): string {
    return this.#place.tunnel;
  }

  get initiator(): 0 | 1 | -1 {
    if (!this.#is(INITIATED)) return -1;
    return this.#is(BY_SECOND) ? 1 : 0;
  }

  get clock(): number {
    return this.lastSeen;
  }

  get midStream(): boolean {
    return this.#is(MID_STREAM);
  }

  get encrypted(): boolean {
    return this.#is(ENCRYPTED);
  }

  set encrypted(is: boolean) {
    this.#facts = is ? this.#facts | ENCRYPTED : this.#facts & ~ENCRYPTED;
  }

  /** Whether one of `facts` is true. */
  #is(facts: number): boolean {
    return (this.#facts & facts) !== 0;
  }

  stream(direction: 0 | 1): Stream {
    return direction === 0 ? this.#first : this.#second;
  }

  /** Octets held out of order. */
  get heldBytes(): number {
    return this.#first.heldBytes + this.#second.heldBytes;
  }

  set conversation(conversation: Conversation) {
    this.#conversation = conversation;
  }

  endpoint(direction: 0 | 1): { ip: string; port: number } {
    const { a0, a1, a2, b0, b1, b2 } = this.#wide;
    return direction === 0
      ? { ip: addressText(a0, a1, a2, this.#a3), port: this.#ports >>> 16 }
      : { ip: addressText(b0, b1, b2, this.#b3), port: this.#ports & 0xffff };
  }

  seen(direction: 0 | 1): boolean {
    return this.stream(direction).seen;
  }

  spoke(direction: 0 | 1): boolean {
    return this.stream(direction).spoke;
  }

  sequence(direction: 0 | 1): number {
    const { started, expected, offset } = this.stream(direction);
    return started ? (expected - offset) >>> 0 : 0;
  }

  /** 0 or 1 when the segment is of this flow's addresses and ports, else -1. */
  directionOf(s: Segment): 0 | 1 | -1 {
    if (s.scope !== this.#place.scope) return -1;
    const { source3, destination3, sourcePort, destinationPort } = s;
    if (source3 === this.#a3 && destination3 === this.#b3 && portsOf(s) === this.#ports) {
      const { a0, a1, a2, b0, b1, b2 } = this.#wide;
      const { source0, source1, source2, destination0, destination1, destination2 } = s;
      const isSource = source2 === a2 && source1 === a1 && source0 === a0;
      if (isSource && destination2 === b2 && destination1 === b1 && destination0 === b0) return 0;
    }
    if (source3 === this.#b3 && destination3 === this.#a3 && ((destinationPort << 16) | sourcePort) === this.#ports) {
      const { a0, a1, a2, b0, b1, b2 } = this.#wide;
      const { source0, source1, source2, destination0, destination1, destination2 } = s;
      const isSource = source2 === b2 && source1 === b1 && source0 === b0;
      if (isSource && destination2 === a2 && destination1 === a1 && destination0 === a0) return 1;
    }
    return -1;
  }

  /** True when the segment begins a new connection on the same addresses and ports: close this one, open another. */
  isReusedBy(s: Segment, direction: 0 | 1): boolean {
    const stream = this.stream(direction);
    if ((s.flags & (SYN | ACK | RST)) === SYN) {
      const isn = s.sequence;
      // Not started is a simultaneous open; the number the stream began with is the same SYN again.
      if (!stream.started || ((isn + 1 + stream.offset - stream.expected) | 0) === 0) return false;
      if (this.#is(RESET | CLOSED) || !(this.#first.spoke || this.#second.spoke)) return true;
      // On a living connection a SYN may be forged: wait for data that follows it.
      this.#pendingSyn = (isn + 1) >>> 0;
      return false;
    }
    return this.#pendingSyn >= 0 && s.wireLength > 0 && s.sequence === this.#pendingSyn;
  }

  /** Takes a segment of this flow. Returns the change in octets held out of order. */
  segment(s: Segment, direction: 0 | 1): number {
    this.lastSeen = s.clock;
    const own = this.stream(direction);
    const peer = this.stream(direction === 0 ? 1 : 0);
    const flags = s.flags;
    let sequence = s.sequence;
    own.noteSeen();
    this.#facts |= vlanFact(s.vlan, direction, this.#place);
    if (s.wireLength > 0) {
      own.notePayload(s.tap);
      if (this.phase === Phase.HalfOpen) this.phase = Phase.Data;
    }
    if (this.#is(IGNORED)) {
      this.context.ledger.counts[this.#facts >>> COUNTER_SHIFT]! += s.end - s.start;
      if ((flags & (FIN | RST)) === 0 || this.#is(CLOSED)) return 0;
      const held = own.heldBytes + peer.heldBytes;
      this.#close('closed');
      return -held;
    }
    const heldBefore = own.heldBytes + peer.heldBytes;
    if ((flags & SYN) !== 0) {
      // What began the stream before its SYN, and brought nothing, was late or forged.
      if (!own.started || (!own.synSeen && own.offset === 0)) own.start((sequence + 1) >>> 0);
      own.noteSyn();
      if (!this.#is(INITIATED)) {
        const isSecond = ((flags & ACK) === 0) === (direction === 1);
        this.#facts |= isSecond ? INITIATED | BY_SECOND : INITIATED;
      }
      if ((flags & ACK) !== 0 && !peer.started) peer.start(s.acknowledgement);
      sequence = (sequence + 1) >>> 0;
    } else if (!own.started && (flags & RST) === 0) {
      own.start(sequence);
    }
    let peerOffset = -1;
    if ((flags & ACK) !== 0 && peer.started) {
      peer.noteAcknowledgement(s.acknowledgement);
      peerOffset = peer.offsetOf(s.acknowledgement);
    }
    if ((flags & RST) !== 0) {
      this.#reset(s, own, peer);
      if (s.wireLength > 0) this.context.ledger.counts[C.afterCloseBytes]! += s.end - s.start;
      return own.heldBytes + peer.heldBytes - heldBefore;
    }
    if (s.wireLength > 0) {
      if (this.#is(RESET) && ((sequence - own.expected) | 0) >= 0) {
        // Both ends went on: the reset was not theirs.
        this.context.weird.note('tcp_data_after_reset');
        this.#become(0);
      }
      // Octets that answer what has not been seen yet wait for it: a mirror may show the answer first.
      const ready = peerOffset <= this.#readiness(peer);
      own.receive(sequence, s.data, s.start, s.end, s.wireLength - (s.end - s.start), s.ts, s.clock, peerOffset, ready);
    }
    if ((flags & FIN) !== 0 && !own.finSeen) {
      const finSequence = (sequence + s.wireLength) >>> 0;
      // A FIN behind what was delivered is an old or a forged one.
      if (((finSequence - own.expected) | 0) >= 0) {
        own.noteFin(finSequence);
      }
    }
    if (own.holding || peer.holding) this.#settle(own, peer, s.clock);
    if (own.finSeen || peer.finSeen) this.#finish();
    return own.heldBytes + peer.heldBytes - heldBefore;
  }

  /** Lets held octets go on where order and patience allow. */
  #settle(own: Stream, peer: Stream, clock: number): void {
    for (;;) {
      const before = own.offset + peer.offset;
      own.advance(this.#readiness(peer), clock);
      peer.advance(this.#readiness(own), clock);
      if (own.offset + peer.offset !== before) continue;
      if (own.holding && peer.holding && !own.missing && !peer.missing) {
        // Each waits for the other: the question may always come before an answer, the answer never before its question.
        const asking = own.direction === Math.max(this.initiator, 0) ? own : peer;
        const answering = asking === own ? peer : own;
        asking.release(answering.awaited, answering.ready);
      } else if (own.holding && this.#impatient(own, clock)) this.#letGo(own, peer, clock);
      else if (peer.holding && this.#impatient(peer, clock)) this.#letGo(peer, own, clock);
      else return;
    }
  }

  #impatient(stream: Stream, clock: number): boolean {
    if (stream.heldBytes > this.context.limits.maxHeldPerStream) return true;
    const age = clock - stream.holeSince;
    if (!stream.missing) return age >= this.context.limits.acknowledgedHoleUs;
    return age >= (stream.missingAcknowledged ? this.context.limits.acknowledgedHoleUs : this.context.limits.holeUs);
  }

  /** Stops waiting: for the missing octets, or for what the other direction should have sent. */
  #letGo(stream: Stream, other: Stream, clock: number): void {
    if (stream.missing) stream.passOver();
    else if (other.missing)
      other.passOver(); // What this answers to may lie behind that hole: its order stays.
    else {
      other.presume(stream.awaited);
      if (!other.seen) this.#facts |= ONE_SIDED;
    }
    stream.advance(this.#readiness(other), clock);
  }

  /** Octets of `stream` that the other one may answer to; of a side that is not captured, all. */
  #readiness(stream: Stream): number {
    return this.#is(ONE_SIDED) && !stream.seen ? Number.POSITIVE_INFINITY : stream.ready;
  }

  /** Gives up waiting for anything: a memory bound was hit. Returns the change in octets held. */
  releaseHeld(): number {
    const before = this.heldBytes;
    this.context.weird.note('tcp_reassembly_limit');
    this.#flush();
    return -before;
  }

  #flush(): void {
    // Holding for each other's sake first, so that an answer still follows its question.
    this.#settle(this.#first, this.#second, this.clock);
    while (this.#first.holding || this.#second.holding) {
      const a = this.#first;
      const b = this.#second;
      const next = a.missing ? a : b.missing ? b : a.holding ? a : b;
      this.#letGo(next, next === a ? b : a, this.clock);
      this.#settle(a, b, this.clock);
    }
  }

  #finish(): void {
    for (const direction of [0, 1] as const) {
      const stream = this.stream(direction);
      if (stream.finSeen && !stream.finished && stream.expected === stream.finSequence) {
        stream.noteFinished();
        this.#conversation?.finish(stream.direction);
      }
    }
    if (this.#first.finished && this.#second.finished && !this.#is(CLOSED)) this.#close('closed');
  }

  /** RFC 5961 §3.2: only the exact next number resets; in SYN-SENT, one that acknowledges the SYN. */
  #reset(s: Segment, own: Stream, peer: Stream): void {
    const valid = own.started
      ? ((s.sequence - own.expected) | 0) === 0 || (own.holding && ((s.sequence - own.expected) | 0) > 0)
      : (s.flags & ACK) !== 0 && peer.started && ((s.acknowledgement - peer.expected) | 0) === 0;
    if (!valid) {
      this.context.weird.note('tcp_reset_out_of_window');
      return;
    }
    if (!this.#is(RESET | CLOSED)) this.#become(RESET);
  }

  /** Open when it is neither. */
  #become(state: 0 | typeof RESET | typeof CLOSED): void {
    this.#facts = (this.#facts & ~(RESET | CLOSED)) | state;
    const spoke = this.#first.spoke || this.#second.spoke;
    this.phase = state !== 0 ? Phase.Closed : spoke ? Phase.Data : Phase.HalfOpen;
  }

  ignore(counter: number = C.ignoredFlowBytes): void {
    this.#facts = (this.#facts & 0xffff) | IGNORED | (counter << COUNTER_SHIFT);
  }

  /** The flow is given up: by time, by a bound, by the end, or because its ports were reused. */
  end(reason: CloseReason, clock: number): void {
    this.lastSeen = clock;
    if (isAcrossVlans(this.#facts)) this.context.ledger.counts[C.flowsAcrossVlans]!++;
    if (!this.#is(CLOSED)) this.#close(this.#is(RESET) ? 'reset' : reason);
  }

  #close(reason: CloseReason): void {
    const held = this.#first.holding || this.#second.holding;
    this.#become(CLOSED);
    if (held) this.#flush();
    if (!this.#is(IGNORED)) for (const stream of [this.#first, this.#second]) stream.noteUnseen();
    this.#conversation?.close(reason);
    this.#conversation = null;
    this.#facts |= OVER;
  }

  /** Who reads the octets: asked for when there are some; null once the flow is over. */
  #reader(): Conversation | null {
    if (this.#conversation === null && (this.#facts & OVER) === 0) this.#conversation = this.context.converse(this);
    return this.#conversation;
  }

  streamData(stream: Stream, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    const reader = this.#is(IGNORED) ? null : this.#reader();
    if (reader === null) {
      const { counts } = this.context.ledger;
      counts[C.bytesToParse]! += end - start;
      counts[C.otherProtocolBytes]! += end - start;
      return;
    }
    reader.data(stream.direction, data, start, end, ts, peerOffset);
  }

  streamGap(stream: Stream, length: number): void {
    this.#reader()?.gap(stream.direction, length);
  }

  streamConflict(stream: Stream): void {
    this.context.weird.note('tcp_overlap_conflict');
    this.#conversation?.conflict(stream.direction);
  }
}
