import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Lane, type LaneOptions } from '../../../../storage/bus/kafka/lane.ts';

const idle: Omit<LaneOptions<number>, 'handle'> = {
  ...{ attempts: 3, backoff: 1 },
  ...{ pause: () => {}, resume: () => {}, acknowledged: () => {}, fail: () => {} },
};

test('what was acknowledged without a gap counts, in whatever order it was', async () => {
  const acknowledge: (() => void)[] = [];
  const lane = new Lane<number>({ ...idle, handle: async (_, done) => void acknowledge.push(done) });
  for (const offset of [5, 6, 9, 10]) lane.push(offset, offset);
  await wait(5);
  assert.equal(lane.done, 5);
  acknowledge[1]!();
  assert.equal(lane.done, 5);
  acknowledge[0]!();
  // 7 and 8 are not in the topic: nobody will acknowledge them.
  assert.equal(lane.done, 9);
  acknowledge[3]!();
  acknowledge[2]!();
  assert.equal(lane.done, 11);
});

test('a message that comes again is not handled again', async () => {
  const seen: number[] = [];
  const lane = new Lane<number>({ ...idle, handle: async (message) => void seen.push(message) });
  for (const offset of [0, 1, 2, 0, 1, 2, 3]) lane.push(offset, offset);
  await wait(5);
  assert.deepEqual(seen, [0, 1, 2, 3]);
});

test('a partition that is slowly handled is not asked for more, until it has room', async () => {
  const said: string[] = [];
  let release!: () => void;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const lane = new Lane<number>({
    ...idle,
    pause: () => said.push('pause'),
    resume: () => said.push('resume'),
    handle: () => gate,
  });
  for (let offset = 0; offset < 10; offset++) lane.push(offset, offset);
  await wait(5);
  assert.deepEqual(said, ['pause']);
  release();
  await wait(5);
  assert.deepEqual(said, ['pause', 'resume']);
  await lane.close();
});
