import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalisePath, splitTarget } from '../../../analyzer/discover/path.ts';
import { randomOf } from './random.ts';

const rows: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['', '/'],
  ['/a', '/a'],
  ['/a/', '/a'],
  ['/a/b//', '/a/b'],
  ['//a///b', '/a/b'],
  ['/a?x=1', '/a'],
  ['/a#top', '/a'],
  ['/a?x=1#top', '/a'],
  ['/a#top?x=1', '/a'],
  ['a/b', '/a/b'],
  ['?x=1', '/'],
  ['/a/../b', '/a/../b'],
  ['/a/./b', '/a/./b'],
  ['/a/%2e%2e/b', '/a/../b'],
  ['/a/..%2Fb', '/a/..%2Fb'],
  ['/a%2Fb/c', '/a%2Fb/c'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%5Cb', '/a\\b'],
  ['/%61%62', '/ab'],
  ['/%2561', '/%2561'],
  ['/%zz', '/%zz'],
  ['/100%', '/100%'],
  ['/a%3Fb', '/a%3Fb'],
  ['/a%23b', '/a%23b'],
  ['/a%3Bb', '/a%3Bb'],
  ['/a b', '/a%20b'],
  ['/a%20b', '/a%20b'],
  ['/a%00b', '/a%00b'],
  ['/a%0d%0aSet-Cookie:x', '/a%0D%0ASet-Cookie:x'],
  ['/{id}', '/%7Bid%7D'],
  ['/servlet/json;jsessionid=ABC', '/servlet/json'],
  ['/a;x=1/b;y=2;z=3/c', '/a/b/c'],
  ['/a/;x/b', '/a/b'],
  ['/..;/admin', '/../admin'],
  ['/%E6%9F%A5%E8%AF%A2', '/查询'],
  ['/%B2%E9%D1%AF', '/查询'],
  ['/\u00e6\u009f\u00a5\u00e8\u00af\u00a2', '/查询'],
  ['/%FF%FE', '/%FF%FE'],
  ['/%C3%A9t%C3%A9', '/%C3%A9t%C3%A9'],
  ['/%E2%80%AEgpj', '/%E2%80%AEgpj'],
  ['http://host/a/b?x', '/a/b'],
  ['HTTPS://u:p@host:8443/a', '/a'],
  ['http://host', '/'],
  ['*', '*'],
  ['Example.com:443', 'example.com:443'],
  ['[2001:db8::1]:443', '[2001:db8::1]:443'],
  ['/a:b', '/a:b'],
];

test('one spelling a path', () => {
  for (const [target, path] of rows) assert.equal(normalisePath(target).path, path, target);
});

test('forms, authority, matrix parameters', () => {
  assert.equal(normalisePath('http://u@host:81/a').authority, 'u@host:81');
  assert.equal(normalisePath('http://host/a').form, 'absolute');
  assert.equal(normalisePath('h:443').form, 'authority');
  assert.equal(normalisePath('*').form, 'asterisk');
  assert.equal(normalisePath('/a').form, 'origin');
  assert.deepEqual(normalisePath('/a;x=1/b;y=2;z=3').matrix, ['x=1', 'y=2;z=3']);
  assert.equal(normalisePath(`/${'a;x/'.repeat(60)}`).matrix.length, 16);
  assert.deepEqual(normalisePath('/a%2Fb/c').segments, ['a/b', 'c']);
  assert.deepEqual(splitTarget('/a?b?c#d'), { path: '/a', query: 'b?c' });
  assert.deepEqual(splitTarget('/a'), { path: '/a', query: '' });
});

test('long paths are cut with a marker, never inside a segment', () => {
  const deep = normalisePath('/a'.repeat(65));
  assert.equal(deep.segments.length, 64);
  assert.equal(deep.segments[63], '…');
  assert.ok(deep.cut);
  const full = normalisePath('/a'.repeat(64));
  assert.ok(!full.cut);
  assert.equal(full.path, '/a'.repeat(64));
  const long = normalisePath(`/${'x'.repeat(1500)}/${'y'.repeat(1500)}`);
  assert.equal(long.path, `/${'x'.repeat(1500)}/…`);
  assert.equal(normalisePath(`/${'x'.repeat(5000)}`).path, '/…');
  // Bytes of no charset grow threefold when written out.
  const grown = normalisePath(`/ok/${'\u00ff'.repeat(1000)}`);
  assert.equal(grown.path, '/ok/…');
  assert.ok(!normalisePath(`/${'x'.repeat(2046)}`).cut);
  assert.ok(normalisePath('/中'.repeat(1023)).path.length <= 2048);
});

test('normalising is idempotent and bounded on any text', () => {
  const random = randomOf(42);
  const pieces = [
    '/',
    '/',
    '%',
    '%2',
    '%2F',
    '%E4%B8%AD',
    '%D6%D0',
    '%C3%A9',
    '%25',
    '%3B',
    ';',
    '..',
    'a',
    'é',
    '中',
    '\u00e9\u00e9',
    '\u0001',
    ' ',
    '{',
    '}',
    '…',
    '%A1%A4',
    '\ud800',
    ':',
    '1',
    '\\',
    '"',
    '%EF%BB%BF',
    '%E2%80%8B',
  ];
  for (let i = 0; i < 30_000; i++) {
    let raw = '/';
    const latin1 = i % 2 === 0;
    for (let n = random(i % 100 === 0 ? 1500 : 12); n > 0; n--) {
      const piece =
        random(8) === 0 ? String.fromCharCode(random(latin1 ? 256 : 65536)) : pieces[random(pieces.length)]!;
      if (!latin1 || /^[\0-\xff]*$/.test(piece)) raw += piece;
    }
    const once = normalisePath(raw);
    assert.ok(once.path.length <= 2048 && once.segments.length <= 64);
    assert.equal(normalisePath(once.path).path, once.path, JSON.stringify(raw.slice(0, 200)));
    assert.doesNotMatch(once.path, /[\0-\x20\x7f?#;{}"]/);
  }
});
