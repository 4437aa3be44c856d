import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { sense } from '../sense.ts';
import { get, ok, reply, senseSaid, summary } from './exchange-of.ts';

const upgrade = get('/ws', 'Connection: Upgrade', 'Upgrade: irc');
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: irc\r\n\r\n';
const frames = '\x81\x85GET / HTTP/1.1\r\n\r\n';

test('CONNECT granted: what follows is another protocol', () => {
  const { records, count } = senseSaid({
    turns: [
      'CONNECT db.example:443 HTTP/1.1\r\nHost: db.example:443\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\n',
      get('/in'),
      ok('out'),
    ],
  });
  assert.deepEqual(summary(records), ['CONNECT db.example:443 → 200']);
  assert.equal(records[0]!.request!.host, 'db.example:443');
  assert.equal(count('switchedProtocolBytes'), get('/in').length + ok('out').length);
});

test('CONNECT refused: the connection goes on, what was sent early included', () => {
  const { records } = senseSaid({
    turns: [
      `CONNECT db.example:443 HTTP/1.1\r\n\r\n${get('/early')}`,
      reply('407 Proxy Authentication Required', 'no') + ok('early'),
      get('/later'),
      ok('later'),
    ],
  });
  assert.deepEqual(summary(records), [
    'CONNECT db.example:443 → 407 «no»',
    'GET /early → 200 «early»',
    'GET /later → 200 «later»',
  ]);
});

test('Upgrade granted: the first octets of the new protocol may come with the answer', () => {
  const { records, count } = senseSaid({ turns: [upgrade, switching + frames, frames, frames] });
  assert.deepEqual(summary(records), ['GET /ws → 101']);
  assert.equal(count('switchedProtocolBytes'), 3 * frames.length);
});

test('Upgrade granted while the client sends early: its octets are the new protocol too', () => {
  const { records, count } = senseSaid({ turns: [upgrade + frames, switching, frames] });
  assert.deepEqual(summary(records), ['GET /ws → 101']);
  assert.equal(count('switchedProtocolBytes'), 2 * frames.length);
});

test('Upgrade refused or not understood: HTTP goes on', () => {
  for (const answer of [reply('400 Bad Request', 'no'), ok('plain')]) {
    const { records } = senseSaid({ turns: [upgrade + get('/2'), answer + ok('two'), get('/3'), ok('three')] });
    assert.deepEqual(summary(records).slice(1), ['GET /2 → 200 «two»', 'GET /3 → 200 «three»']);
  }
});

test('an interim response decides nothing', () => {
  const { records } = senseSaid({
    turns: [upgrade + get('/2'), `HTTP/1.1 100 Continue\r\n\r\n${ok('one')}`, '', ok('two')],
  });
  assert.deepEqual(summary(records), ['GET /ws → 200 «one» after 100', 'GET /2 → 200 «two»']);
});

test('requests that wait when the protocol is switched are told so', () => {
  const { records, count } = senseSaid({
    turns: [`${get('/1') + get('/2')}POST /3 HTTP/1.1\r\nContent-Length: 50\r\n\r\npart`, switching, 'more'],
  });
  assert.deepEqual(
    records.map(({ request, unpaired }) => [request!.target, unpaired]),
    [
      ['/1', undefined],
      ['/2', 'protocol-switch'],
      ['/3', 'protocol-switch'],
    ],
  );
  assert.equal(count('exchangesEmitted'), 3);
});

test('a client that sends much before the answer is taken to have switched', () => {
  const { records, count } = senseSaid({
    turns: [`${upgrade}${'x'.repeat(200)}`, ok('refused')],
    options: { http: { maxPaused: 100 } },
  });
  assert.deepEqual(summary(records), ['GET /ws → 200 «refused»']);
  assert.equal(count('switchedProtocolBytes'), 200);
});

test('octets lost while the answer is awaited make no wrong pair', () => {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0 }).open();
  made.send('client', upgrade).lose('client', get('/2')).send('client', get('/3')).wait(1e6);
  made.send('server', reply('400 Bad Request', 'no')).send('server', ok('two')).send('server', ok('three')).close();
  const { records } = sense(made.packets());
  assert.deepEqual(summary(records)[0], 'GET /ws → 400 «no»');
  for (const { request, response, pairing } of records.slice(1)) {
    if (pairing === 'paired') assert.equal(request!.target === '/3', response!.body.text === 'three');
  }
});

test('a lost answer to the Upgrade makes no wrong pair', () => {
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80', ackEvery: 0 }).open();
  made.send('client', upgrade).lose('server', reply('400 Bad Request', 'no')).send('client', get('/2')).wait(1e6);
  made.send('server', ok('two')).send('client', get('/3')).send('server', ok('three'));
  made.send('client', get('/4')).send('server', ok('four')).close();
  const { records } = sense(made.packets());
  for (const { request, response, pairing } of records) {
    if (pairing !== 'paired') continue;
    assert.ok(['/2 two', '/3 three', '/4 four'].includes(`${request!.target} ${response!.body.text}`));
  }
  assert.ok(records.some(({ request, pairing }) => request?.target === '/4' && pairing === 'paired'));
});
