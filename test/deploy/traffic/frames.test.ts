import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  address,
  type LinkName,
  linkTypes,
  type TcpFrame,
  tcpFlags,
  tcpFrame,
  writeTcpFrame,
} from '../../../deploy/traffic/frames.ts';
import { pcapOf } from '../../../deploy/traffic/pcap-writer.ts';
import { Random } from '../../../deploy/traffic/random.ts';

const ipv4 = { source: address('10.1.2.3'), destination: address('192.0.2.200') };
const ipv6 = { source: address('2001:db8::1'), destination: address('fe80::a:0:ff00') };

function frameOf(part: Partial<TcpFrame>): TcpFrame {
  return {
    ...ipv4,
    sourcePort: 51234,
    destinationPort: 8080,
    sequence: 0xfffffff0,
    acknowledgement: 77,
    flags: tcpFlags.ack | tcpFlags.psh,
    payload: Buffer.from('odd'),
    ...part,
  };
}

test('an address has the octets of its text', () => {
  assert.deepEqual([...address('10.0.200.255')], [10, 0, 200, 255]);
  const hex = (text: string) => Buffer.from(address(text)).toString('hex');
  assert.equal(hex('2001:db8::1'), '20010db8000000000000000000000001');
  assert.equal(hex('::'), '0'.repeat(32));
  assert.equal(hex('::ffff:1'), `${'0'.repeat(24)}ffff0001`);
  assert.equal(hex('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008');
});

test('an IPv4 frame without options has every octet where the standards put it', () => {
  const expected = [
    '0200c00002c8', // destination: local bit, then the address
    '02000a010203',
    '0800',
    '4500002b0007400040066bfa', // 43 octets, id 7, don't fragment, TTL 64, TCP, header checksum
    '0a010203c00002c8',
    'c8221f90fffffff00000004d5018faf0',
    '2ab70000',
    '6f6464',
  ].join('');
  assert.equal(tcpFrame(frameOf({ ipId: 7 })).toString('hex'), expected);
});

test('both checksums come out as zero when a receiver sums what was sent', () => {
  const random = new Random(7);
  for (let i = 0; i < 300; i++) {
    const payload = Buffer.from(Array.from({ length: random.below(3000) }, () => random.below(256)));
    const frame = tcpFrame(frameOf({ link: 'raw', payload, ipId: random.below(65536), sequence: random.next() }));
    const tcp = frame.subarray(20);
    const pseudo = Buffer.concat([frame.subarray(12, 20), Buffer.from([0, 6, tcp.length >> 8, tcp.length & 255])]);
    assert.equal(onesSum(frame.subarray(0, 20)), 0xffff);
    assert.equal(onesSum(Buffer.concat([pseudo, tcp])), 0xffff);
  }
});

test('an offloaded checksum is zero and a wrong one is not the right one', () => {
  const right = tcpFrame(frameOf({ link: 'raw' })).readUInt16BE(36);
  assert.equal(tcpFrame(frameOf({ link: 'raw', checksum: 'zero' })).readUInt16BE(36), 0);
  assert.notEqual(tcpFrame(frameOf({ link: 'raw', checksum: 'wrong' })).readUInt16BE(36), right);
});

test('a frame is written over old octets and touches nothing beside it', () => {
  const frame = frameOf({
    link: 'linux-sll2',
    vlans: [5],
    ...ipv6,
    extensions: ['hop-by-hop', 'fragment'],
    padTo: 200,
  });
  const clean = tcpFrame(frame);
  const used = Buffer.alloc(400, 0xee);
  assert.equal(writeTcpFrame(used, 100, frame), 100 + clean.length);
  assert.deepEqual(used.subarray(100, 300), clean);
  assert.ok(used.subarray(0, 100).every((octet) => octet === 0xee));
  assert.ok(used.subarray(300).every((octet) => octet === 0xee));
});

test('tshark reads every link layer, tag, version and extension, with good checksums', async (t) => {
  if (spawnSync('tshark', ['--version']).status !== 0) return t.diagnostic('absent: tshark');
  const folder = await mkdtemp(join(tmpdir(), 'apiris-frames-'));
  try {
    for (const link of Object.keys(linkTypes) as LinkName[]) {
      const tagged = link === 'ethernet' || link.startsWith('linux');
      for (const ip of [ipv4, ipv6]) {
        if ((link === 'ipv4' && ip === ipv6) || (link === 'ipv6' && ip === ipv4)) continue;
        const frames = (tagged ? [[], [7], [100, 4094]] : [[]]).flatMap((vlans) =>
          (['plain', 'odd'] as const).map((kind) => ({ vlans, kind })),
        );
        const file = join(folder, 'x.pcap');
        const packets = frames.map(({ vlans, kind }, index) => ({
          ts: 1_767_000_000_000_000 + index,
          frame: tcpFrame(
            frameOf({
              link,
              vlans,
              ...ip,
              ...(kind === 'odd' && ip === ipv4 && { ipOptions: Buffer.from([1, 1, 1, 0]) }),
              ...(kind === 'odd' &&
                ip === ipv6 && { extensions: ['hop-by-hop', 'destination', 'routing', 'fragment'] }),
            }),
          ),
        }));
        await writeFile(file, pcapOf(packets, { linkType: linkTypes[link] }));
        const fields = [
          'ieee8021ad.id',
          'vlan.id',
          'tcp.srcport',
          'tcp.seq_raw',
          'tcp.checksum.status',
          'ip.checksum.status',
          'tcp.payload',
        ];
        const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
        const args = ['-n', ...checks, '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
        const rows = spawnSync('tshark', args, { encoding: 'utf8' }).stdout.trimEnd().split('\n');
        const good = ip === ipv4 ? '1' : '';
        const expected = frames.map(
          ({ vlans }) =>
            `${vlans.length > 1 ? vlans[0] : ''}\t${vlans.at(-1) ?? ''}\t51234\t${0xfffffff0}\t1\t${good}\t${Buffer.from('odd').toString('hex')}`,
        );
        assert.deepEqual(rows, expected, `${link} ${ip === ipv4 ? 'IPv4' : 'IPv6'}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Ones' complement sum of 16-bit words (RFC 1071), written another way than the code under test. */
function onesSum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return sum;
}
