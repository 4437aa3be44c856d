/** Traversal against the shipped rule: what a program does is found, what offices and lists do passes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules } from '../../../analyzer/detect/compile.ts';
import { Detector } from '../../../analyzer/detect/detector.ts';
import type { Observation } from '../../../analyzer/observation.ts';
import { type Asked, Traversal } from '../../../analyzer/observe/traversal.ts';
import { loadRules, shippedRules } from '../../../deploy/content/rules.ts';
import { randomOf } from '../detect/rules-of.ts';

const t0 = 1_772_589_600_000_000;
const second = 1e6;
const rules = compileRules(loadRules([`${shippedRules()}/data-traversal.yml`]).files.flatMap((file) => file.documents));

function asked(seconds: number, object: number, more: Partial<Asked> = {}): Asked {
  return {
    time: t0 + seconds * second,
    uid: `u${object}-${seconds}`,
    app: 'crm.example',
    apiId: 'aaaaaaaaaaaaaaaa',
    method: 'GET',
    template: '/customers/{customerId}',
    parameter: 'path.customerId',
    value: object,
    ordinal: 987_654_321 + object,
    subject: { kind: 'account', id: 'm***#1' },
    session: 's1',
    client: '10.1.1.1',
    account: 'm***#1',
    success: true,
    completeness: 1,
    ...more,
  };
}

function findings(stream: readonly Asked[], traversal = new Traversal()) {
  const detector = new Detector(rules);
  for (const each of stream) for (const observation of traversal.ask(each)) detector.observe(observation);
  return detector.changed();
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function shuffled(n: number): number[] {
  const random = randomOf(77);
  const list = range(n);
  for (let i = n - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

const by = (client: string): Partial<Asked> => ({
  subject: { kind: 'client', id: client },
  client,
  account: '',
  session: '',
});

test('sequential', () => {
  const [finding, ...more] = findings(range(80).map((i) => asked(i, i)));
  assert.deepEqual(more, []);
  assert.deepEqual([finding.rule, finding.account, finding.client], ['data-traversal', 'm***#1', '10.1.1.1']);
  assert.ok(finding.measured!.value >= 60);
  assert.ok(finding.evidence.length > 5);
});

test('shuffled', () => {
  assert.equal(findings(shuffled(80).map((object, i) => asked(i, object))).length, 1);
});

test('random identifiers without numbers', () => {
  const stream = range(60).map((i) => {
    const { ordinal: _, ...rest } = asked(i, i * 7919);
    return rest;
  });
  assert.equal(findings(stream).length, 1);
});

test('mostly refused', () => {
  assert.equal(findings(range(60).map((i) => asked(i, i * 3, { success: i % 10 === 0 }))).length, 1);
});

test('slow: one every four minutes for a day', () => {
  assert.equal(findings(shuffled(350).map((object, i) => asked(i * 240, object))).length, 1);
});

test('spread over many clients, in order: the API shows it', () => {
  const stream = range(60).map((i) => asked(i, i, by(`203.0.113.${i}`)));
  const [finding, ...more] = findings(stream);
  assert.deepEqual(more, []);
  assert.equal(finding.apiId, 'aaaaaaaaaaaaaaaa');
  assert.ok(finding.clients.length >= 30);
});

test('a clerk opens what the list gave', () => {
  const traversal = new Traversal();
  const stream = range(200).map((i) => asked(i, i));
  const detector = new Detector(rules);
  stream.forEach((each, i) => {
    if (i % 20 === 0)
      traversal.give(
        each.subject,
        range(20).map((j) => i + j),
      );
    for (const observation of traversal.ask(each)) detector.observe(observation);
  });
  assert.deepEqual(detector.changed(), []);
});

test('an office behind one address: each has an account of its own', () => {
  const random = randomOf(5);
  const stream = range(300).map((i) => {
    const account = `p${i % 60}***#1`;
    const own = 1000 * (i % 60) + random(2);
    return asked(i, own, { subject: { kind: 'account', id: account }, session: account, account, client: '10.9.9.9' });
  });
  assert.deepEqual(findings(stream), []);
});

test('an office behind one address whose sessions have no account', () => {
  const random = randomOf(6);
  const stream = range(300).map((i) =>
    asked(i, 100_000 * random(500), {
      subject: { kind: 'client', id: '10.9.9.9' },
      session: `s${i % 100}`,
      account: '',
    }),
  );
  assert.deepEqual(findings(stream), []);
});

test('customers come as they come', () => {
  const order = shuffled(500);
  assert.deepEqual(
    findings(order.map((object, i) => asked(i, object, by(`198.51.${object >> 8}.${object & 255}`)))),
    [],
  );
});

test('paging is no traversal, whatever the page', () => {
  assert.deepEqual(findings(range(100).map((i) => asked(i, i, { parameter: 'query.pageNo' }))), []);
});

test('the same few objects again and again are few', () => {
  assert.deepEqual(findings(range(2000).map((i) => asked(i, i % 15))), []);
});

test('a snapshot in between changes nothing', () => {
  const stream = shuffled(400).map((object, i) => asked(i * 20, object % 300, { session: `s${object % 7}` }));
  const all = (traversal: Traversal, part: readonly Asked[]): Observation[] =>
    part.flatMap((each) => traversal.ask(each));
  const whole = new Traversal();
  whole.give(stream[0].subject, [1, 2]);
  const expected = all(whole, stream);
  assert.ok(expected.length > 10);
  for (const cut of [0, 1, 133, 399]) {
    const first = new Traversal();
    first.give(stream[0].subject, [1, 2]);
    const before = all(first, stream.slice(0, cut));
    const second = new Traversal();
    second.restore(JSON.parse(JSON.stringify(first.snapshot())));
    assert.deepEqual([...before, ...all(second, stream.slice(cut))], expected);
    assert.deepEqual(second.snapshot(), whole.snapshot());
  }
});

test('keys, values and what was given are bounded', () => {
  const traversal = new Traversal(100, 50);
  for (let i = 0; i < 5000; i++) {
    const subject = { kind: 'client', id: `c${i % 400}` } as const;
    traversal.give(subject, [1_000_000 + i]);
    traversal.ask(asked(i / 100, i, { subject }));
  }
  for (let i = 0; i < 5000; i++) {
    traversal.give({ kind: 'client', id: 'one' }, [1_000_000 + i]);
    traversal.ask(asked(50 + i / 100, i, { subject: { kind: 'client', id: 'one' } }));
  }
  const { keys, given } = traversal.snapshot();
  // Of each key seven figures, the third its values; of each subject two sizes.
  assert.ok(keys.keys.length <= 7 * 100 && given.subjects.length <= 50);
  assert.ok(keys.keys.every((figure, i) => i % 7 !== 2 || (figure > 0 && figure <= 640)));
  assert.ok(given.sizes.every((size) => size <= 512));
  assert.ok(traversal.evicted > 300);
});

test('what came after the observation that was due last is told when time has gone on, or at the end', () => {
  const traversal = new Traversal();
  const told = range(46).flatMap((i) => traversal.ask(asked(i, i)));
  assert.ok(Math.max(...told.map(({ value }) => value)) < 46);
  assert.deepEqual(traversal.settle(t0 + 60 * second), []);
  const copy = new Traversal();
  copy.restore(JSON.parse(JSON.stringify(traversal.snapshot())));
  for (const each of [traversal, copy]) {
    const tails = each.settle(t0 + 200 * second);
    // The account, and the API as a whole.
    assert.deepEqual(
      tails.map(({ subject, value, end }) => [subject.kind, value, end]),
      ['account', 'api'].map((kind) => [kind, 46, t0 + 45 * second]),
    );
    assert.deepEqual(each.settle(t0 + 200 * second), []);
  }
});

test('a run in the evening does not tell of that in the morning again', () => {
  const traversal = new Traversal();
  const walk = (begin: number, first: number) => range(170).map((i) => asked(begin + i, first + i));
  const found = [...walk(0, 0), ...walk(8 * 3600, 1000)].flatMap((each) => [
    ...traversal.settle(each.time),
    ...traversal.ask(each),
  ]);
  found.push(...traversal.settle(Number.POSITIVE_INFINITY));
  const evening = found.filter(({ subject, end }) => subject.kind === 'account' && end > t0 + 8 * 3600 * second);
  const last = Math.max(...evening.filter(({ window }) => window < 86_400e6).map(({ value }) => value));
  assert.equal(last, 170);
  assert.ok(evening.every(({ window, value }) => window < 86_400e6 || value < 340));
});

test('persons are those that the answers told of: a person with three objects is one', () => {
  const traversal = new Traversal();
  const stream = range(60).map((i) => asked(i, i, { personIds: [Math.floor(i / 3)] }));
  for (const each of stream) traversal.ask(each);
  const [tail] = traversal.settle(Number.POSITIVE_INFINITY);
  assert.deepEqual([tail?.value, tail?.numbers['persons']], [60, 20]);
  const nobody = new Traversal();
  const [first] = range(20).flatMap((i) => nobody.ask(asked(i, i)));
  assert.equal(first?.numbers['persons'], 0);
});

test('values that a day has passed over are forgotten one by one, and may be asked for anew', () => {
  const traversal = new Traversal();
  // Two a minute: a day holds 2,880, the newest 512 to 640 stay.
  for (let i = 0; i < 1000; i++) traversal.ask(asked(i * 30, i));
  const day = 86_400;
  for (let i = 0; i < 700; i++) traversal.ask(asked(day + i * 30, 5000 + i));
  const { keys } = traversal.snapshot();
  const sizes = keys.keys.filter((_, i) => i % 7 === 2);
  assert.ok(sizes.every((size) => size <= 640));
  // Asked for again, an old value is as good as new: it counts once more in the total.
  const totals = () => traversal.snapshot().keys.keys.filter((_, i) => i % 7 === 3);
  const before = totals();
  traversal.ask(asked(day + 700 * 30, 0));
  assert.deepEqual(
    totals(),
    before.map((total) => total + 1),
  );
  traversal.ask(asked(day + 701 * 30, 0));
  assert.deepEqual(
    totals(),
    before.map((total) => total + 1),
  );
});
