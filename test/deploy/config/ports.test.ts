import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainConfig, loadConfig } from '../../../deploy/config.ts';
import { sensorLimits } from '../../../deploy/limits.ts';
import { load, problems } from './config-file.ts';

test('what ports speak is a mapping, and mistakes name the line', () => {
  const config = load('ports: {"50051": h2, 9000: none}\n');
  assert.deepEqual(config.ports, { 50051: 'h2', 9000: 'none' });
  assert.deepEqual(sensorLimits(config).http.ports, { 50051: 'h2', 9000: 'none' });
  assert.equal(sensorLimits(loadConfig(undefined, {})).http.ports, null);
  const shown = explainConfig(config).find(({ key }) => key === 'ports');
  assert.match(shown?.from ?? '', /:1$/);
  assert.deepEqual(problems('ports:\n  "70000": h2\n  "80": http3\n'), [
    'ports.70000 is no port at apiris.yaml:2:3; write 1 to 65535',
    'ports.80 "http3" is no protocol at apiris.yaml:3:9; write one of http1, h2, tls, none',
  ]);
});
