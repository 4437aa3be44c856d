/** What people decide of learning holds: who is frozen learns nothing and is judged, who is learnt anew is forgotten once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../analyzer/observation.ts';
import { LabelCounts } from '../../analyzer/observe/label-counts.ts';
import { LoginHabits } from '../../analyzer/observe/login-habits.ts';
import { NewSource } from '../../analyzer/observe/new-source.ts';
import { PersonVolume } from '../../analyzer/observe/persons.ts';
import { Rates } from '../../analyzer/observe/rates.ts';
import { ResponseSize } from '../../analyzer/observe/response-size.ts';
import { Service } from '../../analyzer/observe/service.ts';
import { TrafficDrop } from '../../analyzer/observe/traffic-drop.ts';
import { type LearningWord, Teaching } from '../../analyzer/teaching.ts';

const t0 = Date.UTC(2026, 2, 2) * 1000; // a Monday
const second = 1e6;
const hour = 3600 * second;
const day = 24 * hour;
const account = 'z***#1111111111';
const api = 'a'.repeat(16);
const client = '198.51.100.7';
const base = { app: 'a.example', apiId: api, method: 'GET', template: '/x', client, account, completeness: 1 };

function word(id: string, action: LearningWord['action'], relearnt = 0, kind: LearningWord['kind'] = 'account') {
  return { kind, id, action, relearnt };
}

function taught(...words: LearningWord[]): Teaching {
  const teaching = new Teaching((id) => (id === 'b'.repeat(16) ? api : id));
  teaching.hear(words, () => {});
  return teaching;
}

const frozen = taught(
  word('1111111111', 'freeze'),
  word(api, 'freeze', 0, 'api'),
  word(client, 'freeze', 0, 'client'),
  word('a.example', 'freeze', 0, 'app'),
).isFrozen;

test('a subject is frozen under every name it has, until its last word says otherwise', () => {
  assert.equal(frozen('account', account), true);
  assert.equal(frozen('account', 'z***#2222222222'), false);
  assert.equal(frozen('api', 'b'.repeat(16)), true, 'an id that became the one that was frozen');
  assert.equal(taught(word('1111111111', 'clear')).isFrozen('account', account), false);
  assert.equal(taught(word('1111111111', 'relearn', 5)).isFrozen('account', account), false);
});

test('a word to learn anew is followed once, also over a snapshot', () => {
  const teaching = new Teaching((id) => id);
  const forgotten: boolean[] = [];
  const hear = (relearnt: number) =>
    teaching.hear([word('1111111111', 'relearn', relearnt)], (is) => forgotten.push(is('account', account)));
  hear(5);
  hear(5);
  assert.deepEqual(forgotten, [true]);
  const again = new Teaching((id) => id);
  again.restore(JSON.parse(JSON.stringify(teaching.snapshot())));
  again.hear([word('1111111111', 'relearn', 5)], () => assert.fail('it was followed before'));
  hear(6);
  assert.deepEqual(forgotten, [true, true]);
});

/** Calls in each of four hours of one day; the observations about the account. */
function dayOf(rates: Rates, d: number, calls: number): Observation[] {
  const told: Observation[] = [];
  for (let i = 0; i < 4 * calls; i++) {
    const time = t0 + d * day + (10 + Math.floor(i / calls)) * hour + (i % calls) * 2.9 * second;
    told.push(...(rates.take({ ...base, functions: ['query'], time, uid: `u${time}` }) ?? []));
  }
  return told.filter(({ measure }) => measure === 'rate-account');
}

function limitOf(rates: Rates, window: number): number {
  return [...rates.learnt()].find((each) => each.measure === 'rate-account' && each.window === window)!.threshold;
}

test('a patient teacher moves the limit of who learns, not of who is frozen', () => {
  const steps = [400, 400, 400, 400, 400, 750, 1100, 1240, 1240];
  const run = (isFrozen: (kind: string, id: string) => boolean) => {
    let on = false;
    const rates = new Rates(0, (kind, id) => on && isFrozen(kind, id));
    const told: Observation[] = [];
    for (const [d, calls] of steps.entries()) {
      on = d >= 5;
      told.push(...dayOf(rates, d, calls));
    }
    return { limit: limitOf(rates, hour), day: limitOf(rates, day), told: told.length };
  };
  const free = run(() => false);
  const held = run(frozen);
  assert.equal(held.limit, 1022, 'twice the most of the first five days');
  assert.ok(free.limit >= 2 * held.limit, `${free.limit}`);
  assert.equal(free.told, 0);
  assert.ok(held.told >= 1, 'it is still judged');
});

