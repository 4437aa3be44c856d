/** Sensor and analyzer apart, by a real broker: the same rows and findings as `replay` has. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBroker } from '../../kafka/broker.ts';
import { incidents, Roles } from './roles.ts';

const broker = await openBroker({
  after: (end) => after(end),
  diagnostic: (what) => void test('roles', (t) => t.diagnostic(what)),
});
const CALLS = 5717;

if (broker !== null) {
  const roles = new Roles();
  after(() => roles.end());
  const bus = `kafka://${broker.address}`;

  test('a sensor and an analyzer leave what a replay leaves, to the last row', async () => {
    const analyzer = await roles.analyzer(broker.address, 'apart');
    const sensor = roles.apiris('sensor', '--read', incidents, '--out', bus, '--data', roles.data('sensor'));
    assert.equal(sensor.status, 0, sensor.stderr);
    assert.match(sensor.stderr, /5,717 calls of 24,504 packets published/);
    await roles.stored('apart', CALLS);
    assert.equal(await analyzer.end(), 0, analyzer.said());
    assert.match(analyzer.said(), /5,717 calls judged and stored/);
    await roles.assertAsReplayed('apart', 'by way of the bus');
  });

  test('the same capture a second time adds nothing, and an analyzer that begins later reads what is there', async () => {
    const again = roles.apiris('sensor', '--read', incidents, '--out', bus, '--data', roles.data('sensor'));
    assert.equal(again.status, 0, again.stderr);
    const late = await roles.analyzer(broker.address, 'late');
    await roles.stored('late', CALLS);
    // The first analyzer goes on behind what it has; both are one group, so it comes when the other has left.
    await late.end();
    await roles.assertAsReplayed('late', 'read later');
    const first = await roles.analyzer(broker.address, 'apart');
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    assert.equal(await first.end(), 0);
    assert.match(first.said(), /0 calls judged and stored/);
    assert.match(first.said(), /5,717 calls came more than once/);
    await roles.assertAsReplayed('apart', 'read again');
  });
}
