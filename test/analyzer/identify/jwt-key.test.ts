/** Tokens whose key everybody can guess. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { KeyGuesses } from '../../../analyzer/identify/jwt-key.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (n: number, key: string | Buffer, alg = 'HS256', hash = 'sha256'): string => {
  const content = `${part({ alg })}.${part({ sub: 'u', jti: n })}`;
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`;
};
const guessed = (tokens: readonly string[], alg = 'HS256'): number => {
  const guesses = new KeyGuesses();
  return tokens.filter((token) => guesses.isGuessed(token, alg)).length;
};
const many = (n: number, make: (n: number) => string): string[] => Array.from({ length: n }, (_, i) => make(i));

test('about one token of sixteen is tried, and of a known key it is told', () => {
  for (const key of ['secret', 'your-256-bit-secret', Buffer.from('secretkey', 'base64')]) {
    const found = guessed(many(640, (n) => signed(n, key)));
    assert.ok(found > 20 && found < 64, `${found} of 640`);
  }
  assert.ok(
    guessed(
      many(640, (n) => signed(n, '123456', 'HS512', 'sha512')),
      'HS512',
    ) > 20,
  );
});

test('the same tokens are told whoever reads them, in whatever order', () => {
  const tokens = many(320, (n) => signed(n, 'secret'));
  const told = (list: readonly string[]): string[] => {
    const guesses = new KeyGuesses();
    return list.filter((token) => guesses.isGuessed(token, 'HS256')).sort();
  };
  assert.deepEqual(told([...tokens].reverse()), told(tokens));
  assert.deepEqual([...told(tokens.slice(0, 100)), ...told(tokens.slice(100))].sort(), told(tokens));
});

test('a key of its own, another algorithm, no signature: nothing is told', () => {
  assert.equal(guessed(many(640, (n) => signed(n, 'b7fd0c2e4f5a41d3a9c8'))), 0);
  assert.equal(
    guessed(
      many(640, (n) => signed(n, 'secret')),
      'RS256',
    ),
    0,
  );
  assert.equal(
    guessed(
      many(640, (n) => signed(n, 'secret')),
      'constructor',
    ),
    0,
  );
  assert.equal(guessed(many(64, (n) => signed(n, 'secret').replace(/[^.]+$/, ''))), 0);
});

test('tokens that are all made to be tried are tried now and then', () => {
  const guesses = new KeyGuesses();
  const tokens = many(20_000, (n) => signed(n, 'secret')).filter((token) => guesses.isGuessed(token, 'HS256'));
  const again = new KeyGuesses();
  const told = Array.from({ length: 2000 }, (_, i) => tokens[i % tokens.length]!).filter((token) =>
    again.isGuessed(token, 'HS256'),
  );
  assert.ok(told.length >= 64 && told.length < 400, `${told.length} of 2000`);
});
