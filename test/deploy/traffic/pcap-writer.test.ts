import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureBuffer, fileSink, PcapngWriter, PcapWriter, pcapOf } from '../../../deploy/traffic/pcap-writer.ts';

const ts = 1_767_576_600_123_456; // µs

test('a pcap file has its header and records octet by octet, in both byte orders and resolutions', () => {
  const frame = Buffer.from('c0ffee', 'hex');
  const write = (byteOrder: 'little' | 'big', resolution: 'us' | 'ns') =>
    captureBuffer(
      (sink) => new PcapWriter(sink, { byteOrder, resolution, linkType: 113, snapLength: 65535 }),
      (writer) => writer.packet(ts, frame, { originalLength: 1500, nanoseconds: 789 }),
    ).toString('hex');
  const seconds = (1_767_576_600).toString(16).padStart(8, '0');
  const micros = (123_456).toString(16).padStart(8, '0');
  const nanos = (123_456_789).toString(16).padStart(8, '0');
  const rest = ['0000ffff', '00000071'];
  assert.equal(
    write('big', 'us'),
    ['a1b2c3d4', '00020004', '0'.repeat(16), ...rest, seconds, micros, '00000003', '000005dc', 'c0ffee'].join(''),
  );
  assert.equal(
    write('big', 'ns'),
    ['a1b23c4d', '00020004', '0'.repeat(16), ...rest, seconds, nanos, '00000003', '000005dc', 'c0ffee'].join(''),
  );
  const little = [
    'd4c3b2a1',
    '02000400',
    '0'.repeat(16),
    'ffff0000',
    '71000000',
    swap(seconds),
    swap(micros),
    '03000000',
    'dc050000',
    'c0ffee',
  ];
  assert.equal(write('little', 'us'), little.join(''));
  little[0] = '4d3cb2a1';
  little[6] = swap(nanos);
  assert.equal(write('little', 'ns'), little.join(''));
});

test('a pcapng file has its blocks octet by octet', () => {
  const bytes = captureBuffer(
    (sink) =>
      new PcapngWriter(sink, {
        byteOrder: 'big',
        interfaces: [{}, { linkType: 276, resolution: 'ns', name: 'eth10', snapLength: 96 }],
      }),
    (writer) => {
      writer.packet(ts, Buffer.from('0102030405', 'hex'), { originalLength: 6 });
      writer.packet(ts, Buffer.from('aabbccdd', 'hex'), { interface: 1, nanoseconds: 7 });
    },
  );
  const high = (value: bigint) => (value >> 32n).toString(16).padStart(8, '0');
  const low = (value: bigint) => (value & 0xffffffffn).toString(16).padStart(8, '0');
  const micros = BigInt(ts);
  const nanos = BigInt(ts) * 1000n + 7n;
  const expected = [
    ['0a0d0d0a', '0000001c', '1a2b3c4d', '00010000', 'ffffffffffffffff', '0000001c'],
    ['00000001', '00000014', '00010000', '00000000', '00000014'],
    [
      '00000001',
      '0000002c',
      '01140000',
      '00000060',
      '00020005',
      '6574683130000000',
      '00090001',
      '09000000',
      '00000000',
      '0000002c',
    ],
    [
      '00000006',
      '00000028',
      '00000000',
      high(micros),
      low(micros),
      '00000005',
      '00000006',
      '0102030405000000',
      '00000028',
    ],
    ['00000006', '00000024', '00000001', high(nanos), low(nanos), '00000004', '00000004', 'aabbccdd', '00000024'],
  ];
  assert.equal(bytes.toString('hex'), expected.flat().join(''));
});

test('a little-endian pcapng file of two sections reads back block by block', () => {
  const bytes = captureBuffer(
    (sink) => new PcapngWriter(sink),
    (writer) => {
      writer.packet(ts, Buffer.from('11', 'hex'));
      writer.rawBlock(0x0bad, Buffer.from('unknown'));
      writer.section([{ resolution: 'us' }]);
      writer.packet(ts + 1, Buffer.from('2222', 'hex'));
    },
  );
  const types: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    types.push(bytes.readUInt32LE(at));
    assert.equal(bytes.readUInt32LE(at + length - 4), length);
    at += length;
  }
  assert.deepEqual(types, [0x0a0d0d0a, 1, 6, 0x0bad, 0x0a0d0d0a, 1, 6]);
});

test('a file and a buffer get the same octets, also for frames larger than the write buffer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apiris-writer-'));
  try {
    const packets = [10, 3_000_000, 500_000, 500_000, 500_000].map((length, index) => ({
      ts: ts + index,
      frame: Buffer.alloc(length, index),
    }));
    const path = join(folder, 'x.pcap');
    const fd = openSync(path, 'w');
    const writer = new PcapWriter(fileSink(fd));
    for (const packet of packets) writer.packet(packet.ts, packet.frame);
    writer.close();
    closeSync(fd);
    const written = readFileSync(path);
    assert.ok(written.equals(pcapOf(packets)));
    assert.equal(written.length, writer.bytes);
    let at = 24;
    for (const packet of packets) {
      assert.equal(written.readUInt32LE(at + 8), packet.frame.length);
      assert.ok(written.subarray(at + 16, at + 16 + packet.frame.length).equals(packet.frame));
      at += 16 + packet.frame.length;
    }
    assert.equal(at, written.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});

function swap(hex: string): string {
  return Buffer.from(hex, 'hex').reverse().toString('hex');
}
