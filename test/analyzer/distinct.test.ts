import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Distinct } from '../../analyzer/distinct.ts';
import { randomOf } from './detect/rules-of.ts';

/** The estimate by the book: over all registers, each time. */
function estimateOf(registers: Uint8Array): number {
  const m = registers.length;
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = ((0.7213 / (1 + 1.079 / m)) * m * m) / sum;
  return Math.round(raw <= 2.5 * m && empty > 0 ? m * Math.log(m / empty) : raw);
}

test('what is kept beside the registers is what they say, at every step and after a restart', () => {
  const random = randomOf(5);
  const distinct = new Distinct(16);
  let restored = new Distinct(16);
  for (let step = 0; step < 3000; step++) {
    const value = random(0x20_0000) * 0x1_0000_0000 + random(0x1_0000) * 0x1_0000;
    distinct.add(value);
    restored.add(value);
    if (step % 100 !== 0) continue;
    const snapshot = distinct.snapshot();
    if (snapshot.registers !== undefined) {
      assert.equal(distinct.estimate, estimateOf(Buffer.from(snapshot.registers, 'base64')));
    }
    restored = new Distinct(16);
    restored.restore(snapshot);
    assert.equal(restored.estimate, distinct.estimate);
    assert.deepEqual(restored.snapshot(), snapshot);
  }
  assert.ok(!distinct.exact);
  assert.ok(Math.abs(distinct.estimate - 3000) < 300, `${distinct.estimate}`);
});

test('a sketch that was tampered with is read as far as it goes', () => {
  const distinct = new Distinct(16);
  distinct.restore({ registers: Buffer.from([255, 3, 0]).toString('base64') });
  distinct.add(1);
  assert.ok(Number.isFinite(distinct.estimate));
});
