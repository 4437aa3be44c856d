import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from '../../../analyzer/classify/tally.ts';
import { deriveKey, KeyedHash } from '../../../analyzer/keyed-hash.ts';
import { classifier, find, nodeOf } from './workbench.ts';

const secret = new TextEncoder().encode('a secret of 32 octets, for tests');
const identity = new KeyedHash(deriveKey(secret, 'identity'));
const trace = new KeyedHash(deriveKey(secret, 'trace'));
const encoder = new TextEncoder();

/** Label and count by place, of rows of cells under these names. */
function labelsOf(rows: readonly (readonly string[])[], names: readonly string[]): string[] {
  const tally = new Tally(classifier, identity, trace);
  tally.begin();
  for (const row of rows) {
    tally.rowBegin(nodeOf('rows[]'));
    for (const [i, value] of row.entries()) {
      const bytes = encoder.encode(value);
      tally.leaf(nodeOf(`rows[].${names[i]!}`), 'text', bytes, 0, bytes.length, false);
    }
    tally.rowEnd(nodeOf('rows[]'));
  }
  const { places } = tally.summary();
  return places.flatMap(({ path, hits }) => hits.map(({ label, count }) => `${path} ${label} ${count}`));
}

test('beside a mobile number a name is one, whatever its column is called', () => {
  const names = ['f1', 'f2', 'f3'];
  assert.deepEqual(labelsOf([['王霞', '15624465447', 'A906457723']], names), [
    'rows[].f1 name 1',
    'rows[].f2 mobile 1',
    'rows[].f3 securities-account 1',
  ]);
  // The number may be masked; nothing else in the row speaks.
  assert.deepEqual(labelsOf([['王霞', '156****5447', 'x']], names), ['rows[].f1 name 1']);
  assert.deepEqual(labelsOf([['王霞', '100', 'A906457723']], names), []);
  // One row says nothing about the next.
  assert.deepEqual(
    labelsOf(
      [
        ['王霞', '15624465447'],
        ['石油', '200'],
      ],
      names,
    ),
    ['rows[].f1 name 1', 'rows[].f2 mobile 1'],
  );
});

test('a name that means something else is not overruled', () => {
  assert.deepEqual(labelsOf([['王霞', '15624465447']], ['stock_name', 'f2']), ['rows[].f2 mobile 1']);
  assert.deepEqual(labelsOf([['高开低走', '15624465447']], ['f1', 'f2']), ['rows[].f2 mobile 1']);
});

test('what a text says in words is a place of its own', () => {
  const text = '客户袁芳晨，手机号码15210016013，已通过适当性评估';
  assert.deepEqual(labelsOf([[text], ['没有'], ['也没有']], ['content']), [
    'rows[].content.{text} mobile 1',
    'rows[].content.{text} name 1',
  ]);
  // Without the word, and in a field that is named so, the column decides.
  assert.deepEqual(labelsOf([['编码 15210016013 x']], ['content']), ['rows[].content mobile 1']);
  assert.deepEqual(labelsOf([['手机 15210016013 x']], ['mobile']), ['rows[].mobile mobile 1']);
});

test('what is looked for in some parts of a message only', () => {
  const session = '3F2A9C1E7B604D58A1C2E9F07B36D41A';
  assert.deepEqual(
    find('jsessionid', session).map(({ label }) => label),
    ['session-id'],
  );
  const bytes = encoder.encode(session);
  const found: number[] = [];
  const plan = classifier.plan(nodeOf('jsessionid', 'cookie'));
  classifier.find(plan, 'text', bytes, 0, bytes.length, false, (index) => found.push(index));
  assert.deepEqual(found, []);
});

test('of a picture the beginning suffices', () => {
  const picture = encoder.encode(`/9j/4AAQSkZJRgAB${'Qx7'.repeat(400)}`);
  const found: string[] = [];
  for (const name of ['idFrontImg', 'avatar']) {
    classifier.find(classifier.plan(nodeOf(name)), 'text', picture, 0, picture.length, true, (index) =>
      found.push(`${name} ${classifier.recognizers[index]!.label}`),
    );
  }
  assert.deepEqual(found, ['idFrontImg id-image']);
});
