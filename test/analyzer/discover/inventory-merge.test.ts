import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import { Inventory } from '../../../analyzer/discover/inventory.ts';

const day = 86_400_000_000;
const base = {
  app: 'app',
  method: 'GET',
  operation: '',
  format: 'REST',
  formatReason: '',
  templateReason: '',
  status: 200,
};

function call(apiId: string, ts: number, client: string): ApiCall {
  return { ...base, apiId, ts, client, template: `/users/${apiId}` } as unknown as ApiCall;
}

test('APIs that were found to be one are one entry, with both lives and counts', () => {
  const inventory = new Inventory();
  inventory.observe(call('a', day, '10.0.0.1'));
  inventory.observe(call('a', 50 * day, '10.0.0.1'));
  inventory.observe(call('b', 30 * day, '10.0.0.2'));
  inventory.changed();
  inventory.merge({
    id: 'whole',
    template: '/users/{userId}',
    operation: '',
    reason: '2=names',
    from: ['a', 'b', 'never-seen'],
  });
  const [one, ...others] = inventory.entries();
  assert.deepEqual(others, []);
  assert.equal(one!.id, 'whole');
  assert.equal(one!.template, '/users/{userId}');
  assert.equal(one!.templateReason, '2=names');
  assert.equal(one!.successes, 3);
  assert.equal(one!.state, 'confirmed');
  // `a` was silent for 49 days, but the API they are was not.
  assert.deepEqual(one!.life, { first: day, last: 50 * day, revivals: [] });
  assert.deepEqual(
    inventory.changed().map(({ id }) => id),
    // The parts are told once more as they were: whether they had been stored before must make no difference.
    ['a', 'b', 'whole'],
  );
  assert.deepEqual(inventory.changed(), []);
  inventory.observe(call('a', 51 * day, '10.0.0.1'), true, 'whole');
  assert.equal(inventory.get('whole')!.successes, 4);
  assert.equal(inventory.get('a'), undefined);
});
