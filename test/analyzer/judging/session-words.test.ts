import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import type { JwtFact } from '../../../analyzer/identify/facts.ts';
import { cookieFlaws, tokenFlaws } from '../../../analyzer/judging/session-words.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { RandomCalls } from '../random-calls.ts';

const [plain] = new RandomCalls(new Random(1)).many(1) as [ApiCall];
const now = 1_790_000_000;
const fact = { place: 'cookie', name: 'sid', hash: '0'.repeat(16), length: 32, account: null } as const;

function issuing(cookie: { httpOnly: boolean; secure: boolean; sameSite: string }, encrypted: boolean | null): ApiCall {
  const issued = [{ ...fact, kind: 'session', jwt: null, cookie }] as const;
  return { ...plain, encrypted, caller: { ...plain.caller, issued, credentials: [] } };
}

test('flags of a cookie', () => {
  assert.deepEqual(cookieFlaws(issuing({ httpOnly: true, secure: false, sameSite: '' }, null)), ['sound']);
  assert.deepEqual(cookieFlaws(issuing({ httpOnly: false, secure: false, sameSite: 'None' }, true)), [
    ...['http-only', 'same-site', 'secure'],
  ]);
  assert.equal(cookieFlaws({ ...plain, caller: { ...plain.caller, issued: [] } }), undefined);
});

test('flaws of a token', () => {
  const of = (jwt: Partial<JwtFact>, success: boolean | null = true) => {
    const whole = { alg: 'RS256', iat: now - 60, exp: now + 3600, ...jwt };
    const credentials = [{ ...fact, kind: 'bearer', certain: true, jwt: whole }] as const;
    return tokenFlaws({ ...plain, ts: now * 1e6, caller: { ...plain.caller, credentials, issued: [] } }, success);
  };
  assert.deepEqual(of({}), ['sound']);
  assert.deepEqual(of({ alg: 'none' }), ['unsigned']);
  assert.deepEqual(of({ exp: null }), ['no-expiry']);
  assert.deepEqual(of({ exp: now + 90 * 86_400 }), ['long-life']);
  assert.deepEqual(of({ exp: now - 3600 }), ['expired']);
  assert.equal(of({ exp: now - 3600 }, false), undefined);
  assert.deepEqual(of({ exp: null, iat: null }), ['sound']);
});
