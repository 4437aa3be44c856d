import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbers } from '../../sensor/sample-text.ts';
import { read } from './collect.ts';

const cases: readonly (readonly [string, string, readonly string[], boolean])[] = [
  [
    'values',
    '{"a":1,"b":-2.5e3,"c":true,"d":null,"e":"x","f":""}',
    ['a = 1 (number)', 'b = -2.5e3 (number)', 'c = true (literal)', 'd = null (literal)', 'e = x', 'f = '],
    true,
  ],
  ['nothing in it', '{"a":{},"b":[],"c":[[]]}', [], true],
  [
    'rows',
    '{"d":{"rows":[{"m":"1"},{"m":"2"}]}}',
    ['d.rows[] {', 'd.rows[].m = 1', 'd.rows[] }', 'd.rows[] {', 'd.rows[].m = 2', 'd.rows[] }'],
    true,
  ],
  ['an array of its own', ' [1, "a", [2]] ', ['[] = 1 (number)', '[] = a', '[][] = 2 (number)'], true],
  ['objects inside rows', '[{"a":{"b":1},"c":2}]', ['[] {', '[].a.b = 1 (number)', '[].c = 2 (number)', '[] }'], true],
  ['escapes', '"\\u5f20\\u4e09 \\"\\\\\\/\\b\\f\\n\\r\\t"', [' = 张三 "\\/\b\f\n\r\t'], true],
  ['surrogates', '"\\ud83d\\ude00 \\ud83d \\ude00\\ud83dx"', [' = 😀 \ufffd \ufffd\ufffdx'], true],
  ['escapes that are none', '"\\x \\u12 \\uzz"', [' = \\x \ufffd \ufffdzz'], true],
  ['escaped keys', '{"\\u540d":1,"a\\"b":2}', ['名 = 1 (number)', 'a"b = 2 (number)'], true],
  [
    'a backslash in a key is no escape the second time',
    '[{"a\\\\n":1},{"a\\n":2}]',
    ['[] {', '[].a\\n = 1 (number)', '[] }', '[] {', '[].a\n = 2 (number)', '[] }'],
    true,
  ],
  ['the same key twice', '{"a":1,"a":2}', ['a = 1 (number)', 'a = 2 (number)'], true],
  ['byte order mark', '\ufeff{"a":1}', ['a = 1 (number)'], true],
  ['guards', ')]}\',\n{"a":1}', ['a = 1 (number)'], true],
  ['guards', 'for(;;);{"a":1}', ['a = 1 (number)'], true],
  ['JSONP', '/**/jQuery123_45({"a":1});', ['a = 1 (number)'], true],
  ['JSONP of a string', 'cb("x")', [' = x'], true],
  ['a lone word', 'true', [' = true (literal)'], true],
  ['a lone number', '42', [' = 42 (number)'], true],
  ['words that are none', '{"a":NaN,"b":undefined}', ['a = NaN (literal)', 'b = undefined (literal)'], true],
  ['several values', '{"a":1}\n{"a":2}\n', ['a = 1 (number)', ' {', 'a = 2 (number)', ' }'], true],
  ['a comma too many', '{"a":1,}', ['a = 1 (number)'], false],
  ['a comma too many', '[{"a":1},]', ['[] {', '[].a = 1 (number)', '[] }'], false],
  ['no end', '[{"a":1,"b":"x', ['[] {', '[].a = 1 (number)', '[] }'], false],
  ['a wrong bracket', '{"a":[1}', ['a[] = 1 (number)'], false],
  ['no colon', '{"a" 1}', [], false],
  ['HTML behind it', '{"a":1}<!-- x -->', ['a = 1 (number)'], false],
  ['nothing', '', [], true],
  [
    'keys that are values',
    '{"m":{"13800138000":"张三","a@b.cn":"李四","2024-01-02":{"x":1}}}',
    [
      'm.{key} = 13800138000',
      'm.* = 张三',
      'm.{key} = a@b.cn',
      'm.* = 李四',
      'm.{key} = 2024-01-02',
      'm.*.x = 1 (number)',
    ],
    true,
  ],
  [
    'JSON in a string',
    '{"e":"{\\"a\\":\\"[1,2]\\",\\"b\\":[{\\"c\\":\\"x\\"}]}"}',
    ['e.a[] = 1 (number)', 'e.a[] = 2 (number)', 'e.b[] {', 'e.b[].c = x', 'e.b[] }'],
    true,
  ],
  [
    'what only looks so',
    '["[note] x]","{0}","[2024-01-01]","{\\"a\\" 1}","[]"]',
    ['[] = [note] x]', '[] = {0}', '[] = [2024-01-01]', '[] = {"a" 1}'],
    true,
  ],
];

for (const [name, text, lines, whole] of cases) {
  test(`JSON: ${name}: ${text.slice(0, 40)}`, () => {
    const got = read(text);
    assert.deepEqual(got.lines, lines);
    assert.equal(got.whole, whole);
    assert.equal(got.openRows, 0);
  });
}

