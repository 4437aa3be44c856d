import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import { Judge } from '../../analyzer/judge.ts';
import type { JudgeSnapshot } from '../../analyzer/judge-snapshot.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { equipment } from '../equipment.ts';
import { inOrder, RandomCalls } from './random-calls.ts';

function callsOf(seed: number, count: number): ApiCall[] {
  return inOrder(new RandomCalls(new Random(seed)).many(count));
}

/** Over JSON, as the store has it. */
function overJson(snapshot: JudgeSnapshot): JudgeSnapshot {
  return JSON.parse(JSON.stringify(snapshot)) as JudgeSnapshot;
}

/** All of a judge's memory but what its reader has not asked for yet. */
function memory(judge: Judge): JudgeSnapshot {
  judge.changedApis();
  return overJson(judge.snapshot());
}

test('a call comes out as it went in, and says whether it succeeded', () => {
  const judge = new Judge(equipment.judge);
  for (const call of callsOf(1, 200)) {
    const before = structuredClone(call);
    const judged = judge.apply(call, 's')!;
    for (const [name, value] of Object.entries(before)) assert.deepEqual(judged[name as keyof ApiCall], value, name);
    assert.equal(judged.source, 's');
    if (call.envelope === null && call.caller.login === null) {
      const { status } = call;
      assert.equal(judged.success, status === 0 ? null : (status >= 200 && status < 400) || status === 101);
    }
  }
});

test('twice is once: the same calls again change nothing and answer null', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const calls = callsOf(seed, 400);
    const judge = new Judge(equipment.judge);
    for (const call of calls) assert.notEqual(judge.apply(call, 's'), null);
    const once = memory(judge);
    for (const call of calls) assert.equal(judge.apply(call, 's'), null);
    assert.deepEqual(memory(judge), once);
    assert.deepEqual(judge.changedApis(), []);
  }
});

test('a judge that is replaced at any moment by its snapshot comes to the same', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = new Random(seed);
    const calls = callsOf(seed, 300);
    const judge = new Judge(equipment.judge);
    const told = calls.map((call) => structuredClone(judge.apply(call, 's')));
    const undisturbed = memory(judge);
    for (let trial = 0; trial < 20; trial++) {
      const saved = random.below(calls.length + 1);
      const died = saved + random.below(calls.length - saved + 1);
      const first = new Judge(equipment.judge);
      for (const call of calls.slice(0, saved)) first.apply(call, 's');
      const snapshot = overJson(first.snapshot());
      // What was applied after the last snapshot is lost with the process, and comes again.
      for (const call of calls.slice(saved, died)) first.apply(call, 's');
      const second = new Judge(equipment.judge);
      second.restore(snapshot);
      const answers = calls.map((call) => second.apply(call, 's'));
      assert.equal(answers.filter((answer) => answer === null).length, saved);
      assert.deepEqual(answers.slice(saved), told.slice(saved), `seed ${seed}, saved at ${saved}`);
      assert.deepEqual(memory(second), undisturbed, `seed ${seed}, saved at ${saved}`);
    }
  }
});

test('a snapshot stays as it was while its judge goes on', () => {
  const [first, ...others] = callsOf(2, 100) as [ApiCall, ...ApiCall[]];
  const judge = new Judge(equipment.judge);
  judge.apply(first, 's');
  const snapshot = judge.snapshot();
  const before = overJson(snapshot);
  for (const call of others) judge.apply(call, 's');
  assert.deepEqual(snapshot, before);
  const restored = new Judge(equipment.judge);
  restored.restore(snapshot);
  for (const call of others) restored.apply(call, 's');
  assert.deepEqual(snapshot, before);
});

test('sources have cursors of their own, and a source that is forgotten has none', () => {
  const calls = callsOf(3, 50);
  const judge = new Judge(equipment.judge);
  for (const source of ['a', 'b', '__proto__']) {
    for (const call of calls) assert.notEqual(judge.apply(call, source), null);
    for (const call of calls) assert.equal(judge.apply(call, source), null);
  }
  const restored = new Judge(equipment.judge);
  restored.restore(overJson(judge.snapshot()));
  for (const source of ['a', 'b', '__proto__']) assert.equal(restored.apply(calls[0]!, source), null);
  judge.forget('a');
  assert.deepEqual(Object.keys(judge.snapshot().cursors), ['__proto__', 'b']);
  assert.notEqual(judge.apply(calls[0]!, 'a'), null);
});

test('a late call counts once too, and not when an earlier run had it', () => {
  const calls = callsOf(4, 60);
  const late = calls.slice(10, 20);
  const ordered = new Judge(equipment.judge);
  for (const call of calls) ordered.apply(call, 's');
  const judge = new Judge(equipment.judge);
  for (const call of calls) if (!late.includes(call)) judge.apply(call, 's');
  for (const call of late) assert.notEqual(judge.applyLate(call, 's'), null);
  const sums = (one: Judge) =>
    one
      .apis()
      .map(({ id, successes, failures, firstSeen, lastSeen }) => ({ id, successes, failures, firstSeen, lastSeen }));
  assert.deepEqual(sums(judge), sums(ordered));
  assert.deepEqual(judge.snapshot().cursors, ordered.snapshot().cursors);
  const restored = new Judge(equipment.judge);
  restored.restore(overJson(judge.snapshot()));
  for (const call of late) assert.equal(restored.applyLate(call, 's'), null);
});

test('a parameter that a password opens is no number that anybody may guess', () => {
  const [base] = callsOf(1, 1) as [ApiCall];
  const t0 = base.completedTs;
  const found = (login: ApiCall['caller']['login']) => {
    const judge = new Judge(equipment.judge);
    for (let i = 0; i < 400; i++) {
      const caller = { ...base.caller, login, credentials: [], issued: [], passwords: [], client: `10.0.0.${i % 40}` };
      const asked = [{ parameter: 'body.account', value: 5_000 + i, ordinal: 7_000_000 + i }];
      const given = { ...base.given, persons: 1, personIds: [1000 + i], records: 1 };
      const call: ApiCall = {
        ...{ ...base, uid: `${'a'.repeat(16)}-${i}`, ts: t0 + i * 60e6, completedTs: t0 + i * 60e6, sequence: i + 1 },
        ...{ method: 'POST', template: '/trade/enter', status: 200, envelope: null, caller, asked, given },
      };
      judge.apply(call, 's');
    }
    judge.settle();
    return judge.changedFindings().some(({ rule }) => rule === 'parameter-traversable');
  };
  const account = { display: 'z***', hash: '0000000000000001', from: 'login' } as const;
  assert.equal(found(null), true);
  assert.equal(found({ method: 'password', account, outcome: 'success', evidence: [] }), false);
});

test('who is of the house is what its private and its internal networks say', () => {
  const [base] = callsOf(1, 1) as [ApiCall];
  const levelFor = (client: string) => {
    const judge = new Judge({ ...equipment.judge, internalNetworks: ['203.0.113.0/24'] });
    const call: ApiCall = {
      ...{ ...base, client, method: 'POST', template: '/graphql', status: 200, format: 'GraphQL' as const },
      ...{ signals: ['query-schema'], envelope: null, caller: { ...base.caller, login: null } },
    };
    judge.apply(call, 's');
    judge.settle();
    return judge.changedFindings().find(({ rule }) => rule === 'debug-endpoint')?.level;
  };
  assert.equal(levelFor('198.51.100.9'), 'medium');
  assert.equal(levelFor('203.0.113.9'), 'low');
  assert.equal(levelFor('10.1.2.3'), 'low');
});
