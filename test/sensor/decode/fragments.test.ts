import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { defaultDecodeLimits, type FragmentLimits } from '../../../sensor/decode/limits.ts';
import { Decoding } from './decoding.ts';
import * as wrap from './layers.ts';
import { ethernet, packetIn, typeOf } from './layers.ts';

const ETHERNET = 1;
const SECOND = 1e6;
const { fragments: defaults } = defaultDecodeLimits;

function decodingWith(change: Partial<FragmentLimits> = {}): Decoding {
  return new Decoding({ fragments: { ...defaults, ...change } });
}

/** What an IP packet between the tests' gateways carries: TCP whose payload is `length` octets of text. */
function tcpOf(length: number, random: Random): { tcp: Buffer; text: string } {
  const text = Array.from({ length }, () => String.fromCharCode(random.between(32, 126))).join('');
  return { tcp: packetIn(4, { payload: Buffer.from(text) }).subarray(20), text };
}

/** A datagram's payload `[start, end)` as a frame. */
function pieceOf(version: 4 | 6, protocol: number, whole: Buffer, start: number, end: number, id = 7): Buffer {
  const piece = { id, offset: start, more: end < whole.length };
  const inner = whole.subarray(start, end);
  return version === 4
    ? ethernet(0x0800, wrap.ipv4(protocol, inner, piece))
    : ethernet(0x86dd, wrap.ipv6(protocol, inner, piece));
}

/** Cuts `length` octets at random, all pieces but the last a multiple of 8. */
function cuts(length: number, random: Random, largest: number): [number, number][] {
  const out: [number, number][] = [];
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + 8 * random.between(1, largest));
    out.push([at, end]);
    at = end;
  }
  return out;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

test('any split in any order, with any part sent again, gives the same datagram once', () => {
  const random = new Random(71);
  for (let round = 0; round < 300; round++) {
    const version = random.pick([4, 6] as const);
    const { tcp, text } = tcpOf(random.between(1, random.chance(0.05) ? 60_000 : 2000), random);
    const pieces = cuts(tcp.length, random, random.pick([1, 4, 200]));
    if (pieces.length < 2 || pieces.length > defaults.maxPieces) continue;
    // Repeats of a piece, and pieces of another split: the same octets all of them.
    let again = random.chance(0.5) ? cuts(tcp.length, random, 60) : [];
    if (again.length === 1) again = [];
    const repeats = pieces.filter(() => random.chance(0.3));
    const order = shuffled([...pieces, ...repeats, ...again], random);
    const decoding = decodingWith();
    const texts: string[] = [];
    for (const [i, [start, end]] of order.entries()) {
      const found = decoding.take(pieceOf(version, 6, tcp, start, end), ETHERNET, i);
      if (found !== null) texts.push(found);
    }
    const fates = decoding.fates;
    decoding.finish();
    assert.deepEqual(texts, [text], `round ${round}`);
    assert.deepEqual(decoding.fates, fates, 'nothing waits any more');
    assert.equal(decoding.segment.wireLength, text.length);
    const { tcpSegments, fragmentsJoined = 0, fragmentsRepeated = 0, ...others } = fates;
    assert.deepEqual([tcpSegments, fragmentsJoined + fragmentsRepeated, others], [1, order.length - 1, {}]);
    const weirds = decoding.weirds;
    assert.ok(weirds.length === 0 || (again.length > 0 && weirds.join() === 'fragment_overlap'), `${weirds}`);
  }
});

test('one octet that came with two values spoils the datagram, in any order', () => {
  const random = new Random(72);
  for (let round = 0; round < 300; round++) {
    const version = random.pick([4, 6] as const);
    const { tcp } = tcpOf(random.between(100, 3000), random);
    const pieces = cuts(tcp.length, random, 40);
    const other = cuts(tcp.length, random, 40);
    // Before both last pieces, so that neither datagram becomes whole before the other contradicts it.
    const before = Math.min(pieces.at(-1)![0], other.at(-1)![0]);
    if (before === 0) continue;
    const forged = Buffer.from(tcp);
    forged[random.below(before)]! ^= 1;
    const frames = [
      ...pieces.map(([start, end]) => pieceOf(version, 6, tcp, start, end)),
      ...other.map(([start, end]) => pieceOf(version, 6, forged, start, end)),
    ];
    const last = frames.splice(pieces.length - 1, 1)[0]!;
    const lastForged = frames.pop()!;
    const decoding = decodingWith();
    for (const frame of [...shuffled(frames, random), last, lastForged]) {
      assert.equal(decoding.take(frame, ETHERNET, 5), null, `round ${round}`);
    }
    decoding.finish();
    assert.deepEqual(decoding.fates, { fragmentsConflicting: frames.length + 2 });
    assert.deepEqual(
      decoding.weirds.filter((name) => name !== 'fragment_overlap'),
      ['fragment_inconsistency'],
    );
  }
});

