/**
 * TLS on one TCP connection: what its handshake tells, and its content where a key log opens it.
 *
 *   octets ─▶ RecordStream ─▶ (RecordOpener) ─▶ MessageStream ─▶ Posture, Keying
 *                                          └──▶ content ─▶ the conversation that reads it (HTTP)
 *
 * Without keys a connection is left alone as soon as its handshake is over. Every octet ends in one counter of the
 * ledger's `parsed` stage: `tlsBytes` for what TLS itself takes, `encryptedBytes` for content nobody has keys of,
 * `tlsLostBytes` for what should have been readable; content that was opened is counted by who reads it.
 */
import type { CloseReason, Conversation, FlowView } from '../flow/conversation.ts';
import { flowInfo } from '../flow/flow-info.ts';
import { C } from '../ledger.ts';
import type { FlowInfo } from '../transaction.ts';
import type { Weird } from '../weird.ts';
import type { TlsContext } from './context.ts';
import { HandshakeReader } from './handshake-reader.ts';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  HEADER,
  type RecordOwner,
  SSL2_HELLO,
} from './record-stream.ts';
import { Side } from './side.ts';

/** Records of one direction that may fail to open before it is left alone. */
const MAX_FAILURES = 16;
const FATAL = 2;

export class TlsConnection implements Conversation, RecordOwner {
  readonly #sides: readonly [Side, Side];
  readonly #handshake: HandshakeReader;
  #inner: Conversation | null = null;
  #info: FlowInfo | null = null;
  #told = false;
  #begun = false;

