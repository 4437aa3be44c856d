import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { Merge } from '../../analyzer/merge.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { inOrder, RandomCalls } from './random-calls.ts';

/** Deals calls to sources: each emits its own in an order of its own, but never behind a watermark it gave. */
function play(merge: Merge<ApiCall>, calls: readonly ApiCall[], sources: number, random: Random): ApiCall[] {
  const own: ApiCall[][] = Array.from({ length: sources }, () => []);
  for (const call of calls) own[random.below(sources)]!.push(call);
  const left = own.map((list) => inOrder(list));
  const ended = new Set<number>();
  const out: ApiCall[] = [];
  while (ended.size < sources) {
    const source = random.below(sources);
    if (ended.has(source)) continue;
    const list = left[source]!;
    // What completes at the very watermark may still come after it.
    const batch = list.splice(0, random.below(20));
    const watermark = list.length > 0 ? list[0]!.completedTs - random.below(2000) : Number.POSITIVE_INFINITY;
    if (watermark === Number.POSITIVE_INFINITY) ended.add(source);
    for (let i = batch.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [batch[i], batch[j]] = [batch[j]!, batch[i]!];
    }
    const came = merge.push(source, batch, watermark);
    assert.deepEqual(came, inOrder(came));
    out.push(...came);
  }
  return out;
}

test('whatever the sources, batches and watermarks: one order, each item once', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const calls = new RandomCalls(random).many(random.below(400));
    const sources = 1 + random.below(6);
    const merge = new Merge<ApiCall>(sources);
    assert.deepEqual(play(merge, calls, sources, random), inOrder(calls), `seed ${seed}, ${sources} sources`);
    assert.equal(merge.waiting, 0);
    assert.equal(merge.forced, 0);
  }
});

test('nothing goes before the least watermark has passed it', () => {
  const [first, second] = inOrder(new RandomCalls(new Random(1)).many(2)) as [ApiCall, ApiCall];
  const merge = new Merge<ApiCall>(2);
  assert.deepEqual(merge.push(0, [first, second], Number.POSITIVE_INFINITY), []);
  assert.deepEqual(merge.push(1, [], first.completedTs), [], 'the other may still complete at that moment');
  assert.deepEqual(
    merge.push(1, [], first.completedTs + 1),
    first.completedTs === second.completedTs ? [first, second] : [first],
  );
  assert.deepEqual(merge.push(1, [], Number.POSITIVE_INFINITY).at(-1), second);
});

test('at the bound the earliest go, each once and counted, and no more wait than the bound', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = new Random(seed);
    const calls = new RandomCalls(random).many(5000);
    const bound = 1 + random.below(100);
    const merge = new Merge<ApiCall>(3, bound);
    const out: ApiCall[] = [];
    // The third source says nothing until the end: all that the others emit has to wait for it.
    for (let at = 0; at < calls.length; at += 50) {
      out.push(...merge.push((at / 50) % 2, calls.slice(at, at + 50), calls[at]!.completedTs));
      assert.ok(merge.waiting <= bound);
    }
    assert.equal(out.length, calls.length - merge.waiting);
    assert.equal(merge.forced, out.length);
    for (const source of [0, 1, 2]) out.push(...merge.push(source, [], Number.POSITIVE_INFINITY));
    assert.equal(merge.forced, calls.length - Math.min(bound, calls.length), `seed ${seed}`);
    assert.deepEqual(inOrder(out), inOrder(calls));
  }
});

test('one batch larger than the bound', () => {
  const calls = new RandomCalls(new Random(5)).many(1000);
  const merge = new Merge<ApiCall>(2, 10);
  const out = merge.push(0, calls, 0);
  assert.deepEqual(out, inOrder(calls).slice(0, 990));
  assert.equal(merge.forced, 990);
});
