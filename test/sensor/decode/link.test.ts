import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoding } from './decoding.ts';
import { ethernet, hex, packetIn, payload, ppp, typeOf, words } from './layers.ts';

/** Payload and VLAN of the segment in the frame, or the counter it ended in. */
function fateOf(linkType: number, frame: Buffer, originalLength = frame.length): string {
  const decoding = new Decoding();
  const text = decoding.take(frame, linkType, 0, originalLength);
  decoding.finish();
  return text === payload.toString() ? `read${decoding.place}` : Object.keys(decoding.fates).join();
}

const little = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const snap = (ip: Buffer): Buffer => Buffer.concat([hex('aaaa03 000000'), words(typeOf(ip)), ip]);

/** An 802.11 data frame of `flags` (to, from, …) with `extra` header octets behind the addresses. */
function wireless(flags: number, kind: number, ip: Buffer, extra: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([kind, flags]), Buffer.alloc((flags & 3) === 3 ? 28 : 22, 1), extra, snap(ip)]);
}

for (const version of [4, 6] as const) {
  const ip = packetIn(version);
  const type = words(typeOf(ip));
  const number = version === 4 ? 0x0021 : 0x0057;

  test(`PPP, HDLC and frame relay, IPv${version}`, () => {
    for (const compressed of [true, false]) {
      const inner = ppp(number, ip, compressed);
      const framed = Buffer.concat([hex('ff03'), inner]);
      assert.equal(fateOf(9, inner), 'read');
      assert.equal(fateOf(9, framed), 'read');
      assert.equal(fateOf(50, framed), 'read');
      assert.equal(fateOf(204, Buffer.concat([hex('00'), framed])), 'read');
      assert.equal(fateOf(204, Buffer.concat([hex('01'), inner])), 'read');
      assert.equal(fateOf(166, Buffer.concat([hex('01 03'), inner])), 'read');
      assert.equal(fateOf(9, Buffer.concat([hex('ff03 c021'), Buffer.alloc(20)])), 'notIp');
    }
    for (const address of ['0f00', '8f00']) {
      assert.equal(fateOf(104, Buffer.concat([hex(address), type, ip])), 'read');
      assert.equal(fateOf(50, Buffer.concat([hex(address), type, ip])), 'read');
      assert.equal(fateOf(104, Buffer.concat([hex(address), words(0x8100, 9), type, ip])), 'read vlan 9');
    }
    const nlpid = version === 4 ? 'cc' : '8e';
    assert.equal(fateOf(107, Buffer.concat([hex(`1841 03 ${nlpid}`), ip])), 'read');
    assert.equal(fateOf(107, Buffer.concat([hex('1841 03 00 80 000000'), type, ip])), 'read');
    assert.equal(fateOf(107, Buffer.concat([hex('1841'), type, ip])), 'read');
    assert.equal(fateOf(107, Buffer.concat([hex('1841 03 81'), ip])), 'notIp');
    assert.equal(fateOf(100, snap(ip)), 'read');
  });

  test(`802.11 data in the headers that air captures have, IPv${version}`, () => {
    const plain = wireless(1, 0x08, ip);
    for (const flags of [0, 1, 2, 3]) assert.equal(fateOf(105, wireless(flags, 0x08, ip)), 'read');
    assert.equal(fateOf(105, wireless(2, 0x88, ip, hex('0000'))), 'read', 'quality of service');
    assert.equal(fateOf(105, wireless(0x83, 0x88, ip, hex('0000 00000000'))), 'read', 'HT control');
    assert.equal(fateOf(105, wireless(0x41, 0x08, ip)), 'notIp', 'encrypted');
    assert.equal(fateOf(105, wireless(2, 0x88, ip, hex('8000'))), 'notIp', 'aggregated');
    assert.equal(fateOf(105, wireless(1, 0x48, ip)), 'notIp', 'no data');
    assert.equal(fateOf(105, wireless(0, 0x80, ip)), 'notIp', 'a beacon');

    const tap = (length: number, present: string, fields: string): Buffer =>
      Buffer.concat([hex('0000'), little(length), hex(present), hex(fields)]);
    assert.equal(fateOf(127, Buffer.concat([tap(8, '00000000', ''), plain])), 'read');
    assert.equal(fateOf(127, Buffer.concat([tap(12, '02000000', '10000000'), plain])), 'read', 'flags, not padded');
    const padded = wireless(2, 0x88, ip, hex('0000 0000'));
    assert.equal(fateOf(127, Buffer.concat([tap(12, '02000000', '20000000'), padded])), 'read', 'padded');
    // A time stamp before the flags, behind a second word of presence: aligned to 8.
    const stamped = tap(25, '03000080 00000000', '00000000 1122334455667788 20');
    assert.equal(fateOf(127, Buffer.concat([stamped, padded])), 'read');
    assert.equal(fateOf(127, Buffer.concat([tap(4, '00000000', ''), plain])), 'headerMalformed');
    assert.equal(fateOf(127, Buffer.concat([tap(12, 'ffffffff', 'ffffffff')])), 'headerMalformed');

    assert.equal(
      fateOf(192, Buffer.concat([hex('0000'), little(16), hex('69000000'), Buffer.alloc(8), plain])),
      'read',
    );
    assert.equal(fateOf(119, Buffer.concat([Buffer.alloc(144), plain])), 'read');
    for (const linkType of [119, 163]) {
      assert.equal(fateOf(linkType, Buffer.concat([hex('80211001 00000040'), Buffer.alloc(56), plain])), 'read');
    }
  });

  test(`loopback, filter logs and what taps put before Ethernet, IPv${version}`, () => {
    assert.equal(fateOf(109, Buffer.concat([Buffer.alloc(12), ip])), 'read');
    assert.equal(fateOf(117, Buffer.concat([hex('3d'), Buffer.alloc(63), ip])), 'read');
    const attribute = (kind: number, content: Buffer, big: boolean): Buffer => {
      const sizes = [4 + content.length, kind];
      const head = big ? words(...sizes) : Buffer.concat(sizes.map(little));
      return Buffer.concat([head, content, Buffer.alloc(-content.length & 3)]);
    };
    for (const big of [true, false]) {
      const log = [hex('02 00 0005'), attribute(1, Buffer.alloc(4), big), attribute(10, hex('61 62 63 64 00'), big)];
      assert.equal(fateOf(239, Buffer.concat([...log, attribute(9, ip, big)])), 'read');
      assert.equal(fateOf(239, Buffer.concat(log)), 'headerMalformed');
    }
    assert.equal(fateOf(239, hex('02000005 01000100')), 'headerMalformed', 'an attribute shorter than its header');
    const frame = ethernet(typeOf(ip), ip);
    assert.equal(fateOf(240, Buffer.concat([Buffer.alloc(4), frame])), 'read');
    assert.equal(fateOf(274, Buffer.concat([hex('555555555555 55d5'), frame])), 'read');
  });
}

test('a cut frame is cut on every link layer', () => {
  const ip = packetIn(4);
  for (const [linkType, frame] of [
    [9, Buffer.concat([hex('ff03'), ppp(0x21, ip)])],
    [50, Buffer.concat([hex('ff03'), ppp(0x21, ip)])],
    [51, Buffer.concat([words(0x1100, 3, 2 + ip.length), ppp(0x21, ip)])],
    [100, snap(ip)],
    [104, Buffer.concat([hex('0f00 0800'), ip])],
    [105, wireless(1, 0x08, ip)],
    [107, Buffer.concat([hex('1841 03 cc'), ip])],
    [109, Buffer.concat([Buffer.alloc(12), ip])],
    [127, Buffer.concat([hex('0000 0c00 02000000 10000000'), wireless(1, 0x08, ip)])],
    [239, Buffer.concat([hex('02000005'), little(4 + ip.length), little(9), ip])],
  ] as const) {
    const headers = frame.length - payload.length;
    for (let length = 0; length < headers; length++) {
      assert.equal(fateOf(linkType, frame.subarray(0, length), frame.length), 'headerCut', `${linkType} ${length}`);
    }
    assert.match(fateOf(linkType, frame), /^read/);
  }
});
