/** A trial holds no more than it may, and derives from labels what judge derives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StoredCall, Trial } from '../../../analyzer/detect/trial.ts';
import { callOf, rulesOf } from './rules-of.ts';

function storedOf(call: Partial<StoredCall>): StoredCall {
  const labels = { labelsRequest: [], labelsResponse: [] };
  return {
    ...{ success: true, account: undefined, session: undefined, functions: [], persons: 0, resultCode: '' },
    ...{ ...callOf(), ...labels, sampling: 1, ...call },
  };
}

const rule = (name: string, selection: string) => `title: ${name}
name: ${name}
logsource: { product: apiris, service: call }
detection: { sel: { ${selection} }, condition: sel }
`;

test('levels and kinds of labels come of the labels that are stored, clear values alone', () => {
  const levels = new Map([
    ['mobile', 2],
    ['id-card', 3],
    ['bank-card', 3],
  ]);
  const rules = rulesOf(rule('high', 'labels.response.level: 3'), rule('kinds', 'labels.response.kinds: 2'));
  const trial = new Trial(rules, new Set(['high', 'kinds']), { zoneOffset: 0, levels });
  const label = (name: string, masked = 0) => ({ label: name, count: 2, distinct: 2, masked });
  trial.call(storedOf({ labelsResponse: [label('mobile'), label('id-card', 2)] }));
  trial.call(storedOf({ labelsResponse: [label('id-card')] }));
  trial.call(storedOf({ labelsResponse: [label('id-card'), label('bank-card', 1)] }));
  const { findings } = trial.end();
  assert.deepEqual(findings.map((finding) => [finding.rule, finding.count]).sort(), [
    ['high', 2],
    ['kinds', 1],
  ]);
});

test('of more findings than there is room for the number is told', () => {
  const rules = rulesOf(rule('all', 'status: 200'));
  const trial = new Trial(rules, new Set(['all']), { zoneOffset: 0, levels: new Map(), mostFindings: 10 });
  for (let n = 0; n < 40_000; n++)
    trial.call(storedOf({ client: `10.0.0.${n % 25}`, completedTs: n * 1e6, ts: n * 1e6 }));
  const { findings, beyond } = trial.end();
  assert.equal(findings.length, 10);
  assert.ok(beyond >= 15, String(beyond));
  assert.equal(trial.calls, 40_000);
});

test('a rule beside the wanted ones makes no findings, and what reads text as sent names its own fields', () => {
  const rules = rulesOf(
    rule('mine', 'status: 200'),
    rule('other', 'status: 200'),
    rule('text', 'uri|contains: x, method: GET'),
  );
  const trial = new Trial(rules, new Set(['mine', 'text']), { zoneOffset: 0, levels: new Map() });
  trial.call(storedOf({}));
  assert.deepEqual(
    trial.end().findings.map((finding) => finding.rule),
    ['mine'],
  );
  assert.deepEqual(trial.refused, [{ rule: 'text', fields: ['uri'] }]);
  assert.deepEqual(trial.tried, ['mine']);
});
