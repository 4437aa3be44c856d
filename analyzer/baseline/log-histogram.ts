/**
 * A distribution of sizes or times as counts in buckets, four to a doubling, from 64 to 2^30: what is below shares the
 * first, what is above the last. A quantile is told as the middle of its bucket, within 12 % of the value. The counts
 * lie in an array that belongs to somebody else: a histogram of its own for each of 60,000 subjects would be an
 * allocation each.
 */

const lowestBit = 6;
const highestBit = 30;
export const histogramSize = (highestBit - lowestBit) * 4 + 1;
const largest = 2 ** highestBit - 1;

/** The bucket of a value that is 0 or more. */
export function bucketOf(value: number): number {
  const whole = value > largest ? largest : value | 0;
  const bit = 31 - Math.clz32(whole);
  return bit < lowestBit ? 0 : 1 + (bit - lowestBit) * 4 + ((whole >>> (bit - 2)) & 3);
}

/** The middle of a bucket. */
export function middleOf(bucket: number): number {
  if (bucket === 0) return 2 ** (lowestBit - 1);
  const step = 2 ** (lowestBit + ((bucket - 1) >> 2) - 2);
  return step * (4 + ((bucket - 1) & 3) + 0.5);
}

export interface Quantiles {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  /** Values that were counted. */
  readonly n: number;
}

/** Of the histogram that begins at `at`; zeros when nothing was counted. */
export function quantilesOf(counts: Uint32Array, at: number): Quantiles {
  let n = 0;
  for (let i = 0; i < histogramSize; i++) n += counts[at + i]!;
  const of = (share: number): number => {
    let left = Math.ceil(share * n);
    if (left === 0) return 0;
    let i = 0;
    while ((left -= counts[at + i]!) > 0) i++;
    return middleOf(i);
  };
  return { median: of(0.5), p95: of(0.95), p99: of(0.99), n };
}
