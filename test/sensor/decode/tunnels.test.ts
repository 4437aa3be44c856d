import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { Decoding } from './decoding.ts';
import * as wrap from './layers.ts';
import { ethernet, hex, packetIn, payload, typeOf, words } from './layers.ts';

const ETHERNET = 1;
const both = [4, 6] as const;

/** Where the segment in the frame is said to come from; null when none is found. */
function placeOf(frame: Buffer, linkType = ETHERNET, limits = {}): string | null {
  const decoding = new Decoding(limits);
  const text = decoding.take(frame, linkType);
  decoding.finish();
  if (text === null) return null;
  assert.equal(text, payload.toString());
  const inner = decoding.ends[0] === '10.0.0.1' ? ['10.0.0.1', '192.168.7.9'] : ['2001:db8::1', '2001:db8:0:1::ffff'];
  assert.deepEqual(decoding.ends, inner, 'the innermost addresses are told');
  return decoding.place;
}

function fateOf(frame: Buffer, linkType = ETHERNET, originalLength = frame.length): string {
  const decoding = new Decoding();
  decoding.take(frame, linkType, 0, originalLength);
  decoding.finish();
  return Object.keys(decoding.fates).join();
}

const outer4 = (protocol: number, inner: Buffer): Buffer => ethernet(0x0800, wrap.ipv4(protocol, inner));
const outer6 = (protocol: number, inner: Buffer): Buffer => ethernet(0x86dd, wrap.ipv6(protocol, inner));
const udp4 = (port: number, inner: Buffer): Buffer => outer4(17, wrap.udp(port, inner));
const udp6 = (port: number, inner: Buffer): Buffer => outer6(17, wrap.udp(port, inner));

test('IP in IP, all four ways', () => {
  const [ip4, ip6] = both.map((version) => packetIn(version)) as [Buffer, Buffer];
  assert.equal(placeOf(outer4(4, ip4)), 'ipip');
  assert.equal(placeOf(outer4(41, ip6)), '6in4');
  assert.equal(placeOf(outer6(4, ip4)), '4in6');
  assert.equal(placeOf(outer6(41, ip6)), '6in6');
  assert.equal(fateOf(outer4(4, ip6)), 'headerMalformed', 'the protocol number says which version');
});

test('GRE with every choice of optional fields, around IP, Ethernet and tags', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const frame = ethernet(typeOf(ip), ip);
    for (let choice = 0; choice < 16; choice++) {
      const options = {
        checksum: (choice & 1) !== 0,
        ...(choice & 2 && { key: 0xfffffff7 }),
        ...(choice & 4 && { sequence: choice }),
        ...(choice & 8 && { routes: [4, 16] }),
      };
      const name = choice & 2 ? 'gre:4294967287' : 'gre';
      assert.equal(placeOf(outer4(47, wrap.gre(typeOf(ip), ip, options))), name, `${choice}`);
      assert.equal(placeOf(outer6(47, wrap.gre(0x6558, frame, options))), name, `bridging ${choice}`);
    }
    const tagged = ethernet(0x8100, Buffer.concat([words(7, typeOf(ip)), ip]));
    assert.equal(placeOf(outer4(47, wrap.gre(0x6558, tagged))), 'gre vlan 7');
    assert.equal(placeOf(outer4(47, wrap.gre(0x8847, wrap.mpls([100], ip)))), 'mpls:100');
    assert.equal(placeOf(udp4(4754, wrap.gre(typeOf(ip), ip, { key: 9 }))), 'gre:9');
  }
  const ip = packetIn(4);
  assert.equal(fateOf(outer4(47, wrap.gre(0x0000, ip))), 'notIp');
  assert.equal(fateOf(outer4(47, wrap.gre(0x880b, ip))), 'notIp', 'PPP of no known protocol');
  assert.equal(fateOf(outer4(47, wrap.gre(0x0800, ip, { routes: new Array(40).fill(0) }))), 'headerMalformed');
  const version2 = wrap.gre(0x0800, ip);
  version2[1] = 2;
  const version1 = wrap.gre(0x0800, ip, { key: 5, sequence: 6 });
  version1[1] = 1;
  assert.equal(placeOf(outer4(47, version1)), 'gre:5');
  assert.equal(fateOf(outer4(47, version2)), 'notTcp');
});

