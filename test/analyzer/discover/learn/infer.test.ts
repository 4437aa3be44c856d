import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../../../../analyzer/discover/learn/endpoint.ts';
import { inferTemplates } from '../../../../analyzer/discover/learn/infer.ts';
import { Random } from '../../../../deploy/traffic/random.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';

function word(random: Random): string {
  return Array.from({ length: 6 }, () => letters[random.below(26)]).join('');
}

test('hostile trees end: deep ones, wide ones, and siblings that all behave differently', () => {
  const random = new Random(1);
  const endpoints: Endpoint[] = [];
  for (let i = 0; i < 300; i++) {
    const deep = Array.from({ length: 60 }, (_, depth) => `${letters[random.below(2)]}${depth}`);
    endpoints.push({ method: 'GET', segments: deep, calls: 1, settled: false, classes: new Map([[1, 1]]) });
    endpoints.push({
      method: 'GET',
      segments: [word(random)],
      calls: 1 + random.below(9),
      settled: false,
      classes: new Map([[i, 1]]),
    });
  }
  const learnt = inferTemplates(endpoints);
  assert.equal(learnt.size, endpoints.length);
  for (const [{ segments }, found] of learnt) {
    assert.equal(found.length, segments.length);
    for (const [i, one] of found.entries()) assert.ok(one === '{}' || one === segments[i]);
  }
});
