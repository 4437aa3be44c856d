import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, formatAddress, parseAddress } from '../../../analyzer/identify/address.ts';
import { CidrSet, cidrProblem } from '../../../analyzer/identify/cidr.ts';
import { clientOf } from '../../../analyzer/identify/client.ts';
import { randomOf, textOf } from '../discover/random.ts';
import { callerOf } from './exchange.ts';

const addresses: readonly (readonly [string, string | null])[] = [
  ['1.2.3.4', '1.2.3.4'],
  [' 1.2.3.4 ', '1.2.3.4'],
  ['1.2.3.4:5678', '1.2.3.4'],
  ['"1.2.3.4:5678"', '1.2.3.4'],
  ['255.255.255.255', '255.255.255.255'],
  ['256.1.1.1', null],
  ['01.2.3.4', null],
  ['1.2.3', null],
  ['1.2.3.4.5', null],
  ['1.2.3.4:x', null],
  ['::1', '::1'],
  ['[::1]:80', '::1'],
  ['"[2001:DB8::1]:_port"', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::ffff:0a01:0203', '10.1.2.3'],
  ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ['fe80::1%eth0', 'fe80::1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::', '::'],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1::2::3', null],
  [':1:2', null],
  ['12345::', null],
  ['[::1', null],
  ['unknown', null],
  ['_hidden', null],
  ['', null],
  ['é', null],
];

test('addresses are read as headers write them, and written in one way', () => {
  for (const [text, address] of addresses) assert.equal(addressOf(text), address, text);
});

test('an address survives being written and read', () => {
  const random = randomOf(5);
  const words = new Uint32Array(4);
  const again = new Uint32Array(4);
  for (let i = 0; i < 5000; i++) {
    for (let n = 0; n < 4; n++) words[n] = random(3) === 0 ? 0 : random(2) === 0 ? random(65536) : random(2 ** 31) * 2;
    words[0] = words[0]! | 0x20000000;
    const text = formatAddress(6, words);
    assert.equal(parseAddress(text, 0, text.length, again), 6, text);
    assert.deepEqual(again, words, text);
  }
});

test('networks hold what is in them', () => {
  const set = new CidrSet([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '192.168.1.7',
    '172.16.0.0/12',
    '2001:db8::/32',
    'fe80::1/128',
    '9.255.255.255/32',
  ]);
  for (const inside of [
    '10.0.0.0',
    '10.255.255.255',
    '192.168.1.7',
    '172.31.9.9',
    '2001:db8::1',
    '2001:db8:ffff::',
    'fe80::1',
    '::ffff:10.2.2.2',
    '9.255.255.255',
  ]) {
    assert.ok(set.has(inside), inside);
  }
  for (const outside of ['11.0.0.0', '9.255.255.254', '192.168.1.8', '172.32.0.0', '2001:db9::', 'fe80::2', 'x', '']) {
    assert.ok(!set.has(outside), outside);
  }
  assert.ok(new CidrSet(['0.0.0.0/0']).has('8.8.8.8') && !new CidrSet(['0.0.0.0/0']).has('::2'));
  assert.ok(new CidrSet(['::/0']).has('2001::') && new CidrSet(['::ffff:10.0.0.0/104']).has('10.9.9.9'));
});

test('a set of networks agrees with the plain test of each', () => {
  const random = randomOf(9);
  const address = () => [random(4) + 10, random(3), random(256), random(256)].join('.');
  const blocks = Array.from({ length: 60 }, () => `${address()}/${8 + random(25)}`);
  const set = new CidrSet(blocks);
  const number = (text: string) => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  for (let i = 0; i < 5000; i++) {
    const text = address();
    const plain = blocks.some((block) => {
      const [base = '', bits] = block.split('/');
      const size = 2 ** (32 - Number(bits));
      return Math.floor(number(base) / size) === Math.floor(number(text) / size);
    });
    assert.equal(set.has(text), plain, text);
  }
});

test('a block that is no network is told with what to write', () => {
  for (const good of ['10.0.0.0/8', '::1', ' 1.2.3.4/32 ']) assert.equal(cidrProblem(good), null);
  for (const bad of ['10.0.0.0/33', '10.0.0/8', 'x', '', '::/129', '1.2.3.4/', '1.2.3.4/-1', '::ffff:1.2.3.4/8']) {
    assert.match(cidrProblem(bad) ?? '', /is no network: write/, bad);
  }
});

/** Peer, fields, client, claim. Trusted: 10.0.0.0/8 and 2001:db8:1::/48. */
const walks: readonly (readonly [string, Readonly<Record<string, string>>, string, string | null])[] = [
  ['203.0.113.9', {}, '203.0.113.9', null],
  ['203.0.113.9', { 'X-Forwarded-For': '198.51.100.1' }, '203.0.113.9', '198.51.100.1'],
  ['203.0.113.9', { 'X-Forwarded-For': '203.0.113.9' }, '203.0.113.9', null],
  ['10.0.0.1', { 'X-Forwarded-For': '198.51.100.1' }, '198.51.100.1', null],
  ['10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 198.51.100.1, 10.0.0.7' }, '198.51.100.1', '6.6.6.6'],
  ['10.0.0.1', { 'X-Forwarded-For': '6.6.6.6', 'X-FORWARDED-FOR': '198.51.100.1:4711' }, '198.51.100.1', '6.6.6.6'],
  ['10.0.0.1', { 'X-Forwarded-For': '10.0.0.9, 10.0.0.8' }, '10.0.0.9', null],
  ['10.0.0.1', { 'X-Forwarded-For': 'unknown, 10.0.0.8' }, '10.0.0.8', null],
  ['10.0.0.1', { 'X-Forwarded-For': '6.6.6.6, nonsense' }, '10.0.0.1', null],
  ['10.0.0.1', { 'X-Forwarded-For': '[2001:db8::5]:443' }, '2001:db8::5', null],
  ['10.0.0.1', { 'X-Forwarded-For': ', ,198.51.100.1,' }, '198.51.100.1', null],
  ['10.0.0.1', { 'X-Forwarded-For': '' }, '10.0.0.1', null],
  ['2001:db8:1::7', { 'X-Forwarded-For': '198.51.100.1' }, '198.51.100.1', null],
  ['10.0.0.1', { Forwarded: 'for=198.51.100.1;proto=https;by=10.0.0.1' }, '198.51.100.1', null],
  ['10.0.0.1', { Forwarded: 'For="[2001:db8:cafe::17]:4711"' }, '2001:db8:cafe::17', null],
  ['10.0.0.1', { Forwarded: 'for=6.6.6.6, for="198.51.100.1:80", FOR=10.2.2.2' }, '198.51.100.1', '6.6.6.6'],
  ['10.0.0.1', { Forwarded: 'proto="a;b,c";for=198.51.100.1' }, '198.51.100.1', null],
  ['10.0.0.1', { Forwarded: 'for="198.51\\.100.1"' }, '198.51.100.1', null],
  ['10.0.0.1', { Forwarded: 'for=_obf' }, '10.0.0.1', null],
  ['10.0.0.1', { Forwarded: 'for=198.51.100.1, proto=http' }, '10.0.0.1', null],
  ['10.0.0.1', { Forwarded: ';;=,,"' }, '10.0.0.1', null],
  ['10.0.0.1', { Forwarded: 'for="198.51.100.1' }, '198.51.100.1', null],
  ['10.0.0.1', { 'X-Real-IP': '198.51.100.1' }, '198.51.100.1', null],
  ['10.0.0.1', { 'True-Client-IP': 'x', 'CF-Connecting-IP': '198.51.100.2' }, '198.51.100.2', null],
  ['10.0.0.1', { 'X-Forwarded-For': '198.51.100.1', 'X-Real-IP': '6.6.6.6' }, '198.51.100.1', null],
  ['203.0.113.9', { 'Client-IP': '6.6.6.6' }, '203.0.113.9', '6.6.6.6'],
];

