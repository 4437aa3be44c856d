import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../../analyzer/call.ts';
import { apiIdOf } from '../../../../analyzer/discover/api-id.ts';
import { type Merged, type Separated, Templates } from '../../../../analyzer/discover/learn/templates.ts';
import { patternOf, type TemplateWord } from '../../../../analyzer/discover/learn/words-of-people.ts';
import { inferTemplate } from '../../../../analyzer/discover/template.ts';

const entries = 'email:string\nid:number\nlogin:string\nname:string';
const logins = 'falcon juniper willow nimbus karma raven coral slate fern maple lotus onyx pearl quartz ruby'.split(
  ' ',
);

function callOf(path: string): ApiCall {
  const { template, reason } = inferTemplate(path);
  return {
    ...{ app: 'app', apiId: apiIdOf('app', 'GET', template, ''), method: 'GET', operation: '', template },
    ...{ templateReason: reason, format: 'REST', given: { shape: 1, shapeEntries: entries } },
  } as unknown as ApiCall;
}

const idOf = (path: string) => callOf(path).apiId;
const users = (count: number) => Array.from({ length: count }, (_, i) => callOf(`/v1/users/${logins[i % 15]!}`));

function learnt(count = 60, words: readonly TemplateWord[] = []) {
  const merged: Merged[] = [];
  const separated: Separated[] = [];
  const templates = new Templates(
    (one) => merged.push(one),
    (one) => separated.push(one),
  );
  templates.decide(words);
  for (const call of users(count)) templates.observe(call);
  templates.settle();
  templates.settle();
  return { templates, merged, separated };
}

function word(action: TemplateWord['action'], api: string, template: string, more: Partial<TemplateWord> = {}) {
  const parts: TemplateWord['parts'] = [];
  return { action, taken: false, api, app: 'app', method: 'GET', operation: '', template, parts, ...more };
}

test('what people separated stays apart, whatever is learnt, and is told as an API of its own', () => {
  const { templates, separated } = learnt();
  const [raven, coral] = ['/v1/users/raven', '/v1/users/coral'];
  const whole = templates.idOf(idOf(raven));
  assert.equal(templates.idOf(idOf(coral)), whole);
  templates.changedAliases();
  const split = word('split', whole, raven, { parts: [{ id: idOf(raven), template: raven }] });
  templates.decide([split]);
  assert.equal(templates.idOf(idOf(raven)), idOf(raven));
  assert.deepEqual(separated, [{ id: idOf(raven), template: raven, whole }]);
  const own = templates.changedAliases().find(({ alias }) => alias === idOf(raven));
  assert.deepEqual(own, { alias: idOf(raven), id: idOf(raven), template: raven, reason: 'person' });
  const restored = new Templates(() => {});
  restored.restore(JSON.parse(JSON.stringify(templates.snapshot())));
  restored.decide([split]);
  for (const call of users(300)) restored.observe(call);
  restored.settle();
  restored.settle();
  assert.equal(restored.idOf(idOf(raven)), idOf(raven));
  assert.equal(restored.idOf(idOf(coral)), whole);
});

test('a locked template is no value of another', () => {
  const { templates } = learnt(60, [word('lock', idOf('/v1/users/karma'), '/v1/users/karma')]);
  assert.equal(templates.idOf(idOf('/v1/users/karma')), idOf('/v1/users/karma'));
  assert.notEqual(templates.idOf(idOf('/v1/users/raven')), idOf('/v1/users/raven'));
});

test('what people put together keeps its id and takes in what has its template; taken back, parts are apart', () => {
  const { templates, merged } = learnt(0);
  const [one, other] = ['/v1/boards/north', '/v1/boards/south'];
  for (const path of [one, other]) templates.observe(callOf(path));
  const parts = [one, other].map((path) => ({ id: idOf(path), template: path }));
  const merge = word('merge', idOf(one), '/v1/boards/{name}', { parts });
  templates.decide([merge]);
  assert.deepEqual(merged.at(-1), {
    ...{ id: idOf(one), template: '/v1/boards/{name}', operation: '', reason: '3=person', from: [idOf(other)] },
  });
  templates.observe(callOf('/v1/boards/east'));
  templates.settle();
  assert.equal(templates.idOf(idOf('/v1/boards/east')), idOf(one));
  templates.decide([{ ...merge, taken: true }]);
  assert.equal(templates.idOf(idOf(other)), idOf(other));
  assert.deepEqual([merged.at(-1)?.id, merged.at(-1)?.template], [idOf(one), one]);
});

test('what was part of a merged API goes back to it, and not to the one that took it in', () => {
  const { templates } = learnt(0);
  const [one, other, part] = ['/v1/boards/north', '/v1/boards/south', '/v1/walls/south'];
  for (const path of [one, other, part]) templates.observe(callOf(path));
  const parts = (...paths: string[]) => paths.map((path) => ({ id: idOf(path), template: path }));
  const before = word('merge', idOf(other), '/v1/{kind}/south', { parts: parts(other, part) });
  templates.decide([before]);
  const moved = { id: idOf(part), template: part, of: idOf(other) };
  const merge = word('merge', idOf(one), '/v1/{kind}/{name}', {
    parts: [{ id: idOf(one), template: one }, { id: idOf(other), template: '/v1/{kind}/south' }, moved],
  });
  templates.decide([before, merge]);
  assert.equal(templates.idOf(idOf(part)), idOf(one));
  templates.changedAliases();
  templates.decide([before, { ...merge, taken: true }]);
  assert.deepEqual(
    [one, other, part].map((path) => templates.idOf(idOf(path))),
    [one, other, other].map(idOf),
  );
  const alias = templates.changedAliases().find((each) => each.alias === idOf(part));
  assert.deepEqual([alias?.id, alias?.template], [idOf(other), '/v1/{kind}/south']);
});

test('a pattern fits within segments, and hostile ones take no time', () => {
  assert.equal(patternOf('/users/s*')('/users/search'), true);
  assert.equal(patternOf('/users/*')('/users/a/b'), false);
  assert.equal(patternOf('/users/{id}/x')('/users/{}/x'), true);
  assert.equal(patternOf(`/${'*a'.repeat(8)}b`)(`/${'a'.repeat(200)}`), false);
});
