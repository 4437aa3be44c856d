import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './collect.ts';
import { inGb18030 } from './samples.ts';

const bytes = inGb18030('{"三":"张三誠〇㐀"}');
const lines = ['三 = 张三誠〇㐀'];

test('declared charsets', () => {
  for (const charset of ['gbk', 'GB2312', 'gb18030', '"GBK"'])
    assert.deepEqual(read(bytes, { charset }).lines, lines, charset);
  assert.deepEqual(read(bytes, { contentType: 'application/json;charset=gbk', charset: '' }).lines, lines);
  const big5 = Uint8Array.of(0x22, 0xb1, 0x69, 0xa4, 0x54, 0x22);
  assert.deepEqual(read(big5, { charset: 'big5' }).lines, [' = 張三']);
  assert.deepEqual(read(Buffer.from('["张"]', 'utf16le'), { charset: 'utf-16le' }).lines, ['[] = 张']);
});

test('undeclared: the first characters beyond ASCII tell', () => {
  for (const charset of ['', 'iso-8859-1']) {
    assert.deepEqual(read(bytes, { charset }).lines, lines);
    assert.deepEqual(read('{"三":"张三誠〇㐀"}', { charset }).lines, lines);
    assert.deepEqual(read('{"a":"b"}', { charset }).lines, ['a = b']);
  }
  const late = Buffer.concat([Buffer.from(`["${'x'.repeat(70_000)}",`), inGb18030('"张三"]')]);
  assert.deepEqual(read(late, { charset: '' }).lines.slice(1), ['[] = 张三']);
});

test('a charset nobody knows, and invalid octets, pass as they are', () => {
  assert.deepEqual(read('["a"]', { charset: 'x-none' }).lines, ['[] = a']);
  assert.deepEqual(read(Uint8Array.of(0x22, 0xff, 0x41, 0x22)).lines, [' = \ufffdA']);
});

test('a large body in GBK', () => {
  const many = Buffer.concat(Array.from({ length: 20_000 }, (_, i) => inGb18030(`${i === 0 ? '[' : ','}"张三誠"`)));
  const got = read(Buffer.concat([many, Buffer.from(']')]), { charset: 'gbk' });
  assert.deepEqual([got.whole, got.lines.length, new Set(got.lines).size], [true, 20_000, 1]);
});
