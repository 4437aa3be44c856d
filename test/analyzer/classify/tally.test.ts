import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySummary } from '../../../analyzer/classify/summary.ts';
import { Tally } from '../../../analyzer/classify/tally.ts';
import { deriveKey, KeyedHash } from '../../../analyzer/keyed-hash.ts';
import type { LeafKind } from '../../../analyzer/leaf.ts';
import { generator, inventPerson, type Person } from './people.ts';
import { classifier, nodeOf, set } from './workbench.ts';

const secret = new TextEncoder().encode('a secret of 32 octets, for tests');
const identity = new KeyedHash(deriveKey(secret, 'identity'));
const trace = new KeyedHash(deriveKey(secret, 'trace'));
const encoder = new TextEncoder();

function newTally(): Tally {
  return new Tally(classifier, identity, trace);
}

/** Walks a JSON value as the parsers of leaves/ do. */
function feed(tally: Tally, value: unknown, path = '', isItem = false): void {
  if (Array.isArray(value)) for (const item of value) feed(tally, item, `${path}[]`, true);
  else if (typeof value === 'object' && value !== null) {
    if (isItem) tally.rowBegin(nodeOf(path));
    for (const [key, inner] of Object.entries(value)) feed(tally, inner, path === '' ? key : `${path}.${key}`);
    if (isItem) tally.rowEnd(nodeOf(path));
  } else {
    const bytes = encoder.encode(String(value));
    const kind: LeafKind = typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'literal';
    tally.leaf(nodeOf(path), kind, bytes, 0, bytes.length, false);
  }
}

function rowOf(person: Person) {
  return {
    khxm: person.name,
    zjhm: person.idCard,
    sjh: person.mobile,
    yhkh: person.bankCard,
    email: person.email,
    dz: person.address,
    zjzh: person.fundAccount,
    gddm: person.stockAccount,
  };
}

const ofRow = ['address', 'bank-card', 'email', 'fund-account', 'id-card', 'mobile', 'name', 'securities-account'];

test('a list of people: counts, persons, places', () => {
  const next = generator(5);
  const people = Array.from({ length: 40 }, () => inventPerson(next));
  const tally = newTally();
  feed(tally, { code: 0, msg: '成功', data: { total: 40, rows: people.map(rowOf) } });
  const summary = tally.summary();
  assert.deepEqual(
    summary.labels.map(({ label }) => label),
    ofRow,
  );
  for (const { label, count, distinct } of summary.labels) {
    assert.equal(count, 40, label);
    const different = label === 'name' ? new Set(people.map(({ name }) => name)).size : 40;
    assert.deepEqual(distinct, different, label);
  }
  assert.equal(summary.persons, 40);
  assert.equal(summary.personIds.length, 40);
  const mobiles = summary.places.find(({ path }) => path === 'data.rows[].sjh')!;
  assert.equal(mobiles.values, 40);
  assert.deepEqual(
    mobiles.hits.map(({ label, count, samples }) => [label, count, samples.length]),
    [['mobile', 40, 4]],
  );
  assert.ok(!summary.places.some(({ path }) => path === 'code'), 'a place where nothing was tried is not told');
  assert.deepEqual(JSON.parse(JSON.stringify(summary)), summary);
});

test('the same person twice is one; two in one row are two; a list of bare values is as many', () => {
  const next = generator(9);
  const [a, b] = [inventPerson(next), inventPerson(next)];
  const twice = newTally();
  feed(twice, { rows: [rowOf(a), { sjh: a.mobile }, { zjhm: a.idCard }] });
  assert.equal(twice.summary().persons, 1);
  const pair = newTally();
  feed(pair, { rows: [{ idCard: a.idCard, agent: { idCard: b.idCard } }] });
  assert.equal(pair.summary().persons, 2);
  const bare = newTally();
  feed(bare, { mobiles: [a.mobile, b.mobile] });
  assert.equal(bare.summary().persons, 2);
  const inner = newTally();
  feed(inner, {
    rows: [
      { sjh: a.mobile, cards: [{ bankCard: a.bankCard }] },
      { sjh: b.mobile, cards: [{ bankCard: b.bankCard }] },
    ],
  });
  assert.equal(inner.summary().persons, 2);
});

