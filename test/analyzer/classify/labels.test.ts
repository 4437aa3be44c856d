import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifiedLabels, labelLevels, provenLabels } from '../../../analyzer/classify/labels.ts';
import { set } from './workbench.ts';

test('every label has a level, the highest of its recognizers', () => {
  const levels = labelLevels(set);
  assert.deepEqual([...levels.keys()].sort(), [...new Set(set.recognizers.map(({ label }) => label))].sort());
  assert.equal(levels.get('password'), 4);
  assert.equal(levels.get('mobile'), 3);
  assert.equal(levels.get('uscc'), 1);
  const [first] = set.recognizers;
  const twice = {
    ...set,
    recognizers: [
      { ...first!, level: 2 },
      { ...first!, name: 'other', level: 4 },
    ],
  };
  assert.equal(labelLevels(twice).get(first!.label), 4);
});

test('labels of class C2 and C3', () => {
  const classified = classifiedLabels(set);
  for (const label of ['mobile', 'id-card', 'password', 'name']) assert.ok(classified.has(label), label);
  assert.ok(!classified.has('uscc'));
});

test('check digits and own structure prove, names of fields do not', () => {
  const proven = provenLabels(set);
  for (const label of ['id-card', 'bank-card', 'email', 'uscc', 'hk-id', 'private-key', 'plate', 'mac-address']) {
    assert.ok(proven.has(label), label);
  }
  for (const label of ['mobile', 'name', 'address', 'password', 'fund-account', 'sms-code', 'ip-address', 'passport']) {
    assert.ok(!proven.has(label), label);
  }
});
