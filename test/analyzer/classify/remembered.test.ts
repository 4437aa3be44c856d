/** Short texts that held nothing are passed over the next time: nothing else may be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import { generator } from './people.ts';
import { nodeOf, set } from './workbench.ts';

const places = ['mobile', 'remark', 'code', 'password', 'name', 'smsCode', 'list[].stockCode', 'f1'];

function told(by: Classifier, path: string, text: string): unknown[] {
  const bytes = Buffer.from(`${text}!!`);
  const found: unknown[] = [];
  const before = by.candidates;
  by.find(
    by.plan(nodeOf(path)),
    'text',
    bytes,
    0,
    bytes.length - 2,
    false,
    (index, octets, start, end, masked, score) =>
      found.push([index, start, end, masked, score, Buffer.from(octets.subarray(start, end)).toString()]),
  );
  return [...found, by.candidates - before];
}

test('short texts say the same at every sight, in any order and after any others', () => {
  const next = generator(31);
  const letters = ['0', '1', '6', '8', 'a', 'Z', '-', '.', '*', '@', ' ', '王', '伟', '市', '\u0000'];
  const texts = ['600519', '123456', '王伟', '张*', 'ok', '09:30:00', 'SH', '********', '沪A12345', '1.5', '20240102'];
  for (let i = 0; i < 600; i++) {
    texts.push(Array.from({ length: 1 + next(9) }, () => letters[next(letters.length)]!).join(''));
  }
  // Each text once, by one that knew none of it before.
  const first = places.map((path) => {
    const by = new Classifier(set);
    return texts.map((text) => told(by, path, text));
  });
  assert.ok(first.flat().filter((found) => found.length > 1).length > 50);
  const by = new Classifier(set);
  for (let round = 0; round < 30_000; round++) {
    const place = next(places.length);
    const at = next(2) === 0 ? next(30) : next(texts.length);
    assert.deepEqual(told(by, places[place]!, texts[at]!), first[place]![at], `${places[place]} ${texts[at]}`);
  }
});
