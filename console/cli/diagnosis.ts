/** What is wrong with a mirror, told from what the sensor counted. Facts in, symptoms out; nothing is printed here. */
import { unreadable } from '../../deploy/telemetry/condition.ts';
import { C } from '../../sensor/ledger.ts';

export type Symptom =
  | 'empty'
  | 'wrong-vlan'
  | 'not-tcp'
  | 'encrypted'
  | 'not-http'
  | 'one-way'
  | 'vlan-missing'
  | 'vlan-apart'
  | 'other-servers'
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
const ACROSS = 0.01;
/** Of what was read: encrypted, or another protocol. */
const NOT_HTTP = 0.95;

/** What the counts alone do not tell. */
export interface Expected {
  /** The configuration takes connections of different VLANs for different ones; `counts` are made as if it did not. */
  readonly separateVlans: boolean;
  /** Exchanges, of them those of applications that the configuration names; null when it names none. */
  readonly named: { readonly exchanges: number; readonly fitting: number } | null;
}

const nothingExpected: Expected = { separateVlans: false, named: null };

/** `counts`: the ledger's. In the order in which they are to be mended: an empty mirror has no other fault to look for. */
export function diagnose(counts: Float64Array, { separateVlans, named }: Expected = nothingExpected): Found[] {
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
    // What a switch sends to every port of a VLAN, and nothing of what servers are sent.
    else if (!isTunnelled && !find('wrong-vlan', count('packetsFlooded'), packets, MOSTLY))
      found.push({ symptom: 'not-tcp', value: packets - segments, share: 1 - segments / packets });
    return found;
  }
  const doubled = count('retransmittedBytes') + count('doubledBytes');
  find('doubled', doubled, count('payloadBytes'), DOUBLED);
  const isOneWay = find('one-way', count('flowsOneSided'), count('flowsSeen'), ONE_WAY);
  const streamed = count('streamBytes');
  // The way back has an id of its own here: where it is missing, its VLAN may be the one that is not mirrored.
  const across = count('flowsAcrossVlans');
  if (isOneWay) find('vlan-missing', across, count('flowsSeen'), ACROSS);
  if (separateVlans) find('vlan-apart', across, count('flowsSeen'), ACROSS);
  // Where a direction is missing altogether, its octets are no holes.
  if (!isOneWay) find('holes', count('gapBytes'), count('gapBytes') + streamed, HOLES);
  const sealed = unreadable(counts) + count('tlsBytes');
  const other = count('otherProtocolBytes') + count('ignoredFlowBytes');
  const read = count('payloadBytes') - doubled + count('quicBytes');
  if (!find('encrypted', sealed, read, NOT_HTTP)) find('not-http', sealed + other, read, NOT_HTTP);
  if (named !== null && named.fitting === 0) find('other-servers', named.exchanges, named.exchanges, 1);
  return found;
}