test('PPTP: PPP in GRE of version 1, acknowledged or not', () => {
  const inner = wrap.ppp(0x0021, packetIn(4));
  const head = (flags: number): Buffer => words(flags, 0x880b, inner.length, 513);
  assert.equal(placeOf(outer4(47, Buffer.concat([head(0x3001), words(0, 1), inner]))), 'pptp:513');
  assert.equal(placeOf(outer4(47, Buffer.concat([head(0x3081), words(0, 1, 0, 1), inner]))), 'pptp:513');
  const withControl = Buffer.concat([head(0x3001), words(0, 1), hex('ff03'), inner]);
  assert.equal(placeOf(outer4(47, withControl)), 'pptp:513');
  assert.equal(fateOf(outer4(47, Buffer.concat([head(0x2081), words(0, 1)]))), 'notIp', 'an acknowledgement');
});

test('ERSPAN of the three types', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const frame = ethernet(typeOf(ip), ip);
    const span = (protocol: number, inner: Buffer, sequence?: number): string | null =>
      placeOf(outer4(47, wrap.gre(protocol, inner, sequence === undefined ? {} : { sequence })));
    assert.equal(span(0x88be, frame), 'erspan');
    assert.equal(span(0x88be, wrap.erspan2(3, frame), 1), 'erspan:3');
    assert.equal(
      span(0x88be, wrap.erspan2(1023, frame, 77, 2), 1),
      'erspan:1023 vlan 77',
      'the tag stands in the header',
    );
    assert.equal(span(0x88be, wrap.erspan2(3, frame, 77, 3), 1), 'erspan:3', 'the tag stayed in the frame');
    assert.equal(span(0x22eb, wrap.erspan3(5, frame), 1), 'erspan:5');
    assert.equal(span(0x22eb, wrap.erspan3(5, frame, { extra: true }), 1), 'erspan:5');
    assert.equal(span(0x22eb, wrap.erspan3(5, ip, { frameType: 2 }), 1), 'erspan:5');
    assert.equal(span(0x22eb, wrap.erspan3(5, frame, { frameType: 7 }), 1), null);
  }
  const frame = ethernet(0x0800, packetIn(4));
  const wrong = wrap.erspan2(3, frame);
  wrong[0] = 0x50;
  assert.equal(fateOf(outer4(47, wrap.gre(0x88be, wrong, { sequence: 1 }))), 'headerMalformed');
});

test('VXLAN and its generic extension, over both versions', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const frame = ethernet(typeOf(ip), ip);
    for (const around of [udp4, udp6]) {
      for (const port of [4789, 8472]) assert.equal(placeOf(around(port, wrap.vxlan(5001, frame))), 'vxlan:5001');
      assert.equal(placeOf(around(4789, wrap.vxlan(0xffffff, frame, 0x88))), 'vxlan:16777215', 'with a policy group');
      assert.equal(placeOf(around(4790, wrap.vxlan(6, ip, 0x0c, version === 4 ? 1 : 2))), 'vxlan:6');
      assert.equal(placeOf(around(4790, wrap.vxlan(6, frame, 0x0c, 3))), 'vxlan:6');
      const service = Buffer.concat([hex('0fc6 01 03 000001ff'), Buffer.alloc(16), frame]);
      assert.equal(placeOf(around(4790, wrap.vxlan(6, service, 0x0c, 4))), 'vxlan:6', 'service header');
      assert.equal(placeOf(around(4790, wrap.vxlan(6, wrap.mpls([18], ip), 0x0c, 5))), 'mpls:18');
    }
    assert.equal(placeOf(udp4(5555, wrap.vxlan(1, frame))), null);
    assert.equal(placeOf(udp4(5555, wrap.vxlan(1, frame)), ETHERNET, { vxlanPorts: [5555] }), 'vxlan:1');
    assert.equal(placeOf(udp4(4789, wrap.vxlan(1, frame)), ETHERNET, { vxlanPorts: [5555] }), null);
  }
});

