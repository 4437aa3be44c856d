/** Bodies that the application encrypted, in every form they come in, however they are cut. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { read } from '../read-exchange.ts';

function encrypted(length: number, number = 1): Buffer {
  const seed = (what: string) => createHash('sha512').update(`${what}${number}`).digest();
  const cipher = createCipheriv('aes-128-cbc', seed('key').subarray(0, 16), seed('iv').subarray(0, 16));
  return Buffer.concat([cipher.update('客户资料 '.repeat(length)), cipher.final()]);
}

function signalsOf(type: string, body: string | Buffer, split?: (length: number) => number): readonly string[] {
  const octets = Buffer.from(body);
  const headers = ['Content-Type', type, 'Content-Length', String(octets.length)];
  const request = { method: 'POST', target: '/secure', headers };
  return read({ request, requestOctets: octets, response: { headers: ['Content-Type', 'text/plain'] } }, split).signals;
}

for (const length of [6, 30, 600]) {
  const octets = encrypted(length);
  const [base64, hex] = [octets.toString('base64'), `${octets.toString('hex')}0123`];
  const bodies: readonly (readonly [string, string | Buffer])[] = [
    ['application/json', JSON.stringify({ data: base64 })],
    ['application/json;charset=GBK', JSON.stringify({ head: { code: 0 }, body: hex })],
    ['application/json', JSON.stringify(base64)],
    ['application/json', base64],
    ['application/json', hex],
    ['text/plain', base64],
    ['application/octet-stream', base64],
    ['application/octet-stream', octets],
    ['', octets],
    ['application/x-www-form-urlencoded', `param=${encodeURIComponent(base64)}`],
    ['text/xml', `<request><encrypted>${base64}</encrypted></request>`],
  ];
  for (const [number, [type, body]] of bodies.entries()) {
    test(`${octets.length} octets encrypted, as ${type || 'no type'}, form ${number + 1}`, () => {
      assert.deepEqual(signalsOf(type, body), ['opaque-request']);
      for (const size of [1, 7, 100])
        assert.deepEqual(
          signalsOf(type, body, () => size),
          ['opaque-request'],
        );
    });
  }
}

test('what can be read, or is of a known format, is not opaque', () => {
  const text = JSON.stringify({ name: '王小明', remark: '客户资料 '.repeat(40) });
  const bodies: readonly (readonly [string, string | Buffer])[] = [
    ['application/json', text],
    ['application/octet-stream', text],
    ['application/octet-stream', gzipSync(text.repeat(20))],
    ['', Buffer.from(text, 'utf16le')],
    ['image/png', encrypted(50)],
    ['application/javascript', `(function(){var t='${encrypted(40).toString('base64')}';})();`],
    ['application/vnd.maker.format', encrypted(50)],
    ['application/json', 'true'],
    ['application/json', JSON.stringify({ token: encrypted(30).toString('base64') })],
    ['application/json', JSON.stringify({ id: 7, note: 'x', data: encrypted(3).toString('base64').slice(0, 40) })],
    ['text/plain', 'The quick brown fox jumps over the lazy dog, and then it sleeps for many hours in the sun.'],
  ];
  for (const [type, body] of bodies) assert.deepEqual(signalsOf(type, body), [], `${type} ${body.slice(0, 30)}`);
});
