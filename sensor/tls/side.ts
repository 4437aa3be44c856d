/** One direction of a TLS connection: its records, its messages, and the key it is under. */
import type { Conversation } from '../flow/conversation.ts';
import { type MessageOwner, MessageStream, PIECE_BYTES } from './message-stream.ts';
import { PlainOffsets } from './plain-offsets.ts';
import type { RecordOpener } from './record-opener.ts';
import { type RecordOwner, RecordStream } from './record-stream.ts';
import type { Epoch } from './session-keys.ts';

export class Side {
  readonly records: RecordStream;
  readonly messages: MessageStream;
  /** Opens the records that are protected; null when there is no key, or none yet. */
  opener: RecordOpener | null = null;
  /** TLS 1.3: the part of the session that `opener` is for. */
  epoch: Epoch = 'handshake';
  /** TLS 1.2 and before: its ChangeCipherSpec came. */
  changed = false;
  /** Its records should have been readable and were not. */
  failed = false;
  failures = 0;
  /** Records that may fail to open before the first one does. */
  mayFail = 0;
  /** Of the octets being read: packet time, and what their sender had received. */
  ts = 0;
  peerOffset = -1;
  #offsets: PlainOffsets | null = null;
  #early: Buffer[] = [];
  #earlyHeld = 0;
  #ended = false;

  constructor(
    readonly direction: 0 | 1,
    private readonly owner: RecordOwner,
    messages: MessageOwner,
    maxMessage: number,
  ) {
    this.records = new RecordStream(direction, owner);
    this.messages = new MessageStream(direction, messages, maxMessage);
  }

  /** The record read last brought, or lost, so much plaintext. */
  advance(length: number): void {
    this.#offsets ??= new PlainOffsets();
    this.#offsets.advance(length, this.records.recordEnd);
  }

  /** How much plaintext of this direction lies in its first `wireOffset` octets; -1 when unknown. */
  plainOffset(wireOffset: number): number {
    const seen = this.records.offset;
    if (this.#offsets !== null) return this.#offsets.at(wireOffset, seen);
    return wireOffset < 0 ? -1 : Math.max(0, wireOffset - seen);
  }

  /** The sender has said that it sends no more, or its FIN came. */
  end(inner: Conversation | null): void {
    if (this.#ended || inner === null) return;
    this.#ended = true;
    inner.finish(this.direction);
  }

  /** Keeps a copy of an early record's body; false when a bound is hit. */
  keepEarly(body: Buffer, limit: number): boolean {
    if (this.#earlyHeld + body.length > limit || !this.owner.hold(body.length + PIECE_BYTES)) return false;
    this.#early.push(Buffer.from(body));
    this.#earlyHeld += body.length;
    return true;
  }

  takeEarly(): Buffer[] {
    if (this.#early.length === 0) return this.#early;
    const early = this.#early;
    this.owner.hold(-this.#earlyHeld - early.length * PIECE_BYTES);
    this.#early = [];
    this.#earlyHeld = 0;
    return early;
  }
}
