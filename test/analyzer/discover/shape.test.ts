/** Shapes as `read` makes them of bodies: what they tell, and what makes no difference to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../deploy/traffic/random.ts';
import { read } from '../read-exchange.ts';

function shapeOf(body: string, type = 'application/json'): { id: number; entries: readonly string[] } {
  const { given } = read({ response: { headers: ['Content-Type', type] }, responseBody: body });
  return { id: given.shape, entries: given.shapeEntries === '' ? [] : given.shapeEntries.split('\n') };
}

test('fields with their types, and what holds them', () => {
  const { id, entries } = shapeOf('{"a":1,"b":{"c":null,"d":[]},"rows":[{"x":"1"},{"x":2,"y":true}],"e":{},"m":[[1]]}');
  assert.ok(Number.isSafeInteger(id) && id > 0);
  assert.deepEqual(entries, [
    ...['a:number', 'b.c:null', 'b.d:array', 'b:object', 'e:object', 'm:array', 'm[]:array', 'm[][]:number'],
    ...['rows:array', 'rows[].x:number', 'rows[].x:string', 'rows[].y:boolean', 'rows[]:object'],
  ]);
});

test('the request has one too', () => {
  const { sent, given } = read({
    request: { method: 'POST', headers: ['Content-Type', 'application/x-www-form-urlencoded', 'Content-Length', '9'] },
    requestBody: 'a=1&b[]=2',
    responseBody: '{}',
  });
  assert.equal(sent.shapeEntries, 'a:string\nb:array\nb[]:string');
  assert.deepEqual([given.shape, given.shapeEntries], [0, '']);
});

for (const [what, body, type] of [
  ['no body', '', 'application/json'],
  ['an object without fields', '{}', 'application/json'],
  ['a lone value', '"abc"', 'application/json'],
  ['text for people, whatever it says', 'name: wang\ncode=12', 'text/plain'],
  ['a page', '<html><body>name: wang code: 12</body></html>', 'text/html'],
  ['a picture', 'GIF89a', 'image/gif'],
] as const) {
  test(`${what} has no shape`, () => {
    assert.deepEqual(shapeOf(body, type), { id: 0, entries: [] });
  });
}

test('XML, CSV and JSON in texts have shapes', () => {
  assert.deepEqual(shapeOf('<a><b>1</b><b>2</b></a>', 'application/xml').entries, ['a.b:string', 'a:object']);
  assert.deepEqual(shapeOf('name,age\nx,3\ny,4\n', 'text/csv').entries.slice(1, 3), [
    '[].age:string',
    '[].name:string',
  ]);
  assert.deepEqual(shapeOf('{"a":"{\\"b\\":1}"}').entries, ['a.b:number', 'a:object']);
});

test('keys that are values are not told, and count once however many there are', () => {
  const one = shapeOf('{"people":{"13812345678":{"n":1}}}');
  assert.ok(one.entries.every((entry) => !entry.includes('138')));
  const two = shapeOf('{"people":{"13812345678":{"n":1},"13912345679":{"n":1}}}');
  assert.deepEqual(two, one);
});

test('an object of many objects of one kind is a map', () => {
  const map = (from: number, count: number) => {
    const members = Array.from({ length: count }, (_, i) => [`K${(from + i).toString(36)}`, { p: i, q: 'x' }]);
    return shapeOf(JSON.stringify(Object.fromEntries(members)));
  };
  const shape = map(0, 30);
  assert.deepEqual(shape.entries, ['*.p:number', '*.q:string', '*:object']);
  assert.deepEqual(map(900, 120), shape);
  assert.equal(map(0, 20).entries.length, 60, 'few members are fields');
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, 'x']));
  assert.equal(shapeOf(JSON.stringify(wide)).entries.length, 100, 'a wide record is no map');
});

test('the entries are bounded, the id tells all', () => {
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${1000 + i}`, i]));
  const [a, b] = [
    shapeOf(JSON.stringify({ a: wide(150), b: wide(150) })),
    shapeOf(JSON.stringify({ a: wide(150), b: wide(151) })),
  ];
  assert.equal(a.entries.length, 256);
  assert.deepEqual(a.entries, b.entries);
  assert.notEqual(a.id, b.id);
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The same with other values and keys in another order, and arrays of other lengths where `items` says so. */
function disguised(value: Json, random: Random): Json {
  if (typeof value === 'string') return random.text(random.below(9), 'abc');
  if (typeof value === 'number') return random.below(1e6);
  if (typeof value === 'boolean') return random.chance(0.5);
  if (value === null) return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => disguised(item, random));
    return [...items, ...Array.from({ length: random.below(3) }, () => value[0]!).filter((item) => item !== undefined)];
  }
  const members = Object.entries(value).map(([key, each]) => [key, disguised(each, random)] as const);
  return Object.fromEntries(members.sort(() => random.below(3) - 1));
}

function anything(random: Random, depth: number): Json {
  const kind = random.below(depth === 0 ? 4 : 7);
  if (kind === 0) return 'x';
  if (kind === 1) return 1;
  if (kind === 2) return true;
  if (kind === 3) return null;
  if (kind === 4) return Array.from({ length: random.below(4) }, () => anything(random, depth - 1));
  const members = Array.from({ length: random.below(5) }, () => {
    return [random.pick(['a', 'b', 'c', 'name', '数据', 'x.y', '']), anything(random, depth - 1)] as const;
  });
  return Object.fromEntries(members);
}

/** What the entries must be, by the text of the definition alone. */
function expected(value: Json, path: string, into: Set<string>): void {
  if (Array.isArray(value)) {
    into.add(`${path}:array`);
    for (const item of value) expected(item, `${path}[]`, into);
  } else if (value !== null && typeof value === 'object') {
    if (path !== '') into.add(`${path}:object`);
    for (const [key, each] of Object.entries(value)) expected(each, path === '' ? key : `${path}.${key}`, into);
  } else if (path !== '') into.add(`${path}:${value === null ? 'null' : typeof value}`);
}

test('of any JSON: values, order and numbers of rows make no difference, fields and types do', () => {
  const random = new Random(11);
  const byId = new Map<number, string>();
  for (let i = 0; i < 400; i++) {
    const value = anything(random, 4);
    const shape = shapeOf(JSON.stringify(value));
    for (let j = 0; j < 3; j++) {
      assert.deepEqual(shapeOf(JSON.stringify(disguised(value, random))), shape, JSON.stringify(value));
    }
    const told = byId.get(shape.id);
    assert.ok(told === undefined || told === shape.entries.join('\n'), 'an id has one definition');
    byId.set(shape.id, shape.entries.join('\n'));
    const entries = new Set<string>();
    expected(value, '', entries);
    // A key with a point, or none, reads as a path.
    if (![...entries].some((entry) => /x\.y|\.\.|^\.|\.:|^:(?!array)|\.\[|^\[\]\./.test(entry))) {
      assert.deepEqual(shape.entries, [...entries].sort(), JSON.stringify(value));
    }
  }
  assert.ok(byId.size > 100, `${byId.size} shapes`);
  assert.equal(new Set(byId.values()).size, byId.size, 'a definition has one id');
});
