import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../../analyzer/call.ts';
import { apiIdOf } from '../../../../analyzer/discover/api-id.ts';
import { type Merged, Templates } from '../../../../analyzer/discover/learn/templates.ts';
import { withSelector } from '../../../../analyzer/discover/selector.ts';
import { inferTemplate } from '../../../../analyzer/discover/template.ts';

const replies = ['a.x:string\na.y:string\na.z:number', 'b.p:string\nb.q:string\nb.r:number', 'ok:literal'];

function callOf(path: string, operation: string, place: string, reply: number): ApiCall {
  const { template, reason } = inferTemplate(path);
  return {
    app: 'app',
    apiId: apiIdOf('app', 'POST', template, operation),
    method: 'POST',
    operation,
    template,
    templateReason: withSelector(reason, place),
    format: 'REST',
    given: { shape: reply + 1, shapeEntries: replies[reply]! },
  } as unknown as ApiCall;
}

function learnt(calls: readonly ApiCall[], merged: Merged[] = []): Templates {
  const templates = new Templates((one) => merged.push(one));
  for (const call of calls) templates.observe(call);
  templates.settle();
  templates.settle();
  return templates;
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const words = 'alpha bravo delta omega sigma lumen north river'.split(' ');

test('choices between answers that are alike are one API, and later ones are part of it', () => {
  const calls = times(80, (i) => callOf('/mail', words[i % 8]!, 'query.service', 0));
  const merged: Merged[] = [];
  const templates = learnt(calls, merged);
  const whole = apiIdOf('app', 'POST', '/mail', '');
  assert.equal(templates.idOf(calls[3]!.apiId), whole);
  assert.deepEqual([merged.at(-1)?.operation, merged.at(-1)?.reason], ['', '']);
  const later = callOf('/mail', 'stone', 'query.service', 0);
  templates.observe(later);
  const restored = new Templates(() => {});
  restored.restore(JSON.parse(JSON.stringify(templates.snapshot())));
  restored.settle();
  assert.equal(restored.idOf(later.apiId), whole);
});

test('operations that answer differently, function numbers and verbs stay apart', () => {
  const differing = times(80, (i) => callOf('/gw', words[i % 8]!, 'body.method', i % 2));
  const numbers = times(80, (i) => callOf('/fn', String(300100 + (i % 8)), 'query.funcNo', 0));
  const verbs = times(80, (i) => callOf('/vb', `${words[i % 8]!}.cancel`, 'query.action', 0));
  const templates = learnt([...differing, ...numbers, ...verbs]);
  for (const { apiId } of [...differing, ...numbers, ...verbs]) assert.equal(templates.idOf(apiId), apiId);
});

test('ever new values of a selector are ids', () => {
  const calls = times(90, (i) => callOf('/sn', `T${3000 + i}`, 'query.bizCode', i % 3));
  const templates = learnt(calls);
  const whole = apiIdOf('app', 'POST', '/sn', '');
  for (const { apiId } of calls) assert.equal(templates.idOf(apiId), whole);
});

test('numbers in a path are functions while they are called again, and ids when new ones keep coming', () => {
  const functions = times(96, (i) => callOf(`/api/${331100 + (i % 12)}`, '', '', i % 2));
  const ids = times(96, (i) => callOf(`/gateway/${450000 + 7 * i}`, '', '', 0));
  const templates = learnt([...functions, ...ids]);
  for (const { apiId } of functions) assert.equal(templates.idOf(apiId), apiId);
  assert.equal(new Set(ids.map(({ apiId }) => templates.idOf(apiId))).size, 1);
});
