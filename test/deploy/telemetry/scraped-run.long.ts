/** A running appliance as Prometheus sees it: what it scrapes is what the ledger says, to the unit. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { C, Ledger, type LedgerEntry } from '../../../sensor/ledger.ts';
import { startApiris } from '../../network.ts';
import { folderOf } from '../replaying.ts';
import { parseScrape } from './scraped.ts';

const root = new URL('.', import.meta.resolve('#root/package.json'));
const capture = fileURLToPath(new URL('fixtures/captures/incidents.pcap.gz', root));

test('what is scraped of a run is its ledger, and health says how complete it is', async (t) => {
  const folder = folderOf(t);
  const config = join(folder, 'apiris.yaml');
  writeFileSync(config, 'metrics: 127.0.0.1:0\nshards: 2\n');
  const data = join(folder, 'data');
  const run = await startApiris(t, 'run', '--read', '-', '--data', data, '--config', config, '--format', 'json');
  const address = /metrics at (http:\/\/127\.0\.0\.1:\d+)\/metrics/.exec(run.stderr())?.[1];
  assert.ok(address !== undefined, run.stderr());

  const empty = await fetch(`${address}/health`);
  assert.equal(empty.status, 503, 'nothing has come yet');
  assert.deepEqual(await empty.json(), { state: 'blind', reasons: [{ code: 'no-packets', value: 0 }] });

  // The pipe stays open: the appliance goes on.
  run.child.stdin!.write(gunzipSync(readFileSync(capture)));
  const scrape = async () => {
    const response = await fetch(`${address}/metrics`).catch((error: Error) => {
      throw new Error(`${error.cause}: ${run.stderr()}`);
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    return parseScrape(await response.text());
  };
  const rows = 'apiris_store_rows_total{table="calls"}';
  const ledgerOf = ({ values }: ReturnType<typeof parseScrape>) =>
    JSON.stringify([...values].filter(([name]) => name.startsWith('apiris_ledger')));
  let scraped = await scrape();
  // Until nothing is under way, and nothing has changed for a second.
  for (let [tries, same] = [0, 0]; tries < 240 && same < 2; tries++) {
    await wait(500);
    const next = await scrape();
    const { values } = next;
    const isDone = values.get(rows)! > 0 && values.get('apiris_ledger_calls_waiting{stage="stored"}') === 0;
    same = isDone && ledgerOf(next) === ledgerOf(scraped) ? same + 1 : 0;
    scraped = next;
  }
  const health = (await (await fetch(`${address}/health`)).json()) as { state: string; reasons: { code: string }[] };
  const live = await fetch(`${address}/live`);
  assert.equal(live.status, 200);
  assert.equal((await fetch(`${address}/metrics`, { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await fetch(`${address}/secrets`)).status, 404);

  const ended = await run.end('SIGTERM');
  assert.equal(ended.code, 0, ended.stderr);
  const { ledger } = JSON.parse(ended.stdout) as { ledger: readonly LedgerEntry[] };
  const { values, types } = scraped;
  // What only the end of the stream settles: connections still open when it was scraped.
  const settled = new Set<string>();
  const named = (entry: Omit<LedgerEntry, 'value'>) =>
    `apiris_ledger_${entry.unit}_total{counter="${entry.name}",kind="${entry.kind}",stage="${entry.stage}"}`;
  let compared = 0;
  for (const entry of ledger) {
    if (entry.kind === 'waiting') continue;
    const value = values.get(named(entry));
    assert.ok(value !== undefined, named(entry));
    if (value === entry.value) compared++;
    else settled.add(entry.name);
  }
  for (const name of ['packetsRead', 'packetsDelivered', 'tcpSegments', 'payloadBytes', 'packetBytes'] as const) {
    assert.ok(!settled.has(name), name);
  }
  assert.ok(ledger.find(({ name }) => name === 'packetsRead')!.value > 0);
  assert.deepEqual([...settled], [], 'the last scrape has all that the summary has');
  assert.ok(compared > 80);

  // Every stage adds up within one scrape.
  const balance = new Map<string, number>();
  for (const { stage, unit, kind, name } of new Ledger().entries()) {
    if (kind === 'note') continue;
    const value =
      kind === 'waiting'
        ? values.get(`apiris_ledger_${unit}_waiting{stage="${stage}"}`)!
        : values.get(named({ stage, unit, name, kind }))!;
    balance.set(stage, (balance.get(stage) ?? 0) + (kind === 'in' ? value : -value));
  }
  assert.deepEqual(
    [...balance.values()].filter((rest) => rest !== 0),
    [],
    JSON.stringify([...balance]),
  );

  const stored = ledger.find(({ name }) => C[name as keyof typeof C] === C.callsStored)!.value;
  assert.equal(values.get(rows), stored);
  // Its packets are years old: of a live stream that is silence.
  assert.deepEqual([health.state, health.reasons[0]?.code], ['blind', 'silent']);
  assert.equal(values.get(`apiris_condition{state="${health.state}"}`), 1);
  assert.equal(values.get('apiris_condition{state="complete"}'), 0);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  assert.equal(values.get(`apiris_build_info{role="run",version="${version}"}`), 1);
  assert.ok(values.get('apiris_packet_timestamp_seconds')! > 1e9);
  assert.ok(values.get('process_resident_memory_bytes')! > 0 && values.get('process_cpu_seconds_total')! > 0);
  assert.ok([...values.keys()].some((key) => key.startsWith('apiris_shard_lag_seconds{shard="2"}')));
  assert.equal(types.get('apiris_ledger_packets_total'), 'counter');
  for (const [name, type] of types) {
    if (name.startsWith('apiris_')) assert.equal(name.endsWith('_total'), type === 'counter', name);
  }
});