test('who is forgotten is new again: four times the floor, and no days', () => {
  const rates = new Rates(0);
  for (let d = 0; d < 6; d++) dayOf(rates, d, 400);
  assert.equal(limitOf(rates, hour), 1022);
  rates.forget((kind, id) => kind === 'account' && id === account);
  assert.equal(limitOf(rates, hour), 4000);
  const clients = [...rates.learnt()].filter(({ measure, window }) => measure === 'rate-client' && window === hour);
  assert.deepEqual(clients[0]!.lessons[0], { what: 'days', has: 5, needs: 3 }, 'others stay known');
});

test('volumes, answers, failures, hours, kinds of data and places of the frozen teach nothing', () => {
  const volume = new PersonVolume({ measure: 'persons', window: day, zoneOffset: 0, least: 5, isFrozen: frozen });
  const sizes = new ResponseSize(frozen);
  const service = new Service(frozen);
  const drops = new TrafficDrop(0, () => false, frozen);
  const labels = new LabelCounts(new Map([['mobile', 3]]), 0, frozen);
  const sources = new NewSource(0, frozen);
  const logins = new LoginHabits(0, frozen);
  const subject = { kind: 'account', id: account } as const;
  for (let d = 0; d < 6; d++)
    for (let i = 0; i < 300; i++) {
      const time = t0 + d * day + i * 60 * second;
      const call = { ...base, time, uid: `u${time}`, functions: [], records: 3, persons: 3 };
      volume.take({ ...call, subject, personHashes: [1, 2, 3] });
      sizes.take({ ...call, subject });
      service.take({ ...call, status: 200, isUnanswered: false, durationUs: 1000 });
      drops.take(base.app, time, call.uid);
      labels.take({ ...call, labels: [{ label: 'mobile', count: 3, masked: 0 }] });
      sources.take({ ...call, subject, personIds: [1] });
      if (i === 0) logins.take({ ...call, device: 'chrome', region: '', success: true });
    }
  const nothing = { threshold: 0, lessons: [], isLearnt: false };
  assert.deepEqual(
    [...volume.learnt(() => nothing)].map(({ high }) => high),
    [undefined],
  );
  assert.deepEqual(
    [...sizes.learnt()].map(({ high }) => high),
    [undefined],
  );
  for (const { lessons, isLearnt } of service.learnt(new Set(['a.example'])))
    assert.deepEqual([lessons[1]!.has, isLearnt], [0, false]);
  for (const { lessons } of drops.learnt()) assert.equal(lessons[0]!.has, 0);
  assert.deepEqual(
    [...labels.learnt()].map(({ measure, high }) => `${measure} ${high ?? 'none'}`),
    ['label-hits 0', 'labels-of-day none'],
  );
  assert.deepEqual(sources.snapshot().subjects.young[0]![1].networks, []);
  assert.equal(logins.snapshot().accounts.young[0]![1].logins, 0);
});

test('forgetting takes out of each measure those that are meant, and no others', () => {
  const volume = new PersonVolume({ measure: 'persons', window: day, zoneOffset: 0, least: 5 });
  const sizes = new ResponseSize();
  const service = new Service();
  for (const [name, apiId] of [
    [account, api],
    ['w***#2222222222', 'c'.repeat(16)],
  ] as const) {
    const call = { ...base, account: name, apiId, time: t0, uid: 'u', records: 1, persons: 1 };
    const subject = { kind: 'account', id: name } as const;
    volume.take({ ...call, subject, personHashes: [1] });
    sizes.take({ ...call, subject });
    service.take({ ...call, status: 200, isUnanswered: false, durationUs: 1000 });
  }
  const isForgotten = (kind: string, id: string) =>
    kind === 'account' ? id === account : kind === 'api' && id === api;
  for (const part of [volume, sizes, service]) part.forget(isForgotten);
  const nothing = { threshold: 0, lessons: [], isLearnt: false };
  assert.deepEqual(
    [...volume.learnt(() => nothing)].map(({ id }) => id),
    ['w***#2222222222'],
  );
  assert.deepEqual(
    [...sizes.learnt()].map(({ id }) => id),
    ['c'.repeat(16)],
  );
  const served = new Set([...service.learnt(new Set())].map(({ id }) => id));
  assert.deepEqual([...served].sort(), ['a.example', 'c'.repeat(16)]);
});
