/** Values that were looked at before say the same again, whatever was looked at meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import { Habit, mostRepeated } from '../../../analyzer/classify/repeats.ts';
import { generator, inventPerson } from './people.ts';
import { nodeOf, set } from './workbench.ts';

const encoder = new TextEncoder();
const places = ['mobile', 'remark', 'idNo', 'password', 'token', 'f1', 'name', 'address', 'list[].orderId'];

function results(by: Classifier, path: string, value: Uint8Array, offset: number): unknown[] {
  const bytes = new Uint8Array(offset + value.length + 3).fill(0x41);
  bytes.set(value, offset);
  const found: unknown[] = [];
  const before = by.candidates;
  by.find(by.plan(nodeOf(path)), 'text', bytes, offset, offset + value.length, false, (index, octets, ...rest) => {
    const [start, end, masked, score] = rest;
    const from = octets === bytes ? start - offset : start;
    found.push([index, from, end - start, masked, score, new TextDecoder().decode(octets.subarray(start, end))]);
  });
  return [...found, by.candidates - before];
}

test('a second look finds what the first found', () => {
  const by = new Classifier(set);
  const next = generator(77);
  const examples = set.recognizers.flatMap(({ found, pass }) => [...found, ...pass].map(({ value }) => value));
  const values: Uint8Array[] = examples.map((text) => encoder.encode(text));
  for (let i = 0; i < 400; i++) {
    const { mobile, idCard, bankCard, name, email, address } = inventPerson(next);
    const parts = [mobile, idCard, bankCard, name, email, address, '手机号：', ' id ', '１３８', '****', ', '];
    const text = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]!).join('');
    values.push(encoder.encode(text));
  }
  // Alike but for one octet; and around the longest value that is kept.
  for (let i = 0; i < 200; i++)
    values.push(encoder.encode(`13812345678 and some more words ${i % 10}${'x'.repeat(2 * i)}`));
  assert.ok(values.some(({ length }) => length > mostRepeated));
  const first = places.map((path) => values.map((value) => results(by, path, value, 0)));
  const counts = first.flat().map((found) => found.length - 1);
  assert.ok(counts.filter((count) => count > 0).length > 1000);
  assert.ok(counts.some((count) => count > 3));
  for (let round = 0; round < 20_000; round++) {
    const place = next(places.length);
    // A few come often, so that they are met where they are kept.
    const at = next(3) === 0 ? next(values.length) : next(40);
    assert.deepEqual(results(by, places[place]!, values[at]!, next(9)), first[place]![at]);
  }
});

test('places whose values never come again are left alone, and tried anew later', () => {
  const habit = new Habit();
  let asked = 0;
  for (let i = 0; i < 50_000; i++) {
    if (!habit.isWorthwhile()) continue;
    asked++;
    habit.note(false);
  }
  assert.ok(asked > 2048 && asked < 10_000, `${asked}`);
  for (let i = 0; i < 20_000; i++) if (habit.isWorthwhile()) habit.note(i % 2 === 0);
  for (let i = 0; i < 5000; i++) {
    assert.equal(habit.isWorthwhile(), true);
    habit.note(i % 3 === 0);
  }
});
