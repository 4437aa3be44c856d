import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { registerDrift, type SeenApi, specificationDrift } from '../../../../console/cli/declared/difference.ts';
import { declaredIn } from '../../../../console/cli/declared/openapi.ts';
import { readRegister, registerRows } from '../../../../console/cli/declared/register.ts';
import { readSpecification } from '../../../../console/cli/declared/specification.ts';
import { CommandFailure, UsageFault } from '../../../../console/cli/faults.ts';
import { en } from '../../../../console/cli/text/en.ts';
import { readDocument } from '../../../../deploy/content/checks.ts';

const yaml = `openapi: 3.0.3
info: {title: Trade, version: '4.2'}
servers: [{url: 'https://Trade.example/api'}]
paths:
  /users/{id}:
    get:
      parameters: [{name: page, in: query}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
  /old: {post: {deprecated: true, responses: {}}}
  /never: {get: {responses: {}}}
components:
  schemas:
    User:
      type: object
      properties:
        name: {type: string}
        tags: {type: array, items: {type: string}}
        more: {type: object}
        parent: {$ref: '#/components/schemas/User'}
`;

function fileOf(t: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-declared-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const declared = () => {
  const read = readDocument(yaml, 'a.yaml');
  assert.ok('value' in read);
  return declaredIn(read.value)!;
};

function seen(method: string, template: string, more: Partial<SeenApi> = {}): SeenApi {
  const base = { id: `id of ${template}`, app: 'trade.example', method, template, operation: '', calls: 5 };
  return { ...base, firstSeen: 1, lastSeen: 9, request: [], response: [], ...more };
}

test('a description is read with its base path, references and fields', () => {
  const { hosts, operations, version } = declared();
  assert.deepEqual([hosts, version], [['trade.example'], '4.2']);
  assert.deepEqual(
    operations.map(({ method, path, deprecated }) => [method, path, deprecated]),
    [
      ['GET', '/api/users/{id}', false],
      ['POST', '/api/old', true],
      ['GET', '/api/never', false],
    ],
  );
  assert.deepEqual(operations[0]!.request, ['query.page']);
  for (const field of ['body.name', 'body.more.*', 'body.parent.name'])
    assert.ok(operations[0]!.response!.includes(field), field);
  assert.equal(operations[1]!.response, null);
});

test('one response that leaves its fields open opens them all; `default` beside a success is the errors', () => {
  const media = (schema: object) => ({ content: { 'application/json': { schema } } });
  const [closed, open] = [media({ type: 'object', properties: { a: { type: 'string' } } }), media({ type: 'object' })];
  const of = (responses: object) =>
    declaredIn({ openapi: '3.0.0', paths: { '/x': { get: { responses } } } })!.operations[0]!.response;
  assert.deepEqual(of({ 200: closed }), ['body.a']);
  assert.equal(of({ 200: closed, 201: open }), null);
  assert.equal(of({ 200: closed, 206: { $ref: 'other.yaml#/x' } }), null);
  assert.deepEqual(of({ 200: closed, 204: {}, 202: media({ type: 'string' }) }), ['body.a']);
  assert.deepEqual(of({ '2XX': closed, default: open }), ['body.a']);
  assert.deepEqual(of({ 200: closed, default: media({ properties: { fault: {} } }) }), ['body.a']);
  assert.deepEqual(of({ default: closed, 400: open }), ['body.a']);
  assert.equal(of({ 204: {} }), null);
});

test('hostile descriptions end within their bounds', () => {
  const loop = { $ref: '#/components/schemas/A' };
  const all = Array.from({ length: 20 }, () => loop);
  const media = { content: { 'application/json': { schema: loop } } };
  const read = (schema: object) =>
    declaredIn({
      openapi: '3.1.0',
      paths: { '/x': { get: { responses: { '200': media } } }, '/y': null, z: {} },
      components: { schemas: { A: schema } },
    })!.operations;
  assert.deepEqual(
    read({ allOf: all }).map(({ response }) => response),
    [null],
  );
  const wide = read({ properties: Object.fromEntries([...'abcdefgh'].map((name) => [name, loop])) });
  assert.ok(wide[0]!.response === null || wide[0]!.response.length < 700);
  // Schemas are looked at a million times in a document, whatever its operations come to.
  const $ref = '#/components/schemas/A';
  const schema = { allOf: Array.from({ length: 4990 }, () => ({ type: 'string' })), properties: { a: {} } };
  const answer = { responses: { '200': { content: { 'application/json': { schema: { $ref } } } } } };
  const many = declaredIn({
    openapi: '3.1.0',
    paths: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`/${i}`, { get: answer }])),
    components: { schemas: { A: schema } },
  })!.operations.map(({ response }) => response?.length ?? 0);
  assert.deepEqual([many.length, many[0], many.filter((fields) => fields > 0).length], [300, 2, 200]);
  for (const other of [null, 7, [], { swagger: '2.0', paths: {} }, { openapi: '3.0.0' }])
    assert.equal(declaredIn(other), null);
});

