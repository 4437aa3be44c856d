/** A sensor on a wire whose broker is away: its metrics say both. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openWire } from '../../network.ts';
import { brokerage, folderOf } from '../replaying.ts';
import { parseScrape } from './scraped.ts';

const main = fileURLToPath(new URL('dist/console/cli/main.js', import.meta.resolve('#root/package.json')));

test('a sensor tells what it captured, and that its broker is away', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const folder = folderOf(t);
  // A socket is reached from any network namespace.
  const socketPath = join(folder, 'metrics');
  const options = ['--data', join(folder, 'sensor'), '--metrics', `unix:${socketPath}`];
  const sensor = wire.program(main, 'sensor', '--interface', 'v1', '--out', 'kafka://127.0.0.1:1', ...options);
  let said = '';
  sensor.stderr!.on('data', (text: Buffer) => (said += text.toString()));
  for (let tries = 0; tries < 600 && !said.includes('calls go to'); tries++) await wait(100);
  assert.match(said, /metrics at unix:/);
  await wire.send(brokerage, 3000);

  const get = (path: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asked = request({ socketPath, path }, async (response) => {
        let text = '';
        for await (const part of response) text += String(part);
        resolve({ status: response.statusCode!, text });
      });
      asked.on('error', reject).end();
    });
  let values = parseScrape((await get('/metrics')).text).values;
  const captured = () => values.get('apiris_ledger_packets_total{counter="packetsRead",kind="in",stage="received"}')!;
  for (let tries = 0; tries < 120 && captured() < 8900; tries++) {
    await wait(500);
    values = parseScrape((await get('/metrics')).text).values;
  }
  assert.ok(captured() >= 8900, `${captured()}`);
  assert.equal(values.get('apiris_bus_up'), 0);
  assert.ok(values.get('apiris_bus_spooled_messages_total')! > 0);
  assert.ok(values.get('apiris_bus_outbox_messages')! > 0);
  assert.equal(values.get('apiris_shedding_step'), 0);
  const { status, text } = await get('/health');
  const { state, reasons } = JSON.parse(text) as { state: string; reasons: { code: string }[] };
  assert.deepEqual([status, state], [200, 'degraded']);
  assert.ok(reasons.some(({ code }) => code === 'bus-away'));
  const gone = new Promise((resolve) => sensor.once('close', resolve));
  sensor.kill('SIGTERM');
  await gone;
});
