import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  address,
  type LinkName,
  linkTypes,
  type TcpFrame,
  tcpFlags,
  tcpFrame,
} from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { emptyPacket, type Packet } from '../../../sensor/capture/packet.ts';
import { flowHash, Segment } from '../../../sensor/decode/segment.ts';
import { addressText } from '../../../sensor/flow/address.ts';
import type { CounterName } from '../../../sensor/ledger.ts';
import { decodeAlone } from './decoding.ts';

const payload = Buffer.from('GET / HTTP/1.1\r\n\r\n');

function frameOf(change: Partial<TcpFrame> = {}): Buffer {
  return tcpFrame({
    source: address('10.0.0.1'),
    destination: address('192.168.7.9'),
    sourcePort: 50_000,
    destinationPort: 8080,
    sequence: 0xfffffff0,
    acknowledgement: 0x80000001,
    flags: tcpFlags.ack | tcpFlags.psh,
    payload,
    ...change,
  });
}

const v6: Partial<TcpFrame> = { source: address('2001:db8::1'), destination: address('2001:db8:0:1::ffff') };

/** Frames lie somewhere in a larger buffer, as they do in a file. */
function packetOf(frame: Buffer, linkType: number, originalLength = frame.length): Packet {
  const packet = emptyPacket();
  packet.data = Buffer.concat([Buffer.alloc(7, 0xee), frame, Buffer.alloc(9, 0xee)]);
  packet.start = 7;
  packet.end = 7 + frame.length;
  packet.originalLength = originalLength;
  packet.linkType = linkType;
  packet.ts = 1_700_000_000_123_456;
  return packet;
}

interface Decoded {
  readonly verdict: CounterName;
  readonly segment: Segment;
  readonly text: string;
}

function decoded(frame: Buffer, linkType: number = linkTypes.ethernet, originalLength?: number): Decoded {
  const { verdict, segment } = decodeAlone(packetOf(frame, linkType, originalLength));
  return { verdict, segment, text: segment.data.toString('latin1', segment.start, segment.end) };
}

function assertWhole({ verdict, segment, text }: Decoded, label: string, ends: readonly [string, string], vlan = -1) {
  const s = segment;
  assert.equal(verdict, 'tcpSegments', label);
  assert.equal(text, payload.toString(), label);
  assert.deepEqual(
    [
      addressText(s.source0, s.source1, s.source2, s.source3),
      addressText(s.destination0, s.destination1, s.destination2, s.destination3),
    ],
    ends,
    label,
  );
  assert.deepEqual(
    [s.ts, s.sourcePort, s.destinationPort, s.sequence, s.acknowledgement, s.flags, s.wireLength, s.vlan],
    [1_700_000_000_123_456, 50_000, 8080, 0xfffffff0, 0x80000001, 0x18, payload.length, vlan],
    label,
  );
}

const ends4 = ['10.0.0.1', '192.168.7.9'] as const;
const ends6 = ['2001:db8::1', '2001:db8:0:1::ffff'] as const;

test('every link layer leads to the same segment', () => {
  for (const link of Object.keys(linkTypes) as LinkName[]) {
    if (link !== 'ipv6') assertWhole(decoded(frameOf({ link }), linkTypes[link]), link, ends4);
    if (link !== 'ipv4') assertWhole(decoded(frameOf({ link, ...v6 }), linkTypes[link]), `${link} v6`, ends6);
  }
  for (const raw of [12, 14, 101]) assertWhole(decoded(frameOf({ link: 'raw' }), raw), `raw ${raw}`, ends4);
  for (const bigEndianFamily of [true, false]) {
    assertWhole(decoded(frameOf({ link: 'null', bigEndianFamily, ...v6 }), 0), 'null', ends6);
  }
});

test('VLAN tags are peeled off and the outermost id is told', () => {
  for (const link of ['ethernet', 'linux-sll', 'linux-sll2'] as const) {
    for (const vlans of [[5], [4095, 6], [0, 7, 8]]) {
      assertWhole(decoded(frameOf({ link, vlans }), linkTypes[link]), `${link} ${vlans}`, ends4, vlans[0]);
    }
  }
  const priority = frameOf({ vlans: [0x6005] });
  assert.equal(decoded(priority).segment.vlan, 5, 'priority bits are no part of the id');
  for (const type of [0x9100, 0x9200]) {
    const frame = frameOf({ vlans: [3, 4] });
    frame.writeUInt16BE(type, 12);
    assertWhole(decoded(frame), type.toString(16), ends4, 3);
  }
  const many = Array.from({ length: 40 }, (_, i) => i);
  assert.equal(decoded(frameOf({ vlans: many })).verdict, 'headerMalformed');
});

