/** What is killed or away, and comes back: what the store then holds is what an undisturbed replay leaves. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openBroker } from '../../kafka/broker.ts';
import { incidents, Roles } from './roles.ts';

const broker = await openBroker({
  after: (end) => after(end),
  diagnostic: (what) => void test('failures', (t) => t.diagnostic(what)),
});
const CALLS = 5717;

if (broker !== null) {
  const roles = new Roles();
  after(() => roles.end());
  const bus = `kafka://${broker.address}`;
  const waiting = (data: string) => readdirSync(join(roles.data(data), 'outbox')).length;

  test('a broker that is away costs nothing: calls wait on disk and go out in their order', async () => {
    await broker.kill();
    const alone = roles.apiris('sensor', '--read', incidents, '--out', bus, '--data', roles.data('patient'));
    assert.equal(alone.status, 0, alone.stderr);
    assert.match(alone.stderr, /nobody answers there/);
    assert.match(alone.stderr, /messages wait in the data folder/);
    assert.ok(waiting('patient') > 0);
    await broker.start();
    const again = roles.apiris('sensor', '--read', incidents, '--out', bus, '--data', roles.data('patient'));
    assert.equal(again.status, 0, again.stderr);
    assert.equal(waiting('patient'), 0);
  });

  test('an analyzer that is killed again and again has every call and every finding once', async () => {
    for (let round = 0; round < 4; round++) {
      const analyzer = await roles.analyzer(broker.address, 'killed');
      // Sometimes before anything was stored, sometimes between rows and what was learnt of them.
      await wait(1500 + 2700 * round);
      await analyzer.end('SIGKILL');
    }
    const last = await roles.analyzer(broker.address, 'killed');
    await roles.stored('killed', CALLS);
    assert.equal(await last.end(), 0, last.said());
    await roles.assertAsReplayed('killed', 'after five lives');
  });

  test('a broker that is killed under way, and a sensor that is, change nothing either', async () => {
    const analyzer = await roles.analyzer(
      broker.address,
      'shaken',
      '--config',
      roles.config('bus:\n  prefix: shaken.\n'),
    );
    const config = ['--config', roles.config('bus:\n  prefix: shaken.\n')];
    const sensor = roles.start('sensor', '--read', incidents, '--out', bus, '--data', roles.data('shaking'), ...config);
    await wait(4000);
    await broker.kill();
    await sensor.end('SIGKILL');
    await broker.start();
    const again = roles.apiris('sensor', '--read', incidents, '--out', bus, '--data', roles.data('shaking'), ...config);
    assert.equal(again.status, 0, again.stderr);
    await roles.stored('shaken', CALLS);
    assert.equal(await analyzer.end(), 0, analyzer.said());
    await roles.assertAsReplayed('shaken', 'after broker and sensor were killed');
  });

  test('what is wrong is said in a sentence, and what nobody can read is set aside', async () => {
    const nobody = roles.apiris('analyzer', '--bus', 'kafka://127.0.0.1:1', '--data', roles.data('nobody'));
    assert.equal(nobody.status, 1);
    assert.match(
      nobody.stderr,
      /^apiris: Kafka at 127\.0\.0\.1:1 cannot be used: nobody answers there; check the address/,
    );
    const wrong = roles.apiris(
      'sensor',
      '--read',
      incidents,
      '--out',
      'kafka://u:p@tap',
      '--data',
      roles.data('wrong'),
    );
    assert.match(wrong.stderr, /set bus\.user and bus\.passwordFile/);
    // A sensor with keys of its own, as one that was forgotten has.
    const strangers = new Roles({ APIRIS_IDENTITY_KEY: '09'.repeat(32) });
    after(() => strangers.end());
    const prefix = roles.config('bus:\n  prefix: strange.\n  sensor: stranger\n');
    const analyzer = await roles.analyzer(broker.address, 'estranged', '--config', prefix);
    const sent = strangers.apiris(
      'sensor',
      '--read',
      incidents,
      '--out',
      bus,
      '--data',
      strangers.data('s'),
      '--config',
      prefix,
    );
    assert.equal(sent.status, 0, sent.stderr);
    await roles.until(() => analyzer.said().includes('apiris.dead.v1'));
    assert.equal(await analyzer.end(), 0);
    assert.match(
      analyzer.said(),
      /the sensor stranger hashes with other keys than this analyzer; give it the analyzer's/,
    );
    assert.match(analyzer.said(), /messages could not be read; look at the topic apiris\.dead\.v1/);
  });
}
