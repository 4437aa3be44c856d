import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, histogramSize, middleOf, quantilesOf } from '../../../analyzer/baseline/log-histogram.ts';

test('every value falls into the bucket that its middle is in, within an eighth', () => {
  let before = -1;
  for (let value = 0; value < 2 ** 30; value = Math.ceil(value * 1.01) + 1) {
    const bucket = bucketOf(value);
    assert.ok(bucket >= before && bucket < histogramSize);
    before = bucket;
    if (value >= 64) assert.ok(Math.abs(middleOf(bucket) / value - 1) <= 0.125, `${value}: ${middleOf(bucket)}`);
    assert.equal(bucketOf(middleOf(bucket)), bucket);
  }
});

test('what is below the first bucket or above the last is counted there', () => {
  for (const value of [0, 1, 63]) assert.equal(bucketOf(value), 0);
  for (const value of [2 ** 30, 2 ** 31, 2 ** 33, 2 ** 52]) assert.equal(bucketOf(value), histogramSize - 1);
});

test('quantiles of what was counted, from where the histogram begins', () => {
  const counts = new Uint32Array(histogramSize + 7);
  counts.fill(1000, 0, 7);
  assert.deepEqual(quantilesOf(counts, 7), { median: 0, p95: 0, p99: 0, n: 0 });
  for (let value = 1; value <= 10_000; value++) counts[7 + bucketOf(value)]!++;
  const { median, p95, p99, n } = quantilesOf(counts, 7);
  assert.equal(n, 10_000);
  for (const [told, true_] of [
    [median, 5000],
    [p95, 9500],
    [p99, 9900],
  ] as const) {
    assert.ok(Math.abs(told / true_ - 1) <= 0.13, `${told} for ${true_}`);
  }
});
