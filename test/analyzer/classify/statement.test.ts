import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatementKind, statementKind } from '../../../analyzer/classify/statement.ts';
import { generator } from './people.ts';

const encoder = new TextEncoder();

function kindOf(text: string): StatementKind {
  const bytes = encoder.encode(`x${text}y`);
  return statementKind(bytes, 1, bytes.length - 1);
}

const queries: Readonly<Record<Exclude<StatementKind, ''>, readonly string[]>> = {
  select: [
    'select * from users',
    'SELECT * FROM t_client_info;',
    'select name from users',
    'select id, name from users where id = 1',
    'SELECT a.id, b.name FROM a LEFT JOIN b ON a.id=b.id',
    'select count(1) from dual',
    'select distinct client_id from trade.orders order by client_id',
    'select top 10 * from [dbo].[orders]',
    'select u.name n from users u where u.age > 3',
    'select * from (select 1 from dual) t',
    '  \n(select 1 from dual)',
    '/* report 17 */ select sum(balance) as total from fund_account group by branch_no',
    '-- daily\nselect 1 from dual',
    "select case when a>1 then 'x' else 'y' end from t limit 10",
    'select `name` from `users` limit ?',
    'select version()',
    'select @@version',
    'select 姓名, 手机号 from 客户表 where 编号 = 1',
    'with recent as (select * from orders) select * from recent',
    "select * from users where name like '%a%' union all select 1,2 from dual",
    'select * from users where 1',
    'select name from users where lower(name) = ?',
    'SELECT id FROM users FOR UPDATE',
    'select id from #{table} where id = #{id}',
  ],
  insert: [
    "insert into users values (1, 'a')",
    'INSERT INTO users(id, name) VALUES (?, ?)',
    'insert ignore into log.t select * from s',
    'insert into users set name = 1',
  ],
  update: [
    "update users set name='a' where id=1",
    'UPDATE users u SET u.name = ?',
    'update a join b on a.id = b.id set a.x = b.x',
  ],
  delete: ['delete from users', 'DELETE FROM users WHERE id = 3', 'delete from t_order limit 10;'],
  call: [
    'call refresh()',
    'CALL p_settle(?, 20240101)',
    "exec sp_help 'users'",
    '{call p_query(?,?)}',
    "exec xp_cmdshell 'dir'",
  ],
  show: [
    'show tables',
    'SHOW DATABASES;',
    'show columns from users',
    'show create table users',
    "show variables like 'v%'",
  ],
  dsl: [
    '{"query":{"match_all":{}}}',
    '{"size":10,"query":{"bool":{"must":[{"term":{"a":1}}]}}}',
    '{"aggs":{"by_branch":{"terms":{"field":"branch"}}}}',
    '{"name":{"$ne":null}}',
    '[{"$match":{"a":1}},{"$group":{"_id":"$b"}}]',
    'db.users.find({})',
    "db.getCollection('users').aggregate([])",
  ],
};

const sentences = [
  '',
  'x',
  'select',
  'select a product from the list',
  'Select your account from the menu',
  'select one from many',
  'Select color from palette',
  'select all from list above',
  'select a from here to there',
  'select items from the basket, please',
  'select apples, oranges from the basket',
  'select products from catalog where available',
  'selected * from users',
  'Insert into the form your name',
  'insert into slot',
  'insert coin',
  'update profile',
  'update settings to set language',
  'Update the app and set a password',
  'Delete from cart',
  'delete from the list where you want',
  'delete account',
  'delete from users if they ask',
  'call me (maybe)',
  'call center(24h)',
  'call 95503',
  'execute order',
  'exec summary',
  'show status',
  'show tables of contents',
  'show me the money',
  'with regards, the team',
  'with love from (me)',
  'dbadmin.find(me)',
  '{"query":"{ user { name } }"}',
  '{"query":"手机"}',
  '{"price":"$5: cheap"}',
  '{}',
  '[1,2,3]',
  '委托查询 select',
  'https://example.com/select?from=a',
  '13912345678',
  'deadbeef-0000-4000-8000-000000000000',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  'C:\\select from where',
];

test('queries are told by kind', () => {
  for (const [kind, texts] of Object.entries(queries)) {
    for (const text of texts) assert.equal(kindOf(text), kind, text);
  }
});

test('case, blanks and comments around make no difference', () => {
  for (const [kind, texts] of Object.entries(queries)) {
    if (kind === 'dsl') continue;
    for (const text of texts) {
      assert.equal(kindOf(`\t ${text}  `), kind, text);
      if (!text.startsWith('{')) assert.equal(kindOf(`/* a */${text}`), kind, text);
      assert.equal(kindOf(text.toUpperCase()), kind, text);
    }
  }
});

test('sentences are none', () => {
  for (const text of sentences) assert.equal(kindOf(text), '', text);
});

test('whatever octets come, the answer is one of the kinds and depends on them alone', () => {
  const next = generator(11);
  const all = [...Object.values(queries).flat(), ...sentences];
  for (let round = 0; round < 4000; round++) {
    const text = all[next(all.length)]!;
    const bytes = encoder.encode(text);
    for (let change = 0; change < 3 && bytes.length > 0; change++) {
      bytes[next(bytes.length)] = next(256);
    }
    const end = next(bytes.length + 1);
    const kind = statementKind(bytes, 0, end);
    assert.ok(kind === '' || kind in queries);
    assert.equal(statementKind(bytes.slice(0, end), 0, end), kind);
  }
});