test('Geneve with options, around Ethernet and IP', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const frame = ethernet(typeOf(ip), ip);
    for (const options of [0, 4, 36, 252]) {
      assert.equal(placeOf(udp4(6081, wrap.geneve(12, 0x6558, frame, options))), 'geneve:12');
      assert.equal(placeOf(udp6(6081, wrap.geneve(0xabcdef, typeOf(ip), ip, options))), 'geneve:11259375');
    }
    assert.equal(placeOf(udp4(6082, wrap.geneve(1, typeOf(ip), ip)), ETHERNET, { genevePorts: [6082] }), 'geneve:1');
  }
});

test('what is sent to a port of tunnels and is none stays UDP', () => {
  const frame = ethernet(0x0800, packetIn(4));
  const ip = packetIn(4);
  const longer = Buffer.from(frame);
  longer.writeUInt16BE(ip.length + 1, 16);
  const none: readonly (readonly [string, number, Buffer])[] = [
    ['without the flag', 4789, wrap.vxlan(1, frame, 0)],
    ['of another version', 4789, wrap.vxlan(1, frame, 0x18)],
    ['ARP inside', 4789, wrap.vxlan(1, ethernet(0x0806, Buffer.alloc(28)))],
    ['an inner packet longer than the datagram', 4789, wrap.vxlan(1, longer)],
    ['an inner header that is none', 4789, wrap.vxlan(1, ethernet(0x0800, Buffer.alloc(40)))],
    ['too short', 4789, Buffer.from('hi')],
    ['text', 8472, Buffer.from('what anybody may send to this port, and long enough')],
    ['Geneve of version 1', 6081, Buffer.concat([hex('40'), wrap.geneve(1, 0x0800, ip).subarray(1)])],
    ['reserved bits', 6081, Buffer.concat([hex('0001'), wrap.geneve(1, 0x0800, ip).subarray(2)])],
    ['options beyond the datagram', 6081, wrap.geneve(1, 0x0800, ip.subarray(0, 8), 252)],
    ['GTP that is no user data', 2152, Buffer.concat([hex('3001 0004 00000000'), ip])],
    ['GTP of version 2', 2152, Buffer.concat([hex('50ff 0004 00000000'), ip])],
    ['AYIYA without data', 5072, Buffer.concat([hex('4452 0029 00000000'), packetIn(6)])],
    ['labels without end', 6635, wrap.mpls(new Array(30).fill(20), ip)],
    ['GRE of another version', 4754, hex('00050800 00000000 00000000')],
  ];
  for (const [label, port, inner] of none) assert.equal(fateOf(udp4(port, inner)), 'notTcp', label);
  const random = new Random(41);
  for (let i = 0; i < 20_000; i++) {
    const inner = Buffer.from(Array.from({ length: random.below(100) }, () => random.below(256)));
    const port = random.pick([4789, 8472, 4790, 6081, 2152, 3544, 5072, 6635, 4754]);
    assert.equal(fateOf2(udp4(port, inner)), 'notTcp', `${port} ${inner.toString('hex')}`);
  }
});

const shared = new Decoding();
/** Like `fateOf`, of many frames by one decoder. */
function fateOf2(frame: Buffer): string {
  const before = shared.count('notTcp');
  shared.take(frame, ETHERNET);
  return shared.count('notTcp') > before ? 'notTcp' : Object.keys(shared.fates).join();
}

