import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../../analyzer/identify/short-texts.ts';
import { randomOf } from '../detect/rules-of.ts';

test('a text is what its octets are, at every sight, valid or not', () => {
  const random = randomOf(3);
  const values = ['', '0', '-61', 'SUCCESS', '操作成功', '操作成功了吗', 'x'.repeat(32), 'y'.repeat(33), '\u{1f600}'];
  const all = values.map((text) => Buffer.from(text));
  for (let i = 0; i < 300; i++) all.push(Buffer.from(Array.from({ length: random(40) }, () => random(256))));
  for (let round = 0; round < 5000; round++) {
    const value = all[random(all.length)]!;
    const bytes = Buffer.concat([Buffer.from('??'), value, Buffer.from('!')]);
    assert.equal(textOf(bytes, 2, bytes.length - 1), value.toString('utf8'));
  }
});
