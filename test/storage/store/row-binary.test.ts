import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteWriter, RowEncoder, RowError } from '../../../storage/store/row-binary.ts';
import { scatter } from './rows.ts';

/** Reads one value back, by the format's own description; knows nothing of the encoder. */
function read(bytes: Buffer, at: { n: number }, type: string): unknown {
  const inner = /^(LowCardinality|Nullable|Array)\((.*)\)$/.exec(type);
  if (inner?.[1] === 'LowCardinality') return read(bytes, at, inner[2]!);
  if (inner?.[1] === 'Nullable') return bytes[at.n++] === 1 ? null : read(bytes, at, inner[2]!);
  const tuple = /^Tuple\((.*)\)$/.exec(type);
  if (tuple) {
    const elements = tuple[1]!.split(/, (?![^(]*\))/).map((each) => each.replaceAll('`', '').split(' '));
    return Object.fromEntries(elements.map(([name, ...of]) => [name!, read(bytes, at, of.join(' '))]));
  }
  if (inner?.[1] === 'Array') return Array.from({ length: readLength(bytes, at) }, () => read(bytes, at, inner[2]!));
  if (type === 'String') {
    const length = readLength(bytes, at);
    return bytes.toString('utf8', at.n, (at.n += length));
  }
  if (type === 'Float64') return bytes.readDoubleLE((at.n += 8) - 8);
  const [, unsigned, size] = /^(U?)Int(\d+)$/.exec(type.startsWith('DateTime64') ? 'Int64' : type)!;
  const width = Number(size) / 8;
  at.n += width;
  if (width === 8) return Number(unsigned ? bytes.readBigUInt64LE(at.n - 8) : bytes.readBigInt64LE(at.n - 8));
  return unsigned ? bytes.readUIntLE(at.n - width, width) : bytes.readIntLE(at.n - width, width);
}

function readLength(bytes: Buffer, at: { n: number }): number {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at.n++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length;
  }
}

function roundTrip(type: string, values: readonly unknown[]): void {
  const encoder = new RowEncoder('t', [{ name: 'x', type }]);
  const out = new ByteWriter(16);
  for (const x of values) encoder.write(out, { x });
  const bytes = Buffer.from(out.written());
  const at = { n: 0 };
  for (const value of values) assert.deepEqual(read(bytes, at, type), value, `${type} ${String(value).slice(0, 40)}`);
  assert.equal(at.n, bytes.length);
}

describe('RowBinary', () => {
  it('keeps strings of every length and script', () => {
    const strings: string[] = [];
    for (let length = 0; length < 200; length++) {
      for (const letter of ['a', 'é', '中', '😀'])
        strings.push('x'.repeat(scatter(length) % 9) + letter.repeat(length));
    }
    for (const length of [5460, 5461, 5462, 16_383, 16_384, 100_000, 700_000]) {
      strings.push('a'.repeat(length), '中'.repeat(length));
    }
    roundTrip('String', strings);
    roundTrip('LowCardinality(String)', strings.slice(0, 50));
  });

  it('keeps tuples by the names of their elements, in arrays too', () => {
    const type = 'Tuple(name String, `distinct` UInt32, at Nullable(Float64), tags Array(LowCardinality(String)))';
    const value = { name: '中', distinct: 4_294_967_295, at: null, tags: ['a', ''] };
    roundTrip(type, [value, { ...value, at: -0.5, tags: [] }]);
    roundTrip(`Array(${type})`, [[], [value, value]]);
    const encoder = new RowEncoder('t', [{ name: 'x', type }]);
    const zero = new ByteWriter(64);
    encoder.write(zero, {});
    encoder.write(zero, { x: { unknown: 1 } });
    const half = zero.length / 2;
    assert.deepEqual(zero.written().subarray(0, half), zero.written().subarray(half));
    for (const x of [['a', 1], 'a', 1]) assert.throws(() => encoder.write(zero, { x }), /t\.x wants an object/);
    assert.throws(() => encoder.write(zero, { x: { distinct: -1 } }), /t\.x wants an integer/);
  });

  it('keeps integers to their ends and floats to the bit', () => {
    for (const bits of [8, 16, 32]) {
      roundTrip(`UInt${bits}`, [0, 1, 2 ** bits - 1]);
      roundTrip(`Int${bits}`, [-(2 ** (bits - 1)), -1, 0, 2 ** (bits - 1) - 1]);
    }
    const wide = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
    roundTrip('UInt64', wide);
    roundTrip('Int64', [...wide, ...wide.slice(1).map((n) => -n)]);
    roundTrip("DateTime64(6, 'UTC')", [1_714_959_000_000_001]);
    roundTrip('Float64', [0, 1 / 3, -1e300, 5e-324]);
  });

  it('keeps nulls and arrays', () => {
    roundTrip('Nullable(UInt16)', [null, 0, 65_535]);
    roundTrip('LowCardinality(Nullable(String))', [null, '', 'x']);
    roundTrip('Array(LowCardinality(String))', [[], ['a', ''], Array.from({ length: 300 }, (_, i) => `${i}`)]);
    roundTrip('Array(Nullable(Int32))', [[null, -5]]);
  });

  it('refuses what does not fit, names the column, and keeps the rows before it', () => {
    const encoder = new RowEncoder('t', [
      { name: 's', type: 'String' },
      { name: 'n', type: 'UInt8' },
    ]);
    const out = new ByteWriter();
    encoder.write(out, { s: 'a', n: 1 });
    const length = out.length;
    for (const n of [256, -1, 1.5, Number.NaN, '1', {}]) {
      assert.throws(() => encoder.write(out, { s: 'b', n }), { name: 'RowError', message: /^t\.n wants an integer/ });
      assert.equal(out.length, length);
    }
    assert.throws(() => encoder.write(out, { s: 5, n: 1 }), /t\.s wants text/);
    assert.throws(() => new RowEncoder('t', [{ name: 'm', type: 'Map(String, String)' }]), RowError);
  });
});