test('MPLS: label stacks, pseudowires with and without control word, in IP and UDP', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const frame = ethernet(typeOf(ip), ip);
    const null_ = version === 4 ? 0 : 2;
    for (const [labels, id] of [
      [[16], 16],
      [[1_048_575, 300], 300],
      [[700, null_], 700],
      [[null_], 0],
      [[40, 50, 7, 900], 50], // the last is for balancing load
      [new Array(15).fill(99), 99],
    ] as const) {
      for (const type of [0x8847, 0x8848]) {
        assert.equal(placeOf(ethernet(type, wrap.mpls(labels, ip))), `mpls:${id}`, `${labels}`);
      }
    }
    const control = hex('0000 0007');
    assert.equal(placeOf(ethernet(0x8847, wrap.mpls([16], Buffer.concat([control, frame])))), 'mpls:16');
    // Makers' addresses that look like a control word, IPv4, IPv6 and nothing.
    for (const first of [0x00, 0x45, 0x60, 0xa4]) {
      const bare = Buffer.from(frame);
      bare.set([first, 0xf2, 0xf4, 0xf6, 0xf8, 0xfa]);
      assert.equal(placeOf(ethernet(0x8847, wrap.mpls([16, 17], bare))), 'mpls:17', `${first}`);
    }
    assert.equal(placeOf(outer4(137, wrap.mpls([16], ip))), 'mpls:16');
    assert.equal(placeOf(udp6(6635, wrap.mpls([16], ip))), 'mpls:16');
  }
  assert.equal(fateOf(ethernet(0x8847, wrap.mpls([16], hex('1000 0021 00000000')))), 'notIp', 'associated channel');
  assert.equal(fateOf(ethernet(0x8847, wrap.mpls(new Array(20).fill(20), packetIn(4)))), 'headerMalformed');
});

test('PPPoE sessions, with protocol numbers of one octet and two', () => {
  for (const version of both) {
    const ip = packetIn(version);
    const number = version === 4 ? 0x21 : 0x57;
    for (const compressed of [true, false]) {
      assert.equal(placeOf(ethernet(0x8864, wrap.pppoe(45, wrap.ppp(number, ip, compressed)))), 'pppoe:45');
    }
    assert.equal(placeOf(wrap.pppoe(46, wrap.ppp(number, ip)), 51), 'pppoe:46');
    const tagged = ethernet(0x8100, Buffer.concat([words(12, 0x8864), wrap.pppoe(45, wrap.ppp(number, ip))]));
    assert.equal(placeOf(tagged), 'pppoe:45 vlan 12');
  }
  assert.equal(fateOf(ethernet(0x8864, wrap.pppoe(1, wrap.ppp(0xc021, Buffer.alloc(10))))), 'notIp', 'LCP');
  assert.equal(fateOf(ethernet(0x8863, wrap.pppoe(1, Buffer.alloc(10)))), 'notIp', 'discovery');
  const wrong = wrap.pppoe(1, wrap.ppp(0x21, packetIn(4)));
  wrong[0] = 0x21;
  assert.equal(fateOf(ethernet(0x8864, wrong)), 'headerMalformed');
});

test('GTP, Teredo, AYIYA and EtherIP', () => {
  const [ip4, ip6] = both.map((version) => packetIn(version)) as [Buffer, Buffer];
  const gtp = (flags: number, behind: string, inner: Buffer): Buffer => {
    const optional = hex(behind);
    return Buffer.concat([
      Buffer.from([flags, 0xff]),
      words(optional.length + inner.length, 0x8000, 1),
      optional,
      inner,
    ]);
  };
  assert.equal(placeOf(udp4(2152, gtp(0x30, '', ip4))), 'gtp:2147483649');
  assert.equal(placeOf(udp6(2152, gtp(0x32, '0001 00 00', ip6))), 'gtp:2147483649');
  assert.equal(placeOf(udp4(2152, gtp(0x34, '0000 00 85 01 1009 c0 01 ffff 00', ip4))), 'gtp:2147483649', 'extensions');
  assert.equal(placeOf(outer4(17, wrap.udp(999, gtp(0x30, '', ip4), 2152))), 'gtp:2147483649', 'from the port');
  assert.equal(placeOf(udp4(3544, ip6)), 'teredo');
  assert.equal(placeOf(udp4(3544, Buffer.concat([hex('0000 7f7b ac55fed9'), ip6]))), 'teredo');
  const authentication = hex('0001 0000 cd5669400b22df88 00');
  assert.equal(placeOf(udp4(3544, Buffer.concat([authentication, hex('0000 7f7b ac55fed9'), ip6]))), 'teredo');
  const ayiya = Buffer.concat([hex('4452 1129 00000000'), Buffer.alloc(36), ip6]);
  assert.equal(placeOf(udp4(5072, ayiya)), 'ayiya');
  assert.equal(placeOf(outer4(97, Buffer.concat([hex('3000'), ethernet(0x86dd, ip6)]))), 'etherip');
  assert.equal(fateOf(outer4(97, Buffer.concat([hex('4000'), ethernet(0x86dd, ip6)]))), 'notTcp');
});

