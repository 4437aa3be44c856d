/** What of TLS 1.3 needs a hand-made session: key updates, padding, 0-RTT, key logs with holes, hello retries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sense } from '../sense.ts';
import { packetsOf, type Turn } from './recorded-talk.ts';
import { extension, message, record, SealedSession, serverHello, vector } from './sealed.ts';

const request = (target: string): Buffer => Buffer.from(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
const response = (text: string): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
const turn = (from: Turn['from'], ...parts: readonly Buffer[]): Turn => ({ from, bytes: Buffer.concat(parts) });

const EARLY_DATA = 42;

function told(turns: readonly Turn[], keyLog?: string) {
  const sensed = sense(packetsOf(turns), keyLog === undefined ? {} : { keyLog });
  return {
    ...sensed,
    exchanges: sensed.records.map(({ request: asked, response: answered }) => [asked?.target, answered?.body.text]),
  };
}

function begin(session: SealedSession): Turn[] {
  return [
    turn('client', session.clientHello()),
    turn('server', session.serverHello(), session.serverFlight()),
    turn('client', session.clientFinished()),
  ];
}

test('key updates of both sides, and padding', () => {
  const session = new SealedSession();
  const turns = begin(session);
  for (let i = 0; i < 4; i++) {
    turns.push(turn('client', session.under('client').seal(request(`/${i}`), 23, 100 * i)));
    turns.push(turn('server', session.under('server').seal(response(`answer ${i}`), 23, i)));
    if (i % 2 === 0) turns.push(turn('client', session.under('client').update()));
    turns.push(turn('server', session.under('server').update()));
  }
  const { exchanges, weird, handshakes } = told(turns, session.keyLog());
  assert.deepEqual(
    exchanges,
    [0, 1, 2, 3].map((i) => [`/${i}`, `answer ${i}`]),
  );
  assert.deepEqual(weird, []);
  assert.equal(handshakes[0]?.handshake.outcome, 'complete');
  assert.equal(handshakes[0]?.handshake.group, 'x25519');
});

/** Early data, then the handshake, then more. */
function early(session: SealedSession, accepted: boolean): Turn[] {
  const turns = [
    turn('client', session.clientHello(extension(EARLY_DATA)), session.under('early').seal(request('/early'))),
    turn('server', session.serverHello(), session.serverFlight(...(accepted ? [extension(EARLY_DATA)] : []))),
  ];
  if (accepted) turns.push(turn('client', session.under('early').seal(message(5, Buffer.alloc(0)), 22)));
  turns.push(turn('client', session.clientFinished()));
  if (!accepted) turns.push(turn('client', session.under('client').seal(request('/early'))));
  turns.push(turn('server', session.under('server').seal(response('one'))));
  turns.push(turn('client', session.under('client').seal(request('/late'))));
  turns.push(turn('server', session.under('server').seal(response('two'))));
  return turns;
}

test('0-RTT: accepted data are read, refused ones are not told twice', () => {
  for (const accepted of [true, false]) {
    const session = new SealedSession();
    const { exchanges, weird, handshakes, count } = told(early(session, accepted), session.keyLog());
    assert.deepEqual(exchanges, [
      ['/early', 'one'],
      ['/late', 'two'],
    ]);
    assert.deepEqual(weird, []);
    assert.equal(handshakes[0]?.handshake.earlyData, true);
    assert.equal(count('encryptedBytes') > 0, !accepted);
  }
});

test('0-RTT without its secret: the rest is read', () => {
  const session = new SealedSession();
  const { exchanges, weird } = told(early(session, true), session.keyLog('early'));
  assert.equal(exchanges.at(-1)?.[0], '/late');
  assert.ok(exchanges.every(([target]) => target !== '/early'));
  assert.ok(!weird.includes('tls_wrong_key'));
});

test('a key log without the secrets of the handshake opens what comes behind it', () => {
  const session = new SealedSession();
  const turns = begin(session);
  turns.push(turn('client', session.under('client').seal(request('/a'))));
  turns.push(turn('server', session.under('server').seal(response('b'))));
  const { exchanges, weird, count } = told(turns, session.keyLog('clientHandshake', 'serverHandshake'));
  assert.deepEqual(exchanges, [['/a', 'b']]);
  assert.deepEqual(weird, []);
  assert.ok(count('encryptedBytes') > 0);
});

test('a key log with one direction tells that one', () => {
  const session = new SealedSession();
  const turns = begin(session);
  turns.push(turn('client', session.under('client').seal(request('/a'))));
  turns.push(turn('server', session.under('server').seal(response('b'))));
  const { exchanges } = told(turns, session.keyLog('server', 'serverHandshake'));
  assert.deepEqual(exchanges, [['/a', undefined]]);
});

test('a hello retry is one handshake, and early data before it are gone', () => {
  const session = new SealedSession();
  const retry = record(22, retryHello());
  const turns = [
    turn('client', session.clientHello(extension(EARLY_DATA)), session.under('early').seal(request('/early'))),
    turn('server', retry),
    turn('client', session.clientHello()),
    ...begin(session).slice(1),
    turn('client', session.under('client').seal(request('/a'))),
    turn('server', session.under('server').seal(response('b'))),
  ];
  const { exchanges, handshakes } = told(turns, session.keyLog());
  assert.deepEqual(exchanges, [['/a', 'b']]);
  assert.equal(handshakes.length, 1);
});

function retryHello(): Buffer {
  const hello = serverHello(0x1301, [extension(43, Buffer.of(3, 4))]);
  const random = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
  random.copy(hello, 6);
  return hello;
}

test('content that is no HTTP is another protocol, and a record of nothing is nothing', () => {
  const session = new SealedSession();
  const turns = begin(session);
  turns.push(turn('client', session.under('client').seal(Buffer.alloc(0))));
  turns.push(turn('client', session.under('client').seal(Buffer.from('\0\0\0\x05MQTT and so on'))));
  const { records, count } = told(turns, session.keyLog());
  assert.deepEqual(records, []);
  assert.ok(count('otherProtocolBytes') + count('ignoredFlowBytes') > 0);
});

test('a chain in the encrypted part is told with keys', () => {
  const session = new SealedSession();
  const chain = message(
    11,
    Buffer.concat([Buffer.of(0), vector(3, vector(3, Buffer.from('3000', 'hex')), Buffer.of(0, 0))]),
  );
  const flight = Buffer.concat([message(8, vector(2)), chain, message(20, Buffer.alloc(32))]);
  const turns = [
    turn('client', session.clientHello()),
    turn('server', session.serverHello(), session.under('serverHandshake').seal(flight, 22)),
    turn('client', session.clientFinished()),
  ];
  const { handshakes, weird } = told(turns, session.keyLog());
  assert.equal(handshakes[0]?.handshake.certificates.length, 1);
  assert.deepEqual(weird, ['tls_certificate_malformed']);
});
