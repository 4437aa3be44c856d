/** What is left unread at each step, and that every octet of it is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { conversation } from '../../../deploy/traffic/conversation.ts';
import { defaultHttpLimits } from '../../../sensor/http/limits.ts';
import { createShedBoard, type PriorityRow, writePriorities, writeStep } from '../../../sensor/sensor.ts';
import { ask, block, frame, hello, settings } from '../http/http2/made-frames.ts';
import { client, packetsOf, server } from '../http/http2/recorded.ts';
import { type Sensed, sense } from '../sense.ts';

const rows: readonly PriorityRow[] = [
  { host: 'shop.example', path: '/login', priority: 'never' },
  { host: 'shop.example', path: '/cards/{id}', priority: 'high' },
  { host: 'shop.example', path: '/lists/{id}', priority: 'medium' },
  { host: 'shop.example', path: '/news/{id}', priority: 'low' },
];
const paths = ['/news/1', '/lists/2', '/unknown/3', '/cards/4', '/login'];

function sensed(step: number, table = rows): Sensed {
  const board = createShedBoard();
  writePriorities(board, table);
  writeStep(board, step);
  const made = conversation({ client: '10.0.0.1:4000', server: '10.0.0.2:80' }).open();
  const body = gzipSync('{"answer":"0123456789"}');
  for (const path of paths) {
    made.send('client', `POST ${path} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 8\r\n\r\n{"a": 1}`);
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
    made.send('server', Buffer.concat([Buffer.from(head), body]));
  }
  return sense(made.close('client').packets(), { board });
}

/** Of each exchange: whether its request and its response were read. */
function readOf({ records }: Sensed): string[] {
  return records.map(({ request, response, weird }) => {
    const sides = [request, response].map((side) => (side!.body.captured > 0 ? 'read' : 'shed'));
    const shed = [request, response].some((side) => (side!.body.shedBytes ?? 0) > 0);
    assert.equal(weird.includes('body_shed'), shed);
    for (const side of [request, response]) assert.equal(side!.body.truncated, (side!.body.shedBytes ?? 0) > 0);
    return sides.join(' ');
  });
}

test('low first, then medium and the unknown, then high, then requests; never what must stay', () => {
  const all = sensed(0);
  assert.deepEqual(readOf(all), Array(5).fill('read read'));
  const shed = ['read shed', 'read shed', 'read shed', 'read shed', 'read read'];
  for (const [step, count] of [
    [1, 1],
    [2, 3],
    [3, 4],
  ] as const) {
    const expected = shed.map((sides, i) => (i < count ? sides : 'read read'));
    assert.deepEqual(readOf(sensed(step)), expected, `step ${step}`);
  }
  assert.deepEqual(readOf(sensed(4)), [...Array(4).fill('shed shed'), 'read read']);
});

test('each exchange is told with its heads, and what was not read of it is in the ledger', () => {
  const all = sensed(0);
  const some = sensed(4);
  assert.deepEqual(
    some.records.map(({ uid, request, response, pairing }) => [uid, request!.target, response!.status, pairing]),
    all.records.map(({ uid, request, response, pairing }) => [uid, request!.target, response!.status, pairing]),
  );
  const wire = some.records.slice(0, 4).flatMap(({ request, response }) => [request!.body, response!.body]);
  assert.equal(
    some.count('shedBytes'),
    wire.reduce((sum, { wireBytes }) => sum + wireBytes, 0),
  );
  assert.ok(wire.every(({ shedBytes, wireBytes }) => shedBytes === wireBytes));
  assert.equal(some.count('bodiesShed'), 8);
  assert.equal(some.count('messageBytes') + some.count('shedBytes'), all.count('messageBytes'));
});

test('what is left unread in HTTP/2 holds nothing, so no exchange makes room for another', () => {
  const { http2 } = defaultHttpLimits;
  const paths = Array.from({ length: 20 }, (_, i) => [2 * i + 1, `/news/${i}`] as const);
  const coded = Buffer.concat([gzipSync('{"answer":"0123456789"}'), Buffer.alloc(3000)]);
  const head = block({ ':status': '200', 'content-encoding': 'gzip' });
  const talk = [
    client(hello, ...paths.map(([id, path]) => ask(id, path, { ':authority': 'shop.example' }))),
    server(settings, ...paths.map(([id]) => Buffer.concat([frame('headers', id, head, 4), frame('data', id, coded)]))),
    server(...paths.map(([id]) => frame('data', id, coded, ['endStream']))),
  ];
  const run = (step: number) => {
    const board = createShedBoard();
    writePriorities(board, rows);
    writeStep(board, step);
    return sense(packetsOf(talk), { board, http: { http2: { ...http2, maxHeld: 10_000 } } });
  };
  assert.ok(run(0).weird.includes('http2_stream_limit'));
  const { records, weird, count } = run(1);
  assert.deepEqual(weird, []);
  assert.ok(records.every(({ pairing, weird }) => pairing === 'paired' && weird.includes('body_shed')));
  assert.equal(count('shedBytes'), 20 * 2 * coded.length);
});

test('without a table nothing is shed: what is worth nothing is somebody’s to say', () => {
  assert.deepEqual(readOf(sensed(4, [])), Array(5).fill('read read'));
});
