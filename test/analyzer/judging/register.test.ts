import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Register, type RegisterEntry } from '../../../analyzer/judging/register.ts';

const day = Date.UTC(2026, 0, 31) * 1000;
const entries: readonly RegisterEntry[] = [
  { app: 'x', method: 'GET', template: '/users/{id}', state: 'approved', retired: 0 },
  { app: 'x', method: '*', template: '/users/old', state: 'retired', retired: day },
];

test('calls of retired and of unregistered APIs are told, of applications that are in the register', () => {
  const register = new Register();
  let id = 0;
  const of = (method: string, template: string, more: object = {}) =>
    register.of({ app: 'x', apiId: `${++id}`, method, template, format: 'REST', ts: day, ...more });
  assert.equal(of('GET', '/users/old'), undefined);
  register.hear(entries);
  assert.equal(of('GET', '/users/{userId}'), undefined);
  assert.equal(of('GET', '/users/raven'), undefined);
  assert.equal(of('POST', '/users/{userId}'), 'unregistered');
  assert.equal(of('POST', '/users/old/'), 'retired');
  assert.equal(of('POST', '/users/old', { ts: day - 1 }), undefined);
  assert.equal(of('GET', '/index.html', { format: 'web' }), undefined);
  assert.equal(of('GET', '/users/{userId}', { app: 'y' }), undefined);
  assert.equal(of('', ''), undefined);
});

test('what the register says now counts, also for an API that was met before', () => {
  const register = new Register();
  const call = { app: 'x', apiId: 'a', method: 'GET', template: '/a', format: 'REST', ts: day } as const;
  register.hear(entries);
  assert.equal(register.of(call), 'unregistered');
  register.hear([...entries, { app: 'x', method: 'GET', template: '/a', state: 'approved', retired: 0 }]);
  assert.equal(register.of(call), undefined);
});
