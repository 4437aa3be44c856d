/**
 * A TCP conversation as packets: handshake, data cut to the MSS, acknowledgements, an end.
 *
 *     const packets = conversation({ client: '10.0.0.1:50000', server: '10.0.0.2:80' })
 *       .open().send('client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').send('server', response).close().packets();
 *     const file = pcapOf(packets);
 *
 * A clean conversation is what the builder makes; `disturb.ts` has what a network does to it (loss, duplicates, other
 * order, a late start). Sending again with other boundaries or other octets is `resend`; an initial sequence number
 * near 2^32 makes it wrap.
 */
import { address, type ExtensionHeader, type LinkName, tcpFlags, tcpFrame } from './frames.ts';

export type ConversationSide = 'client' | 'server';

/** A packet and what it carries, so that tests can choose among packets without decoding them. */
export interface ConversationPacket {
  /** Packet time, integer µs since 1970. */
  readonly ts: number;
  readonly frame: Buffer;
  readonly from: ConversationSide;
  /** Sequence number modulo 2^32. */
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Sum of `tcpFlags`. */
  readonly flags: number;
  readonly payload: Buffer;
}

export interface ConversationOptions {
  /** `ip:port`, `[ip6]:port`. */
  readonly client: string;
  readonly server: string;
  /** Initial sequence numbers; 1000 and 5000000 when absent. */
  readonly clientIsn?: number;
  readonly serverIsn?: number;
  /** Largest payload of a packet, octets; 1460 when absent. */
  readonly mss?: number;
  /** Packet time of the first packet, µs since 1970; 2026-01-05T01:30:00Z when absent. */
  readonly ts?: number;
  /** Time between packets, µs; 100 when absent. */
  readonly gapUs?: number;
  /** The receiver acknowledges each time this many data packets are open; 2 when absent, 0 for never. */
  readonly ackEvery?: number;
  readonly link?: LinkName;
  /** VLAN ids, outermost first. */
  readonly vlans?: readonly number[];
  readonly extensions?: readonly ExtensionHeader[];
  /** TCP checksum other than the right one; see `TcpFrame.checksum`. */
  readonly checksum?: 'zero' | 'wrong';
}

export interface SendOptions {
  /** Another MSS for this call. */
  readonly mss?: number;
}

export interface ResendOptions extends SendOptions {
  /** Octets to send in place of those sent before, for a conflicting overlap; their length sets the end. */
  readonly bytes?: Uint8Array | string;
}

interface Peer {
  readonly ip: Uint8Array;
  readonly port: number;
  /** Sequence number of stream offset 0. */
  readonly start: number;
  /** Stream offset of what is sent next; a FIN takes one. */
  sent: number;
  /** Everything sent, for `resend`. */
  readonly stream: Buffer[];
  /** Data packets the other side has not acknowledged yet. */
  open: number;
  ipId: number;
}

/** Options of a SYN: MSS 1460, SACK permitted, window scale 7 (RFC 9293 §3.2, RFC 2018, RFC 7323). */
const synOptions = Uint8Array.of(2, 4, 5, 180, 4, 2, 1, 3, 3, 7, 0, 0);

function peer(endpoint: string, isn: number): Peer {
  const colon = endpoint.lastIndexOf(':');
  const ip = address(endpoint.slice(0, colon).replace(/^\[|\]$/g, ''));
  return { ip, port: Number(endpoint.slice(colon + 1)), start: (isn + 1) >>> 0, sent: 0, stream: [], open: 0, ipId: 1 };
}

function octets(bytes: Uint8Array | string): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
}

/** Builds one conversation; each step adds packets. Text is sent as Latin-1, one octet a character. */
export class Conversation {
  private readonly made: ConversationPacket[] = [];
  private readonly peers: Record<ConversationSide, Peer>;
  private clock: number;

  constructor(private readonly options: ConversationOptions) {
    this.peers = {
      client: peer(options.client, options.clientIsn ?? 1000),
      server: peer(options.server, options.serverIsn ?? 5_000_000),
    };
    this.clock = options.ts ?? Date.UTC(2026, 0, 5, 1, 30) * 1000;
  }

  /** The three-way handshake. Left out, the conversation begins in the middle of a connection. */
  open(): this {
    this.emit('client', -1, tcpFlags.syn);
    this.emit('server', -1, tcpFlags.syn | tcpFlags.ack);
    this.emit('client', 0, tcpFlags.ack);
    return this;
  }

  /** Sends octets, cut to the MSS; the last packet of the call has PSH. */
  send(from: ConversationSide, bytes: Uint8Array | string, options: SendOptions = {}): this {
    const sender = this.peers[from];
    const data = octets(bytes);
    sender.stream.push(data);
    this.cut(from, sender.sent, data, options.mss);
    return this;
  }

