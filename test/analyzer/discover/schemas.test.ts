/** What is learnt of an API's fields from shapes, and what is told of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SchemaView, schemaView } from '../../../analyzer/discover/schema-view.ts';
import { Schemas } from '../../../analyzer/discover/schemas.ts';

const start = Date.UTC(2026, 0, 5) * 1000;
const hour = 3600e6;
const nothing = { labels: [], places: [], values: [], shape: 0, shapeEntries: '' };

/** An id for each definition, as `read` gives them. */
const ids = new Map<string, number>();
function side(...entries: string[]) {
  const shapeEntries = entries.sort().join('\n');
  if (shapeEntries === '') return nothing;
  if (!ids.has(shapeEntries)) ids.set(shapeEntries, ids.size + 1);
  return { ...nothing, shape: ids.get(shapeEntries)!, shapeEntries };
}

function observe(schemas: Schemas, ts: number, sent: readonly string[], given: readonly string[]): void {
  schemas.observe({ apiId: 'a', app: 'app.example', ts, sent: side(...sent), given: side(...given) });
}

function viewOf(schemas: Schemas): SchemaView {
  return schemaView(schemas.changed().map((schema) => ({ ...schema, labels: [] })));
}

const names = (fields: SchemaView['response']) =>
  fields.map(({ in: place, path, types, required, share }) => [place, path, types.join('|'), required || share]);

test('types, and what is always there among what holds it', () => {
  const schemas = new Schemas();
  const rows = ['rows:array', 'rows[]:object', 'rows[].id:number'];
  for (let i = 0; i < 10; i++) {
    const optional = i % 2 === 0 ? ['?page:number'] : [];
    const name = i === 0 ? ['rows[].name:null', 'rows[].name:string'] : ['rows[].name:string'];
    observe(schemas, start + i, ['?q:string', ...optional], i < 8 ? [...rows, ...name] : ['rows:array']);
  }
  const { request, response, requests, responses } = viewOf(schemas);
  assert.deepEqual([requests, responses], [10, 10]);
  assert.deepEqual(names(request), [
    ['query', 'page', 'number', 0.5],
    ['query', 'q', 'string', true],
  ]);
  assert.deepEqual(names(response), [
    ['body', 'rows', 'array', true],
    ['body', 'rows[]', 'object', 0.8],
    ['body', 'rows[].id', 'number', true],
    ['body', 'rows[].name', 'null|string', true],
  ]);
});

test('a request without parameters lacks them; a reply without content says nothing', () => {
  const schemas = new Schemas();
  for (let i = 0; i < 10; i++) observe(schemas, start + i, i < 5 ? ['?q:string'] : [], i < 5 ? ['a:string'] : []);
  const { request, response, responses } = viewOf(schemas);
  assert.deepEqual(names(request), [['query', 'q', 'string', 0.5]]);
  assert.deepEqual(names(response), [['body', 'a', 'string', true]]);
  assert.equal(responses, 5);
});

test('few messages say nothing of what is required', () => {
  const schemas = new Schemas();
  for (let i = 0; i < 4; i++) observe(schemas, start + i, [], ['a:string']);
  assert.deepEqual(names(viewOf(schemas).response), [['body', 'a', 'string', 1]]);
});

test('what has come, gone and changed its type after the API was known', () => {
  const schemas = new Schemas();
  for (let i = 0; i < 200; i++) {
    const late = i >= 100;
    const seldom = i === 150 ? ['rare:string'] : [];
    const amount = late ? 'amount:string' : 'amount:number';
    const more = late ? ['owner:object', 'owner.name:string'] : ['old:string'];
    observe(schemas, start + i * hour, [], ['code:number', amount, ...more, ...seldom]);
  }
  const { changes } = viewOf(schemas);
  assert.deepEqual(
    changes.map(({ kind, path, type, at }) => [kind, path, type, (at - start) / hour]),
    [
      ['removed', 'old', '', 99],
      ['type', 'amount', 'string', 100],
      ['added', 'owner', '', 100],
    ],
  );
});

test('an API that is new, or called for a short time alone, has no changes', () => {
  const few = new Schemas();
  for (let i = 0; i < 60; i++) observe(few, start + i * hour, [], i < 30 ? ['a:string'] : ['b:string']);
  assert.deepEqual(viewOf(few).changes, []);
  const short = new Schemas();
  for (let i = 0; i < 400; i++) observe(short, start + i * 1e6, [], i < 200 ? ['a:string'] : ['b:string']);
  assert.deepEqual(viewOf(short).changes, []);
});

test('more shapes than are kept one by one are counted all the same', () => {
  const schemas = new Schemas();
  for (let i = 0; i < 400; i++) observe(schemas, start + i, [], ['always:string', `f${i % 100}:number`]);
  const { response } = viewOf(schemas);
  assert.equal(response.length, 101);
  assert.deepEqual(names(response)[0], ['body', 'always', 'string', true]);
  assert.ok(response.slice(1).every(({ share }) => share === 0.01));
});

test('without end of new shapes memory is bounded, and what is always there stays so', () => {
  const schemas = new Schemas();
  for (let i = 0; i < 20_000; i++) observe(schemas, start + i, [], ['always:string', `f${i}:number`]);
  const size = JSON.stringify(schemas.snapshot()).length;
  assert.ok(size < 300_000, `${size} characters`);
});

test('a snapshot goes on as if nothing had been', () => {
  const [whole, first] = [new Schemas(), new Schemas()];
  const second = new Schemas();
  for (let i = 0; i < 300; i++) {
    const call = [start + i * hour, [`?p${i % 3}:string`], ['a:string', `f${i % 70}:number`]] as const;
    observe(whole, ...call);
    if (i === 150) second.restore(JSON.parse(JSON.stringify(first.snapshot())));
    observe(i < 150 ? first : second, ...call);
  }
  assert.deepEqual(second.snapshot(), whole.snapshot());
  assert.deepEqual(viewOf(second), viewOf(whole));
  assert.deepEqual(viewOf(whole).requests, 0, 'what was told is not told again');
});

test('what several APIs that became one had is told together, with its labels', () => {
  const [one, other] = [new Schemas(), new Schemas()];
  for (let i = 0; i < 6; i++) observe(one, start + i, [], ['a:string']);
  for (let i = 0; i < 6; i++) observe(other, start + 9 + i, [], ['a:string', 'b:number']);
  const [a] = one.changed();
  const [b] = other.changed();
  const labels = [['response', 'body', 'a', ['mobile']]] as const;
  const { response, responses, changes } = schemaView([
    { ...a!, labels },
    { ...b!, labels: [] },
  ]);
  assert.equal(responses, 12);
  assert.deepEqual(names(response), [
    ['body', 'a', 'string', true],
    ['body', 'b', 'number', 0.5],
  ]);
  assert.deepEqual(response[0]!.labels, ['mobile']);
  assert.deepEqual(changes, []);
});
