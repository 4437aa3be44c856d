import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPolicy, SourcePolicy } from '../../../analyzer/judging/source-policy.ts';

test('sources that are blocked, and those that are not allowed', () => {
  const allowed = [{ app: 'crm.example', cidr: ['10.0.0.0/8'] }];
  const policy = new SourcePolicy({ blocked: ['198.51.100.0/24', '2001:db8::/32'], allowed });
  for (let again = 0; again < 2; again++) {
    assert.equal(policy.of('www.example', '198.51.100.7'), 'blocked');
    assert.equal(policy.of('www.example', '2001:db8::1'), 'blocked');
    assert.equal(policy.of('www.example', '203.0.113.1'), undefined);
    assert.equal(policy.of('crm.example', '10.1.2.3'), undefined);
    assert.equal(policy.of('crm.example', '203.0.113.1'), 'not-allowed');
    assert.equal(policy.of('crm.example', '198.51.100.7'), 'blocked');
  }
  assert.equal(new SourcePolicy(noPolicy).of('www.example', '198.51.100.7'), undefined);
});