test('LLC with SNAP carries an EtherType, other LLC does not', () => {
  const inner = frameOf({ link: 'raw' });
  const snap = (organisation: number, type: number): Buffer => {
    const frame = Buffer.alloc(22 + inner.length);
    frame.writeUInt16BE(8 + inner.length, 12);
    frame.writeUIntBE(0xaaaa03, 14, 3);
    frame.writeUIntBE(organisation, 17, 3);
    frame.writeUInt16BE(type, 20);
    inner.copy(frame, 22);
    return frame;
  };
  assertWhole(decoded(snap(0, 0x0800)), 'snap', ends4);
  assert.equal(decoded(snap(0x00000c, 0x0800)).verdict, 'notIp');
  assert.equal(decoded(snap(0, 100)).verdict, 'notIp');
  const spanningTree = Buffer.alloc(60);
  spanningTree.writeUInt16BE(38, 12);
  spanningTree.writeUIntBE(0x424203, 14, 3);
  assert.equal(decoded(spanningTree).verdict, 'notIp');
});

test('options, extension headers and padding are stepped over', () => {
  for (let words = 1; words <= 10; words++) {
    const options = Buffer.alloc(4 * words, 1);
    assertWhole(decoded(frameOf({ ipOptions: options })), `IPv4 options ${words}`, ends4);
    assertWhole(decoded(frameOf({ tcpOptions: options })), `TCP options ${words}`, ends4);
  }
  const chains = [
    ['hop-by-hop'],
    ['routing'],
    ['destination'],
    ['fragment'],
    ['hop-by-hop', 'destination', 'routing', 'fragment', 'destination'],
  ] as const;
  for (const extensions of chains) {
    assertWhole(decoded(frameOf({ ...v6, extensions })), extensions.join(), ends6);
  }
  const endless = Array.from({ length: 30 }, () => 'destination' as const);
  assert.equal(decoded(frameOf({ ...v6, extensions: endless })).verdict, 'headerMalformed');
  const short = frameOf({ payload: Buffer.from('x'), padTo: 60 });
  assert.equal(short.length, 60);
  assert.deepEqual([decoded(short).text, decoded(short).segment.wireLength], ['x', 1]);
  assert.equal(decoded(frameOf({ payload: Buffer.alloc(0), padTo: 60 })).segment.wireLength, 0);
});

test('a total length of 0 is segmentation offload: the frame is the measure', () => {
  const frame4 = frameOf();
  frame4.writeUInt16BE(0, 16);
  assertWhole(decoded(frame4), 'IPv4', ends4);
  const frame6 = frameOf(v6);
  frame6.writeUInt16BE(0, 18);
  assertWhole(decoded(frame6), 'IPv6', ends6);
});

test('a fragment that stays alone is incomplete; one that is the whole datagram is none', () => {
  for (const [flags, verdict] of [
    [0x0001, 'fragmentsIncomplete'],
    [0x0100, 'fragmentsIncomplete'],
    [0x2000, 'headerMalformed'], // more follow, and no multiple of 8
    [0x1fff, 'headerMalformed'], // ends behind the largest datagram
    [0x4000, 'tcpSegments'],
    [0x0000, 'tcpSegments'],
  ] as const) {
    const frame = frameOf();
    frame.writeUInt16BE(flags, 20);
    assert.equal(decoded(frame).verdict, verdict, flags.toString(16));
  }
  for (const [bits, verdict] of [
    [0x0008, 'fragmentsIncomplete'],
    [0x0001, 'headerMalformed'],
    [0xfff8, 'headerMalformed'],
    [0x0006, 'tcpSegments'], // reserved bits only: atomic
  ] as const) {
    const frame = frameOf({ ...v6, extensions: ['fragment'] });
    frame.writeUInt16BE(bits, 14 + 40 + 2);
    assert.equal(decoded(frame).verdict, verdict, bits.toString(16));
  }
});

test('what is not ours is told apart', () => {
  const arp = frameOf();
  arp.writeUInt16BE(0x0806, 12);
  assert.equal(decoded(arp).verdict, 'notIp');
  const udp4 = frameOf();
  udp4[23] = 17;
  assert.equal(decoded(udp4).verdict, 'notTcp');
  const udp6 = frameOf({ ...v6, extensions: ['hop-by-hop'] });
  udp6[14 + 40] = 17;
  assert.equal(decoded(udp6).verdict, 'notTcp');
  // Ports, length, checksum, and a first octet with QUIC's fixed bit, or of DTLS.
  for (const [first, verdict] of [
    [0xc3, 'quicPackets'],
    [0x43, 'quicPackets'],
    [0x16, 'notTcp'],
  ] as const) {
    const https = Buffer.concat([frameOf(), Buffer.alloc(40)]);
    https[23] = 17;
    https.writeUInt16BE(https.length - 14, 16);
    https.writeUInt16BE(443, 36);
    https[42] = first;
    assert.equal(decoded(https).verdict, verdict);
  }
  assert.equal(decoded(frameOf(), 147).verdict, 'unknownLinkType');
  assert.equal(decoded(Buffer.from([0x50, 0, 0, 0, 0]), 101).verdict, 'notIp');
});

