import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameSite } from '../../../analyzer/observe/same-site.ts';

test('hosts below one registered name are one house, whatever the port', () => {
  for (const [one, other] of [
    ['api.bank.example', 'cdn.bank.example:8443'],
    ['bank.example', 'www.bank.example'],
    ['a.bank.com.cn', 'b.bank.com.cn'],
    ['a.bank.bj.cn', 'b.bank.bj.cn'],
    ['risk-service:8080', 'risk-service'],
    ['198.51.100.7:80', '198.51.100.7:8080'],
    ['[2001:db8::7]:80', '[2001:db8::7]:443'],
  ] as const) {
    assert.ok(isSameSite(one, other), `${one} ${other}`);
  }
  for (const [one, other] of [
    ['bank.example', 'evil.example'],
    ['bank.com.cn', 'evil.com.cn'],
    ['bank.bj.cn', 'evil.bj.cn'],
    ['bank.s3.cn-north-1.amazonaws.com.cn', 'evil.s3.cn-north-1.amazonaws.com.cn'],
    ['risk-service', 'other-service'],
    ['198.51.100.7', '198.51.100.8'],
    ['[2001:db8::7]:80', '[2001:db8::8]:80'],
    ['bank.example', 'bank.example.evil.test'],
  ] as const) {
    assert.ok(!isSameSite(one, other), `${one} ${other}`);
  }
});
