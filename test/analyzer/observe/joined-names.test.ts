import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byBlank, JoinedNames } from '../../../analyzer/observe/joined-names.ts';

test('joins each pair as it says, with whatever is in them, also beyond its bound', () => {
  const lines = new JoinedNames();
  const blanks = new JoinedNames(byBlank);
  for (let i = 0; i < 20_000; i++) {
    assert.equal(lines.of('app', `id ${i}`), `app\nid ${i}`);
    assert.equal(blanks.of(`api${i % 7}`, 'page'), `api${i % 7} page`);
  }
  assert.equal(lines.of('app', 'id 1'), 'app\nid 1');
  assert.equal(lines.of('', '客户'), '\n客户');
  // Half of a surrogate pair stays what it is.
  assert.equal(lines.of('app', '\ud83d'), 'app\n\ud83d');
});
