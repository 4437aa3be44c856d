import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyHeader, parseProxyHeader } from '../../../analyzer/identify/proxy-protocol.ts';
import { randomOf } from '../discover/random.ts';

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

function binary(command: number, family: number, content: readonly number[]): Buffer {
  return Buffer.from([...signature, 0x20 | command, family, content.length >> 8, content.length & 255, ...content]);
}

const ipv4 = [192, 0, 2, 1, 198, 51, 100, 7, 0x1f, 0x90, 0x01, 0xbb];
const ipv6 = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1, 0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 2, 0, 80, 0, 81];

const rows: readonly (readonly [string, Buffer, unknown])[] = [
  [
    'v1 TCP4',
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 8080 443\r\nGET /'),
    ['192.0.2.1', 8080, '198.51.100.7', 443, 44],
  ],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n'), ['2001:db8::1', 1, '2001:db8::2', 2, 40]],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN ffff::1 what ever\r\nx'), ['', 0, '', 0, 33]],
  ['v1 cut', Buffer.from('PROXY TCP4 192.0.2.1'), 'partial'],
  ['v1 word cut', Buffer.from('PRO'), 'partial'],
  ['v1 bad port', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 70000 443\r\n'), 'bad'],
  ['v1 leading zero', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 080 443\r\n'), 'bad'],
  ['v1 bad address', Buffer.from('PROXY TCP4 192.0.2.999 198.51.100.7 1 2\r\n'), 'bad'],
  ['v1 bare LF', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 1 2\n'), 'bad'],
  ['v1 endless', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`), 'bad'],
  ['v1 odd family', Buffer.from('PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n'), 'bad'],
  ['v2 IPv4', binary(1, 0x11, ipv4), ['192.0.2.1', 8080, '198.51.100.7', 443, 28]],
  ['v2 IPv4 with TLV', binary(1, 0x11, [...ipv4, 3, 0, 1, 9]), ['192.0.2.1', 8080, '198.51.100.7', 443, 32]],
  ['v2 IPv6', binary(1, 0x21, ipv6), ['2001:db8::1', 80, '2001:db8::2', 81, 52]],
  ['v2 local', binary(0, 0x00, []), ['', 0, '', 0, 16]],
  ['v2 unix', binary(1, 0x31, Array(216).fill(0)), ['', 0, '', 0, 232]],
  ['v2 short', binary(1, 0x11, ipv4.slice(0, 8)), 'bad'],
  ['v2 cut', binary(1, 0x11, ipv4).subarray(0, 20), 'partial'],
  ['v2 signature cut', Buffer.from(signature.slice(0, 5)), 'partial'],
  ['v2 version 3', Buffer.from([...signature, 0x31, 0x11, 0, 0]), 'bad'],
  ['v2 command 2', binary(2, 0x11, ipv4), 'bad'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n'), 'absent'],
  ['PROPFIND', Buffer.from('PROPFIND / HTTP/1.1\r\n'), 'absent'],
  ['nothing', Buffer.alloc(0), 'absent'],
];

test('headers of both versions', () => {
  for (const [name, bytes, expected] of rows) {
    const result = parseProxyHeader(bytes);
    const told = typeof result === 'string' ? result : endpoints(result);
    assert.deepEqual(told, expected, name);
  }
});

function endpoints({ source, sourcePort, destination, destinationPort, length }: ProxyHeader): unknown {
  return [source, sourcePort, destination, destinationPort, length];
}

test('noise never throws, and every proper beginning of a header is partial', () => {
  const random = randomOf(21);
  for (let i = 0; i < 20_000; i++) {
    const noise = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
    parseProxyHeader(i % 2 ? noise : Buffer.concat([Buffer.from(signature), noise]));
  }
  for (const [name, bytes, expected] of rows) {
    if (!Array.isArray(expected)) continue;
    for (let n = 1; n < (expected[4] as number); n++)
      assert.equal(parseProxyHeader(bytes.subarray(0, n)), 'partial', name);
  }
});
