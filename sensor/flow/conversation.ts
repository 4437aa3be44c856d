/** Between a connection and what reads its octets. */

export type CloseReason = 'closed' | 'reset' | 'timeout' | 'evicted' | 'end-of-input';

/** What reads a connection's octets. `peerOffset`: octets of the other direction the sender had, -1 when unknown. */
export interface Conversation {
  data(direction: 0 | 1, data: Buffer, start: number, end: number, ts: number, peerOffset: number): void;
  /** `exact` is false when the number of octets lost is a guess; it is none when absent. */
  gap(direction: 0 | 1, length: number, exact?: boolean): void;
  conflict(direction: 0 | 1): void;
  /** FIN in sequence. */
  finish(direction: 0 | 1): void;
  /** The last call. */
  close(reason: CloseReason): void;
}

/** What a conversation may know and ask of its flow. */
export interface FlowView {
  readonly uid: string;
  /** Clock of the packet being handled, or of the expiry; integer µs. */
  readonly clock: number;
  readonly vlan: number;
  /** `vxlan:5001`; empty when not tunnelled. */
  readonly tunnel: string;
  /** The first packet was no SYN: the connection is older than the capture. */
  readonly midStream: boolean;
  /** The sender of the first SYN is direction 0; -1 when no SYN was seen. */
  readonly initiator: 0 | 1 | -1;
  /** What is handed on was encrypted on the wire. */
  encrypted: boolean;
  endpoint(direction: 0 | 1): { ip: string; port: number };
  /** Packets of that side were captured; payload was. */
  seen(direction: 0 | 1): boolean;
  spoke(direction: 0 | 1): boolean;
  /** TCP sequence number of that side's first octet (stream offset 0), 32 bits; 0 while it has sent nothing. */
  sequence(direction: 0 | 1): number;
  /** The octets are nobody's to read: stop reassembling, only count, by `counter` (`ignoredFlowBytes` when absent). */
  ignore(counter?: number): void;
  /** Who reads the octets from the next ones on. */
  set conversation(conversation: Conversation);
}