test('pieces that disagree about the size of the whole spoil it', () => {
  const whole = Buffer.alloc(64, 0x41);
  for (const frames of [
    [pieceOf(4, 6, whole, 48, 64), pieceOf(4, 6, whole.subarray(0, 56), 48, 56)],
    [pieceOf(4, 6, whole, 40, 48), pieceOf(4, 6, whole.subarray(0, 24), 16, 24)],
    [pieceOf(4, 6, whole.subarray(0, 24), 16, 24), pieceOf(4, 6, whole, 40, 48)],
  ]) {
    const decoding = decodingWith();
    for (const frame of frames) decoding.take(frame, ETHERNET);
    // What comes of it later ends alike.
    decoding.take(pieceOf(4, 6, whole, 0, 16), ETHERNET);
    decoding.finish();
    assert.deepEqual(decoding.fates, { fragmentsConflicting: 3 });
    assert.deepEqual(decoding.weirds, ['fragment_size_inconsistency']);
  }
});

test('datagrams with other addresses, ids, protocols, VLANs or tunnels are others', () => {
  const random = new Random(73);
  const { tcp, text } = tcpOf(200, random);
  const [a, b] = [[0, 96] as const, [96, tcp.length] as const];
  const inner = (start: number, end: number): Buffer =>
    wrap.ipv4(6, tcp.subarray(start, end), { id: 7, offset: start, more: end < tcp.length });
  const vlan = (id: number, ip: Buffer): Buffer => ethernet(0x8100, Buffer.concat([wrap.words(id, 0x0800), ip]));
  const tunnel = (id: number, ip: Buffer): Buffer =>
    ethernet(0x0800, wrap.ipv4(17, wrap.udp(4789, wrap.vxlan(id, ethernet(0x0800, ip)))));
  const otherAddress = (ip: Buffer): Buffer => {
    const changed = Buffer.from(ip);
    changed[19] = 99;
    return ethernet(0x0800, changed);
  };
  const ways: ((ip: Buffer) => Buffer)[] = [
    (ip) => ethernet(0x0800, ip),
    otherAddress,
    (ip) => vlan(5, ip),
    (ip) => vlan(6, ip),
    (ip) => tunnel(1, ip),
    (ip) => tunnel(2, ip),
  ];
  const decoding = decodingWith();
  for (const way of ways) assert.equal(decoding.take(way(inner(...a)), ETHERNET), null);
  assert.equal(decoding.take(pieceOf(4, 6, tcp, ...a, 8), ETHERNET), null);
  assert.equal(decoding.take(pieceOf(6, 6, tcp, ...a), ETHERNET), null);
  assert.equal(decoding.take(pieceOf(6, 6, tcp, ...a, 0x10007), ETHERNET), null);
  for (const way of ways) assert.equal(decoding.take(way(inner(...b)), ETHERNET), text);
  assert.equal(decoding.take(pieceOf(4, 6, tcp, ...b, 8), ETHERNET), text);
  assert.equal(decoding.take(pieceOf(6, 6, tcp, ...b), ETHERNET), text);
  assert.equal(decoding.take(pieceOf(6, 6, tcp, ...b, 0x10007), ETHERNET), text);
  decoding.finish();
  assert.deepEqual(decoding.fates, { tcpSegments: 9, fragmentsJoined: 9 });
});

