import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Partners } from '../../../analyzer/judging/partners.ts';

test('a partner is known by its name, by its domain, or by its network', () => {
  const partners = new Partners(['API.kyc.example', '*.sms.example', '198.51.100.0/24', '2001:db8::/32']);
  for (const [app, server] of [
    ['api.kyc.example', '203.0.113.1'],
    ['api.kyc.example:8443', '203.0.113.1'],
    ['a.b.sms.example', '203.0.113.1'],
    ['198.51.100.7:80', '198.51.100.7'],
    ['other.example', '2001:db8::7'],
  ] as const) {
    assert.ok(partners.has(app, server), app);
  }
  for (const app of ['kyc.example', 'sms.example', 'xsms.example', 'api.kyc.example.evil.test']) {
    assert.ok(!partners.has(app, '203.0.113.1'), app);
  }
});
