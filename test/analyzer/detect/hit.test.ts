/** What a finding keeps of a call. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallEvent } from '../../../analyzer/detect/event.ts';
import { hitOfCall } from '../../../analyzer/detect/hit.ts';

const call = { completedTs: 2, ts: 1, uid: 'u-1', app: 'a', client: '10.0.0.1', completeness: 0.5 } as CallEvent;

test('a call of which a part was seen, of one connection in so many, is so much of what there was', () => {
  assert.equal(hitOfCall(call).completeness, 0.5);
  assert.equal(hitOfCall({ ...call, sampling: 1 }).completeness, 0.5);
  assert.equal(hitOfCall({ ...call, sampling: 10 }).completeness, 0.05);
});

test('a client and an account that are not known are none', () => {
  assert.deepEqual([hitOfCall(call).clients, hitOfCall(call).accounts], [['10.0.0.1'], []]);
  assert.deepEqual(hitOfCall({ ...call, client: '', account: 'z***#0' }).clients, []);
  assert.deepEqual(hitOfCall({ ...call, account: 'z***#0' }).accounts, ['z***#0']);
});
