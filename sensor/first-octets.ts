/**
 * What a connection speaks, told by its first octets: TLS or not. Once that is told, the flow talks to the conversation
 * that was chosen, and this one is gone.
 */
import type { CloseReason, Conversation, FlowView } from './flow/conversation.ts';
import { HEADER, isHeader, isSsl2Hello } from './tls/record-stream.ts';

/** Octets of a direction that came too few to tell by. */
interface Waiting {
  readonly direction: 0 | 1;
  readonly bytes: Buffer;
  readonly ts: number;
  readonly peerOffset: number;
}

export class FirstOctets implements Conversation {
  /** Octets lost before anything was read, by direction. */
  #lost: [number, number] | null = null;
  #waiting: Waiting | null = null;

  constructor(
    private readonly flow: FlowView,
    private readonly plain: (flow: FlowView) => Conversation,
    private readonly tls: (flow: FlowView) => Conversation,
  ) {}

  data(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void {
    const waiting = this.#waiting;
    let all = data;
    if (waiting !== null && waiting.direction === direction) {
      all = Buffer.concat([waiting.bytes, data.subarray(start, end)]);
      start = 0;
      end = all.length;
      this.#waiting = null;
    }
    // No header of a record begins below 20; letters, with which HTTP begins, have no first bit.
    const first = all[start]!;
    const may = (first >= 20 && first <= 24) || first >= 0x80;
    if (may && end - start < HEADER && this.#waiting === null) {
      this.#waiting = { direction, bytes: Buffer.from(all.subarray(start, end)), ts, peerOffset };
      return;
    }
    const isTls = may && end - start >= HEADER && (isHeader(all, start) || isSsl2Hello(all, start));
    this.#choose(isTls).data(direction, all, start, end, ts, peerOffset);
  }

  #choose(isTls: boolean): Conversation {
    const chosen = isTls ? this.tls(this.flow) : this.plain(this.flow);
    this.flow.conversation = chosen;
    const lost = this.#lost;
    if (lost !== null)
      for (const direction of [0, 1] as const) if (lost[direction] > 0) chosen.gap(direction, lost[direction]);
    const waiting = this.#waiting;
    if (waiting !== null) {
      const { direction, bytes, ts, peerOffset } = waiting;
      chosen.data(direction, bytes, 0, bytes.length, ts, peerOffset);
    }
    return chosen;
  }

  gap(direction: 0 | 1, length: number): void {
    // Octets that wait are of no use behind a loss.
    if (this.#waiting !== null) this.#choose(false).gap(direction, length);
    else (this.#lost ??= [0, 0])[direction] += length;
  }

  conflict(): void {}

  finish(direction: 0 | 1): void {
    if (this.#waiting !== null) this.#choose(false).finish(direction);
  }

  close(reason: CloseReason): void {
    if (this.#waiting !== null || this.#lost !== null) this.#choose(false).close(reason);
  }
}
