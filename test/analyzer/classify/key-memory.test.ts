import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyMemory, longestKey } from '../../../analyzer/classify/key-memory.ts';
import { NameReader } from '../../../analyzer/classify/name-reader.ts';
import { generator } from './people.ts';
import { set } from './workbench.ts';

const bytesOf = (text: string) => Buffer.from(`##${text}`);

test('words are known again, whatever digits are in them, and no others', () => {
  const memory = new KeyMemory<string>();
  const knows = (text: string) => memory.knows(bytesOf(text), 2, bytesOf(text).length);
  for (const text of ['解放路12号3栋', '手机号', 'card no 1', '1', 'x'.repeat(longestKey)]) {
    assert.ok(!knows(text), text);
    memory.keep(text);
  }
  assert.ok(knows('解放路1号2045栋'));
  assert.equal(memory.value, '解放路12号3栋');
  assert.ok(knows('999'));
  assert.equal(memory.value, '1');
  for (const text of ['解放路号3栋', '解放路1号3栋2', '手机', 'card no1', 'card no ', 'x'.repeat(longestKey - 1)]) {
    assert.ok(!knows(text), text);
  }
  assert.ok(!knows('account'));
  memory.keep(undefined);
  assert.ok(knows('account'));
  assert.equal(memory.value, undefined);
});

test('digits mean nothing in a name', () => {
  const names = new NameReader(set.recognizers, set.reference);
  const next = generator(9);
  const parts = [
    '手机号',
    '解放路',
    '号',
    '栋',
    'card',
    'No',
    'ID',
    '客户',
    ' ',
    '-',
    '_',
    'mobile',
    '7',
    '42',
    '2045',
  ];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]!).join('');
    const other = text.replace(/\d+/g, () => `${next(100_000)}`);
    assert.deepEqual(names.read(other, ''), names.read(text, ''), `${text} and ${other}`);
  }
});
