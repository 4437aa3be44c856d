/** A capture that is older than what was judged: in windows of its own, and the newer ones go on when time comes back. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ApiCall } from '../../analyzer/call.ts';
import type { Finding } from '../../analyzer/finding.ts';
import { Judge } from '../../analyzer/judge.ts';
import type { JudgeSnapshot } from '../../analyzer/judge-snapshot.ts';
import { Random } from '../../deploy/traffic/random.ts';
import { equipment } from '../equipment.ts';
import { RandomCalls } from './random-calls.ts';

const [plain] = new RandomCalls(new Random(1)).many(1) as [ApiCall];
const day = 86_400;
const begin = Date.UTC(2026, 2, 4, 2) * 1000;
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const nothing = { places: [], labels: [], values: [] };

function refused(seconds: number, who: string, password: string, client: string): ApiCall {
  const time = begin + Math.round(seconds * 1e6);
  const account = { display: 'z***', hash: hash(who), from: 'login' } as const;
  const secret = { hash: hash(password), plainHash: hash(password), length: 8, classes: 'a0', weak: null, pin: false };
  return {
    ...structuredClone(plain),
    ...{ uid: `${hash(`${seconds}`)}-1`, ts: time, completedTs: time, app: 'a.example', apiId: 'a'.repeat(16), client },
    ...{ method: 'POST', template: '/login', operation: '', format: 'REST', status: 200, envelope: null, asked: [] },
    statement: '',
    sent: { ...plain.sent, ...nothing },
    given: { ...plain.given, ...nothing, persons: 0, personIds: [], objectIds: [] },
    caller: {
      ...plain.caller,
      ...{ client, credentials: [], issued: [], cleared: false, account: null, logout: false },
      passwords: [{ place: 'body', name: 'password', form: 'plaintext', ...secret }],
      login: { method: 'password', account, outcome: 'failure', evidence: [] },
    },
  };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const guessing = (from: number, who: string, n: number) =>
  range(n).map((i) => refused(from + i * 10, who, `${who}${from}-${i}`, '192.0.2.1'));
const stuffing = (from: number, client: string, n: number) =>
  range(n).map((i) => refused(from + i * 5 + 0.5, `s${from}-${i}`, `w${i}`, client));

/** Two days later than the older one. */
const newer = [...guessing(2 * day, 'ann', 15), ...stuffing(2 * day + 600, '198.51.100.1', 40)];
/** Somebody who mistypes twice an hour, an office that does so over the day, and two attacks. */
const older = [
  ...range(20).map((i) => refused(i * 1800 + 0.1, 'ann', `typo${i}`, '192.0.2.7')),
  ...range(60).map((i) => refused(i * 900 + 0.2, `office${i}`, `t${i}`, '198.51.100.1')),
  ...guessing(3600, 'bob', 12),
  ...stuffing(7200, '198.51.100.2', 33),
];
/** The newer attack goes on. */
const later = [...guessing(2 * day + 900, 'ann', 15), ...stuffing(2 * day + 900, '198.51.100.1', 20)];

class Store {
  readonly findings = new Map<string, Finding>();
  #snapshot: JudgeSnapshot | null = null;

  /** As `replay` does it, each capture in a process of its own. */
  replay(source: string, calls: readonly ApiCall[]): void {
    const judge = new Judge(equipment.judge);
    if (this.#snapshot !== null) judge.restore(this.#snapshot);
    const ordered = [...structuredClone(calls)].sort(
      (a, b) => a.completedTs - b.completedTs || (a.uid < b.uid ? -1 : 1),
    );
    for (const call of ordered) judge.apply(call, source);
    judge.settle();
    for (const finding of judge.changedFindings()) this.findings.set(finding.id, finding);
    judge.forget(source);
    this.#snapshot = JSON.parse(JSON.stringify(judge.snapshot())) as JudgeSnapshot;
  }

  /** What was done by somebody; weaknesses are one over all captures. */
  get events(): Finding[] {
    const events = [...this.findings.values()].filter(({ kind }) => kind === 'event');
    return events.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function replayed(...captures: readonly (readonly ApiCall[])[]): Finding[] {
  const store = new Store();
  captures.forEach((calls, i) => {
    store.replay(`capture ${i}`, calls);
  });
  return store.events;
}

const sorted = (findings: Finding[]) => findings.sort((a, b) => (a.id < b.id ? -1 : 1));

test('newer and then older: what each of them has alone', () => {
  const alone = sorted([...replayed(newer), ...replayed(older)]);
  assert.deepEqual(alone.map(({ rule }) => rule).sort(), [
    ...['brute-force', 'brute-force', 'credential-stuffing', 'credential-stuffing'],
  ]);
  assert.deepEqual(replayed(newer, older), alone);
  assert.deepEqual(replayed(older, newer), alone);
});

test('an attack goes on behind an older capture as if that had not been read between', () => {
  const without = sorted([...replayed(newer, later), ...replayed(older)]);
  assert.equal(without.length, 4);
  assert.deepEqual(replayed(newer, older, later), without);
  const ann = without.find(({ rule, measured }) => rule === 'brute-force' && measured?.value === 30);
  assert.equal(ann?.count, 30);
});

test('also where the older one reaches into the time of the newer', () => {
  const bridge = [...older, ...later];
  assert.deepEqual(replayed(newer, bridge), sorted([...replayed(newer, later), ...replayed(older)]));
});

test('an attack ends with all it tried, however it was told of between', () => {
  const found = replayed(newer).find(({ rule }) => rule === 'credential-stuffing');
  assert.deepEqual([found?.measured?.value, found?.impact.accounts], [40, 40]);
});
