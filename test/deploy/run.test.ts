/** The appliance on a wire of its own: real packets, the real program. */
import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { countsOf } from '../../console/cli/ledger-view.ts';
import { readAccess } from '../../deploy/access.ts';
import { C, imbalances, type LedgerEntry } from '../../sensor/ledger.ts';
import { openWire, until, usersOf } from '../network.ts';
import { brokerage, folderOf, replayed, storedIn } from './replaying.ts';

/** What of a call the wire decides: all but times, and what was learnt from calls before it. */
function transactions(calls: readonly string[]): string[] {
  const told = ['app', 'server', 'serverPort', 'client', 'clientPort', 'method', 'path', 'query', 'status', 'pairing'];
  const sizes = ['requestBytes', 'responseBytes', 'requestType', 'responseType', 'userAgent', 'weird', 'completeness'];
  return calls
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map((call) => JSON.stringify([...told, ...sizes].map((name) => call[name])))
    .sort();
}

interface Summary {
  readonly stored: number;
  readonly ledger: readonly LedgerEntry[];
  readonly imbalances: readonly string[];
}

function balanced(stdout: string): { summary: Summary; counts: Float64Array } {
  const summary = JSON.parse(stdout) as Summary;
  const counts = countsOf(summary.ledger);
  assert.deepEqual(summary.imbalances, []);
  for (const { name, kind, value } of summary.ledger) if (kind === 'waiting') assert.equal(value, 0, name);
  return { summary, counts };
}

test('a wire gives the transactions that its capture gives, and other commands work meanwhile', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const folder = folderOf(t);
  const data = join(folder, 'live');
  const file = await replayed(join(folder, 'file'), [brokerage]);
  const run = await wire.start('run', '--interface', 'v1', '--data', data, '--format', 'json');
  await wire.send(brokerage, 2000);

  const ask = <T>(...argv: readonly string[]): T => {
    const { status, stdout, stderr } = wire.apiris(...argv, '--data', data, '--format', 'json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  type Rows = readonly Record<string, unknown>[];
  const calls = await until(
    () => ask<Rows>('calls'),
    (rows) => rows.length >= 2600,
  );
  assert.ok(calls.length >= 2600, `${calls.length} calls`);
  assert.equal(ask<Rows>('apps').length, 10);
  const apis = await until(
    () => ask<Rows>('apis'),
    (rows) => rows.length > 0,
  );
  assert.ok(apis.length > 50);
  const findings = await until(
    () => ask<Rows>('findings'),
    (rows) => rows.length > 0,
  );
  assert.ok(findings.length > 0);
  const health = await until(
    () => ask<{ ledger: LedgerEntry[] }>('health'),
    ({ ledger }) => countsOf(ledger)[C.packetsRead]! > 8000,
  );
  assert.deepEqual(imbalances(countsOf(health.ledger)), [], 'what is under way is counted too');

  const id = findings[0]!['id'] as string;
  const decided = ['finding', id, '--set', 'confirmed', '--by', 'Li Wei', '--note', 'seen', '--data', data];
  const { status, stderr } = wire.apiris(...decided);
  assert.equal(status, 0, stderr);
  assert.equal(ask<Rows>('findings').find((row) => row['id'] === id)!['status'], 'confirmed');
  assert.equal(statSync(join(data, 'access.token')).mode & 0o777, 0o600);

  const ended = await run.end('SIGTERM');
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(readAccess(data), null, 'nobody is sent where nobody answers');
  const { counts } = balanced(ended.stdout);
  assert.equal(counts[C.droppedByKernel]! + counts[C.droppedByInterface]! + counts[C.segmentsDropped]!, 0);
  const { calls: live } = await storedIn(data);
  assert.deepEqual(transactions(live), transactions(file.state.calls));
});

test('told to end amid traffic it stores all that came; killed, the next run goes on and says what is missing', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const folder = folderOf(t);
  chmodSync(folder, 0o755);
  const data = join(folder, 'live');
  const argv = ['run', '--interface', 'v1', '--data', data, '--format', 'json', '--user', 'nobody'];
  const first = await wire.start(...argv);
  assert.ok(
    usersOf(first.child.pid!).every((uid) => uid > 0),
    'root is given up',
  );
  const sending = wire.begin(brokerage, 1000);
  await wait(3000);
  const ended = await first.end('SIGTERM');
  sending.kill('SIGTERM');
  assert.equal(ended.code, 0, ended.stderr);
  const { summary, counts } = balanced(ended.stdout);
  assert.ok(counts[C.packetsRead]! > 500 && counts[C.packetsRead]! < 8993, `${counts[C.packetsRead]}`);
  assert.ok(counts[C.packetsByKernel]! > 500);
  assert.ok(counts[C.packetsRead]! >= counts[C.packetsByKernel]!, 'what the kernel had received came through');
  assert.equal(summary.stored, counts[C.exchangesEmitted]);
  const before = await storedIn(data);
  assert.equal(before.calls.length, summary.stored);
  assert.deepEqual(
    before.sources.map(({ state }) => state),
    ['finished'],
  );

  // Within ten seconds the same packets would be the same exchanges, seen at another tap.
  await wait(12_000);
  const second = await wire.start(...argv);
  await wire.send(brokerage, 2000);
  const read = () => JSON.parse(wire.apiris('health', '--data', data, '--format', 'json').stdout || '{}');
  // Calls are stored behind the packets they came in.
  const isStored = (ledger: LedgerEntry[]) => countsOf(ledger)[C.callsStored]! > summary.stored + 2000;
  const known = await until(
    read,
    ({ sources = [], ledger = [] }) =>
      isStored(ledger) && sources.some((row: { packets: number }) => row.packets > 8000),
  );
  assert.equal(known.sources.length, 2);
  await second.end('SIGKILL');

  const third = await wire.start(...argv);
  assert.match(third.stderr(), /v1: the process ended unexpectedly: what came between 20.* is not accounted for/);
  const last = await third.end('SIGTERM');
  assert.equal(last.code, 0, last.stderr);
  const after = await storedIn(data);
  assert.deepEqual(after.sources.map(({ state }) => state).sort(), ['finished', 'finished', 'interrupted']);
  assert.ok(after.calls.length > before.calls.length + 2000);
  // An API may have become part of one whose template takes it in: then that one was seen as early.
  const takesIn = (whole: (typeof after.apis)[number], part: (typeof after.apis)[number]): boolean =>
    whole['id'] === part['id'] ||
    (whole['app'] === part['app'] &&
      new RegExp(`^${String(whole['template']).replace(/\{[^}]*\}/g, '[^/]+')}$`).test(String(part['template'])));
  for (const api of before.apis) {
    const since = after.apis.filter((each) => takesIn(each, api)).map((each) => Number(each['firstSeen']));
    assert.ok(Math.min(...since) <= Number(api['firstSeen']), `what was learnt stays: ${api['template']}`);
  }
});

test('what cannot be captured from is said with what to do', async (t) => {
  const wire = openWire(t);
  if (wire === null) return;
  const data = join(folderOf(t), 'live');
  const unknown = wire.apiris('run', '--interface', 'eth99', '--data', data);
  assert.equal(unknown.status, 2, unknown.stderr);
  assert.match(unknown.stderr, /there is no interface eth99\. There are: .*v0.*v1/);
  const filter = wire.apiris('run', '--interface', 'v1', '--filter', 'tcp prot 80', '--data', data);
  assert.equal(filter.status, 2, filter.stderr);
  assert.match(filter.stderr, /the filter "tcp prot 80" cannot be used on v1 .*man pcap-filter/);
});
