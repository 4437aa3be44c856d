import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieLeaves, setCookieLeaves } from '../../../analyzer/leaves/cookies.ts';
import { headerLeaves } from '../../../analyzer/leaves/headers.ts';
import { pathLeaves } from '../../../analyzer/leaves/path.ts';
import { queryLeaves } from '../../../analyzer/leaves/query.ts';
import { readHead } from './collect.ts';

test('query', () => {
  assert.deepEqual(
    readHead((output) => queryLeaves(output, 'mobile=138&name=%E5%BC%A0&flag&t=a+b')),
    ['mobile = 138', 'name = 张', ' = flag', 't = a b'],
  );
  // UTF-8 sent as it is arrives as Latin-1, one character an octet.
  assert.deepEqual(
    readHead((output) => queryLeaves(output, Buffer.from('n=张').toString('latin1'))),
    ['n = 张'],
  );
  const long = 'x'.repeat(100_000);
  assert.equal(readHead((output) => queryLeaves(output, `a=${long}`))[0]!.length, 4 + 65_536 + 6);
});

test('path', () => {
  const values = [
    { name: 'customerId', value: '100001' },
    { name: 'name', value: '%E5%BC%A0+a&b=c' },
  ];
  assert.deepEqual(
    readHead((output) => pathLeaves(output, values)),
    ['customerId = 100001', 'name = 张+a&b=c'],
  );
});

test('cookies', () => {
  assert.deepEqual(
    readHead((output) => cookieLeaves(output, 'JSESSIONID=A+B=; user=%7B%22id%22%3A7%7D;  lone; e=')),
    ['JSESSIONID = A+B=', 'user.id = 7 (number)', ' = lone', 'e = '],
  );
  assert.deepEqual(
    readHead((output) => setCookieLeaves(output, 'token=abc; Path=/; HttpOnly')),
    ['token = abc'],
  );
});

test('headers: those of the application, names in lower case', () => {
  const headers = [
    'Host',
    'a',
    'X-Access-Token',
    'abc',
    'Cookie',
    'a=1; b=2',
    'Authorization',
    'Bearer x.y',
    'Accept',
    '*/*',
    'X-User',
    '%E5%BC%A0',
  ];
  assert.deepEqual(
    readHead((output) => headerLeaves(output, headers)),
    ['x-access-token = abc', 'a = 1', 'b = 2', 'authorization = Bearer x.y', 'x-user = 张'],
  );
});
