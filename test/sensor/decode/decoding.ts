/** Frames through the decoder, and what became of each. */
import assert from 'node:assert/strict';
import { emptyPacket, type Packet } from '../../../sensor/capture/packet.ts';
import { Decoder } from '../../../sensor/decode/decode.ts';
import { type DecodeLimits, defaultDecodeLimits } from '../../../sensor/decode/limits.ts';
import { Segment } from '../../../sensor/decode/segment.ts';
import { tunnelName } from '../../../sensor/decode/tunnel.ts';
import { addressText } from '../../../sensor/flow/address.ts';
import { C, type CounterName, Ledger } from '../../../sensor/ledger.ts';
import { type Weird, WeirdCounts, weirds } from '../../../sensor/weird.ts';

const names = Object.keys(C) as CounterName[];

const beside: ReadonlySet<CounterName> = new Set(['packetsToDecode', 'packetsFlooded', 'quicBytes']);

/** A decoder whose ledger is asserted to balance when it ends. */
export class Decoding {
  readonly ledger = new Ledger();
  readonly weird = new WeirdCounts();
  readonly segment = new Segment();
  readonly packet: Packet = emptyPacket();
  readonly decoder: Decoder;

  constructor(limits: Partial<DecodeLimits> = {}) {
    this.decoder = new Decoder(this.ledger, this.weird, { ...defaultDecodeLimits, ...limits });
  }

  /** The payload of the TCP segment that came of the frame, or null. */
  take(frame: Buffer, linkType: number, ts = 0, originalLength = frame.length): string | null {
    const { packet, segment } = this;
    packet.data = frame;
    packet.start = 0;
    packet.end = frame.length;
    packet.originalLength = originalLength;
    packet.linkType = linkType;
    packet.ts = ts;
    if (ts > segment.clock) segment.clock = ts;
    if (!this.decoder.decode(packet, segment)) return null;
    return segment.data.toString('latin1', segment.start, segment.end);
  }

  /** Tunnel and VLAN of the last segment. */
  get place(): string {
    const { tunnel, tunnelId, vlan } = this.segment;
    return `${tunnelName(tunnel, tunnelId)}${vlan < 0 ? '' : ` vlan ${vlan}`}`;
  }

  get ends(): [string, string] {
    const s = this.segment;
    return [
      addressText(s.source0, s.source1, s.source2, s.source3),
      addressText(s.destination0, s.destination1, s.destination2, s.destination3),
    ];
  }

  count(name: CounterName): number {
    return this.ledger.counts[C[name]]!;
  }

  /** Frames by counter, those that have any; what came in is among them nowhere, nor is what is only told beside. */
  get fates(): Partial<Record<CounterName, number>> {
    return Object.fromEntries(
      names.filter((name) => !beside.has(name) && this.count(name) > 0).map((name) => [name, this.count(name)]),
    );
  }

  get weirds(): Weird[] {
    return weirds.filter((_, index) => this.weird.counts[index]! > 0);
  }

  /** Every frame is in one counter, once what waits has ended. */
  finish(): void {
    this.decoder.finish();
    const sum = Object.values(this.fates).reduce((all, count) => all + count, 0);
    assert.equal(sum, this.count('packetsToDecode'), JSON.stringify(this.fates));
  }
}

/** One frame through a decoder of its own. */
export function decodeAlone(packet: Packet): { verdict: CounterName; segment: Segment } {
  const decoding = new Decoding();
  decoding.decoder.decode(packet, decoding.segment);
  decoding.finish();
  const [verdict] = Object.keys(decoding.fates) as CounterName[];
  return { verdict: verdict!, segment: decoding.segment };
}