test('a big export: counts stay exact, distinct and persons become estimates, lists stay short', () => {
  const next = generator(77);
  const tally = newTally();
  const different = 12_000;
  const node = nodeOf('rows[].sjh');
  const seen = new Set<string>();
  for (let i = 0; i < different; i++) {
    const mobile = inventPerson(next).mobile;
    seen.add(mobile);
    const bytes = encoder.encode(mobile);
    for (let again = 0; again < 2; again++) {
      tally.rowBegin(nodeOf('rows[]'));
      tally.leaf(node, 'text', bytes, 0, bytes.length, false);
      tally.rowEnd(nodeOf('rows[]'));
    }
  }
  const { labels, persons, personIds, identifiers, beyond, places } = tally.summary();
  assert.equal(labels[0]!.count, 2 * different);
  const off = Math.abs(labels[0]!.distinct / seen.size - 1);
  assert.ok(off < 0.08, `distinct is ${off} off`);
  assert.ok(Math.abs(persons / seen.size - 1) < 0.08, `${persons} persons`);
  assert.ok(personIds.length <= 256 && identifiers.length === 10_000 && places.length === 1);
  assert.ok(beyond.identifiers > 0);
});

test('masked values are counted by their form and never as clear', () => {
  const tally = newTally();
  feed(tally, {
    rows: [
      { sjh: '138****5678', zjhm: '3201**********1234', khxm: '张*', yhkh: '6222 **** **** 1234' },
      { sjh: '139****0000', zjhm: '3301**********123X', khxm: '李**', yhkh: '6217 **** **** 9999' },
    ],
  });
  const summary = tally.summary();
  assert.deepEqual(summary.labels, []);
  assert.equal(summary.persons, 0);
  assert.deepEqual(summary.maskedForms, [
    { label: 'bank-card', form: '#### **** **** ####', count: 2 },
    { label: 'id-card', form: '####**********####', count: 1 },
    { label: 'id-card', form: '####**********###A', count: 1 },
    { label: 'mobile', form: '###****####', count: 2 },
    { label: 'name', form: '文*', count: 1 },
    { label: 'name', form: '文**', count: 1 },
  ]);
});

test('identifiers have one hash however they are written', () => {
  const hashes = (value: unknown) => {
    const tally = newTally();
    feed(tally, value);
    return tally.summary().identifiers;
  };
  const plain = hashes({ mobile: '13912345678' });
  trace.hash(encoder.encode('13912345678'), 0, 11);
  assert.deepEqual(plain, [{ label: 'mobile', place: 'body.mobile', high: trace.high, low: trace.low }]);
  for (const written of ['+86 139-1234-5678', '86-13912345678', '１３９１２３４５６７８']) {
    assert.deepEqual(hashes({ mobile: written }), plain, written);
  }
  const id = hashes({ idCard: '11010519491231002X' });
  assert.deepEqual(hashes({ idCard: '11010519491231002x' }), id);
  assert.deepEqual(hashes({ idCard: '110105491231002' }), id);
  assert.deepEqual(
    classifier.formsOf('6222 0212 3456 7890 128').filter(({ label }) => label === 'bank-card'),
    [{ label: 'bank-card', canonical: '6222021234567890128' }],
  );
});

test('an identifier is given out once a place', () => {
  const tally = newTally();
  const mobile = '13912345678';
  feed(tally, { owner: mobile, rows: [{ sjh: mobile }, { sjh: mobile }, { sjh: '13812345678' }] });
  feed(tally, { owner: mobile });
  tally.leaf(nodeOf('', 'query'), 'text', encoder.encode(mobile), 0, 11, false);
  const { identifiers } = tally.summary();
  assert.deepEqual(
    identifiers.map(({ label, place }) => `${label} ${place}`),
    ['mobile body.owner', 'mobile body.rows[].sjh', 'mobile body.rows[].sjh', 'mobile query'],
  );
  assert.deepEqual([identifiers[0]!.high, identifiers[0]!.low], [identifiers[1]!.high, identifiers[1]!.low]);
});