test('what is seen and not declared, deprecated and used, declared and unseen, and fields that nobody declared', () => {
  const response = ['body.name', 'body.tags', 'body.tags[]', 'body.more.any', 'body.idNo', 'body.parent.idNo'];
  const drifts = specificationDrift('trade.example', declared().operations, [
    seen('GET', '/api/users/{userId}', { response, request: ['query.page', 'query.debug'] }),
    seen('GET', '/api/users/me', { response: ['body.secret'] }),
    seen('POST', '/api/old'),
    seen('GET', '/api/shadow'),
  ]);
  assert.deepEqual(
    drifts.map(({ kind, template, what }) => [kind, template, what]),
    [
      ['undocumented', '/api/users/{userId}', 'request.query.debug'],
      ['undocumented', '/api/users/{userId}', 'response.body.idNo'],
      ['undocumented', '/api/users/{userId}', 'response.body.parent.idNo'],
      ['zombie', '/api/old', ''],
      ['shadow', '/api/shadow', ''],
      ['unused', '/api/never', ''],
    ],
  );
});

test('the register tells what is not in it, and what is used after its day', (t) => {
  const csv = 'app,method,template,state,retired\nX,GET,/a/{id},approved,\nx,,/b,retired,2026-01-31\n';
  const entries = readRegister(fileOf(t, 'r.csv', csv), 'Asia/Shanghai', en);
  const day = Date.UTC(2026, 0, 30, 16) * 1000;
  assert.deepEqual(entries[1], {
    app: 'x',
    method: '*',
    template: '/b',
    state: 'retired',
    retired: day,
    day: '2026-01-31',
  });
  assert.equal(new Set(registerRows(entries, 'li', 'n', 1).map(({ id }) => id)).size, 2);
  const drifts = registerDrift(entries, [
    seen('GET', '/a/{aId}'),
    seen('POST', '/b', { lastSeen: day }),
    seen('GET', '/b', { lastSeen: day - 1 }),
    seen('GET', '/c'),
  ]);
  assert.deepEqual(
    drifts.map(({ kind, method, template, what }) => [kind, method, template, what]),
    [
      ['retired-used', 'POST', '/b', '2026-01-31'],
      ['unregistered', 'GET', '/c', ''],
    ],
  );
});

test('mistakes in files come back with file and line, and nothing is taken in', (t) => {
  const refused = (text: string, said: RegExp) =>
    assert.throws(
      () => readRegister(fileOf(t, 'r.csv', text), 'UTC', en),
      (error) => error instanceof CommandFailure && said.test(error.message),
    );
  refused('app,template,state\nx,/a,gone\n', /line 2.*gone/);
  refused('app,template,state\nx,a,approved\n', /line 2/);
  refused('app,template,state,retired\nx,/a,retired,31.1.\n', /line 2.*31\.1\./);
  refused('app,state\nx,approved\n', /template/);
  refused('app,template,state\n', /no API/);
  const services = { readDocument };
  const spec = (text: string, app?: string) => readSpecification(fileOf(t, 'a.yaml', text), app, services, en);
  assert.equal(spec(yaml).app, 'trade.example');
  assert.equal(spec(yaml, ' Other ').app, 'other');
  assert.throws(() => spec(yaml.replace(/servers.*\n/, '')), UsageFault);
  assert.throws(() => spec('swagger: "2.0"\npaths: {}\n'), CommandFailure);
  assert.throws(() => spec('openapi: 3.0.0\npaths:\n  /a: [\n'), /line \d/);
  assert.throws(() => spec('a: &x 1\nb: *x\n'), /anchor/);
});
