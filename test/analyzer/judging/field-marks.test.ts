import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import { fieldMatcher } from '../../../analyzer/judging/field-marks.ts';
import { Labels } from '../../../analyzer/judging/labels.ts';

function fits(field: string, place: string, path: string): boolean {
  return fieldMatcher(field)(place, path);
}

test('a field is meant by its path, with its part of the message or without, and with stars', () => {
  assert.ok(fits('data[].seq', 'body', 'data[].seq'));
  assert.ok(fits('body.data[].seq', 'body', 'data[].seq'));
  assert.ok(fits('data[].*', 'body', 'data[].seq'));
  assert.ok(fits('*seq', 'query', 'seq'));
  assert.ok(fits('query.*', 'query', 'seq'));
  assert.ok(fits('remark', 'body', 'remark.{text}'));
  assert.ok(fits('body', 'body', ''));
  assert.ok(!fits('seq', 'body', 'data[].seq'));
  assert.ok(!fits('data.seq', 'body', 'dataXseq'));
  assert.ok(!fits('query.seq', 'body', 'seq'));
});

const hit = (label: string, count: number) => ({ label, count, samples: [1, 2, 3].slice(0, count) });
const fact = (label: string, count: number) => ({ label, count, distinct: count, sample: '***', masked: 0 });

/** Three mobiles, two of them in a field that numbers things. */
function callOf(apiId: string): ApiCall {
  const given = {
    labels: [fact('mobile', 3), fact('name', 1)],
    places: [
      { place: 'body', path: 'data[].seq', values: 2, hits: [hit('mobile', 2)] },
      { place: 'body', path: 'data[].tel', values: 1, hits: [hit('mobile', 1), hit('name', 1)] },
    ],
    values: [],
  };
  return { apiId, sent: { labels: [], places: [], values: [] }, given } as unknown as ApiCall;
}

test('what a person said of a field is left out from then on, and comes back when taken back', () => {
  const labels = new Labels({ proven: new Set(), levels: new Map() });
  const counts = (api = 'a') => labels.judge(callOf(api), 'response').map(({ label, count }) => `${label} ${count}`);
  assert.deepEqual(counts(), ['mobile 3', 'name 1']);
  const mark = { api: 'a', direction: 'response', field: 'data[].seq', label: 'mobile' } as const;
  labels.mark([mark]);
  assert.deepEqual(counts(), ['mobile 1', 'name 1']);
  assert.deepEqual(counts('b'), ['mobile 3', 'name 1']);
  assert.equal(labels.accepts('a', 'response', 'body', 'data[].seq', 'mobile'), false);
  assert.equal(labels.accepts('a', 'response', 'body', 'data[].tel', 'mobile'), true);
  labels.mark([{ ...mark, direction: 'request' }]);
  assert.deepEqual(counts(), ['mobile 3', 'name 1']);
  labels.mark([{ ...mark, field: '*', label: '' }]);
  assert.deepEqual(counts(), []);
  labels.mark([]);
  assert.deepEqual(counts(), ['mobile 3', 'name 1']);
});
