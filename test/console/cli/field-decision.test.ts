import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageFault } from '../../../console/cli/faults.ts';
import {
  type FieldDecisionOptions,
  readFieldDecision,
  storeFieldDecision,
} from '../../../console/cli/field-decision.ts';
import { en } from '../../../console/cli/text/en.ts';
import type { Row, Store } from '../../../storage/store/store.ts';

const who = { by: 'li.lei', note: 'a sequence number' };
const refused = (options: FieldDecisionOptions) => assert.throws(() => readFieldDecision(options, en), UsageFault);

test('a field is read with its side, its path and its label', () => {
  assert.equal(readFieldDecision({}, en), null);
  const read = (notSensitive: string) => readFieldDecision({ notSensitive, ...who }, en);
  assert.deepEqual(read('response.data[].seq=mobile'), {
    ...{ direction: 'response', field: 'data[].seq', label: 'mobile', marked: true },
    ...who,
  });
  assert.deepEqual(read('data.*'), { direction: '', field: 'data.*', label: '', marked: true, ...who });
  assert.equal(readFieldDecision({ sensitive: 'x', ...who }, en)!.marked, false);
});

test('half a decision is refused', () => {
  refused({ notSensitive: 'x' });
  refused({ notSensitive: 'x', by: 'li.lei', note: ' ' });
  refused({ notSensitive: 'x', sensitive: 'x', ...who });
  refused({ notSensitive: '', ...who });
  refused({ notSensitive: 'request.', ...who });
  refused({ notSensitive: 'x=Mobile!', ...who });
});

test('earlier calls follow when no other field is known to have given the label', async () => {
  const places = [
    { direction: 'response', place: 'body.data[].seq' },
    { direction: 'request', place: 'query.tel' },
  ];
  const rows: Row[] = [];
  const store = {
    ask: async () => places,
    insert: async (_table: string, inserted: readonly Row[]) => void rows.push(...inserted),
  } as unknown as Store;
  const say = (notSensitive: string) =>
    storeFieldDecision(store, 'a', readFieldDecision({ notSensitive, ...who }, en)!, 1);
  assert.equal(await say('response.data[].seq=mobile'), true);
  assert.equal(await say('data[].seq=mobile'), false);
  assert.equal(await say('response.data[].seq'), false);
  assert.equal(await say('*'), true);
  assert.deepEqual(JSON.parse(String(rows[0]!.value)), {
    ...{ direction: 'response', field: 'data[].seq', label: 'mobile', marked: true, history: true },
  });
});
