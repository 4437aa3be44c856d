/** The examples that stand in the recognizers: what must be found is, with its label, and what must pass does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Classifier } from '../../../analyzer/classify/classifier.ts';
import { find, set } from './workbench.ts';

for (const recognizer of set.recognizers) {
  test(`${recognizer.name} finds and lets pass what it says`, () => {
    for (const { field, value } of recognizer.found) {
      const found = find(field, value).filter(({ masked }) => !masked);
      const labels = found.map(({ label }) => label);
      assert.ok(labels.includes(recognizer.label), `${field}: ${value} gave ${JSON.stringify(found)}`);
    }
    for (const { field, value } of recognizer.pass) {
      const found = find(field, value).filter(({ label, masked }) => label === recognizer.label && !masked);
      assert.deepEqual(found, [], `${field}: ${value}`);
    }
  });
}

test('the set crosses threads and the order of its recognizers makes no difference', () => {
  const copy = JSON.parse(JSON.stringify(set)) as typeof set;
  const reversed = new Classifier({ ...copy, recognizers: copy.recognizers.toReversed() });
  for (const { found } of set.recognizers) {
    for (const { field, value } of found) assert.deepEqual(find(field, value, reversed), find(field, value));
  }
});