test('a message without anything to tell shares one empty summary', () => {
  assert.equal(newTally().summary(), emptySummary);
  const tally = newTally();
  feed(tally, { code: 0, msg: 'the market order settled', rows: [{ price: 12.5, open: true, side: 'BUY' }, {}] });
  assert.equal(tally.summary(), emptySummary);
  feed(tally, { mobile: '13912345678' });
  assert.equal(tally.summary().labels.length, 1);
});

test('text: several values in one leaf, with the words before them', () => {
  const tally = newTally();
  feed(tally, {
    content:
      '客户李娜，身份证11010519491231002X，手机13912345678、13812345678，委托编号2415019537，成交额13712345678元。',
  });
  const counts = tally.summary().labels.map(({ label, count }) => [label, count]);
  assert.deepEqual(counts, [
    ['id-card', 1],
    ['mobile', 2],
    ['name', 1],
  ]);
});

/** Everything clear that the range below puts in. */
test('nothing that leaves holds a clear value', () => {
  const next = generator(2024);
  const planted: string[] = [];
  for (let round = 0; round < 30; round++) {
    const person = inventPerson(next);
    planted.push(...Object.values(person));
    const tally = newTally();
    feed(tally, {
      rows: [rowOf(person)],
      // Keys that are values, values in text, values in other values' fields.
      byMobile: {
        [person.mobile]: {
          balance: '1',
          [person.idCard]: 1,
          [person.email]: person.name,
          [person.name]: person.mobile,
          [person.bankCard]: [person.mobile],
        },
      },
      message: `尊敬的客户${person.name}，您的手机号${person.mobile}与身份证${person.idCard}不符`,
      password: person.mobile,
      address: `${person.address} ${person.name} ${person.mobile}`,
      masked: `${person.mobile.slice(0, 3)}****${person.mobile.slice(7)}`,
      url: `https://${person.fundAccount}:${person.mobile}@example.com/`,
    });
    const told = JSON.stringify(tally.summary());
    for (const value of Object.values(person)) assert.ok(!told.includes(value), `${value} in ${told}`);
    assertNoClear(told);
  }
  assert.ok(planted.length >= 240);
});

test('the masked sample of every recognizer is none itself', () => {
  for (const { name, label, found } of set.recognizers) {
    for (const { field, value } of found) {
      const tally = newTally();
      feed(tally, field === '' ? value : { [field]: value });
      const told = JSON.stringify(tally.summary());
      assert.ok(!told.includes(JSON.stringify(value).slice(1, -1)), `${name}: ${value} in ${told}`);
      const sample = tally.summary().labels.find((found) => found.label === label)!.masked;
      const again = newTally();
      feed(again, { [field]: sample });
      assert.deepEqual(
        again.summary().labels.filter((l) => l.label === label),
        [],
        `${name}: ${sample}`,
      );
    }
  }
});

/** Runs every recognizer over every string of what is told, hashes and words of the summary apart. */
function assertNoClear(told: string): void {
  const strings: string[] = [];
  JSON.parse(told, (_key, value) => {
    if (typeof value === 'string' && !/^[0-9a-f]{16}$/.test(value)) strings.push(value);
    return value;
  });
  const tally = newTally();
  feed(tally, { value: strings });
  assert.deepEqual(tally.summary().labels, []);
}

test('a tally that served other messages tells of the next one what a new one tells', () => {
  const next = generator(77);
  const served = newTally();
  for (let round = 0; round < 60; round++) {
    // Now and then one that needs more room than is kept.
    const size = round % 20 === 7 ? 1500 : next(30);
    const people = Array.from({ length: size }, () => inventPerson(next));
    const rows = people.map((person) => (next(2) === 0 ? rowOf(person) : { sjh: person.mobile, note: '138****5678' }));
    const message = round % 5 === 4 ? { list: people.map(({ mobile }) => mobile), row: [{ row: rows }] } : { rows };
    served.begin();
    // A row that nobody ends is none of the next message.
    if (round % 3 === 0) served.rowBegin(nodeOf('left[]'));
    const fresh = newTally();
    if (round % 3 === 0) fresh.rowBegin(nodeOf('left[]'));
    feed(served, message);
    feed(fresh, message);
    assert.deepEqual(served.summary(), fresh.summary());
  }
});