test('tags of fabrics and service chains are stepped over', () => {
  const ip = packetIn(4);
  assert.equal(placeOf(ethernet(0x8926, Buffer.concat([hex('80000001 0800'), ip]))), '');
  assert.equal(placeOf(ethernet(0x893f, Buffer.concat([hex('e000 0001 0000 8100'), words(9, 0x0800), ip]))), ' vlan 9');
  assert.equal(placeOf(ethernet(0x894f, Buffer.concat([hex('0fc2 02 01 000001ff'), ip]))), '');
  assert.equal(fateOf(ethernet(0x894f, Buffer.concat([hex('0fc1 02 01 000001ff'), ip]))), 'headerMalformed');
  assert.equal(placeOf(ethernet(0x88e7, Buffer.concat([hex('00 012345'), ethernet(0x0800, ip)]))), 'pbb:74565');
});

test('tunnels nest: the innermost is told, and there is a bound', () => {
  const ip = packetIn(4);
  const frame = ethernet(0x0800, ip);
  const mirrored = outer4(
    47,
    wrap.gre(0x88be, wrap.erspan2(4, udp4(4789, wrap.vxlan(88, frame)), 30, 2), { sequence: 2 }),
  );
  assert.equal(placeOf(mirrored), 'vxlan:88 vlan 30');
  for (const [wrapAgain, least] of [
    [(inner: Buffer) => wrap.ipv4(4, inner), 12],
    [(inner: Buffer) => wrap.ipv4(47, wrap.gre(0x0800, inner)), 8],
    [(inner: Buffer) => wrap.ipv4(17, wrap.udp(4789, wrap.vxlan(1, ethernet(0x0800, inner)))), 6],
    [(inner: Buffer) => wrap.ipv4(137, wrap.mpls([16], ethernet(0x0800, inner))), 6],
  ] as const) {
    let inner: Buffer = Buffer.from(ip);
    let deepest = 0;
    for (let depth = 1; depth < 60; depth++) {
      inner = wrapAgain(inner);
      const decoding = new Decoding();
      const text = decoding.take(ethernet(0x0800, inner), ETHERNET);
      decoding.finish();
      if (text !== null) {
        assert.equal(deepest, depth - 1);
        deepest = depth;
      } else {
        assert.deepEqual(decoding.fates, { nestedTooDeep: 1 });
        assert.deepEqual(decoding.weirds, ['exceeded_tunnel_max_depth']);
      }
    }
    assert.ok(deepest >= least && deepest < 32, `${deepest}`);
  }
});

test('a cut frame is cut wherever its headers end, and malformed when nothing was cut', () => {
  const ip = packetIn(4);
  const frame = ethernet(0x0800, ip);
  const whole = [
    outer4(47, wrap.gre(0x88be, wrap.erspan2(4, frame), { sequence: 2, key: 3, checksum: true })),
    outer4(47, wrap.gre(0x22eb, wrap.erspan3(4, frame, { extra: true }), { routes: [8] })),
    ethernet(0x8864, wrap.pppoe(1, wrap.ppp(0x57, packetIn(6)))),
    ethernet(0x8847, wrap.mpls([16, 17], ip)),
    outer6(41, packetIn(6)),
  ];
  for (const [index, each] of whole.entries()) {
    const headers = each.length - payload.length;
    for (let length = 0; length < headers; length++) {
      assert.equal(fateOf(each.subarray(0, length), ETHERNET, each.length), 'headerCut', `${index} ${length}`);
      assert.equal(fateOf(each.subarray(0, length)), 'headerMalformed', `${index} ${length}`);
    }
    assert.equal(fateOf(each.subarray(0, headers), ETHERNET, each.length), 'tcpSegments');
  }
  const tunnel = udp4(4789, wrap.vxlan(1, frame));
  for (let length = 14; length < tunnel.length - payload.length; length++) {
    assert.equal(fateOf(tunnel.subarray(0, length), ETHERNET, tunnel.length), 'headerCut', `${length}`);
  }
});