test('fragments inside fragments inside a tunnel', () => {
  const random = new Random(74);
  const { tcp, text } = tcpOf(4000, random);
  const innerPieces = cuts(tcp.length, random, 200);
  const decoding = decodingWith();
  let frames = 0;
  const texts: (string | null)[] = [];
  for (const [index, [start, end]] of innerPieces.entries()) {
    const ip = wrap.ipv4(6, tcp.subarray(start, end), { id: 3, offset: start, more: end < tcp.length });
    const datagram = wrap.udp(4789, wrap.vxlan(12, ethernet(0x0800, ip)));
    const pieces = cuts(datagram.length, random, 50);
    for (const [from, to] of shuffled(pieces, random)) {
      texts.push(decoding.take(pieceOf(6, 17, datagram, from, to, 100 + index), ETHERNET));
      frames++;
    }
  }
  decoding.finish();
  assert.deepEqual(
    texts.filter((each) => each !== null),
    [text],
  );
  assert.equal(texts.at(-1), text);
  assert.equal(decoding.place, 'vxlan:12');
  assert.deepEqual(decoding.fates, { tcpSegments: 1, fragmentsJoined: frames - 1 });
});

test('extension headers on both sides of the fragment header, and the protocol of the first piece', () => {
  const random = new Random(75);
  const { tcp, text } = tcpOf(300, random);
  const options = Buffer.from([6, 0, 1, 4, 0, 0, 0, 0]);
  const whole = Buffer.concat([options, tcp]);
  const frames = [
    [0, 64],
    [64, 128],
    [128, whole.length],
  ].map(([start, end], i) => {
    // Only the first piece's word on what follows counts (RFC 8200 §4.5).
    const ip = wrap.ipv6(i === 0 ? 60 : 17, whole.subarray(start, end), {
      id: 9,
      offset: start!,
      more: end! < whole.length,
    });
    const hop = Buffer.from([44, 0, 1, 4, 0, 0, 0, 0]);
    ip[6] = 0;
    ip.writeUInt16BE(ip.readUInt16BE(4) + 8, 4);
    return ethernet(0x86dd, Buffer.concat([ip.subarray(0, 40), hop, ip.subarray(40)]));
  });
  for (const order of [frames, [...frames].reverse()]) {
    const decoding = decodingWith();
    const texts = order.map((frame) => decoding.take(frame, ETHERNET));
    assert.deepEqual(texts, [null, null, text]);
  }
});

test('what is not TCP nor may hold it is not kept', () => {
  const whole = Buffer.alloc(80, 1);
  const decoding = decodingWith();
  decoding.take(pieceOf(4, 1, whole, 0, 40), ETHERNET);
  // UDP is, until its ports are seen to be no tunnel's; then nothing more of it waits.
  decoding.take(pieceOf(4, 17, whole, 40, 80), ETHERNET);
  assert.deepEqual(decoding.fates, { notTcp: 1 });
  decoding.take(pieceOf(4, 17, whole, 0, 24), ETHERNET);
  decoding.take(pieceOf(4, 17, whole, 24, 40), ETHERNET);
  assert.deepEqual(decoding.fates, { notTcp: 4 });
  decoding.finish();
  assert.deepEqual(decoding.fates, { notTcp: 4 });
});

test('a datagram that does not become whole in time is given up, by the packet clock', () => {
  const random = new Random(76);
  const { tcp, text } = tcpOf(100, random);
  for (const [later, verdicts] of [
    [30 * SECOND - 1, { tcpSegments: 1, fragmentsJoined: 1 }],
    [30 * SECOND, { fragmentsIncomplete: 2 }],
  ] as const) {
    const decoding = decodingWith();
    decoding.take(pieceOf(4, 6, tcp, 0, 48), ETHERNET, 1000);
    assert.deepEqual(decoding.fates, {});
    // Time comes from any packet, and never goes back.
    decoding.take(ethernet(typeOf(packetIn(4)), packetIn(4)), ETHERNET, 1000 + later);
    const found = decoding.take(pieceOf(4, 6, tcp, 48, tcp.length), ETHERNET, 2000);
    assert.equal(found, later < 30 * SECOND ? text : null);
    decoding.finish();
    assert.deepEqual(decoding.fates, { ...verdicts, tcpSegments: ('tcpSegments' in verdicts ? 1 : 0) + 1 });
  }
  const decoding = decodingWith();
  decoding.take(pieceOf(4, 6, tcp, 0, 48), ETHERNET, 1000);
  decoding.decoder.expire(1000 + 30 * SECOND - 1);
  assert.deepEqual(decoding.fates, {});
  decoding.decoder.expire(1000 + 30 * SECOND);
  assert.deepEqual(decoding.fates, { fragmentsIncomplete: 1 });
});

