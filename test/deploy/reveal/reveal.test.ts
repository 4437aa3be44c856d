/** `apiris reveal` as two people use it, over the shipped brokerage. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStoreForReading, replay } from '../../../deploy/appliance.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { listLabels } from '../../../deploy/content/checks.ts';
import { runCommand } from '../../console/cli/fakes.ts';
import { brokerage } from '../replaying.ts';

const folder = mkdtempSync(join(tmpdir(), 'apiris-reveal-'));
const data = join(folder, 'data');
const configFile = join(folder, 'apiris.yaml');
const keyFile = (name: string) => join(folder, `${name}.key`);
const services = { openStoreForReading, listLabels };

interface Shown {
  readonly request: string;
  readonly approver: string;
  readonly approvers: readonly string[];
  readonly values: readonly { readonly label: string; readonly place: string; readonly value: string }[];
  readonly transaction?: { readonly response: { readonly body: { readonly text?: string } } };
}

/** Each command a second after the one before it, µs. */
let clock = Date.now() * 1000;

async function apiris(...line: string[]) {
  const place = ['--data', data, '--config', configFile];
  return runCommand([...line, ...place], { services, env: { LANG: 'en' }, wallClock: (clock += 1e6) });
}

async function done<T>(...line: string[]): Promise<T> {
  const run = await apiris(...line);
  assert.equal(run.code, 0, run.stderr);
  return (run.stdout === '' ? undefined : JSON.parse(run.stdout)) as T;
}

async function refused(pattern: RegExp, ...line: string[]): Promise<void> {
  const run = await apiris(...line);
  assert.notEqual(run.code, 0, run.stdout);
  assert.match(run.stderr, pattern);
  assert.equal(run.stdout, '');
}

let uid: string;

