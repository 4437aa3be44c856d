import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../analyzer/call.ts';
import type { JwtFact } from '../../../analyzer/identify/facts.ts';
import { cookieFlaws, type TokenCall, tokenFlaws } from '../../../analyzer/judging/session-words.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { RandomCalls } from '../random-calls.ts';

const [plain] = new RandomCalls(new Random(1)).many(1) as [ApiCall];
const now = 1_790_000_000;
const fact = { place: 'cookie', name: 'sid', hash: '0'.repeat(16), length: 32, account: null } as const;

function issuing(cookie: { httpOnly: boolean; secure: boolean; sameSite: string }, encrypted: boolean | null): ApiCall {
  const issued = [{ ...fact, kind: 'session', stem: '', clock: false, jwt: null, cookie }] as const;
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
  const of = (jwt: Partial<JwtFact>, more: Partial<TokenCall> = {}) => {
    const whole = { alg: 'RS256', iat: now - 60, exp: now + 3600, guessed: false, ...jwt };
    const credentials = [{ ...fact, kind: 'bearer', certain: true, jwt: whole }] as const;
    const caller = { credentials, issued: [], login: null };
    return tokenFlaws({ ts: now * 1e6, success: true, responseLevel: 3, caller, ...more });
  };
  assert.deepEqual(of({}), ['sound']);
  assert.deepEqual(of({ alg: 'none' }), ['unsigned']);
  assert.deepEqual(of({ alg: 'HS256', guessed: true }), ['weak-key']);
  assert.equal(of({ alg: 'HS256', guessed: true }, { responseLevel: 0 }), undefined);
  assert.deepEqual(of({ exp: null }), ['no-expiry']);
  assert.deepEqual(of({ exp: now + 90 * 86_400 }), ['long-life']);
  assert.deepEqual(of({ exp: now - 3600 }), ['expired']);
  assert.equal(of({ exp: now - 3600 }, { success: false }), undefined);
  // What is for everybody is given whatever comes with the question.
  assert.deepEqual(of({ exp: now - 3600 }, { responseLevel: 0 }), ['sound']);
  assert.equal(of({ alg: 'none' }, { responseLevel: 0 }), undefined);
  assert.deepEqual(of({ exp: null }, { responseLevel: 0 }), ['no-expiry']);
  assert.deepEqual(of({ exp: null, iat: null }), ['sound']);
});

test('who logs in with an old token at hand is let in by the password; one that is handed out counts as it is', () => {
  const login = { method: 'password', account: null, outcome: 'success', evidence: [] } as const;
  const jwt = (more: Partial<JwtFact>) => ({ alg: 'RS256', iat: now - 9000, exp: now - 1800, guessed: false, ...more });
  const sent = [{ ...fact, kind: 'bearer', certain: true, jwt: jwt({}) }] as const;
  const given = (alg: string) =>
    [
      {
        ...fact,
        kind: 'token',
        stem: '',
        clock: false,
        cookie: null,
        place: 'body',
        jwt: jwt({ alg, iat: now, exp: now + 60 }),
      },
    ] as const;
  const of = (alg: string) =>
    tokenFlaws({
      ...{ ts: now * 1e6, success: true, responseLevel: 3 },
      caller: { credentials: sent, issued: given(alg), login },
    });
  assert.deepEqual(of('RS256'), ['sound']);
  assert.deepEqual(of('none'), ['unsigned']);
});
