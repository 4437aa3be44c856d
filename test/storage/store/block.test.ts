import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Block } from '../../../storage/store/block.ts';
import { RowError } from '../../../storage/store/column-writer.ts';
import { scatter } from './rows.ts';

/** Reads a block by the format's own description; knows nothing of the encoder. */
class NativeReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Columns by name, in order. */
  block(): Map<string, { readonly type: string; readonly values: unknown[] }> {
    const columns = new Map<string, { type: string; values: unknown[] }>();
    const width = this.#length();
    const rows = this.#length();
    for (let i = 0; i < width; i++) {
      const name = this.#text();
      const type = this.#text();
      this.#versions(type);
      columns.set(name, { type, values: this.#values(type, rows) });
    }
    assert.equal(this.#at, this.bytes.length);
    return columns;
  }

  #versions(type: string): void {
    if (type.startsWith('LowCardinality')) assert.equal(this.#number('UInt64'), 1);
    else for (const { type: inner } of inside(type)) this.#versions(inner);
  }

  #values(type: string, rows: number): unknown[] {
    const parts = inside(type);
    const [first] = parts;
    if (type.startsWith('LowCardinality')) return rows === 0 ? [] : this.#dictionary(type.includes('Nullable'), rows);
    if (type.startsWith('Nullable')) {
      const absent = Array.from({ length: rows }, () => this.bytes[this.#at++] === 1);
      return this.#values(first!.type, rows).map((value, i) => (absent[i] ? null : value));
    }
    if (type.startsWith('Array')) {
      const ends = Array.from({ length: rows }, () => this.#number('UInt64'));
      const items = this.#values(first!.type, ends.at(-1) ?? 0);
      return ends.map((end, i) => items.slice(ends[i - 1] ?? 0, end));
    }
    if (type.startsWith('Tuple')) {
      const columns = parts.map((part) => [part.name, this.#values(part.type, rows)] as const);
      return Array.from({ length: rows }, (_, i) => Object.fromEntries(columns.map(([name, all]) => [name, all[i]])));
    }
    return Array.from({ length: rows }, () => (type === 'String' ? this.#text() : this.#number(type)));
  }

  #dictionary(nullable: boolean, rows: number): unknown[] {
    const flags = this.#number('UInt64');
    assert.equal(flags & ~0xff, 0x600);
    const keys = Array.from({ length: this.#number('UInt64') }, () => this.#text());
    assert.equal(new Set(keys.slice(nullable ? 1 : 0)).size, keys.length - (nullable ? 1 : 0), 'a key twice');
    assert.equal(this.#number('UInt64'), rows);
    const index = ['UInt8', 'UInt16', 'UInt32'][flags & 0xff]!;
    return Array.from({ length: rows }, () => {
      const key = this.#number(index);
      return nullable && key === 0 ? null : keys[key];
    });
  }

  #number(type: string): number {
    const { bytes } = this;
    if (type === 'Float64') return bytes.readDoubleLE((this.#at += 8) - 8);
    const [, unsigned, size] = /^(U?)Int(\d+)$/.exec(type.startsWith('DateTime64') ? 'Int64' : type)!;
    const width = Number(size) / 8;
    this.#at += width;
    const at = this.#at - width;
    if (width === 8) return Number(unsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at));
    return unsigned ? bytes.readUIntLE(at, width) : bytes.readIntLE(at, width);
  }

  #text(): string {
    const length = this.#length();
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }

  #length(): number {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = this.bytes[this.#at++]!;
      length += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return length;
    }
  }
}

function inside(type: string): { readonly name: string; readonly type: string }[] {
  const [, outer, list] = /^(Nullable|Array|Tuple)\((.*)\)$/.exec(type) ?? [];
  if (outer === undefined) return [];
  if (outer !== 'Tuple') return [{ name: '', type: list! }];
  return list!.split(/, (?![^(]*\))/).map((each) => {
    const [name, ...of] = each.replaceAll('`', '').split(' ');
    return { name: name!, type: of.join(' ') };
  });
}

function taken(block: Block): ReturnType<NativeReader['block']> {
  return new NativeReader(Buffer.concat(block.take())).block();
}

function roundTrip(type: string, values: readonly unknown[]): void {
  const block = new Block('t', [{ name: 'x', type }]);
  // Twice: a block begins anew.
  for (const some of [values, [...values].reverse()]) {
    for (const x of some) block.add({ x });
    const column = taken(block).get('x')!;
    assert.equal(column.type, type);
    assert.deepEqual(column.values, some, type);
  }
}

describe('blocks', () => {
  it('keeps strings of every length and script', () => {
    const strings: string[] = [];
    for (let length = 0; length < 200; length++) {
      for (const letter of ['a', 'é', '中', '😀'])
        strings.push('x'.repeat(scatter(length) % 9) + letter.repeat(length));
    }
    for (const length of [5460, 5461, 5462, 16_383, 16_384, 65_535, 65_536, 100_000, 700_000]) {
      strings.push('a'.repeat(length), '中'.repeat(length));
    }
    roundTrip('String', strings);
    roundTrip('LowCardinality(String)', strings.slice(0, 50));
  });

  it('cuts no character of a text that is written in parts', () => {
    const parts = ['😀'.repeat(70_000), 'y'.repeat(65_536), `z${'😀'.repeat(70_000)}`, '中'.repeat(140_000)];
    roundTrip('String', [...parts, parts.join(''), `x${parts.join('')}`, '']);
  });

  it('keeps texts that repeat once, however many there are', () => {
    for (const different of [3, 255, 256, 257, 65_535, 65_536, 65_537]) {
      const texts = Array.from({ length: different }, (_, i) => `t${i}`);
      roundTrip('LowCardinality(String)', ['', ...texts, '', ...texts.slice(-5), 't0', 't0']);
    }
    const block = new Block('t', [{ name: 'x', type: 'LowCardinality(String)' }]);
    for (let i = 0; i < 1000; i++) block.add({ x: 'a text that is longer than a number' });
    assert.ok(Buffer.concat(block.take()).length < 1200);
  });

  it('keeps tuples by the names of their elements, in arrays too', () => {
    const type = 'Tuple(name String, `distinct` UInt32, at Nullable(Float64), tags Array(LowCardinality(String)))';
    const value = { name: '中', distinct: 4_294_967_295, at: null, tags: ['a', ''] };
    roundTrip(type, [value, { ...value, at: -0.5, tags: [] }]);
    roundTrip(`Array(${type})`, [[], [value, value]]);
    const block = new Block('t', [{ name: 'x', type }]);
    block.add({});
    block.add({ x: { unknown: 1 } });
    for (const x of [['a', 1], 'a', 1]) assert.throws(() => block.add({ x }), /t\.x wants an object/);
    assert.throws(() => block.add({ x: { distinct: -1 } }), /t\.x wants an integer/);
    const zero = { name: '', distinct: 0, at: null, tags: [] };
    assert.deepEqual(taken(block).get('x')!.values, [zero, zero]);
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
    roundTrip('LowCardinality(Nullable(String))', [null, '', 'x', null, 'x']);
    roundTrip('Array(LowCardinality(String))', [[], ['a', ''], Array.from({ length: 300 }, (_, i) => `${i}`)]);
    roundTrip('Array(LowCardinality(String))', [[], []]);
    roundTrip('Array(Nullable(Int32))', [[null, -5]]);
  });

  it('refuses what does not fit, names the column, and keeps the rows before it', () => {
    const block = new Block('t', [
      { name: 's', type: 'String' },
      { name: 'l', type: 'Array(LowCardinality(String))' },
      { name: 'm', type: 'LowCardinality(Nullable(String))' },
      { name: 'n', type: 'Nullable(UInt8)' },
      { name: 'o', type: 'UInt8' },
    ]);
    const row = { s: 'a'.repeat(200), l: ['x', 'y'], m: null, n: 1, o: 2 };
    block.add(row);
    for (const o of [256, -1, 1.5, Number.NaN, '1', {}]) {
      assert.throws(() => block.add({ ...row, s: 'b', o }), { name: 'RowError', message: /^t\.o wants an integer/ });
      assert.equal(block.rows, 1);
    }
    assert.throws(() => block.add({ ...row, s: 5 }), /t\.s wants text/);
    assert.throws(() => block.add({ ...row, l: ['z', 5] }), /t\.l wants text/);
    assert.throws(() => block.add({ ...row, l: 'z' }), /t\.l wants an array/);
    block.add({ ...row, l: ['z'], m: 'm' });
    const columns = [...taken(block).values()].map(({ values }) => values);
    assert.deepEqual(columns, [
      [row.s, row.s],
      [['x', 'y'], ['z']],
      [null, 'm'],
      [1, 1],
      [2, 2],
    ]);
    assert.throws(() => new Block('t', [{ name: 'm', type: 'Map(String, String)' }]), RowError);
  });

  it('tells of a field that is no column', () => {
    const block = new Block('t', [{ name: 's', type: 'String' }]);
    assert.equal(block.stranger({ s: '', other: 1 }), 'other');
    assert.equal(block.stranger({}), undefined);
  });
});
