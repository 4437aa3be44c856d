/** An analyzer between a real broker and the engine on a server: away for a while, killed for good, and nothing is lost. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openBroker } from '../../kafka/broker.ts';
import { EngineServer } from '../../storage/store/engine-server.ts';
import { parseScrape } from '../telemetry/scraped.ts';
import { incidents, Roles } from './roles.ts';

const CALLS = 5717;
const broker = await openBroker({
  after: (end) => after(end),
  diagnostic: (what) => void test('a store on a server', (t) => t.diagnostic(what)),
});

if (broker !== null) {
  const server = await EngineServer.open({ password: 'secret' });
  after(() => server.close());
  const roles = new Roles({ APIRIS_STORE_PASSWORD: 'secret' });
  after(() => roles.end());
  const store = ['--store', server.url];
  const stored = async () =>
    (await server.ask<{ calls: number }>('SELECT count() AS calls FROM apiris.calls FINAL'))[0]!.calls;

  test('a server that is away is waited for, one that comes back is given what waited, and a second writer is refused', async () => {
    const analyzer = await roles.analyzer(broker.address, 'one', ...store, '--metrics', '127.0.0.1:0');
    const address = /metrics at (\S+)\/metrics/.exec(analyzer.said())![1]!;
    const metric = async (name: string) =>
      parseScrape(await (await fetch(`${address}/metrics`)).text()).values.get(name);

    const other = roles.start('analyzer', '--bus', `kafka://${broker.address}`, '--data', roles.data('two'), ...store);
    await roles.until(() => other.child.exitCode !== null);
    assert.equal(other.child.exitCode, 1);
    assert.match(other.said(), /writes into the store at .*let one process write into it/);

    // Before there is anything to store: on a quiet machine all of it may be stored at once.
    server.isAway = true;
    const sensor = roles.start(
      'sensor',
      '--read',
      incidents,
      '--out',
      `kafka://${broker.address}`,
      '--data',
      roles.data('s'),
    );
    await roles.until(() => analyzer.said().includes('takes nothing now'));
    await roles.until(() => sensor.child.exitCode !== null);
    assert.equal(sensor.child.exitCode, 0, 'who captures does not wait for the store');
    await wait(3000);
    assert.equal(analyzer.child.exitCode, null, analyzer.said());
    server.isAway = false;
    await roles.until(() => analyzer.said().includes('takes rows again; nothing was lost'));
    await roles.until(async () => (await stored()) === CALLS);
    await roles.until(async () => (await metric('apiris_bus_lag_messages')) === 0);
    assert.equal(await metric('apiris_store_insert_failures_total'), 0, 'waiting is no failure');

    await analyzer.end('SIGKILL');
    const again = await roles.analyzer(broker.address, 'one', ...store);
    await wait(5000);
    assert.equal(await stored(), CALLS, 'what is read again replaces itself');
    assert.equal(await again.end(), 0, again.said());

    // This process has the server's engine, and can have one.
    const beside = roles.apiris('replay', incidents, '--data', roles.data('beside'));
    assert.equal(beside.status, 0, beside.stderr);
    const findings = (...where: readonly string[]) => roles.asked<unknown[]>('findings', ...where, '--format', 'json');
    assert.deepEqual(
      await findings('--data', roles.data('one'), ...store),
      await findings('--data', roles.data('beside')),
    );
  });

  test('told to end while the store is away, an analyzer ends soon, says what was not written, and the bus keeps it', async () => {
    await server.clear();
    const config = roles.config('bus:\n  prefix: "away."\n');
    const there = ['--config', config, ...store];
    const analyzer = await roles.analyzer(broker.address, 'away', ...there);
    server.isAway = true;
    const sensor = roles.start(
      ...['sensor', '--read', incidents, '--out', `kafka://${broker.address}`],
      ...['--data', roles.data('s2'), '--config', config],
    );
    await roles.until(() => analyzer.said().includes('takes nothing now'));
    await roles.until(() => sensor.child.exitCode !== null);
    const begun = performance.now();
    assert.equal(await analyzer.end(), 1, analyzer.said());
    assert.ok(performance.now() - begun < 60_000, `${performance.now() - begun} ms`);
    assert.match(analyzer.said(), /did not come back/);
    assert.match(analyzer.said(), /Rows that were not written into the store at .*: \d+ of /);
    server.isAway = false;
    const again = await roles.analyzer(broker.address, 'away', ...there);
    await roles.until(async () => (await stored()) === CALLS);
    assert.equal(await again.end(), 0, again.said());
    assert.equal(await stored(), CALLS);
  });
}
