/** Five rounds of the failure suite; `npm run bench -- --only failures` has as many as one likes. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBroker } from '../../kafka/broker.ts';
import { Roles } from './roles.ts';
import { failureRound } from './rounds.ts';

const broker = await openBroker({
  after: (end) => after(end),
  diagnostic: (what) => void test('rounds', (t) => t.diagnostic(what)),
});

if (broker !== null) {
  const roles = new Roles();
  after(() => roles.end());
  for (let round = 1; round <= 5; round++) {
    test(`round ${round}: sensor, analyzer, broker and an insert are killed, and nothing is lost or twice`, async (t) => {
      const { kills, seconds, problem } = await failureRound(roles, broker, 5, round);
      t.diagnostic(`${kills.join(', ')}: ${seconds.toFixed(0)} s`);
      assert.equal(problem, '');
    });
  }
}
