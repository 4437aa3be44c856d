/** The sensor's role under a load that it cannot get rid of, and what the analyzer's side then tells of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { unpackCalls } from '../../../analyzer/packed-call.ts';
import { runAnalyzer } from '../../../deploy/bus/analyzer.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { applications } from '../../../deploy/traffic/brokerage.ts';
import type { LedgerEntry } from '../../../sensor/ledger.ts';
import { MAX_STEP } from '../../../sensor/sensor.ts';
import type { CallsRecord } from '../../../storage/bus/calls.ts';
import { openWire, type Wire } from '../../network.ts';
import { folderOf, mixIn } from '../replaying.ts';
import { parseScrape } from '../telemetry/scraped.ts';
import { RecordedBus, recorded } from './recorded-bus.ts';

const EXCHANGES = 16_000;
const logins = ['/api/v1/login', '/crm/login', '/wealth/session/login'];

interface Health {
  readonly reasons: readonly { code: string }[];
  readonly stages: readonly { stage: string; balanced: boolean }[];
  readonly ledger: readonly LedgerEntry[];
  readonly shedding: readonly { source: string; from: number; step: number }[];
}

/** What a sensor with this configuration published of a load that its bus did not take until `isEnough`, and how it began. */
async function sensed(wire: Wire, folder: string, text: string, isEnough: (step: number) => boolean) {
  const [config, socket, file] = ['config.yaml', 'metrics', 'bus'].map((name) => join(folder, name));
  writeFileSync(config!, text);
  const mix = mixIn(folder, { exchanges: EXCHANGES, concurrency: 200 });
  const script = fileURLToPath(new URL('./slow-sensor.js', import.meta.url));
  const child = wire.program(script, join(folder, 'data'), file!, config!, socket!);
  let [out, problems] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (problems += text));
  const until = async (is: () => Promise<boolean> | boolean, what: string) => {
    for (let tries = 0; tries < 300 && child.exitCode === null && !(await is()); tries++) await wait(200);
    assert.ok(child.exitCode === null && (await is()), `${what}: ${problems}`);
  };
  const step = async () => parseScrape(await get(socket!, '/metrics')).values.get('apiris_shedding_step')!;
  await until(() => out.includes('reading'), 'it begins');
  await wire.send(mix, 20_000);
  await until(async () => isEnough(await step()), 'it is held up');
  child.kill('SIGUSR2');
  await until(async () => (await step()) === 0, 'it ends');
  child.kill('SIGTERM');
  await once(child, 'close');
  return { file: file!, began: out.split('\n')[0]! };
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, async (response) => {
      let text = '';
      for await (const part of response) text += String(part);
      resolve(text);
    });
    asked.on('error', reject).end();
  });
}

/** What `apiris health` tells once an analyzer has judged it all. */
async function healthAfter(wire: Wire, folder: string, file: string): Promise<Health> {
  // The sensor's folder, for its keys.
  const data = join(folder, 'data');
  const bus = new RecordedBus(file);
  const end = new AbortController();
  const options = { url: 'kafka://nowhere:9092', data, config: loadConfig(undefined, {}), environment: {} };
  const analyzer = runAnalyzer({ ...options, signal: end.signal }, async () => bus);
  await bus.delivered;
  end.abort();
  await analyzer;
  const { stdout, stderr } = wire.apiris('health', '--data', data, '--format', 'json');
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Health;
}

test('a sensor that is held up sheds by steps, never logins though they are configured low, and the analyzer tells of it', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const folder = folderOf(t);
  const priorities = applications.map(({ host }) => `  - { app: '${host}', path: /, priority: low }\n`).join('');
  const { file, began } = await sensed(wire, folder, `priorities:\n${priorities}`, (step) => step === MAX_STEP);
  assert.doesNotMatch(began, /No priorities/);

  const told = { calls: 0, shed: 0, logins: 0 };
  for (const { value } of recorded(file)) {
    const { calls } = value as CallsRecord;
    for (const { path, completeness, weird } of calls === null ? [] : unpackCalls(calls)) {
      told.calls++;
      const isShed = weird.includes('body_shed');
      if (isShed) told.shed++;
      if (!logins.includes(path)) continue;
      told.logins++;
      assert.ok(!isShed && completeness === 1, path);
    }
  }
  assert.ok(told.shed > 100 && told.logins > 50, JSON.stringify(told));

  const { ledger, stages, reasons, shedding } = await healthAfter(wire, folder, file);
  const count = (name: string) => ledger.find((entry) => entry.name === name)?.value ?? 0;
  for (const { stage, balanced } of stages) assert.ok(balanced, stage);
  assert.equal(count('callsJudged'), told.calls);
  assert.equal(count('exchangesEmitted'), told.calls, 'each exchange is a call all the same');
  assert.ok(count('bodiesShed') >= told.shed && count('shedBytes') > 0);
  // The newest stand first.
  const steps = shedding.map(({ from, step }) => [from, step]).reverse();
  assert.equal(steps.length, Math.min(20, count('shedSteps')));
  if (count('shedSteps') <= 20) {
    assert.deepEqual(steps.slice(0, 4), [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  }
  assert.equal(steps.at(-1)![1], 0, 'it ends');
  for (const { source } of shedding) assert.match(source, /^live .+ v1 \d{4}-/);
  const codes = reasons.map(({ code }) => code);
  assert.ok(codes.includes('shed'), codes.join());
  assert.ok(!codes.includes('shedding') && !codes.includes('imbalance'), codes.join());
});

test('a sensor that nobody told what is worth less leaves nothing unread, and says so', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const folder = folderOf(t);
  const since = performance.now();
  const isHeld = () => performance.now() - since > 4000;
  const { file, began } = await sensed(wire, folder, '', isHeld);
  assert.match(began, /No priorities are configured/);
  const { ledger, shedding } = await healthAfter(wire, folder, file);
  const count = (name: string) => ledger.find((entry) => entry.name === name)?.value ?? 0;
  assert.deepEqual([count('shedBytes'), count('bodiesShed'), count('shedSteps')], [0, 0, 0]);
  assert.ok(shedding.length > 0);
  for (const { from, step } of shedding) assert.deepEqual([from, step], [0, 0]);
});
