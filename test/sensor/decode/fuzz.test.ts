import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LinkName, linkTypes } from '../../../deploy/traffic/frames.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { Decoding } from './decoding.ts';
import * as wrap from './layers.ts';
import { ethernet, packetIn, typeOf, words } from './layers.ts';

const links = [
  0, 1, 9, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 109, 113, 117, 119, 127, 163, 166, 192, 204,
].concat([228, 229, 239, 240, 274, 276, 147, 65_535]);

/** A stack of random layers around a segment, an Ethernet frame on the outside. */
function nested(random: Random): Buffer {
  const link = random.pick(Object.keys(linkTypes) as LinkName[]);
  let ip = packetIn(link === 'ipv6' ? 6 : random.pick([4, 6] as const), {
    ...(random.chance(0.3) && { extensions: ['hop-by-hop', 'routing', 'fragment', 'destination'] as const }),
  });
  for (let depth = random.below(4); depth > 0; depth--) {
    const frame = ethernet(typeOf(ip), ip);
    const piece = random.chance(0.3)
      ? { id: random.below(20), offset: 8 * random.below(4), more: random.chance(0.5) }
      : undefined;
    const around = random.pick([wrap.ipv4, wrap.ipv6]);
    const [protocol, inner] = random.pick([
      [ip[0]! >> 4 === 4 ? 4 : 41, ip],
      [47, wrap.gre(typeOf(ip), ip, { key: 3, checksum: random.chance(0.5) })],
      [47, wrap.gre(0x6558, frame, { routes: [4] })],
      [47, wrap.gre(0x88be, wrap.erspan2(3, frame), { sequence: 1 })],
      [47, wrap.gre(0x22eb, wrap.erspan3(3, frame, { extra: true }))],
      [17, wrap.udp(4789, wrap.vxlan(9, frame))],
      [17, wrap.udp(6081, wrap.geneve(9, typeOf(ip), ip, 16))],
      [17, wrap.udp(2152, Buffer.concat([words(0x34ff, ip.length + 8, 0, 1, 0, 0x0085, 0x0100, 0x0000), ip]))],
      [17, wrap.udp(3544, ip)],
      [137, wrap.mpls([20, 30], ip)],
      [97, Buffer.concat([words(0x3000), frame])],
    ] as const);
    ip = around(protocol, Buffer.from(inner), piece);
  }
  if (random.chance(0.2)) return ethernet(0x8864, wrap.pppoe(3, wrap.ppp(ip[0]! >> 4 === 4 ? 0x21 : 0x57, ip)));
  if (random.chance(0.2))
    return ethernet(0x8847, wrap.mpls([random.below(1 << 20)], random.chance(0.5) ? ip : ethernet(typeOf(ip), ip)));
  return ethernet(typeOf(ip), ip);
}

/** A datagram in two or three pieces, some of which nobody sees. */
function pieces(random: Random, id: number): Buffer[] {
  const whole = wrap.gre(0x0800, packetIn(4));
  const out: Buffer[] = [];
  const step = 8 * random.between(3, 8);
  const version = random.pick([4, 6]);
  for (let offset = 0; offset < whole.length; offset += step) {
    const inner = whole.subarray(offset, offset + step);
    const piece = { id, offset, more: offset + step < whole.length };
    out.push(
      version === 4 ? ethernet(0x0800, wrap.ipv4(47, inner, piece)) : ethernet(0x86dd, wrap.ipv6(47, inner, piece)),
    );
  }
  return random.chance(0.5) ? out.reverse() : out;
}

test('whatever the octets, each frame ends in one counter, and a segment lies inside its frame', () => {
  const random = new Random(11);
  const decoding = new Decoding();
  const { packet, segment, decoder } = decoding;
  let segments = 0;
  const waiting: Buffer[] = [];
  for (let i = 0; i < 60_000; i++) {
    let frame: Buffer;
    let linkType = random.pick(links);
    if (i % 4 === 0) {
      frame = Buffer.from(Array.from({ length: random.below(160) }, () => random.below(256)));
    } else {
      if (waiting.length === 0 && random.chance(0.1)) waiting.push(...pieces(random, random.below(100)));
      frame = waiting.pop() ?? nested(random);
      if (random.chance(0.7)) linkType = 1;
      for (let k = random.below(5); k > 0; k--) frame[random.below(Math.min(frame.length, 160))] = random.below(256);
      if (random.chance(0.2)) frame = frame.subarray(0, random.below(frame.length + 1));
    }
    const before = random.below(9);
    packet.data = Buffer.concat([Buffer.alloc(before, 0xee), frame, Buffer.alloc(9, 0xee)]);
    packet.start = before;
    packet.end = before + frame.length;
    packet.originalLength = frame.length + (random.chance(0.2) ? random.below(3000) : 0);
    packet.linkType = linkType;
    packet.ts = segment.clock += random.below(20_000);
    if (!decoder.decode(packet, segment)) continue;
    segments++;
    const whole = segment.data === packet.data ? packet : { start: 0, end: 65_535 };
    assert.ok(segment.start >= whole.start && segment.start <= segment.end && segment.end <= whole.end, `case ${i}`);
    assert.ok(segment.wireLength >= segment.end - segment.start, `case ${i}`);
    assert.ok(segment.vlan >= -1 && segment.vlan <= 4095, `case ${i}`);
    assert.equal(segment.ts, packet.ts);
  }
  decoding.finish();
  assert.ok(segments > 5000, `${segments}`);
  const fates = Object.keys(decoding.fates);
  for (const name of [
    'notIp',
    'notTcp',
    'fragmentsJoined',
    'fragmentsIncomplete',
    'fragmentsConflicting',
    'headerCut',
    'headerMalformed',
    'unknownLinkType',
  ]) {
    assert.ok(fates.includes(name), name);
  }
});

test('the short way of plain frames ends where the long way does', () => {
  const random = new Random(12);
  const [short, long] = [new Decoding(), new Decoding()];
  for (let i = 0; i < 30_000; i++) {
    const ip = packetIn(4, random.chance(0.2) ? { ipOptions: Buffer.alloc(4, 1) } : {});
    for (let k = random.below(3); k > 0; k--) ip[random.below(44)] = random.below(256);
    const tag = random.chance(0.5) ? words(0x8100, random.below(65_536)) : Buffer.alloc(0);
    const behind = Buffer.concat([tag, words(0x0800), ip]);
    const addresses = Buffer.alloc(12);
    const cut = random.chance(0.3) ? random.below(behind.length) : 0;
    const frame = Buffer.concat([addresses, behind]).subarray(0, 12 + behind.length - cut);
    const original = frame.length + (random.chance(0.5) ? cut : 0);
    // The tap's four octets take the frame the long way.
    const tapped = Buffer.concat([Buffer.alloc(4), frame]);
    const text = short.take(frame, 1, i, original);
    assert.equal(long.take(tapped, 240, i, original + 4), text, `case ${i}`);
    if (text === null) continue;
    const { data: _data, start: _start, end: _end, ...fields } = short.segment;
    const { data: _other, start: _otherStart, end: _otherEnd, ...others } = long.segment;
    assert.deepEqual(fields, others, `case ${i}`);
  }
  short.finish();
  long.finish();
  assert.deepEqual(short.fates, long.fates);
  assert.ok(short.count('tcpSegments') > 5000);
});
