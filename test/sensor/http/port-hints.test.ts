/** What people say that ports speak: it finds more where a connection is joined late, and octets that say otherwise win. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PortSpeech } from '../../../sensor/http/port-hints.ts';
import { defaultSensorLimits } from '../../../sensor/sensor.ts';
import { sense } from '../sense.ts';
import { summary } from './exchange-of.ts';
import { block, frame, hello, indexed, settings } from './http2/made-frames.ts';
import { client, packetsOf, type Said, server } from './http2/recorded.ts';

/** A record of TLS with the beginning of a ClientHello. */
const hello13 = Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]);

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
    const read = (talk: readonly Said[], speech: PortSpeech | null, open?: boolean) =>
      summary(said(talk, speech, open).records).map((text) => text.replace(' port_hint_contradicted', ''));
    for (const speech of ['h2', 'tls', 'http1'] as const) {
      for (const open of [false, true]) {
        assert.deepEqual(read(plain, speech, open), ['GET /a → 200 «ok»'], speech);
        assert.deepEqual(read(whole, speech, open), ['GET /1 → 200'], speech);
      }
    }
    assert.deepEqual(read(late, 'h2'), read(late, null));
  });

  test('a wrong word is told, at its exchange too', () => {
    const isTold = (talk: readonly Said[], speech: PortSpeech | null, open = true) =>
      said(talk, speech, open).weird.includes('port_hint_contradicted');
    const sealed = [client(hello13), server(Buffer.from([23, 3, 3, 0, 1, 0]))];
    for (const speech of ['http1', 'h2', 'tls'] as const) {
      for (const open of [true, false]) {
        assert.equal(isTold(plain, speech, open), speech !== 'http1', speech);
        assert.equal(isTold(whole, speech, open), speech !== 'h2', speech);
        assert.equal(isTold(sealed, speech, open), speech !== 'tls', speech);
      }
    }
    const weird = said([...plain, ...plain], 'h2', true).records.map((record) => record.weird);
    assert.deepEqual(weird, [['port_hint_contradicted'], []]);
    // Of one that is not read nothing is found, and where nothing is said there is nothing to contradict.
    for (const talk of [plain, whole, sealed])
      for (const speech of ['none', null] as const) assert.ok(!isTold(talk, speech));
    assert.ok(!isTold(late, 'http1', false));
    assert.ok(!isTold(opaque, 'h2'));
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
