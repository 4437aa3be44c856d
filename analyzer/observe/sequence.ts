/** Figures about the order and the spread of numbers that were asked for one after the other. */

export interface SequenceFigures {
  /** Share of steps that go the way most of them go, 0…1. Random order has about 0.5. */
  readonly monotone: number;
  /** Share of steps that are as wide as the commonest step, 0…1. */
  readonly constantGap: number;
  /** Share of gaps between sorted neighbours of at most 100, 0…1. */
  readonly smallGap: number;
  /** Numbers over the width of their range, 0…1. */
  readonly density: number;
}

const nothing: SequenceFigures = { monotone: 0, constantGap: 0, smallGap: 0, density: 0 };
const small = 100;

/** Room for widths and sorted numbers, used by one measurement after the other; it grows to the longest. */
let widthsRoom = new Float64Array(1024);
let sortedRoom = new Float64Array(1024);

/** `numbers`: in order of time, each once. Fewer than three tell nothing. */
export function measureSequence(numbers: ArrayLike<number>): SequenceFigures {
  const steps = numbers.length - 1;
  if (steps < 2) return nothing;
  if (numbers.length > sortedRoom.length) {
    widthsRoom = new Float64Array(numbers.length);
    sortedRoom = new Float64Array(numbers.length);
  }
  let up = 0;
  // Typed arrays sort without asking anybody how; sorted widths count themselves.
  const widths = widthsRoom.subarray(0, steps);
  for (let i = 0; i < steps; i++) {
    const step = numbers[i + 1]! - numbers[i]!;
    if (step > 0) up++;
    widths[i] = step;
  }
  const sorted = sortedRoom.subarray(0, numbers.length);
  sorted.set(numbers);
  sorted.sort();
  let close = 0;
  for (let i = 0; i < steps; i++) if (sorted[i + 1]! - sorted[i]! <= small) close++;
  return {
    monotone: Math.max(up, steps - up) / steps,
    constantGap: longestRun(widths.sort()) / steps,
    smallGap: close / steps,
    density: Math.min(1, numbers.length / (sorted[steps]! - sorted[0]! + 1)),
  };
}

function longestRun(sorted: Float64Array): number {
  let longest = 0;
  let begin = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[begin]) continue;
    longest = Math.max(longest, i - begin);
    begin = i;
  }
  return longest;
}

/** Coefficient of variation of the pauses between times: near 0 for a machine's beat. 0 for fewer than three times. */
export function regularity(times: ArrayLike<number>): number {
  const n = times.length - 1;
  if (n < 2) return 0;
  const mean = (times[n]! - times[0]!) / n;
  if (mean <= 0) return 0;
  let square = 0;
  for (let i = 0; i < n; i++) square += (times[i + 1]! - times[i]! - mean) ** 2;
  return Math.sqrt(square / n) / mean;
}
