import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatCache } from '../../analyzer/repeat-cache.ts';

/** A cache of 8 texts that makes a list of the text, and tells how often it had to. */
function counted(patient?: number) {
  const cache = new RepeatCache<readonly string[]>(8, 200, patient);
  const made: string[] = [];
  const of = (text: string): readonly string[] => {
    made.push(text);
    return [text];
  };
  return { made, get: (text: string) => cache.get(text) ?? cache.make(text, of) };
}

test('a text is kept from its second sight on, a long one from its first', () => {
  const { made, get } = counted(10);
  for (let time = 0; time < 5; time++) {
    assert.deepEqual(get('short'), ['short']);
    assert.deepEqual(get('a long text'), ['a long text']);
    assert.deepEqual(get(''), ['']);
  }
  assert.deepEqual(
    made.filter((text) => text !== ''),
    ['short', 'a long text', 'short'],
  );
});

test('what is not kept is made anew: beyond the length, and what more texts took the place of', () => {
  const { made, get } = counted();
  const long = 'x'.repeat(201);
  for (let time = 0; time < 4; time++) assert.deepEqual(get(long), [long]);
  assert.equal(made.length, 4);
  // Far more than there are places, and such as differ where no character is hashed.
  for (let n = 0; n < 5000; n++) {
    const text = `${'y'.repeat(150)}${n % 97}${'z'.repeat(n % 3)}`;
    assert.deepEqual(get(text), [text]);
    const middle = `${'y'.repeat(n % 100)}-${'y'.repeat(99 - (n % 100))}`;
    assert.deepEqual(get(middle), [middle]);
  }
});

test('half of a surrogate pair is no key: it has no copy', () => {
  const { made, get } = counted();
  for (const text of ['\ud800', '\ufffd', '\ud800', '\ufffd', '\ud800', '\ufffd']) assert.deepEqual(get(text), [text]);
  assert.deepEqual(made.filter((text) => text === '\ud800').length, 3);
});
