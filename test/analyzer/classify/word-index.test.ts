/** The filter in front of reading what stands before a value: it must let nearly all texts without words pass by. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { NameReader } from '../../../analyzer/classify/name-reader.ts';
import { LatinIndex, WordIndex } from '../../../analyzer/classify/word-index.ts';
import { find, set } from './workbench.ts';

const names = new NameReader(set.recognizers, set.reference);

test('identifiers of hexadecimal digits rarely look like words', () => {
  const index = new LatinIndex(names.latinWords);
  let alike = 0;
  for (let i = 0; i < 1000; i++) {
    const text = createHash('sha256').update(`${i}`).digest('hex').slice(0, 36);
    const bytes = Buffer.from(text.replace(/^(.{8}).(.{4}).(.{4}).(.{4})./, '$1-$2-$3-$4-'));
    if (index.mayOccurIn(bytes, 0, bytes.length)) alike++;
  }
  assert.ok(alike < 300, `${alike} of 1000`);
});

test('every word is met wherever it lies and however it is written, and half of one is not', () => {
  const index = new LatinIndex(names.latinWords);
  const meets = (text: string) => index.mayOccurIn(Buffer.from(`#${text}`), 1, text.length + 1);
  for (const word of names.latinWords) {
    for (const text of [word, word.toUpperCase(), `xq${word}zz`, `7-${word}`, `${word}_9`])
      assert.ok(meets(text), text);
  }
  const alone = new LatinIndex(['mobile', 'mob', 'mobilephone', 'card']);
  for (const text of ['mo', 'mo-bile', 'car', 'car d', 'ca\u0000rd', '']) {
    assert.ok(!alone.mayOccurIn(Buffer.from(text), 0, text.length), text);
  }
  assert.ok(!alone.mayOccurIn(Buffer.from('card'), 0, 3), 'the rest lies behind the end');
});

test('of a word with a letter by itself its ideograph is looked for, and it speaks as before', () => {
  assert.ok([...names.latinWords].every((word) => word.length > 1));
  const index = new WordIndex(names.chineseWords);
  const text = Buffer.from('沪A账户：A123456789');
  assert.ok(index.occursIn(text, 0, text.length));
  assert.ok(find('content', '沪A账户：A123456789 已开通').some(({ label }) => label === 'securities-account'));
});
