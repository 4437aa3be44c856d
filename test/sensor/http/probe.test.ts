import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findStartLine, probe } from '../../../sensor/http/probe.ts';
import { get, ok, senseSaid, summary } from './exchange-of.ts';

function probed(text: string): string {
  const data = Buffer.from(`..${text}..`, 'latin1');
  return probe(data, 2, data.length - 2);
}

test('the first octets tell what is spoken', () => {
  const expected: readonly (readonly [string, string])[] = [
    ['', 'more'],
    ['\r\n', 'more'],
    ['G', 'more'],
    ['GET', 'more'],
    ['GET ', 'more'],
    ['GET /', 'request'],
    ['\r\n\r\nPOST /x', 'request'],
    ['OPTIONS *', 'request'],
    ['CONNECT h:1 HTTP/1.1\r\n', 'request'],
    ['GET http://h/ HTTP/1.1\r\n', 'request'],
    ['BASELINE-CONTROL /', 'request'],
    ['H', 'more'],
    ['HTTP', 'more'],
    ['HTTP/', 'response'],
    ['HTTP/1.1 200 OK\r\n', 'response'],
    ['\x16', 'more'],
    ['\x16\x03\x01\x02\x00', 'tls'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['SSH-2.0-OpenSSH\r\n', 'other'],
    ['220 mail ready\r\n', 'other'],
    ['EHLO me\r\n', 'other'],
    ['INVITE sip:a@b SIP/2.0\r\nHost: x\r\n', 'other'],
    ['\x00\x01\x02', 'other'],
    ['CONNECT\naccept-version:1.2\nhost:b\n\n', 'other'],
    ['GE%T what ever\r\nHost: a\r\n\r\n', 'odd-request'],
  ];
  for (const [text, kind] of expected) assert.equal(probed(text), kind, JSON.stringify(text));
});

test('a decision does not change when more octets come', () => {
  const texts = [
    'GET /a HTTP/1.1\r\nHost: a\r\n\r\n',
    'CONNECT h:1 HTTP/1.1\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    '\x16\x03\x01\x02\x00',
    'SSH-2.0-x\r\n',
    '\x01bin',
  ];
  for (const text of texts) {
    const whole = probed(text);
    for (let length = 0; length < text.length; length++) {
      const part = probed(text.slice(0, length));
      assert.ok(part === 'more' || part === whole, `${JSON.stringify(text.slice(0, length))}: ${part}`);
    }
  }
});

function found(kind: 'REQUEST' | 'RESPONSE', text: string): number {
  const data = Buffer.from(`..${text}..`, 'latin1');
  const at = findStartLine(data, 2, data.length - 2, kind);
  return at < 0 ? at : at - 2;
}

test('a start line is found behind whatever precedes it, and not where there is none', () => {
  assert.equal(found('REQUEST', 'GET /a HTTP/1.1\r\n'), 0);
  assert.equal(found('REQUEST', 'rest of a bodyPOST /b HTTP/1.1\r\n'), 14);
  assert.equal(found('REQUEST', 'a HTTP/1.1 b DELETE /x?y HTTP/1.0\r\n'), 13);
  assert.equal(found('REQUEST', 'FROB /b HTTP/1.1\r\n'), -1);
  assert.equal(found('REQUEST', 'see HTTP/1.1 200 OK'), -1);
  assert.equal(found('RESPONSE', 'HTTP/1.1 200 OK\r\n'), 0);
  assert.equal(found('RESPONSE', 'HTTP/1.x and HTTP/1.0 404 Not Found\r\n'), 13);
  assert.equal(found('RESPONSE', 'HTTP/1.1 999 No\r\n'), -1);
  assert.equal(found('RESPONSE', 'HTTP/1.1'), -1);
});

test('octet by octet the conversation is the same', () => {
  const turns = [get('/1'), ok('one'), `\r\n${get('/2')}`, ok('two')];
  const expected = ['GET /1 → 200 «one»', 'GET /2 → 200 «two»'];
  for (const mss of [1, 2, 3, 5, 1460])
    assert.deepEqual(summary(senseSaid({ turns, mss }).records), expected, `${mss}`);
});

test('other protocols are counted and left alone', () => {
  for (const turns of [['', '220 ready\r\n', 'EHLO x\r\n', '250 ok\r\n']]) {
    const { records, count } = senseSaid({ turns });
    assert.equal(records.length, 0);
    const octets = turns.join('').length;
    // The record that the TLS case begins is never whole.
    const counted = count('otherProtocolBytes') + count('ignoredFlowBytes') + count('tlsLostBytes');
    assert.equal(counted, octets, JSON.stringify(turns));
  }
});

test('a connection is searched for a start line only so far', () => {
  const noise = '\x01noise'.repeat(1000);
  const options = { http: { maxUnread: 3000 } };
  assert.equal(senseSaid({ turns: [noise + get('/late'), ok('x')], options }).count('requestsParsed'), 0);
  assert.equal(
    senseSaid({ turns: [noise.slice(0, 2000) + get('/soon'), ok('x')], options }).count('requestsParsed'),
    1,
  );
});
