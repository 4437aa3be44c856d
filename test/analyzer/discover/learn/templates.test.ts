import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../../../analyzer/call.ts';
import { apiIdOf } from '../../../../analyzer/discover/api-id.ts';
import { type Merged, Templates } from '../../../../analyzer/discover/learn/templates.ts';
import { inferTemplate } from '../../../../analyzer/discover/template.ts';
import { Random } from '../../../../deploy/traffic/random.ts';

const logins =
  'torvalds gvanrossum falcon ember-reef juniper willow42 sable-fox nimbus karma dawn raven coral slate fern'.split(
    ' ',
  );
const shapes = new Map<string, string>([
  ['user', 'email:string\nid:number\nlogin:string\nname:string'],
  ['repos', '[].full_name:string\n[].id:number\n[].private:boolean'],
  ['search', 'items[].score:number\nquery:string\ntotal:number'],
  ['order', 'amount:number\ncreated:string\norderNo:string'],
]);

function callOf(method: string, path: string, shape: string, ts = 0): ApiCall {
  const { template, reason } = inferTemplate(path);
  const number = shape === '' ? 0 : [...shapes.keys()].indexOf(shape) + 1;
  const given = { shape: number, shapeEntries: shapes.get(shape) ?? '' };
  const apiId = apiIdOf('app', method, template, '');
  return {
    ts,
    app: 'app',
    apiId,
    method,
    operation: '',
    template,
    templateReason: reason,
    format: 'REST',
    given,
  } as unknown as ApiCall;
}

function* traffic(count: number, seed: number): Iterable<ApiCall> {
  const random = new Random(seed);
  for (let i = 0; i < count; i++) {
    const login = logins[random.below(logins.length)]!;
    const kind = random.below(5);
    if (kind === 0) yield callOf('GET', `/v1/users/${login}`, 'user');
    else if (kind === 1) yield callOf('GET', `/v1/users/${login}/repos`, 'repos');
    else if (kind === 2) yield callOf('GET', '/v1/users/search', 'search');
    else if (kind === 3) yield callOf('GET', `/v1/orders/${random.below(1e6)}`, 'order');
    else yield callOf('POST', `/v1/orders/${['submit', 'cancel', 'query'][random.below(3)]}`, 'order');
  }
}

function learn(templates: Templates, calls: Iterable<ApiCall>): Templates {
  for (const call of calls) templates.observe(call);
  return templates;
}

function templatesOf(templates: Templates): string[] {
  return [...new Set(templates.aliases().map(({ template }) => template))].sort();
}

test('logins become a parameter; verbs and siblings that reply otherwise stay', () => {
  const merged: Merged[] = [];
  const templates = learn(new Templates((one) => merged.push(one)), traffic(600, 1));
  templates.settle();
  assert.deepEqual(templatesOf(templates), ['/v1/users/{userId}', '/v1/users/{userId}/repos']);
  const one = callOf('GET', '/v1/users/falcon', 'user');
  const other = callOf('GET', '/v1/users/torvalds', 'user');
  assert.equal(templates.idOf(one.apiId), templates.idOf(other.apiId));
  assert.notEqual(templates.idOf(callOf('GET', '/v1/users/search', 'search').apiId), templates.idOf(one.apiId));
  assert.ok(merged.every(({ reason, from }) => reason === '3=names' && from.length > 0));
});

test('a merge is believed when two runs found it, and never taken back', () => {
  const templates = new Templates(() => {});
  const calls = [...traffic(400, 2)];
  learn(templates, calls.slice(0, 32));
  assert.deepEqual(templates.aliases(), []);
  learn(templates, calls.slice(32, 200));
  const before = templatesOf(templates);
  assert.equal(before.length, 2);
  learn(templates, calls.slice(200));
  templates.settle();
  assert.deepEqual(templatesOf(templates), before);
});

/** Learning stopped and restored at each of these moments ends in the same memory; settling twice changes nothing. */
function assertRestorable(calls: readonly ApiCall[], moments: readonly number[]): void {
  const whole = learn(new Templates(() => {}), calls);
  whole.settle();
  for (const at of moments) {
    const first = learn(new Templates(() => {}), calls.slice(0, at));
    const second = new Templates(() => {});
    second.restore(JSON.parse(JSON.stringify(first.snapshot())));
    learn(second, calls.slice(at));
    second.settle();
    assert.deepEqual(second.snapshot(), whole.snapshot());
    second.changedAliases();
    second.settle();
    assert.deepEqual(second.changedAliases(), []);
  }
}

test('a memory restored at any moment learns the same, and settling twice changes nothing', () => {
  assertRestorable([...traffic(500, 3)], [1, 31, 32, 47, 48, 200, 499]);
});

test('a closed set of operations without a readable reply is not merged', () => {
  const words = 'khzl zjzh wtcx cjcx gdxx yhzh fxpc mmxg sqkt dzht'.split(' ');
  const templates = new Templates(() => {});
  for (let i = 0; i < 1000; i++) templates.observe(callOf('POST', `/trade/${words[i % words.length]}`, ''));
  templates.settle();
  assert.deepEqual(templates.aliases(), []);
});

/** `word` is called for `days`, then every login beside it, with the same reply. */
function* wordThenNames(days: number): Iterable<ApiCall> {
  const hour = 3600e6;
  for (let i = 0; i < 48; i++) yield callOf('GET', '/v1/things/summary', 'user', (i * days * 24 * hour) / 48);
  for (let i = 0; i < 400; i++) {
    yield callOf('GET', `/v1/things/${logins[i % logins.length]}`, 'user', (days * 24 + i / 100) * hour);
  }
}

test('a word that was called for days stays a word, whatever comes beside it later', () => {
  const idsOf = (days: number) => {
    const templates = learn(new Templates(() => {}), wordThenNames(days));
    templates.settle();
    const id = (word: string) => templates.idOf(callOf('GET', `/v1/things/${word}`, 'user').apiId);
    return { word: id('summary'), one: id('falcon'), other: id('torvalds') };
  };
  const settled = idsOf(4);
  assert.equal(settled.one, settled.other);
  assert.notEqual(settled.word, settled.one);
  assert.equal(settled.word, callOf('GET', '/v1/things/summary', 'user').apiId);
  // Nobody knows a word of one day.
  const fresh = idsOf(1);
  assert.deepEqual([fresh.word, fresh.one], [fresh.other, fresh.other]);
});

test('what is settled is so in a memory that was restored too', () => {
  assertRestorable([...wordThenNames(4)], [20, 48, 49, 120]);
});
