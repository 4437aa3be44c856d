import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FingerprintSet } from '../../../analyzer/observe/fingerprint-set.ts';
import { GivenValues } from '../../../analyzer/observe/given-values.ts';
import { randomOf } from '../detect/rules-of.ts';

function told(set: FingerprintSet): number[] {
  const into = new Uint32Array(set.size + 2).fill(9);
  set.writeTo(into, 1);
  assert.deepEqual([into[0], into[set.size + 1]], [9, 9]);
  return [...into.subarray(1, set.size + 1)];
}

test('adds and finds as a Set of the low 32 bits does, 0 and 1 being one', () => {
  const random = randomOf(12);
  const numbers = [0, 1, 2 ** 32, 2 ** 32 - 1, 2 ** 53 - 1];
  for (let i = 0; i < 700; i++) numbers.push(i + 2, 2 ** 52 + i * 2 ** 20);
  const set = new FingerprintSet();
  const model = new Set<number>();
  for (let round = 0; round < 3; round++) {
    for (let step = 0; step < 1500; step++) {
      const number = numbers[random(numbers.length)]!;
      set.add(number);
      model.add(Math.max(1, number % 2 ** 32));
      assert.equal(set.size, model.size);
      const other = numbers[random(numbers.length)]!;
      assert.equal(set.has(other), model.has(Math.max(1, other % 2 ** 32)));
    }
    assert.deepEqual(
      told(set),
      [...model].sort((a, b) => a - b),
    );
    set.clear();
    model.clear();
    assert.deepEqual([set.size, told(set), set.has(0)], [0, [], false]);
  }
});

test('of what a subject was given the newest 512 are known, then up to 512 before them, also after a snapshot', () => {
  const given = new GivenValues(10);
  const copy = new GivenValues(10);
  for (let i = 0; i < 2000; i++) given.give('a', [1e6 + i]);
  copy.restore(JSON.parse(JSON.stringify(given.snapshot())));
  for (const each of [given, copy]) {
    for (let i = 1024; i < 2000; i++) assert.ok(each.has('a', 1e6 + i), String(i));
    assert.ok(!each.has('a', 1e6 + 1023));
    assert.ok(!each.has('b', 1e6 + 1999));
  }
  // What made room for newer values holds none of its own.
  for (let i = 0; i < 600; i++) for (const each of [given, copy]) each.give('a', [5e6 + i]);
  assert.deepEqual(copy.snapshot(), given.snapshot());
  for (const each of [given, copy]) assert.ok(!each.has('a', 1e6 + 1999) && each.has('a', 5e6 + 48));
});