test('a header that is wrong is malformed', () => {
  const wrong: readonly [string, (frame: Buffer) => void][] = [
    ['IP version', (frame) => (frame[14] = 0x65)],
    ['IP header length', (frame) => (frame[14] = 0x44)],
    ['total length below the header', (frame) => frame.writeUInt16BE(19, 16)],
    ['total length without room for TCP', (frame) => frame.writeUInt16BE(39, 16)],
    ['data offset below 5', (frame) => (frame[14 + 20 + 12] = 0x40)],
    ['data offset beyond the datagram', (frame) => (frame[14 + 20 + 12] = 0xf0)],
  ];
  for (const [label, break_] of wrong) {
    const frame = frameOf();
    break_(frame);
    assert.equal(decoded(frame).verdict, 'headerMalformed', label);
  }
  const overrun = frameOf({ ...v6, extensions: ['destination'] });
  overrun[14 + 40 + 1] = 200;
  assert.equal(decoded(overrun).verdict, 'headerMalformed');
});

test('a frame that ends in a header was cut when the wire had more, else it is malformed', () => {
  const frames: readonly [LinkName, Buffer, number][] = [
    ['ethernet', frameOf({ vlans: [1, 2] }), 14 + 8 + 40],
    ['ethernet', frameOf({ ...v6, extensions: ['hop-by-hop', 'fragment'] }), 14 + 40 + 16 + 20],
    ['linux-sll', frameOf({ link: 'linux-sll' }), 16 + 40],
    ['linux-sll2', frameOf({ link: 'linux-sll2', vlans: [9] }), 24 + 40],
    ['null', frameOf({ link: 'null' }), 4 + 40],
    ['raw', frameOf({ link: 'raw' }), 40],
  ];
  for (const [link, frame, headers] of frames) {
    for (let length = 0; length <= frame.length; length++) {
      const part = frame.subarray(0, length);
      const cut = decoded(part, linkTypes[link], frame.length);
      assert.equal(cut.verdict, length < headers ? 'headerCut' : 'tcpSegments', `${link} ${length}`);
      if (length < headers) {
        // Without a total length to contradict it the frame was sent so.
        assert.equal(decoded(part, linkTypes[link]).verdict, 'headerMalformed', `${link} ${length}`);
      } else {
        assert.equal(cut.text, payload.toString().slice(0, length - headers));
        assert.equal(cut.segment.wireLength, payload.length);
      }
    }
  }
});

test('payload that a snap length cut is known by the IP length even when the capture does not say so', () => {
  const frame = frameOf();
  const { verdict, segment, text } = decoded(frame.subarray(0, frame.length - 10));
  assert.deepEqual(
    [verdict, text, segment.wireLength],
    ['tcpSegments', payload.toString().slice(0, -10), payload.length],
  );
});

test('a cut inside the TCP options leaves an empty payload of known length', () => {
  const frame = frameOf({ tcpOptions: Buffer.alloc(20, 1) });
  const { verdict, segment } = decoded(frame.subarray(0, 14 + 20 + 25), 1, frame.length);
  assert.deepEqual([verdict, segment.end - segment.start, segment.wireLength], ['tcpSegments', 0, payload.length]);
});

test('both directions of a flow have one hash; others nearly always another', () => {
  const random = new Random(5);
  const seen = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const s = new Segment();
    s.source3 = random.next() | 0;
    s.destination3 = random.below(16);
    s.source2 = s.destination2 = 0xffff;
    s.sourcePort = random.between(1024, 65_535);
    s.destinationPort = 80;
    const forth = flowHash(s);
    [s.source3, s.destination3] = [s.destination3, s.source3];
    [s.sourcePort, s.destinationPort] = [s.destinationPort, s.sourcePort];
    assert.equal(flowHash(s), forth);
    assert.ok(forth >= 0 && forth <= 0x7fffffff);
    seen.add(forth);
  }
  assert.ok(seen.size > 19_990);
  const shards = new Uint32Array(8);
  for (const hash of seen) shards[hash % 8]!++;
  for (const count of shards) assert.ok(count > 2200 && count < 2800, `${shards}`);
});
