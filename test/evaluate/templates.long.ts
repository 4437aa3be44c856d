import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './evaluation.ts';
import { specifications } from './templates/traffic.ts';
import { evaluateTemplates } from './templates.ts';

/** Of all sizes and styles, few enough for two minutes. */
const some =
  /adyen|bunq|docker|evetech|interactivebrokers|openbanking|petstore|slack|spotify|tfl|tradematic|twilio|xero/;

test('templates learnt from made traffic are right as often as is asked', async (t) => {
  const chosen = specifications().filter(({ name }) => some.test(name));
  const { gates, absent } = await evaluateTemplates(chosen, [], () => {});
  for (const one of absent) t.diagnostic(`absent: ${one}`);
  const failed = gates.filter((gate) => !holds(gate)).map(({ what, value }) => `${what}: ${value}`);
  assert.deepEqual(failed, []);
});
