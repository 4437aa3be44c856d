/** Measures step by step. */
import assert from 'node:assert/strict';

/** The same after each step by way of a snapshot. */
export function steps<M extends { snapshot(): unknown; restore(snapshot: never): void }, U, R>(
  make: () => M,
  take: (measure: M, use: U) => R,
  uses: readonly U[],
): R[] {
  let measure = make();
  return uses.map((use) => {
    const copy = make();
    copy.restore(JSON.parse(JSON.stringify(measure.snapshot())) as never);
    const answer = take(measure, use);
    assert.deepEqual(take(copy, use), answer);
    assert.deepEqual(copy.snapshot(), measure.snapshot());
    measure = copy;
    return answer;
  });
}

export const told = <T>(all: readonly (T | undefined)[]): T[] => all.filter((each) => each !== undefined);
