import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Confusion, canonical } from './templates/score.ts';

test('a template is compared without the names of its parameters', () => {
  assert.equal(canonical('/a/{one}/b{two}.json/'), '/a/{}/b{}.json');
  assert.equal(canonical('/'), '/');
});

test('merged and split templates are told apart', () => {
  const confusion = new Confusion();
  confusion.add('/a/{}', '/a/{}', 10);
  confusion.add('/b', '/{}', 5);
  confusion.add('/c', '/{}', 5);
  confusion.add('/d/{}', '/d/x', 5);
  confusion.add('/d/{}', '/d/y', 5);
  const { truth, precision, recall, overMerge, overSplit, explosion } = confusion.score();
  assert.deepEqual(
    { truth, precision, recall, overMerge, overSplit, explosion },
    { truth: 4, precision: 1 / 4, recall: 1 / 4, overMerge: 2 / 4, overSplit: 1 / 4, explosion: 1 },
  );
  assert.deepEqual(confusion.mistakes(), { wrong: ['/d/x', '/d/y', '/{}'], missing: ['/b', '/c', '/d/{}'] });
});
