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
    row('a.example', '/api/login', 'never', true),
    row('10.0.0.2:8080', '/', 'low', true),
  ]);
  const of = (target: string, host = 'a.example') => table.of(host, target, '10.0.0.2:8080');
  assert.equal(of('/api/other'), 'low');
  assert.equal(of('/api/users/17?x=/cards'), 'medium');
  assert.equal(of('/api/users/17/cards/3'), 'high');
  assert.equal(of('/api/users/me'), 'low');
  assert.equal(of('/api/users/me/cards'), 'high', 'a path that the exact segment does not lead to');
  assert.equal(of('/apis/login'), null);
  assert.equal(of('/elsewhere'), null);
  for (const login of ['/api/login', '/api//login/', '/api/%6Cogin', '/api/login;jsessionid=1?u=2']) {
    assert.equal(of(login), 'never', login);
  }
  assert.equal(of('http://a.example/api/login?x'), 'never', 'the absolute form');
  for (const host of ['A.Example', 'a.example:80', 'a.example.', 'a.example:443']) {
    assert.equal(of('/api/login', host), 'never', host);
  }
  assert.equal(of('/api/login', 'a.example:8081'), null);
  assert.equal(of('/anything', ''), 'low', 'no host: by the server');
});

test('what the inventory knows of a path says of deeper ones only that more is kept', () => {
  const table = new PriorityTable([
    row('a.example', '/', 'low'),
    row('a.example', '/news', 'medium'),
    row('a.example', '/news/{id}', 'low'),
    row('a.example', '/clients', 'high'),
    row('a.example', '/clients/{id}/photo', 'low'),
    row('a.example', '/accounts', 'never'),
    row('b.example', '/', 'low', true),
  ]);
  const of = (target: string) => table.of('a.example', target, '');
  assert.equal(of('/'), 'low');
  assert.equal(of('/?page=2'), 'low');
  assert.equal(of('/new-login'), null, 'nobody knows it yet');
  assert.equal(of('/news'), 'medium');
  assert.equal(of('/news/17'), 'low');
  assert.equal(of('/news/17/comments'), null);
  assert.equal(of('/clients/17'), 'high');
  assert.equal(of('/clients/17/photo'), 'low');
  assert.equal(of('/clients/17/photo/secret'), 'high', 'the longest one that counts');
  assert.equal(of('/accounts/17/new'), 'never');
  assert.equal(table.of('b.example', '/login', ''), 'low', 'a person’s word is for all below');
});

test('of two rows on one path the one that is read longer counts; a person wins over the inventory', () => {
  const table = new PriorityTable([
    row('a.example', '/rpc', 'low'),
    row('a.example', '/rpc', 'never'),
    row('a.example', '/rpc', 'medium'),
    row('a.example', '/static/logo', 'low'),
    row('a.example', '/static', 'never', true),
    row('a.example', '/rpc/deep', 'low', true),
  ]);
  assert.equal(table.of('a.example', '/rpc', ''), 'never');
  assert.equal(table.of('a.example', '/rpc/deep', ''), 'low');
  assert.equal(table.of('a.example', '/static/logo', ''), 'never');
});

test('a hostile path costs no more than the table is large', () => {
  const rows = Array.from({ length: 12 }, (_, i) => row('a.example', `/${'a/'.repeat(i)}{x}/a/{y}`, 'low'));
  const table = new PriorityTable(rows);
  table.of('a.example', `/${'a/'.repeat(100_000)}`, '');
  table.of('a.example', `/${'%'.repeat(10_000)}`, '');
  assert.equal(table.of('a.example', '/', ''), null);
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
  assert.equal(reader.table!.of('a.example', '/path/0', ''), 'never');
  assert.equal(reader.table!.of('a.example', '/path/39999', ''), null);
  assert.equal(writePriorities(board, []), 0);
  reader.refresh();
  assert.equal(reader.table, null, 'without rows nothing is shed');
  assert.equal(hasPriorities(board), false);
});
