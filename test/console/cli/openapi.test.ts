/** `apiris export openapi`: documents that validate, whatever was seen, and that say no more than was seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type StoredSchema, schemaView } from '../../../analyzer/analyzer.ts';
import { openApiDocument, type SeenApi } from '../../../console/cli/openapi/document.ts';
import { Random } from '../../../deploy/traffic/random.ts';
import { runCommand } from './fakes.ts';

const ts = Date.UTC(2026, 0, 5) * 1000;

function stored(request: readonly string[], response: readonly string[]): StoredSchema {
  const side = (entries: readonly string[]) => ({
    ...{ messages: 10, first: ts, last: ts },
    entries: entries.toSorted().map((entry) => [entry, 10, ts, ts, 1, 10] as const),
  });
  return {
    request: side(request),
    response: side(response),
    labels: [['response', 'body', 'rows[].phone', ['mobile']]],
  };
}

function seen(change: Partial<SeenApi>, request: readonly string[] = [], response: readonly string[] = []): SeenApi {
  return {
    ...{ id: '0123456789abcdef', method: 'GET', template: '/a', operation: '', format: 'REST', lifecycle: 'active' },
    ...{ functions: ['query'], labelsRequest: [], labelsResponse: [{ label: 'mobile' }], firstSeen: ts, lastSeen: ts },
    answers: [
      { apiId: '', status: 200, requestType: 'application/json', responseType: 'application/json', calls: 9 },
      { apiId: '', status: 404, requestType: '', responseType: 'text/html', calls: 1 },
    ],
    schema: schemaView([stored(request, response)]),
    ...change,
  };
}

async function assertValid(document: object): Promise<void> {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  assert.ok(result.valid, JSON.stringify(result.errors));
}

type Any = { readonly [name: string]: Any };

test('parameters, content, answers and what the engine knows besides', async () => {
  const document = openApiDocument('app.example', [
    seen(
      { method: 'POST', template: '/customers/{id}/x/{id}' },
      ['?page:number', '?filter:object', '?filter.a:string', 'name:string', 'tags:array', 'tags[]:string'],
      ['rows:array', 'rows[]:object', 'rows[].phone:string', 'total:null', 'total:number', 'm:object', 'm.*:string'],
    ),
  ]);
  await assertValid(document);
  const item = (document['paths'] as Any)['/customers/{id}/x/{id2}']!;
  const post = item['post']!;
  assert.deepEqual(item['parameters'], [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'id2', in: 'path', required: true, schema: { type: 'string' } },
  ]);
  assert.deepEqual(post['parameters'], [
    {
      ...{ name: 'filter', in: 'query', required: true, style: 'deepObject', explode: true },
      schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    },
    { name: 'page', in: 'query', required: true, schema: { type: 'number' } },
  ]);
  assert.deepEqual(post['requestBody']!['content']!['application/json']!['schema'], {
    type: 'object',
    properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
    required: ['name', 'tags'],
  });
  assert.deepEqual(Object.keys(post['responses']!), ['200', '404']);
  assert.deepEqual(post['responses']!['200']!['content']!['application/json']!['schema'], {
    type: 'object',
    properties: {
      m: { type: 'object', additionalProperties: { type: 'string' } },
      rows: {
        type: 'array',
        items: {
          type: 'object',
          properties: { phone: { type: 'string', 'x-apiris-labels': ['mobile'] } },
          required: ['phone'],
        },
      },
      total: { type: ['null', 'number'] },
    },
    required: ['m', 'rows', 'total'],
  });
  assert.equal(post['responses']!['404']!['content'], undefined);
  assert.equal(post['x-apiris-format'], 'REST');
});

test('several APIs behind one address are one operation that names each', async () => {
  const soap = { method: 'POST', template: '/ws', format: 'SOAP' };
  const document = openApiDocument('app.example', [
    seen({ ...soap, operation: 'A', id: '1' }, ['Envelope.A:string']),
    seen({ ...soap, operation: 'B', id: '2' }),
    seen({ method: 'REPORT', template: '/dav' }),
    seen({ method: 'OPTIONS', template: '*' }),
  ]);
  await assertValid(document);
  const post = (document['paths'] as Any)['/ws']!['post']!;
  assert.equal(post['operationId'], undefined);
  const operations = post['x-apiris-operations'] as unknown as { name: string; 'x-apiris-id': string }[];
  assert.deepEqual(
    operations.map((each) => [each.name, each['x-apiris-id']]),
    [
      ['A', '1'],
      ['B', '2'],
    ],
  );
  assert.deepEqual(
    (document['x-apiris-other-apis'] as unknown as { method: string }[]).map(({ method }) => method),
    ['REPORT', 'OPTIONS'],
  );
});

test('of anything that can be seen the document validates', async () => {
  const random = new Random(5);
  const keys = ['a', 'b', '*', '**', '{key}', '__proto__', 'toString', '账户', '', 'x-y', 'type', '[]'];
  const types = ['string', 'number', 'null', 'boolean', 'array', 'object'];
  for (let round = 0; round < 40; round++) {
    const entries = () =>
      Array.from({ length: random.below(12) }, () => {
        const path = Array.from(
          { length: 1 + random.below(3) },
          () => random.pick(keys) + random.pick(['', '[]', '[][]']),
        );
        return `${random.pick(['', '?'])}${path.join('.')}:${random.pick(types)}`;
      });
    const apis = Array.from({ length: 1 + random.below(8) }, (_, i) =>
      seen(
        {
          id: `${round}-${i}`,
          method: random.pick(['GET', 'POST', 'get', 'PURGE', 'HEAD', 'TRACE']),
          template: random.pick(['/', '/{a}', '/{b}', '/{}/{}', '/a{', '/{a b}', '*', '/x/{a}.json', '/账户/{id}', '']),
          operation: random.pick(['', 'f']),
          answers: Array.from({ length: random.below(3) }, () => ({
            ...{ apiId: '', calls: random.below(9), requestType: random.pick(['', 'a/b', 'x', 'a/b;c']) },
            ...{ status: random.pick([0, 101, 200, 999, 204]), responseType: random.pick(['', 'text/html', '*']) },
          })),
        },
        entries(),
        entries(),
      ),
    );
    await assertValid(openApiDocument('app.example', apis));
  }
});

test('the command writes the document, and says when there is nothing of the application', async () => {
  const { answers: _, schema: _schema, ...row } = seen({});
  const answers = { apis: [{ ...row, app: 'app.example' }], schemas: [], answers: [] };
  const line = ['export', 'openapi', '--app', 'APP.example', '--data', '.'];
  const run = await runCommand(line, { answers });
  assert.equal(run.code, 0, run.stderr);
  await assertValid(JSON.parse(run.stdout));
  const none = await runCommand(line, { answers: {} });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /app\.example/);
});
