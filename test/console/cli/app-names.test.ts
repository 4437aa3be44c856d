/** Names and owners that the configuration gives to applications: by host, address and port. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appNames } from '../../../console/cli/app-names.ts';
import { type Config, loadConfig } from '../../../deploy/config.ts';

const names = (applications: Config['applications']) => appNames({ ...loadConfig(undefined, {}), applications });

test('the first entry that fits names an application; every part of it must fit', () => {
  const { of, any } = names([
    { host: 'trade.example', port: 8443, name: 'trading, inner' },
    { host: 'trade.example', name: 'trading' },
    { address: '10.0.0.5', name: 'by address' },
    { address: '2001:db8::5', port: 8080, name: 'by address and port' },
    { port: 9000, name: 'by port' },
    { host: 'trade.example', name: 'never reached' },
  ]);
  assert.equal(any, true);
  const asked = {
    'trade.example': 'trading',
    'trade.example:8443': 'trading, inner',
    'trade.example:9000': 'trading',
    '10.0.0.5:1234': 'by address',
    '[2001:db8::5]:8080': 'by address and port',
    '[2001:db8::5]:8081': undefined,
    'other.example:9000': 'by port',
    'other.example': undefined,
  };
  for (const [app, name] of Object.entries(asked)) assert.equal(of(app), name, app);
});

test('a name without a port is that of the default ones; an owner may be told of what has no name', () => {
  const { of, any, configured } = names([
    { port: 443, owner: 'retail' },
    { port: 80, name: 'web' },
  ]);
  assert.deepEqual([any, of('shop.example'), of('shop.example:8080')], [true, 'web', undefined]);
  assert.equal(configured('shop.example')?.owner, 'retail');
  assert.deepEqual([names([]).any, names([{ host: 'a', owner: 'b' }]).any], [false, false]);
});
