/** What is wrong with a mirror, told from what the sensor counted. Facts in, symptoms out; nothing is printed here. */
import { unreadable } from '../../deploy/telemetry/condition.ts';
import { C } from '../../sensor/ledger.ts';

export type Symptom =
  | 'empty'
  | 'not-tcp'
  | 'encrypted'
  | 'not-http'
  | 'one-way'
  | 'doubled'
  | 'cut'
  | 'merged'
  | 'holes'
  | 'dropped-here'
  | 'tunnelled';

export interface Found {
  readonly symptom: Symptom;
  /** Share of what it is a part of, 0…1. */
  readonly share: number;
  /** In its own unit: packets, connections, octets. */
  readonly value: number;
}

/** Shares from which a symptom is one of the mirror, and not of some client or a scan. */
const ONE_WAY = 0.3;
const DOUBLED = 0.3;
const CUT = 0.01;
const HOLES = 0.001;
const FEW_TCP = 0.01;
const UNREADABLE = 0.1;
const MOSTLY = 0.5;
/** Of what was read: encrypted, or another protocol. */
const NOT_HTTP = 0.95;

/** `counts`: the ledger's. In the order in which they are to be mended: an empty mirror has no other fault to look for. */
export function diagnose(counts: Float64Array): Found[] {
  const count = (name: keyof typeof C) => counts[C[name]]!;
  const found: Found[] = [];
  const find = (symptom: Symptom, value: number, whole: number, from: number): boolean => {
    const share = whole > 0 ? value / whole : 0;
    const isFound = value > 0 && share >= from;
    if (isFound) found.push({ symptom, value, share });
    return isFound;
  };
  const packets = count('packetsRead');
  if (packets === 0) return [{ symptom: 'empty', value: 0, share: 1 }];
  const dropped = count('droppedByKernel') + count('droppedByInterface');
  find('dropped-here', dropped, packets, HOLES);
  find('cut', count('packetsCut'), packets, CUT);
  find('merged', count('packetsMerged'), packets, 0);
  const unread = count('unknownLinkType') + count('headerMalformed') + count('strangeTunnels');
  const isTunnelled = find('tunnelled', unread, packets, UNREADABLE);
  const segments = count('tcpSegments');
  if (segments / packets < FEW_TCP) {
    const quic = count('quicPackets') / packets;
    if (quic >= MOSTLY) found.push({ symptom: 'encrypted', value: count('quicBytes'), share: quic });
    else if (!isTunnelled) found.push({ symptom: 'not-tcp', value: packets - segments, share: 1 - segments / packets });
    return found;
  }
  const doubled = count('retransmittedBytes') + count('doubledBytes');
  find('doubled', doubled, count('payloadBytes'), DOUBLED);
  const isOneWay = find('one-way', count('flowsOneSided'), count('flowsSeen'), ONE_WAY);
  const streamed = count('streamBytes');
  // Where a direction is missing altogether, its octets are no holes.
  if (!isOneWay) find('holes', count('gapBytes'), count('gapBytes') + streamed, HOLES);
  const sealed = unreadable(counts) + count('tlsBytes');
  const other = count('otherProtocolBytes') + count('ignoredFlowBytes');
  const read = count('payloadBytes') - doubled + count('quicBytes');
  if (!find('encrypted', sealed, read, NOT_HTTP)) find('not-http', sealed + other, read, NOT_HTTP);
  return found;
}