test('frames mirrored twice are repeats; an identification in use again is a new datagram', () => {
  const random = new Random(77);
  const first = tcpOf(300, random);
  const second = tcpOf(300, random);
  const pieces: [number, number][] = [
    [0, 104],
    [104, 208],
    [208, first.tcp.length],
  ];
  const decoding = decodingWith();
  const texts: (string | null)[] = [];
  for (const [start, end] of pieces) {
    for (let copy = 0; copy < 2; copy++) texts.push(decoding.take(pieceOf(4, 6, first.tcp, start, end), ETHERNET, 10));
  }
  for (const [start, end] of pieces) texts.push(decoding.take(pieceOf(4, 6, second.tcp, start, end), ETHERNET, 20));
  decoding.finish();
  assert.deepEqual(
    texts.filter((text) => text !== null),
    [first.text, second.text],
  );
  assert.deepEqual(decoding.fates, { tcpSegments: 2, fragmentsJoined: 6, fragmentsRepeated: 1 });
});

test('pieces that no sender makes are malformed, and cut ones incomplete', () => {
  const whole = Buffer.alloc(100, 1);
  const odd: readonly (readonly [string, Buffer, string])[] = [
    ['no octets', pieceOf(4, 6, whole, 8, 8), 'headerMalformed'],
    ['more follow, and no multiple of 8', pieceOf(4, 6, whole, 0, 20), 'headerMalformed'],
    [
      'ends behind 65,535',
      ethernet(0x0800, wrap.ipv4(6, whole, { id: 1, offset: 65_528, more: false })),
      'headerMalformed',
    ],
    ['cut', pieceOf(4, 6, whole, 0, 96).subarray(0, 80), 'fragmentsIncomplete'],
  ];
  for (const [label, frame, fate] of odd) {
    const decoding = decodingWith();
    assert.equal(decoding.take(frame, ETHERNET), null);
    assert.deepEqual(decoding.fates, { [fate]: 1 }, label);
  }
});

test('memory stays within its bounds whatever comes, and every fragment is counted', () => {
  const random = new Random(78);
  const largest = Buffer.alloc(65_512, 0x55);
  const small = { maxOctets: 64 << 10, maxDatagrams: 200, maxPieces: 64, timeoutUs: 1e9 };
  for (const choose of [
    // Many datagrams of one octet run, few of many pieces, and everything at once.
    () => [random.next(), 0, 16] as const,
    () => [random.below(3), 8 * random.below(8000), 8] as const,
    () => [random.below(40), 1400 * random.below(40) * 8, 1400] as const,
    () => [random.next(), 8 * random.below(7000), 8 * random.between(1, 1000)] as const,
  ]) {
    const decoding = decodingWith(small);
    let received = 0;
    for (let i = 0; i < 5000; i++) {
      const [id, start, length] = choose();
      const end = Math.min(largest.length - 8, (start % 60_000) + length);
      const frame = pieceOf(random.pick([4, 6]), 6, largest, start % 60_000, end, id & 0xffff);
      received += frame.length;
      decoding.take(frame, ETHERNET, i);
      assert.ok(decoding.decoder.datagrams <= small.maxDatagrams);
    }
    decoding.finish();
    assert.equal(decoding.decoder.datagrams, 0);
    assert.ok(decoding.count('fragmentsOverLimit') > 0 && decoding.weirds.includes('fragment_limit'));
    assert.ok(received > 4 * small.maxOctets);
  }
});

test('the datagram begun first is the one that a bound costs', () => {
  const random = new Random(79);
  const { tcp, text } = tcpOf(100, random);
  const decoding = decodingWith({ maxDatagrams: 3 });
  for (let id = 1; id <= 4; id++) decoding.take(pieceOf(4, 6, tcp, 0, 48, id), ETHERNET, id);
  const texts = [4, 3, 2, 1].map((id) => decoding.take(pieceOf(4, 6, tcp, 48, tcp.length, id), ETHERNET, 10));
  assert.deepEqual(texts, [text, text, text, null]);
  decoding.finish();
  assert.deepEqual(decoding.fates, {
    tcpSegments: 3,
    fragmentsJoined: 3,
    fragmentsIncomplete: 1,
    fragmentsOverLimit: 1,
  });
});
