import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Judge } from '../../../analyzer/judge.ts';
import { equipment } from '../../equipment.ts';
import { read, ts } from '../read-exchange.ts';

const json = ['Content-Type', 'application/json'];
const first = 880_004_100;

/** Findings of three calls, each with a list of twenty numbers in a row; the answers are `answer` of those numbers. */
function rulesHit(answer: (ids: readonly number[]) => string): readonly string[] {
  const judge = new Judge(equipment.judge);
  for (let n = 0; n < 3; n++) {
    const ids = Array.from({ length: 20 }, (_, i) => first + n * 20 + i);
    const requestBody = JSON.stringify({ items: ids.map((custNo) => ({ custNo })) });
    const responseBody = answer(ids);
    const headers = (body: string) => [...json, 'Content-Length', String(Buffer.byteLength(body))];
    const call = read({
      ...{ request: { method: 'POST', target: '/api/batch', headers: headers(requestBody) }, requestBody },
      ...{ response: { status: 200, headers: headers(responseBody) }, responseBody },
    });
    const time = ts + n * 1e6;
    judge.apply({ ...call, uid: `0123456789abcdef-${n}`, ts: time, completedTs: time }, 's');
  }
  return judge.changedFindings().map(({ rule }) => rule);
}

test('a list of what happened is no traversal', () => {
  assert.deepEqual(
    rulesHit(() => '{"accepted":true}'),
    [],
  );
});

test('a list of objects that the answer has is one', () => {
  const rows = (ids: readonly number[]) => JSON.stringify({ rows: ids.map((id) => ({ id, total: id * 3 })) });
  assert.ok(rulesHit(rows).includes('data-traversal'));
});
