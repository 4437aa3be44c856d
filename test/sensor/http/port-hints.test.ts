/** What people say that ports speak: it finds more where a connection is joined late, and octets that say otherwise win. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PortSpeech } from '../../../sensor/http/port-hints.ts';
import { defaultSensorLimits } from '../../../sensor/sensor.ts';
import { sense } from '../sense.ts';
import { summary } from './exchange-of.ts';
import { block, frame, hello, indexed, settings } from './http2/made-frames.ts';
import { client, packetsOf, type Said, server } from './http2/recorded.ts';

const PORT = 80;

function said(talk: readonly Said[], speech: PortSpeech | null, open = false) {
  const ports = speech === null ? null : { [PORT]: speech };
  return sense(packetsOf(talk, { open }), { http: { ...defaultSensorLimits.http, ports } });
}

/** Joined where every field is a reference to a table that nobody saw: no header block tells what it is. */
const opaque = [
  client(frame('headers', 7, Buffer.concat([indexed(70), indexed(71), indexed(72)]), 5), frame('ping', 0, '12345678')),
  server(frame('headers', 7, Buffer.concat([indexed(70), indexed(71)]), 5), frame('ping', 0, '12345678', 1)),
];
const whole = [
  client(hello, frame('headers', 1, block({ ':method': 'GET', ':scheme': 'http', ':path': '/1' }), 5)),
  server(settings, frame('headers', 1, block({ ':status': '200' }), 5)),
];
const plain = [
  client(Buffer.from('GET /a HTTP/1.1\r\nHost: h\r\n\r\n')),
  server(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')),
];
/** The rest of a body, and then an exchange. */
const late = [
  client(Buffer.from('…the rest of something\r\n')),
  server(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
  ...plain,
];

describe('what is said of a port', () => {
  test('h2: frames whose header blocks tell nothing are read as what they are', () => {
    const without = said(opaque, null);
    assert.deepEqual(without.records, []);
    const { records, count } = said(opaque, 'h2');
    assert.equal(records.length, 1);
    assert.equal(count('otherProtocolBytes'), 0);
    assert.ok(records[0]!.weird.includes('http2_hpack_state_unknown'));
    assert.equal(records[0]!.server.port, PORT);
  });

  test('a wrong word loses to the octets', () => {
    for (const speech of ['h2', 'tls', 'http1'] as const) {
      assert.deepEqual(summary(said(plain, speech).records), summary(said(plain, null).records), speech);
      assert.deepEqual(summary(said(plain, speech, true).records), summary(said(plain, null, true).records), speech);
      assert.deepEqual(summary(said(whole, speech).records), ['GET /1 → 200'], speech);
      assert.deepEqual(summary(said(whole, speech, true).records), ['GET /1 → 200'], speech);
    }
    assert.deepEqual(summary(said(late, 'h2').records), summary(said(late, null).records));
  });

  test('http1: no frames are looked for', () => {
    const talk = [
      client(frame('headers', 7, block({ ':method': 'GET', ':scheme': 'http', ':path': '/7' }), 5)),
      server(frame('headers', 7, block({ ':status': '200' }), 5)),
    ];
    assert.deepEqual(summary(said(talk, null).records), ['GET /7 → 200']);
    const { records, count } = said(talk, 'http1');
    assert.deepEqual(records, []);
    assert.equal(count('otherProtocolBytes'), count('bytesToParse'));
  });

  test('tls: what is joined in the middle of a record is left alone, though it looks like a request further on', () => {
    const talk = [client(Buffer.from('\x01\x02\x03cipher')), ...plain];
    assert.equal(said(talk, null).records.length, 1);
    assert.deepEqual(said(talk, 'tls').records, []);
  });

  test('none: nothing is read, and every octet is counted', () => {
    for (const talk of [plain, whole]) {
      for (const open of [true, false]) {
        const { records, count } = said(talk, 'none', open);
        assert.deepEqual(records, []);
        assert.equal(count('otherProtocolBytes'), count('bytesToParse'));
        assert.ok(count('ignoredFlowBytes') > 0);
      }
    }
  });

  test('of another port it says nothing', () => {
    const http = { ...defaultSensorLimits.http, ports: { 9999: 'none' as const } };
    assert.equal(sense(packetsOf(plain, { open: false }), { http }).records.length, 1);
  });
});