  constructor(
    private readonly flow: FlowView,
    private readonly context: TlsContext,
  ) {
    this.#handshake = new HandshakeReader(context, flow, (name) => this.#note(name));
    const handshake = this.#handshake;
    this.#sides = [
      new Side(0, this, handshake, context.limits.maxMessage),
      new Side(1, this, handshake, context.limits.maxMessage),
    ];
    handshake.sides = this.#sides;
  }

  // Conversation

  data(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    const side = this.#sides[direction];
    side.ts = ts;
    side.peerOffset = peerOffset;
    this.#handshake.posture.begin(ts);
    side.records.read(data, start, end);
  }

  gap(direction: 0 | 1, length: number): void {
    this.#sides[direction].records.gap(length);
  }

  conflict(direction: 0 | 1): void {
    this.#handshake.posture.note('tcp_overlap_conflict');
    this.#inner?.conflict(direction);
  }

  finish(direction: 0 | 1): void {
    this.#sides[direction].end(this.#inner);
  }

  close(reason: CloseReason): void {
    for (const side of this.#sides) {
      for (const body of side.takeEarly()) this.#count(C.encryptedBytes, HEADER + body.length);
      side.records.close();
      side.messages.drop();
    }
    if (this.#handshake.seen) this.#tell();
    this.#inner?.close(reason);
  }

  // RecordOwner

  hold(octets: number): boolean {
    const { context } = this;
    if (octets > 0 && context.held + octets > context.limits.maxHeld) {
      this.#note('tls_memory_limit');
      return false;
    }
    context.held += octets;
    return true;
  }

  wants(direction: 0 | 1, type: number): boolean {
    const side = this.#sides[direction];
    if (!this.#begun) {
      this.#begun = true;
      if (type !== HANDSHAKE && type !== SSL2_HELLO) this.#leave('tls_no_handshake');
    }
    if (!this.#handshake.covers(direction, type)) return type !== APPLICATION_DATA;
    if (this.#handshake.settles(direction)) this.#settle();
    return side.opener !== null || this.#handshake.waitsForEarly(direction);
  }

  passed(direction: 0 | 1, octets: number): void {
    this.#count(this.#sides[direction].failed ? C.tlsLostBytes : C.encryptedBytes, octets);
  }

  lost(_direction: 0 | 1, octets: number): void {
    this.#count(C.tlsLostBytes, octets);
  }

  record(
    direction: 0 | 1,
    type: number,
    version: number,
    data: Buffer,
    start: number,
    end: number,
    resync: boolean,
  ): void {
    const side = this.#sides[direction];
    const wire = type === SSL2_HELLO ? end - start + 2 : end - start + HEADER;
    if (!this.#handshake.covers(direction, type)) {
      this.#count(C.tlsBytes, wire);
      this.#take(side, type, data, start, end);
    } else if (side.opener === null) this.#keepEarly(side, data, start, end);
    else this.#open(side, type, version, data, start, end, resync);
  }

  recordLost(direction: 0 | 1, type: number, length: number): void {
    const side = this.#sides[direction];
    this.#note('tls_record_lost');
    if (type === HANDSHAKE) side.messages.drop();
    if (side.opener === null || !this.#handshake.covers(direction, type)) return;
    const plain = side.opener.plainLength(length);
    side.opener.sequence++;
    if (type === APPLICATION_DATA) this.#innerGap(side, plain >= 0 ? plain : length, plain >= 0);
  }

  orderLost(direction: 0 | 1, octets: number): void {
    const side = this.#sides[direction];
    this.#note('tls_record_lost');
    side.messages.drop();
    this.#innerGap(side, octets, false);
  }

  notTls(): void {
    this.#note('tls_bad_record');
  }

  // Records

  /** A record that may be read as it is: never protected, or opened. */
  #take(side: Side, type: number, data: Buffer, start: number, end: number): void {
    switch (type) {
      case HANDSHAKE:
        side.messages.read(data, start, end);
        break;
      case SSL2_HELLO:
        this.#handshake.ssl2Hello(side.direction, data.subarray(start, end));
        break;
      case CHANGE_CIPHER_SPEC:
        this.#handshake.changeCipherSpec(side.direction);
        break;
      case ALERT:
        if (end - start === 2) this.#alert(side, data[start]!, data[start + 1]!);
        break;
    }
    if (this.#handshake.isOver) this.#settle();
    const early = this.#handshake.takeEarlyVerdict();
    if (early !== null) this.#releaseEarly(early);
  }

  #alert(side: Side, level: number, code: number): void {
    const { posture } = this.#handshake;
    const who = this.#handshake.who(side.direction);
    // What comes once everything is agreed ends the connection, and is no refusal.
    if (!this.#told) posture.alert(who, level, code);
    if (level === FATAL && this.#handshake.seen) this.#tell();
    // RFC 8446 §6.1: close_notify.
    if (code === 0) side.end(this.#inner);
  }

  #open(side: Side, type: number, version: number, data: Buffer, start: number, end: number, resync: boolean): void {
    const wire = end - start + HEADER;
    const content = resync
      ? this.#openBehindLoss(side, type, version, data, start, end)
      : side.opener!.open(type, version, data, start, end);
    if (content === null) {
      this.#fail(side, wire, end - start, resync);
      return;
    }
    const opener = side.opener!;
    if (opener.contentType !== APPLICATION_DATA) {
      this.#count(C.tlsBytes, wire);
      this.#take(side, opener.contentType, content, 0, content.length);
      return;
    }
    this.#count(C.tlsBytes, wire - content.length);
    side.failures = 0;
    if (content.length === 0) return;
    if (this.#inner === null) {
      this.flow.encrypted = true;
      this.#inner = this.context.converse(this.flow);
    }
    const peer = this.#sides[side.direction === 0 ? 1 : 0];
    this.#inner.data(side.direction, content, 0, content.length, side.ts, peer.plainOffset(side.peerOffset));
    side.advance(content.length);
  }

  /** Tries the sequence numbers that the first record after a loss may have. */
  #openBehindLoss(side: Side, type: number, version: number, data: Buffer, start: number, end: number): Buffer | null {
    const { maxResync } = this.context.limits;
    const openers = [side.opener!, ...this.#handshake.laterOpeners(side.direction)];
    for (const opener of openers) {
      const first = opener.sequence;
      for (let i = 0; i <= maxResync; i++) {
        opener.sequence = first + i;
        const content = opener.open(type, version, data, start, end);
        if (content === null) continue;
        if (opener !== side.opener) side.epoch = 'traffic';
        side.opener = opener;
        this.#note('tls_resync');
        return content;
      }
      opener.sequence = first;
    }
    return null;
  }

  #fail(side: Side, wire: number, length: number, resync: boolean): void {
    const opener = side.opener!;
    if (opener.sequence === 0 && side.mayFail > 0) {
      // Early data that the server refused, or records of a part whose secret is not in the key log.
      side.mayFail--;
      this.#count(C.encryptedBytes, wire);
      return;
    }
    this.#count(C.tlsLostBytes, wire);
    if (resync) side.records.seekOn();
    else if (opener.sequence === 0) {
      this.#note('tls_wrong_key');
      side.failures = MAX_FAILURES;
    } else {
      this.#note('tls_record_corrupt');
      opener.sequence++;
      this.#innerGap(side, length, false);
    }
    if (++side.failures <= MAX_FAILURES) return;
    side.opener = null;
    side.failed = true;
  }

  #innerGap(side: Side, length: number, exact: boolean): void {
    if (this.#inner === null || length === 0) return;
    this.#inner.gap(side.direction, length, exact);
    side.advance(length);
  }

  // 0-RTT

  /** Keeps a record of early data until the server has said whether it takes them. */
  #keepEarly(side: Side, data: Buffer, start: number, end: number): void {
    if (!side.keepEarly(data.subarray(start, end), this.context.limits.maxEarly)) {
      this.#count(C.encryptedBytes, end - start + HEADER);
    }
  }

  #releaseEarly(accepted: boolean): void {
    const side = this.#sides[this.#handshake.client as 0 | 1];
    const bodies = side.takeEarly();
    for (const body of bodies) {
      if (!accepted || side.opener === null) this.#count(C.encryptedBytes, HEADER + body.length);
      else this.#open(side, APPLICATION_DATA, 0x0303, body, 0, body.length, false);
    }
  }

  // Ends

  /** The handshake is over. Without keys there is nothing more to see. */
  #settle(): void {
    const { posture } = this.#handshake;
    const [a, b] = this.#sides;
    if (!this.#told) {
      posture.outcome = 'complete';
      posture.decrypted = a.opener !== null || b.opener !== null;
    }
    this.#tell();
    if (a.opener === null && b.opener === null && !a.failed && !b.failed) this.flow.ignore(C.encryptedFlowBytes);
  }

  #leave(name: Weird): void {
    this.#note(name);
    this.flow.ignore(C.encryptedFlowBytes);
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.context.ledger.counts[C.tlsHandshakes]!++;
    this.#info ??= flowInfo(this.flow, this.#handshake.client as 0 | 1);
    this.context.sink.handshake?.(this.#info, this.#handshake.posture.told(this.flow.clock));
  }

  #note(name: Weird): void {
    this.context.weird.note(name);
    this.#handshake.posture.note(name);
  }

  #count(counter: number, octets: number): void {
    const { counts } = this.context.ledger;
    counts[C.bytesToParse]! += octets;
    counts[counter]! += octets;
  }
}