  /**
   * Sends octets [begin, end) of the side's stream once more, cut anew. With another MSS the boundaries differ from
   * those of the first time; with `bytes` the content differs too. The range must have been sent before.
   */
  resend(from: ConversationSide, begin: number, end: number, options: ResendOptions = {}): this {
    const data = options.bytes === undefined ? this.stream(from).subarray(begin, end) : octets(options.bytes);
    this.cut(from, begin, data, options.mss);
    return this;
  }

  /** A pure acknowledgement of everything received. */
  acknowledge(from: ConversationSide): this {
    this.peers[other(from)].open = 0;
    this.emit(from, this.peers[from].sent, tcpFlags.ack);
    return this;
  }

  /** A keep-alive probe (RFC 9293 §3.8.4): one octet before the next, already acknowledged, or none. */
  probe(from: ConversationSide, octet: Uint8Array = Buffer.of(0)): this {
    this.emit(from, this.peers[from].sent - 1, tcpFlags.ack, octet);
    return this;
  }

  /** Octets that are never captured: the side's sequence numbers go on behind them. */
  lose(from: ConversationSide, bytes: Uint8Array | string): this {
    const data = octets(bytes);
    this.peers[from].stream.push(data);
    this.peers[from].sent += data.length;
    return this;
  }

  /** FIN of one side and its acknowledgement; the other side may go on sending. */
  halfClose(from: ConversationSide): this {
    const at = this.peers[from].sent++;
    this.emit(from, at, tcpFlags.fin | tcpFlags.ack);
    this.emit(other(from), this.peers[other(from)].sent, tcpFlags.ack);
    return this;
  }

  /** FIN of both sides, `by` first. */
  close(by: ConversationSide = 'client'): this {
    return this.halfClose(by).halfClose(other(by));
  }

  reset(by: ConversationSide = 'client'): this {
    this.emit(by, this.peers[by].sent, tcpFlags.rst | tcpFlags.ack);
    return this;
  }

  /** Lets packet time pass, µs. */
  wait(us: number): this {
    this.clock += us;
    return this;
  }

  /** Lets packet time pass up to `ts`, µs since 1970, unless it has come further already. */
  waitUntil(ts: number): this {
    this.clock = Math.max(this.clock, ts);
    return this;
  }

  /** The packets so far, in the order of their time. */
  packets(): ConversationPacket[] {
    return [...this.made];
  }

  /** Everything the side has sent, `lose` included, once and in order: what reassembly must give where all was captured. */
  stream(from: ConversationSide): Buffer {
    return Buffer.concat(this.peers[from].stream);
  }

  private cut(from: ConversationSide, begin: number, data: Buffer, mss = this.options.mss ?? 1460): void {
    const sender = this.peers[from];
    const ackEvery = this.options.ackEvery ?? 2;
    this.peers[other(from)].open = 0; // data acknowledges what came before
    for (let at = 0; at < data.length; at += mss) {
      const payload = data.subarray(at, at + mss);
      const last = at + mss >= data.length;
      this.emit(from, begin + at, tcpFlags.ack | (last ? tcpFlags.psh : 0), payload);
      sender.sent = Math.max(sender.sent, begin + at + payload.length);
      if (++sender.open === ackEvery) this.acknowledge(other(from));
    }
  }

  private emit(from: ConversationSide, offset: number, flags: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const sender = this.peers[from];
    const receiver = this.peers[other(from)];
    const syn = (flags & tcpFlags.syn) !== 0;
    const sequence = (sender.start + offset) >>> 0;
    const acknowledgement = (flags & tcpFlags.ack) === 0 ? 0 : (receiver.start + receiver.sent) >>> 0;
    const { link, vlans, extensions, checksum } = this.options;
    const frame = tcpFrame({
      ...(link && { link }),
      ...(vlans && { vlans }),
      ...(extensions && { extensions }),
      ...(checksum && { checksum }),
      ...(syn && { tcpOptions: synOptions }),
      source: sender.ip,
      destination: receiver.ip,
      ipId: sender.ipId++ & 0xffff,
      sourcePort: sender.port,
      destinationPort: receiver.port,
      sequence,
      acknowledgement,
      flags,
      payload,
    });
    this.made.push({ ts: this.clock, frame, from, sequence, acknowledgement, flags, payload: Buffer.from(payload) });
    this.clock += this.options.gapUs ?? 100;
  }
}

function other(side: ConversationSide): ConversationSide {
  return side === 'client' ? 'server' : 'client';
}

export function conversation(options: ConversationOptions): Conversation {
  return new Conversation(options);
}
