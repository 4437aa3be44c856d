import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberSet } from '../../analyzer/number-set.ts';
import { numbersFrom, textOf, wordsFrom } from '../../analyzer/observe/number-text.ts';
import { randomOf } from './detect/rules-of.ts';

function told(set: NumberSet): number[] {
  const into = new Float64Array(set.size + 2).fill(-1);
  set.writeTo(into, 1);
  assert.deepEqual([into[0], into[set.size + 1]], [-1, -1]);
  return [...into.subarray(1, set.size + 1)];
}

test('adds, finds and deletes as a Set does, whatever the numbers', () => {
  const random = randomOf(11);
  // Numbers in a row, numbers with the same low bits, and the ends of the range.
  const numbers = [0, 1, 2 ** 53 - 1];
  for (let i = 0; i < 60; i++) numbers.push(i + 2, i * 2 ** 32, 2 ** 52 + i * 2 ** 20);
  const set = new NumberSet();
  const model = new Set<number>();
  for (let step = 0; step < 20_000; step++) {
    const number = numbers[random(numbers.length)]!;
    if (random(2) === 0) {
      assert.equal(set.add(number), !model.has(number));
      model.add(number);
    } else {
      set.delete(number);
      model.delete(number);
    }
    assert.equal(set.size, model.size);
    const other = numbers[random(numbers.length)]!;
    assert.equal(set.has(other), model.has(other));
    if (step % 1000 === 0) for (const each of numbers) assert.equal(set.has(each), model.has(each));
  }
  assert.deepEqual(
    told(set),
    [...model].sort((a, b) => a - b),
  );
  set.clear();
  assert.deepEqual([set.size, told(set), set.has(0)], [0, [], false]);
});

test('numbers come back from their text as they were', () => {
  const numbers = Float64Array.of(0, -0, 2 ** 53 - 1, 0.1, -1e300, Number.NaN);
  assert.deepEqual(numbersFrom(textOf(numbers.subarray(1))), numbers.slice(1));
  const words = Uint32Array.of(0, 1, 2 ** 32 - 1);
  assert.deepEqual(wordsFrom(textOf(words.subarray(1))), words.slice(1));
  assert.deepEqual(numbersFrom(textOf(new Float64Array(0))), new Float64Array(0));
});
