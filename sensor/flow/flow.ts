/**
 * One TCP connection: two streams and what the flags say about its life (RFC 9293 §3.3.2).
 *
 * A mirror shows the wire, not what either end believed: forged or late FIN, RST and SYN are judged by sequence
 * number, and a reset is only believed once nothing follows it.
 */
import { hash } from 'node:crypto';
import { ACK, FIN, RST, type Segment, SYN } from '../decode/segment.ts';
import { tunnelName } from '../decode/tunnel.ts';
import { C, type Ledger } from '../ledger.ts';
import type { WeirdCounts } from '../weird.ts';
import { addressText } from './address.ts';
import type { CloseReason, Conversation, FlowView } from './conversation.ts';
import type { FlowLimits } from './limits.ts';
import type { Recent } from './recency.ts';
import { Stream, type StreamSink } from './stream.ts';

/** Index into `FlowTable`'s timeouts. */
enum Phase {
  /** Data was seen. */
  Data = 0,
  HalfOpen = 1,
  /** Reset or closed: lingering. */
  Closed = 2,
}

enum State {
  Open,
  /** A valid RST came; believed when the linger has passed in silence. */
  Reset,
  /** Both FINs came, or the other protocol's connection ended. */
  Closed,
}

export class Flow implements FlowView, StreamSink, Recent<Flow> {
  readonly uid: string;
  readonly vlan: number;
  readonly tunnel: string;
  readonly midStream: boolean;
  initiator: 0 | 1 | -1 = -1;
  encrypted = false;
  clock: number;
  /** Clock of the last packet. */
  lastSeen: number;
  /** Next flow in the same bucket. */
  nextInBucket: Flow | null = null;
  // Recent<Flow>
  older: Flow | null = null;
  newer: Flow | null = null;
  list = -1;
  /** Which timeout applies, and which recency list this flow belongs in: flows of one list share one timeout. */
  phase = Phase.HalfOpen;

  readonly streams: readonly [Stream, Stream];
  #state = State.Open;
  #ignored = false;
  #ignoredAs = C.ignoredFlowBytes;
  #conversation: Conversation | null = null;
  #pendingSyn = -1;
  /** Waiting for the other side was in vain once, and no packet of it has been captured. */
  #oneSided = false;
  // The first packet's source is direction 0.
  readonly #a0: number;
  readonly #a1: number;
  readonly #a2: number;
  readonly #a3: number;
  readonly #b0: number;
  readonly #b1: number;
  readonly #b2: number;
  readonly #b3: number;
  readonly #aPort: number;
  readonly #bPort: number;
  readonly #scope: number;

  constructor(
    first: Segment,
    /** `flowHash` of its segments. */
    readonly flowHash: number,
    private readonly limits: FlowLimits,
    private readonly ledger: Ledger,
    private readonly weird: WeirdCounts,
  ) {
    this.#a0 = first.source0;
    this.#a1 = first.source1;
    this.#a2 = first.source2;
    this.#a3 = first.source3;
    this.#b0 = first.destination0;
    this.#b1 = first.destination1;
    this.#b2 = first.destination2;
    this.#b3 = first.destination3;
    this.#aPort = first.sourcePort;
    this.#bPort = first.destinationPort;
    this.vlan = first.vlan;
    this.tunnel = tunnelName(first.tunnel, first.tunnelId);
    this.#scope = first.scope;
    this.midStream = (first.flags & SYN) === 0;
    this.clock = this.lastSeen = first.clock;
    this.streams = [new Stream(0, this, ledger), new Stream(1, this, ledger)];
    const a = this.endpoint(0);
    const b = this.endpoint(1);
    const place = first.scope === 0 ? '' : ` ${first.scope}`;
    const key = `${a.ip} ${a.port} ${b.ip} ${b.port} ${first.ts} ${first.sequence}${place}`;
    this.uid = hash('sha256', key, 'hex').slice(0, 16);
  }

  /** Set right after construction; apart from it because each needs the other. */
  set conversation(conversation: Conversation) {
    this.#conversation = conversation;
  }