before(async () => {
  for (const name of ['wang', 'zhao', 'stranger']) {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    writeFileSync(keyFile(name), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    writeFileSync(join(folder, `${name}.pub`), publicKey.export({ format: 'pem', type: 'spki' }));
  }
  const approvers = ['wang', 'zhao'].map((name) => `      - {name: ${name}, key: ${name}.pub}`).join('\n');
  writeFileSync(
    configFile,
    `zone: UTC\nprivacy:\n  evidence:\n    hours: 48\n    minutes: 20\n    approvers:\n${approvers}\n`,
  );
  const config = loadConfig(configFile, {});
  const { ledger } = await replay({ inputs: [brokerage], data, config, shards: 2 });
  const of = (name: string) => ledger.find((entry) => entry.name === name)!.value;
  assert.ok(of('exchangesKept') > 100 && of('exchangesKept') < of('exchangesEmitted'));
  assert.equal(of('exchangesUnkept'), 0);
  const calls = await done<
    readonly { uid: string; labels: { response: readonly { label: string; count: number }[] } }[]
  >('calls', '--limit', '5000');
  uid = calls.find(({ labels }) => labels.response.some(({ label, count }) => label === 'mobile' && count > 2))!.uid;
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('two people: one asks, another grants, the first looks; each step is in the log', async () => {
  const asked = await done<Shown>('reveal', uid, '--label', 'mobile', '--by', 'li.lei', '--note', 'case 1');
  assert.deepEqual(asked.approvers, ['wang', 'zhao']);
  await refused(/Nothing of this exchange is granted/, 'reveal', uid, '--by', 'li.lei');
  await done('reveal', '--approve', asked.request, '--key', keyFile('wang'), '--note', 'case 1, seen');
  await refused(/Nothing of this exchange is granted/, 'reveal', uid, '--by', 'somebody');
  const shown = await done<Shown>('reveal', uid, '--by', 'li.lei');
  assert.equal(shown.approver, 'wang');
  assert.equal(shown.transaction, undefined, 'values of what was asked for, no more');
  assert.ok(shown.values.length > 2);
  for (const { label, value } of shown.values) {
    assert.equal(label, 'mobile');
    assert.match(value, /1\d{10}/);
  }
  const log = await done<readonly { kind: string; by: string; value: { step: string } }[]>(
    'audit',
    'log',
    '--kind',
    'reveal',
  );
  const steps = log.map(({ by, value }) => `${value.step} ${by}`);
  assert.deepEqual(steps, ['asked li.lei', 'granted wang', 'shown li.lei']);
  assert.ok(!JSON.stringify(log).includes(shown.values[0]!.value));
  assertSealed(shown.values.map(({ value }) => value));
});

/** Nothing in the folder holds any of the values. */
function assertSealed(values: readonly string[]): void {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kept = files.filter(({ name }) => name.endsWith('.sealed'));
  assert.ok(kept.length > 0);
  for (const { name, parentPath } of files) {
    const path = join(parentPath, name);
    if (name.endsWith('.sealed') || name.endsWith('.grant')) assert.equal(statSync(path).mode & 0o077, 0, path);
    const content = readFileSync(path);
    for (const value of values) assert.ok(!content.includes(value), `${value} in ${path}`);
  }
}

test('the whole exchange, when that was granted; and no longer once it is taken back', async () => {
  const { request } = await done<Shown>('reveal', uid, '--whole', '--by', 'han.mei', '--note', 'case 2');
  await done('reveal', '--approve', request.slice(0, 8), '--key', keyFile('zhao'), '--note', 'ok', '--minutes', '5');
  const { values, transaction } = await done<Shown>('reveal', uid, '--by', 'han.mei');
  const mobile = values.find(({ label }) => label === 'mobile')!;
  assert.ok(transaction?.response.body.text?.includes(mobile.value));
  const table = await apiris('reveal', uid, '--by', 'han.mei', '--format', 'table');
  assert.ok(table.stdout.includes(mobile.value));
  assert.match(table.stdout, /CLEAR DATA, granted by zhao/);
  await done('reveal', '--end', request, '--by', 'zhao', '--note', 'done with');
  await refused(/Nothing of this exchange is granted/, 'reveal', uid, '--by', 'han.mei');
  const [, second] = await done<readonly { state: string; shown: number; approver: string }[]>('reveal');
  assert.deepEqual([second?.state, second?.shown, second?.approver], ['ended', 2, 'zhao']);
  await refused(/granted or over already/, 'reveal', '--approve', request, '--key', keyFile('wang'), '--note', 'x');
});

test('nobody grants for themselves, and no stranger does', async () => {
  const { request, approvers } = await done<Shown>('reveal', uid, '--whole', '--by', 'Wang', '--note', 'mine');
  assert.deepEqual(approvers, ['zhao']);
  await refused(/a second person must/, 'reveal', '--approve', request, '--key', keyFile('wang'), '--note', 'x');
  await refused(/not the private key/, 'reveal', '--approve', request, '--key', keyFile('stranger'), '--note', 'x');
  await refused(/not the private key/, 'reveal', '--approve', request, '--key', configFile, '--note', 'x').catch(() =>
    // A file that others can read is refused before it is read.
    refused(/open to others/, 'reveal', '--approve', request, '--key', configFile, '--note', 'x'),
  );
  await refused(
    /--minutes must be 1 to 20/,
    'reveal',
    '--approve',
    request,
    '--key',
    keyFile('zhao'),
    '--note',
    'x',
    '--minutes',
    '21',
  );
});

test('mistakes are told', async () => {
  await refused(/needs --by NAME/, 'reveal', uid);
  await refused(/needs --note TEXT/, 'reveal', uid, '--whole', '--by', 'li.lei');
  await refused(/Say what of it/, 'reveal', uid, '--by', 'li.lei', '--note', 'x');
  await refused(/names no exchange/, 'reveal', 'x', '--by', 'li.lei');
  await refused(/no kind of data/, 'reveal', uid, '--label', 'mobil', '--by', 'li.lei', '--note', 'x');
  await refused(/is not kept/, 'reveal', '0123456789abcdef-1', '--whole', '--by', 'li.lei', '--note', 'x');
  await refused(/no request/, 'reveal', '--end', 'ffffffff', '--by', 'li.lei', '--note', 'x');
  await refused(/Give one of/, 'reveal', uid, '--end', 'ffffffff', '--by', 'li.lei', '--note', 'x');
  const off = await runCommand(['reveal', uid, '--whole', '--by', 'a', '--note', 'b', '--data', data], { services });
  assert.match(off.stderr, /Nothing is kept/);
});