test('the walk goes over trusted hops only', () => {
  for (const [peer, headers, client, claimed] of walks) {
    const facts = callerOf({ peer, headers });
    assert.deepEqual([facts.client, facts.claimedClient], [client, claimed], JSON.stringify(headers));
  }
});

test('whatever an untrusted sender writes, the client stays the sender', () => {
  const random = randomOf(3);
  const trusted = new CidrSet(['10.0.0.0/8']);
  for (let i = 0; i < 20_000; i++) {
    const noise = () => textOf(random, '0123456789.:[]", ;=forFOR_%abcdef\u00ff\\', random(40));
    const fields = { forwardedFor: i % 2 ? [noise(), noise()] : [], forwarded: [noise()], single: [noise()] };
    assert.equal(clientOf('203.0.113.9', fields, trusted).client, '203.0.113.9');
    const vouched = clientOf('10.0.0.1', fields, trusted).client;
    assert.equal(addressOf(vouched), vouched);
  }
});

test('an endless chain costs bounded work and keeps its near end', () => {
  const chain = `${'6.6.6.6, '.repeat(100_000)}198.51.100.1`;
  const facts = callerOf({ peer: '10.0.0.1', headers: { 'X-Forwarded-For': chain } });
  assert.equal(facts.client, '198.51.100.1');
});
