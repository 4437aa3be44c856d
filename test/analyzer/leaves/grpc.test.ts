import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { Random } from '../../../deploy/traffic/random.ts';
import { read } from './collect.ts';

/** A varint, least significant group first. */
function varint(value: bigint | number): Buffer {
  const octets: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) octets.push(Number(rest & 127n) | 128);
  return Buffer.from([...octets, Number(rest)]);
}

type Value = number | bigint | string | Buffer | { float: number } | { double: number };

/** Fields of a message: numbers are varints, buffers and texts have a length. */
function message(...fields: readonly (readonly [number, Value])[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint')
        return Buffer.concat([varint(number * 8), varint(value)]);
      if (typeof value === 'object' && 'float' in value) {
        const four = Buffer.alloc(4);
        four.writeFloatLE(value.float);
        return Buffer.concat([varint(number * 8 + 5), four]);
      }
      if (typeof value === 'object' && 'double' in value) {
        const eight = Buffer.alloc(8);
        eight.writeDoubleLE(value.double);
        return Buffer.concat([varint(number * 8 + 1), eight]);
      }
      const octets = typeof value === 'string' ? Buffer.from(value) : value;
      return Buffer.concat([varint(number * 8 + 2), varint(octets.length), octets]);
    }),
  );
}

function framed(octets: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(octets.length, 1);
  return Buffer.concat([prefix, octets]);
}

const grpc = { contentType: 'application/grpc' };
const user = message([1, '李雷'], [2, 18], [3, message([1, 'a@b.example'], [2, '13800138000'])]);
const leaves = ['f1 = 李雷', 'f2 = 18 (number)', 'f3.f1 = a@b.example', 'f3.f2 = 13800138000'];

describe('gRPC', () => {
  test('one message: fields by number, messages in messages', () => {
    const got = read(framed(user), grpc);
    assert.deepEqual(got.lines, leaves);
    assert.equal(got.whole, true);
  });

  test('several messages are rows', () => {
    const got = read(Buffer.concat([framed(user), framed(message([2, 1])), framed(message())]), grpc);
    assert.deepEqual(got.lines, [' {', ...leaves, ' }', ' {', 'f2 = 1 (number)', ' }', ' {', ' }']);
  });

  test('compressed messages, by gzip and by zlib', () => {
    for (const packed of [gzipSync(user), deflateSync(user)]) {
      assert.deepEqual(read(framed(packed, 1), { contentType: 'application/grpc+proto' }).lines, leaves);
    }
    const bomb = read(framed(gzipSync(Buffer.alloc(50_000_000)), 1), grpc);
    assert.deepEqual([bomb.lines, bomb.counts.partsSkipped], [[], 1]);
    assert.equal(read(framed(Buffer.from('no coding'), 1), grpc).counts.partsSkipped, 1);
  });

  test('any segmentation gives the same leaves', () => {
    const content = Buffer.concat([framed(user), framed(gzipSync(user), 1), framed(Buffer.alloc(0)), framed(user)]);
    const expected = read(content, grpc).lines;
    for (let size = 1; size < content.length; size++) {
      const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, i) =>
        content.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(read(content, { ...grpc, pieces }).lines, expected);
    }
  });

  test('messages of JSON, and of gRPC-Web with its trailers', () => {
    assert.deepEqual(read(framed(Buffer.from('{"a":1}')), { contentType: 'application/grpc+json' }).lines, [
      'a = 1 (number)',
    ]);
    const web = Buffer.concat([framed(user), framed(Buffer.from('grpc-status: 0\r\n'), 0x80)]);
    assert.deepEqual(read(web, { contentType: 'application/grpc-web+proto' }).lines, leaves);
  });

  test('what is promised and never comes is not waited for in memory, and is told', () => {
    const got = read(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]), grpc);
    assert.deepEqual([got.lines, got.whole, got.counts.partsSkipped], [[], false, 1]);
    const cut = read(framed(user).subarray(0, 12), grpc);
    assert.deepEqual([cut.lines, cut.whole], [[], false]);
    assert.equal(read(Buffer.from([7, 0, 0, 0, 0]), grpc).whole, false);
  });
});

describe('Protocol Buffers', () => {
  const plain = (octets: Buffer) => read(octets, { contentType: 'application/x-protobuf' }).lines;

  test('alone, numbers of each kind', () => {
    assert.deepEqual(
      plain(
        message(
          [1, 2n ** 62n],
          [2, -1],
          [3, { float: 0.1 }],
          [4, { double: 1234.5 }],
          [200, 1],
          [5, { double: 1e300 }],
        ),
      ),
      [
        'f1 = 4611686018427387904 (number)',
        'f2 = -1 (number)',
        'f3 = 0.1 (number)',
        'f4 = 1234.5 (number)',
        'f200 = 1 (number)',
        `f5 = ${Buffer.from(new Float64Array([1e300]).buffer).readBigInt64LE(0)} (number)`,
      ],
    );
  });

  test('repeated messages are rows of one place; repeated text is not', () => {
    const item = (name: string) => message([1, name], [2, 5]);
    assert.deepEqual(plain(message([1, item('a')], [1, item('b')], [2, 'x'], [2, 'y'])), [
      'f1 {',
      'f1.f1 = a',
      'f1.f2 = 5 (number)',
      'f1 }',
      'f1 {',
      'f1.f1 = b',
      'f1.f2 = 5 (number)',
      'f1 }',
      'f2 = x',
      'f2 = y',
    ]);
  });

  test('text that could be read as a message stays text; packed numbers and octets are left alone', () => {
    for (const text of ['hi', '(1', 'P0', 'line\nline', '中文', '"!'.padEnd(20, '!')]) {
      assert.deepEqual(plain(message([1, text])), [`f1 = ${text}`], text);
    }
    assert.deepEqual(plain(message([1, Buffer.of(1, 2, 3)], [2, Buffer.of(0xff, 0xfe)], [3, ''])), []);
    // A message that begins with a short text: its tag is a line feed.
    assert.deepEqual(plain(message([1, message([1, 'x'.repeat(40)])])), [`f1.f1 = ${'x'.repeat(40)}`]);
  });

  test('what is no message to its last octet gives nothing', () => {
    for (const octets of [Buffer.concat([user, Buffer.of(0)]), user.subarray(0, -1), Buffer.of(8), Buffer.of(0x0b)]) {
      const got = read(octets, { contentType: 'application/x-protobuf' });
      assert.deepEqual([got.lines, got.whole], [[], false]);
    }
  });

  test('depth is bounded, and what is deeper is counted', () => {
    let deep = message([1, 1]);
    for (let i = 0; i < 200; i++) deep = message([1, deep]);
    const got = read(deep, { contentType: 'application/x-protobuf' });
    assert.deepEqual([got.lines.length, got.counts.deepValues], [0, 1]);
  });

  test('any octets: no exception, rows that end', () => {
    const random = new Random(3);
    for (let round = 0; round < 3000; round++) {
      const copy = [...framed(message([1, user], [1, user], [2, 7]))];
      for (let i = random.between(0, 5); i > 0; i--) copy[random.below(copy.length)] = random.below(256);
      const got = read(Buffer.from(copy), grpc);
      assert.equal(got.openRows, 0);
    }
  });
});