  endpoint(direction: 0 | 1): { ip: string; port: number } {
    return direction === 0
      ? { ip: addressText(this.#a0, this.#a1, this.#a2, this.#a3), port: this.#aPort }
      : { ip: addressText(this.#b0, this.#b1, this.#b2, this.#b3), port: this.#bPort };
  }

  seen(direction: 0 | 1): boolean {
    return this.streams[direction].seen;
  }

  spoke(direction: 0 | 1): boolean {
    return this.streams[direction].spoke;
  }

  sequence(direction: 0 | 1): number {
    const { started, expected, offset } = this.streams[direction];
    return started ? (expected - offset) >>> 0 : 0;
  }

  /** 0 or 1 when the segment is of this flow's addresses and ports, else -1. */
  directionOf(s: Segment): 0 | 1 | -1 {
    if (s.scope !== this.#scope) return -1;
    if (
      s.source3 === this.#a3 &&
      s.sourcePort === this.#aPort &&
      s.destination3 === this.#b3 &&
      s.destinationPort === this.#bPort &&
      s.source2 === this.#a2 &&
      s.destination2 === this.#b2 &&
      s.source1 === this.#a1 &&
      s.destination1 === this.#b1 &&
      s.source0 === this.#a0 &&
      s.destination0 === this.#b0
    ) {
      return 0;
    }
    if (
      s.source3 === this.#b3 &&
      s.sourcePort === this.#bPort &&
      s.destination3 === this.#a3 &&
      s.destinationPort === this.#aPort &&
      s.source2 === this.#b2 &&
      s.destination2 === this.#a2 &&
      s.source1 === this.#b1 &&
      s.destination1 === this.#a1 &&
      s.source0 === this.#b0 &&
      s.destination0 === this.#a0
    ) {
      return 1;
    }
    return -1;
  }

  /** True when the segment begins a new connection on the same addresses and ports: close this one, open another. */
  isReusedBy(s: Segment, direction: 0 | 1): boolean {
    const stream = this.streams[direction];
    if ((s.flags & (SYN | ACK | RST)) === SYN) {
      const isn = s.sequence;
      // Not started is a simultaneous open; the number the stream began with is the same SYN again.
      if (!stream.started || ((isn + 1 + stream.offset - stream.expected) | 0) === 0) return false;
      if (this.#state !== State.Open || !(this.streams[0].spoke || this.streams[1].spoke)) return true;
      // On a living connection a SYN may be forged: wait for data that follows it.
      this.#pendingSyn = (isn + 1) >>> 0;
      return false;
    }
    return this.#pendingSyn >= 0 && s.wireLength > 0 && s.sequence === this.#pendingSyn;
  }

  /** Takes a segment of this flow. Returns the change in octets held out of order. */
  segment(s: Segment, direction: 0 | 1): number {
    this.clock = this.lastSeen = s.clock;
    const own = this.streams[direction];
    const peer = this.streams[direction === 0 ? 1 : 0];
    const flags = s.flags;
    let sequence = s.sequence;
    own.seen = true;
    if (s.wireLength > 0) {
      if (!own.spoke) own.tap = s.tap;
      own.isElsewhere = s.tap !== own.tap;
      own.spoke = true;
      if (this.phase === Phase.HalfOpen) this.phase = Phase.Data;
    }
    if (this.#ignored) {
      this.ledger.counts[this.#ignoredAs]! += s.end - s.start;
      if ((flags & (FIN | RST)) === 0 || this.#state === State.Closed) return 0;
      const held = own.heldBytes + peer.heldBytes;
      this.#close('closed');
      return -held;
    }
    const heldBefore = own.heldBytes + peer.heldBytes;
    if ((flags & SYN) !== 0) {
      // What began the stream before its SYN, and brought nothing, was late or forged.
      if (!own.started || (!own.synSeen && own.offset === 0)) own.start((sequence + 1) >>> 0);
      own.synSeen = true;
      if (this.initiator < 0) this.initiator = (flags & ACK) === 0 ? direction : direction === 0 ? 1 : 0;
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
      if (s.wireLength > 0) this.ledger.counts[C.afterCloseBytes]! += s.end - s.start;
      return own.heldBytes + peer.heldBytes - heldBefore;
    }
    if (s.wireLength > 0) {
      if (this.#state === State.Reset && ((sequence - own.expected) | 0) >= 0) {
        // Both ends went on: the reset was not theirs.
        this.weird.note('tcp_data_after_reset');
        this.#become(State.Open);
      }
      // Octets that answer what has not been seen yet wait for it: a mirror may show the answer first.
      const ready = peerOffset <= this.#readiness(peer);
      own.receive(sequence, s.data, s.start, s.end, s.wireLength - (s.end - s.start), s.ts, s.clock, peerOffset, ready);
    }
    if ((flags & FIN) !== 0 && !own.finSeen) {
      const finSequence = (sequence + s.wireLength) >>> 0;
      // A FIN behind what was delivered is an old or a forged one.
      if (((finSequence - own.expected) | 0) >= 0) {
        own.finSeen = true;
        own.finSequence = finSequence;
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
    if (stream.heldBytes > this.limits.maxHeldPerStream) return true;
    const age = clock - stream.holeSince;
    if (!stream.missing) return age >= this.limits.acknowledgedHoleUs;
    return age >= (stream.missingAcknowledged ? this.limits.acknowledgedHoleUs : this.limits.holeUs);
  }

  /** Stops waiting: for the missing octets, or for what the other direction should have sent. */
  #letGo(stream: Stream, other: Stream, clock: number): void {
    if (stream.missing) stream.passOver();
    else if (other.missing)
      other.passOver(); // What this answers to may lie behind that hole: its order stays.
    else {
      other.presume(stream.awaited);
      if (!other.seen) this.#oneSided = true;
    }
    stream.advance(this.#readiness(other), clock);
  }

  /** Octets of `stream` that the other one may answer to; of a side that is not captured, all. */
  #readiness(stream: Stream): number {
    return this.#oneSided && !stream.seen ? Number.POSITIVE_INFINITY : stream.ready;
  }

  /** Gives up waiting for anything: a memory bound was hit. Returns the change in octets held. */
  releaseHeld(): number {
    const before = this.streams[0].heldBytes + this.streams[1].heldBytes;
    this.weird.note('tcp_reassembly_limit');
    this.#flush();
    return -before;
  }

  #flush(): void {
    // Holding for each other's sake first, so that an answer still follows its question.
    this.#settle(this.streams[0], this.streams[1], this.clock);
    while (this.streams[0].holding || this.streams[1].holding) {
      const [a, b] = this.streams;
      const next = a.missing ? a : b.missing ? b : a.holding ? a : b;
      this.#letGo(next, next === a ? b : a, this.clock);
      this.#settle(a, b, this.clock);
    }
  }

  #finish(): void {
    for (const stream of this.streams) {
      if (stream.finSeen && !stream.finished && stream.expected === stream.finSequence) {
        stream.finished = true;
        this.#conversation?.finish(stream.direction);
      }
    }
    if (this.streams[0].finished && this.streams[1].finished && this.#state !== State.Closed) {
      this.#close('closed');
    }
  }

  /** RFC 5961 §3.2: only the exact next number resets; in SYN-SENT, one that acknowledges the SYN. */
  #reset(s: Segment, own: Stream, peer: Stream): void {
    const valid = own.started
      ? s.sequence === own.expected || (own.holding && ((s.sequence - own.expected) | 0) > 0)
      : (s.flags & ACK) !== 0 && peer.started && s.acknowledgement === peer.expected;
    if (!valid) {
      this.weird.note('tcp_reset_out_of_window');
      return;
    }
    if (this.#state === State.Open) this.#become(State.Reset);
  }

  #become(state: State): void {
    this.#state = state;
    const spoke = this.streams[0].spoke || this.streams[1].spoke;
    this.phase = state !== State.Open ? Phase.Closed : spoke ? Phase.Data : Phase.HalfOpen;
  }

  ignore(counter: number = C.ignoredFlowBytes): void {
    this.#ignored = true;
    this.#ignoredAs = counter;
  }

  /** The flow is given up: by time, by a bound, by the end, or because its ports were reused. */
  end(reason: CloseReason, clock: number): void {
    this.clock = clock;
    if (this.#state === State.Closed) return;
    this.#close(this.#state === State.Reset ? 'reset' : reason);
  }

  #close(reason: CloseReason): void {
    const held = this.streams[0].holding || this.streams[1].holding;
    this.#become(State.Closed);
    if (held) this.#flush();
    if (!this.#ignored) for (const stream of this.streams) stream.noteUnseen();
    this.#conversation?.close(reason);
    this.#conversation = null;
  }

  streamData(stream: Stream, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    if (this.#conversation === null || this.#ignored) {
      this.ledger.counts[C.bytesToParse]! += end - start;
      this.ledger.counts[C.otherProtocolBytes]! += end - start;
      return;
    }
    this.#conversation.data(stream.direction, data, start, end, ts, peerOffset);
  }

  streamGap(stream: Stream, length: number): void {
    this.#conversation?.gap(stream.direction, length);
  }

  streamConflict(stream: Stream): void {
    this.weird.note('tcp_overlap_conflict');
    this.#conversation?.conflict(stream.direction);
  }
}
