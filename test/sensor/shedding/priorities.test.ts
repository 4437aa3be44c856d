/** Which row of the table a path belongs to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShedBoard, hasPriorities, ShedReader, writePriorities } from '../../../sensor/shedding/board.ts';
import { type PriorityRow, PriorityTable } from '../../../sensor/shedding/priorities.ts';

const row = (host: string, path: string, priority: PriorityRow['priority'], decided = false): PriorityRow => ({
  ...{ host, path, priority, decided },
});

test('the longest prefix decides, by whole segments; a parameter stands for any', () => {
  const table = new PriorityTable([
    row('a.example', '/api', 'low', true),
    row('a.example', '/api/users/{id}', 'medium', true),
    row('a.example', '/api/users/{id}/cards', 'high', true),
    row('a.example', '/api/users/me', 'low', true),
    row('a.example', '/api/bonus', 'never', true),
    row('10.0.0.2:8080', '/', 'low', true),
  ]);
  const of = (target: string, host = 'a.example') => table.of(host, target, '10.0.0.2:8080', 'POST');
  assert.equal(of('/api/other'), 'low');
  assert.equal(of('/api/users/17?x=/cards'), 'medium');
  assert.equal(of('/api/users/17/cards/3'), 'high');
  assert.equal(of('/api/users/me'), 'low');
  assert.equal(of('/api/users/me/cards'), 'high', 'a path that the exact segment does not lead to');
  assert.equal(of('/apis/bonus'), null);
  assert.equal(of('/elsewhere'), null);
  for (const path of ['/api/bonus', '/api//bonus/', '/api/%62onus', '/api/bonus;jsessionid=1?u=2']) {
    assert.equal(of(path), 'never', path);
  }
  assert.equal(of('http://a.example/api/bonus?x'), 'never', 'the absolute form');
  for (const host of ['A.Example', 'a.example:80', 'a.example.', 'a.example:443']) {
    assert.equal(of('/api/bonus', host), 'never', host);
  }
  assert.equal(of('/api/other', 'a.example:8081'), null);
  assert.equal(of('/anything', ''), 'low', 'no host: by the server');
});

test('what the inventory knows of a path says of deeper ones only that more is kept', () => {
  const table = new PriorityTable([
    row('a.example', '/', 'low'),
    row('a.example', '/news', 'medium'),
    row('a.example', '/news/{id}', 'low'),
    row('a.example', '/clients', 'high'),
    row('a.example', '/clients/{id}/photo', 'low'),
    row('a.example', '/clubs', 'never'),
    row('b.example', '/', 'low', true),
  ]);
  const of = (target: string) => table.of('a.example', target, '', 'GET');
  assert.equal(of('/'), 'low');
  assert.equal(of('/?page=2'), 'low');
  assert.equal(of('/new-bonus'), null, 'nobody knows it yet');
  assert.equal(of('/news'), 'medium');
  assert.equal(of('/news/17'), 'low');
  assert.equal(of('/news/17/comments'), null);
  assert.equal(of('/clients/17'), 'high');
  assert.equal(of('/clients/17/photo'), 'low');
  assert.equal(of('/clients/17/photo/secret'), 'high', 'the longest one that counts');
  assert.equal(of('/clubs/17/new'), 'never');
  assert.equal(table.of('b.example', '/bonus', '', 'GET'), 'low', 'a person’s word is for all below');
});

test('of two rows on one path the one that is read longer counts; a person wins over the inventory', () => {
  const table = new PriorityTable([
    row('a.example', '/hub', 'low'),
    row('a.example', '/hub', 'never'),
    row('a.example', '/hub', 'medium'),
    row('a.example', '/static/logo', 'low'),
    row('a.example', '/static', 'never', true),
    row('a.example', '/hub/deep', 'low', true),
  ]);
  const of = (target: string) => table.of('a.example', target, '', 'POST');
  assert.equal(of('/hub'), 'never');
  assert.equal(of('/hub/deep'), 'low');
  assert.equal(of('/static/logo'), 'never');
});

test('what the inventory keeps whole is not shed by a person’s row on more than that', () => {
  const table = new PriorityTable([
    row('a.example', '/x/{id}', 'never'),
    row('a.example', '/y', 'never'),
    row('a.example', '/', 'low', true),
    row('a.example', '/y', 'low', true),
  ]);
  const of = (target: string) => table.of('a.example', target, '', 'POST');
  assert.equal(of('/x/17'), 'never', 'learnt from what was seen there');
  assert.equal(of('/x/17/news'), 'low', 'another API');
  assert.equal(of('/y'), 'low', 'a person spoke of this one');
});

test('no row has logins, codes, orders and payments shed', () => {
  const paths = ['/api/login', '/sms/code', '/trade/placeOrder', '/pay/transfers'];
  const table = new PriorityTable([
    row('a.example', '/', 'low', true),
    ...paths.flatMap((path) => [row('a.example', path, 'low', true), row('a.example', path, 'low')]),
  ]);
  for (const path of paths) {
    assert.equal(table.of('a.example', path, '', 'POST'), 'never', path);
    assert.equal(table.of('b.example', path, '', 'POST'), 'never', 'nor is a host that no row knows');
  }
  assert.equal(table.of('a.example', '/news', '', 'POST'), 'low');
  assert.equal(table.of('a.example', '/login/main.css', '', 'GET'), 'low');
  assert.equal(table.of('a.example', '/login/main.css', '', 'POST'), 'never', 'nobody posts to a style sheet');
});

test('accounts, trade and gateways are shed where a row names them, or the inventory knows better', () => {
  const table = new PriorityTable([
    row('a.example', '/', 'low', true),
    row('a.example', '/trade/news', 'low', true),
    row('a.example', '/trade/vip', 'never', true),
    row('b.example', '/gateway/weather', 'low'),
    row('b.example', '/gateway/customers', 'never'),
  ]);
  const of = (host: string, target: string) => table.of(host, target, '', 'POST');
  assert.equal(of('a.example', '/trade/positions'), 'never');
  assert.equal(of('a.example', '/fund-account/17'), 'never');
  assert.equal(of('a.example', '/gateway?method=weather'), 'never', 'it may be a login');
  assert.equal(of('a.example', '/trade/news/17'), 'low', 'a person knows what lies there');
  assert.equal(of('a.example', '/trade/news/login'), 'never');
  assert.equal(of('a.example', '/trade/vip'), 'never');
  assert.equal(of('b.example', '/gateway/weather'), 'low');
  assert.equal(of('b.example', '/gateway/customers'), 'never');
  assert.equal(of('b.example', '/gateway/weather/today'), 'never', 'not known yet');
});

test('a hostile path costs no more than the table is large', () => {
  const rows = Array.from({ length: 12 }, (_, i) => row('a.example', `/${'a/'.repeat(i)}{x}/a/{y}`, 'low'));
  const table = new PriorityTable(rows);
  table.of('a.example', `/${'a/'.repeat(100_000)}`, '', 'GET');
  table.of('a.example', `/${'%'.repeat(10_000)}`, '', 'GET');
  table.of('a.example', `/${'sign-_'.repeat(100_000)}`, '', 'GET');
  assert.equal(table.of('a.example', '/', '', 'GET'), null);
});

test('a table that has no room loses its last rows; a reader sees a new one, and none at first', () => {
  const board = createShedBoard();
  const reader = new ShedReader(board);
  reader.refresh();
  assert.equal(reader.table, null);
  assert.equal(hasPriorities(board), false);
  const rows = Array.from({ length: 40_000 }, (_, i) => row('a.example', `/path/${i}`, i === 0 ? 'never' : 'low'));
  const kept = writePriorities(board, rows);
  assert.ok(kept > 10_000 && kept < 40_000, `${kept} rows`);
  assert.equal(hasPriorities(board), true);
  reader.refresh();
  assert.equal(reader.table!.of('a.example', '/path/0', '', 'GET'), 'never');
  assert.equal(reader.table!.of('a.example', '/path/39999', '', 'GET'), null);
  assert.equal(writePriorities(board, []), 0);
  reader.refresh();
  assert.equal(reader.table, null, 'without rows nothing is shed');
  assert.equal(hasPriorities(board), false);
});