test('JSON in strings is read two levels deep', () => {
  const level = (value: unknown, times: number): unknown =>
    times === 0 ? value : JSON.stringify({ a: level(value, times - 1) });
  assert.deepEqual(read(JSON.stringify({ a: level('x', 2) })).lines, ['a.a.a = x']);
  assert.deepEqual(read(JSON.stringify({ a: level('x', 3) })).lines, ['a.a.a = {"a":"x"}']);
});

test('lines: a line that cannot be read costs that line', () => {
  const got = read('{"a":1}\n{"a":2,}\n{"a":3}\n', { contentType: 'application/x-ndjson' });
  assert.deepEqual(got.lines, [
    ' {',
    'a = 1 (number)',
    ' }',
    ' {',
    'a = 2 (number)',
    ' }',
    ' {',
    'a = 3 (number)',
    ' }',
  ]);
  assert.equal(got.whole, false);
});

test('an event stream is lines of JSON', () => {
  const got = read('event: m\ndata: {"a":1}\n\ndata: {"a":2}\n\n', { contentType: 'text/event-stream' });
  assert.deepEqual(got.lines, [' {', 'a = 1 (number)', ' }', ' {', 'a = 2 (number)', ' }']);
});

test('10,000 levels: what is deeper than 64 is counted', () => {
  const arrays = read(`{"d":${'['.repeat(10_000)}1,"x",{"k":"v"}${']'.repeat(10_000)},"after":2}`);
  assert.deepEqual(arrays.lines, ['after = 2 (number)']);
  assert.equal(arrays.whole, true);
  assert.equal(arrays.counts.deepValues, 3);
  const objects = read(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
  assert.deepEqual([objects.lines.length, objects.whole, objects.counts.deepValues], [0, true, 1]);
  const open = read('[{"a":'.repeat(10_000));
  assert.deepEqual([open.whole, open.openRows], [false, 0]);
});

test('a string of 10 MB is one leaf, cut at 64 KiB', () => {
  for (const text of ['x'.repeat(10_000_000), '\\n'.repeat(5_000_000)]) {
    const got = read(`{"a":"${text}","b":1}`);
    assert.equal(got.lines.length, 2);
    assert.equal(got.lines[0]!.length, 'a = '.length + 65_536 + ' (cut)'.length);
    assert.equal(got.lines[1], 'b = 1 (number)');
    assert.equal(got.counts.cutValues, 1);
  }
});

test('a million keys: 200 get nodes, the others share one', () => {
  const letters = (n: number) => n.toString(16).replaceAll(/\d/g, (d) => 'ghijklmnop'[Number(d)]!);
  const keys = Array.from({ length: 1_000_000 }, (_, n) => `"${letters(n)}_":${n % 10}`);
  const got = read(`{${keys.join(',')}}`);
  assert.equal(got.whole, true);
  assert.equal(new Set(got.lines.map((line) => line.slice(0, line.indexOf(' =')))).size, 202);
  assert.equal(got.counts.leaves, 1_000_000);
  assert.equal(got.counts.leaves + got.counts.leavesOverLimit, 1_000_000 + 999_800);
});

test('leaves beyond the limit are counted', () => {
  const got = read('[1,2,3,4,5,"[6]"]', { limits: { leaves: 3 } });
  assert.equal(got.lines.length, 3);
  assert.deepEqual([got.counts.leaves, got.counts.leavesOverLimit, got.whole], [3, 3, true]);
});

test('random JSON: the same leaves as JSON.parse', () => {
  const next = numbers(7);
  for (let round = 0; round < 500; round++) {
    const value = randomValue(next, 0);
    const text = round % 3 === 0 ? JSON.stringify(value, null, 2) : JSON.stringify(value);
    const wanted: string[] = [];
    flatten(JSON.parse(text), '', false, wanted);
    const got = read(text, { limits: { embedded: 0 } });
    assert.deepEqual(got.lines, wanted, text);
    assert.equal(got.whole, true);
  }
});

const characters = [...'"\\/张三\u0001\t😀a1{['];
const names = ['a', 'name', '手机号', 'x"y', 'b\\c', 'é\n', 'rows', '😀', ''];

function randomValue(next: () => number, depth: number): unknown {
  switch (next() % (depth > 5 ? 5 : 8)) {
    case 0:
      return (next() - 8_000_000) / (1 + (next() % 1000));
    case 1:
      return next() % 2 === 0;
    case 2:
      return null;
    case 3:
      return next();
    case 4:
      return Array.from({ length: next() % 9 }, () => characters[next() % characters.length]).join('');
    case 5:
      return Array.from({ length: next() % 5 }, () => randomValue(next, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: next() % 6 }, () => [names[next() % names.length], randomValue(next, depth + 1)]),
      );
  }
}

function flatten(value: unknown, path: string, inArray: boolean, to: string[]): void {
  if (Array.isArray(value)) for (const item of value) flatten(item, `${path}[]`, true, to);
  else if (typeof value === 'object' && value !== null) {
    if (inArray) to.push(`${path} {`);
    for (const [key, child] of Object.entries(value)) flatten(child, path === '' ? key : `${path}.${key}`, false, to);
    if (inArray) to.push(`${path} }`);
  } else if (typeof value === 'string') to.push(`${path} = ${value}`);
  else to.push(`${path} = ${JSON.stringify(value)} (${typeof value === 'number' ? 'number' : 'literal'})`);
}
