import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { parsePlace } from '../../../deploy/config/metrics.ts';
import { loadConfig } from '../../../deploy/config.ts';
import { assess } from '../../../deploy/telemetry/condition.ts';
import { FindingCounts } from '../../../deploy/telemetry/finding-counts.ts';
import { isSilent, Recent, type Standing, Watched } from '../../../deploy/telemetry/standing.ts';
import { StoreMeter } from '../../../deploy/telemetry/store-meter.ts';
import { openTelemetry, Telemetry } from '../../../deploy/telemetry/telemetry.ts';
import { C, Ledger } from '../../../sensor/ledger.ts';
import type { Store } from '../../../storage/store/store.ts';
import { MemoryStore } from '../memory-store.ts';
import { folderOf } from '../replaying.ts';
import { parseScrape } from './scraped.ts';

const MINUTE = 60_000;

function countsOf(values: Partial<Record<keyof typeof C, number>>): Float64Array {
  const { counts } = new Ledger();
  for (const [name, value] of Object.entries(values)) counts[C[name as keyof typeof C]] = value;
  return counts;
}

const busCounters = { published: 12, sent: 9, spooled: 3, failures: 1, waits: 2, poisoned: 4, behind: 7, isAway: true };

function standing(changes: Partial<Standing> = {}): Standing {
  return {
    counts: countsOf({
      packetsRead: 10,
      packetsDelivered: 10,
      packetsToDecode: 10,
      notTcp: 10,
      messagesParsed: 2,
      messagesPaired: 2,
    }),
    ...{ weird: [], packetTime: 1.7e15, damagedSources: 0, sources: 1, silentSources: 0, shedStep: 0, ringFill: 0.25 },
    ...{ shardLags: [1e6, 0], bus: null, forgotten: null, disk: null },
    ...changes,
  };
}

test('an address is host and port, or a socket', () => {
  assert.deepEqual(parsePlace('127.0.0.1:9464'), { host: '127.0.0.1', port: 9464 });
  assert.deepEqual(parsePlace('[::1]:9464'), { host: '::1', port: 9464 });
  assert.deepEqual(parsePlace('unix:/run/apiris/metrics'), { socket: '/run/apiris/metrics' });
  for (const text of ['', '9464', 'host', 'host:99999', 'http://host:1', 'unix:'])
    assert.equal(parsePlace(text), undefined);
});

test('a disk with little room degrades the picture, and says which mark it is below', async (t) => {
  const disk = { free: 4e9, size: 1e11, mark: 1, isStuck: false, dropped: 0 } as const;
  let now: Standing = standing({ disk });
  const place = { host: '127.0.0.1', port: 0 };
  const telemetry = await Telemetry.open({ role: 'run', place, standing: () => now, store: null });
  t.after(() => telemetry.close());
  const health = async () =>
    (await (await fetch(`${telemetry.address}/health`)).json()) as { reasons: { code: string }[] };
  const low = { state: 'degraded', reasons: [{ code: 'disk-low', value: 4e9, share: 0.04 }] };
  assert.deepEqual(await health(), low);
  now = standing({ disk: { ...disk, mark: 2, dropped: 3 } });
  assert.equal((await health()).reasons[0]!.code, 'disk-dropping');
  const lines = (await (await fetch(`${telemetry.address}/metrics`)).text()).split('\n');
  for (const line of ['apiris_disk_mark 2', 'apiris_disk_free_bytes 4000000000', 'apiris_disk_dropped_months_total 3'])
    assert.ok(lines.includes(line), line);
  now = standing({ disk: { ...disk, mark: 2, isStuck: true } });
  assert.equal((await health()).reasons[0]!.code, 'disk-full');
  now = standing({ disk: { ...disk, mark: 0 } });
  assert.deepEqual(await health(), { state: 'complete', reasons: [] });
});

test('nothing listens unless it was asked for', async () => {
  const options = { role: 'run', standing, store: null } as const;
  assert.equal(await openTelemetry(undefined, '', options), null);
});

test('a loss of long ago is no news, and a fresh one is', () => {
  const recent = new Recent();
  recent.take(countsOf({ droppedByKernel: 0 }), 0);
  assert.equal(recent.take(countsOf({ droppedByKernel: 50 }), MINUTE)[C.droppedByKernel], 50);
  let last: Float64Array = new Float64Array();
  for (let minute = 2; minute <= 20; minute++) {
    last = recent.take(countsOf({ droppedByKernel: 50, packetsRead: minute }), minute * MINUTE);
  }
  assert.equal(last[C.droppedByKernel], 0);
  assert.ok(last[C.packetsRead]! >= 9 && last[C.packetsRead]! <= 11, `${last[C.packetsRead]}`);
  const facts = { damagedSources: 0, unfinishedSources: 0, silentSources: 0, shedStep: 0 };
  const packets = { packetsRead: 100, droppedByKernel: 50, packetsDelivered: 50, packetsToDecode: 50, notTcp: 50 };
  const counts = countsOf({ ...packets, messagesParsed: 2, messagesPaired: 2 });
  assert.deepEqual(assess({ ...facts, counts }).reasons, [{ code: 'lost:droppedByKernel', value: 50, share: 0.5 }]);
  assert.equal(assess({ ...facts, counts, recent: countsOf({ packetsRead: 10 }) }).state, 'complete');
});

test('what was counted before the first look is no growth', () => {
  const recent = new Recent();
  assert.equal(recent.take(countsOf({ droppedByKernel: 50 }), 0)[C.droppedByKernel], 0);
  assert.equal(recent.take(countsOf({ droppedByKernel: 53 }), MINUTE)[C.droppedByKernel], 3);
});

test('no HTTP is blind, unless most of what came was not looked at yet', () => {
  const facts = { damagedSources: 0, unfinishedSources: 0, silentSources: 0, shedStep: 0 };
  const came = {
    packetsRead: 100,
    packetsDelivered: 100,
    packetsToDecode: 100,
    tcpSegments: 100,
    segmentsToShards: 100,
  };
  const busy = (waiting: number) => {
    const taken = { segmentsTaken: 100 - waiting, segmentsToTrack: 100 - waiting, segmentsEmpty: 100 - waiting };
    return assess({ ...facts, counts: countsOf({ ...came, ...taken, segmentsWaiting: waiting }) });
  };
  assert.deepEqual([busy(51).state, busy(51).reasons], ['complete', []]);
  assert.deepEqual([busy(50).state, busy(50).reasons[0]?.code], ['blind', 'no-http']);
  assert.equal(assess({ ...facts, counts: countsOf({ packetsRead: 5, packetsDelivered: 5 }) }).state, 'blind');
});

test('a scrape does not wait for a store that says nothing: the last count stands for a minute, then none does', async () => {
  let now = 0;
  let asked = 0;
  const answers: ((rows: object[] | Error) => void)[] = [];
  const store = {
    ask: () => {
      asked++;
      return new Promise((resolve, reject) =>
        answers.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows))),
      );
    },
  } as unknown as Pick<Store, 'ask'>;
  const findings = new FindingCounts(store, () => now, 20);
  const row = { kind: 'attack', level: 'high', findings: 3 };
  assert.equal(await findings.take(), null, 'nobody knows yet');
  answers.shift()!([row]);
  assert.deepEqual(await findings.take(), [row]);
  assert.equal(asked, 1, 'one question at a time');
  now = 30_000;
  assert.deepEqual(await findings.take(), [row]);
  now = 60_000;
  assert.equal(await findings.take(), null);
  assert.equal(asked, 2);
  answers.shift()!(new Error('gone'));
  assert.equal(await findings.take(), null);
  const again = findings.take();
  answers.shift()!([]);
  assert.deepEqual(await again, []);
});

test('metrics are told within a second or so though the store hangs', async (t) => {
  const socket = join(folderOf(t), 'metrics');
  const questions = { ask: () => new Promise<never>(() => {}) };
  const store = { meter: new StoreMeter(), questions };
  const telemetry = await Telemetry.open({ role: 'run', place: { socket }, standing, store });
  const begun = performance.now();
  const { status, text } = await get(socket, '/metrics');
  assert.ok(performance.now() - begun < 5000);
  assert.equal(status, 200);
  assert.ok(!text.includes('apiris_findings'));
  await telemetry.close();
});

test('a source is silent two minutes after its last packet, not before its first', () => {
  assert.equal(isSilent(0, 1e15), false);
  assert.equal(isSilent(1e15, 1e15 + 119e6), false);
  assert.equal(isSilent(1e15, 1e15 + 121e6), true);
});

test('before the first report there is nothing to tell, and no failure', () => {
  const now = new Watched().standing(null, { bus: null, forgotten: null, disk: null });
  assert.deepEqual([now.packetTime, now.sources, now.shedStep], [0, 0, null]);
});

test('health: 200 while something is seen, 503 when nothing is, with reasons by their names', async (t) => {
  const socket = join(folderOf(t), 'metrics');
  let now = standing();
  const telemetry = await Telemetry.open({ role: 'sensor', place: { socket }, standing: () => now, store: null });
  const ask = async () => {
    const { status, text } = await get(socket, '/health');
    const { state, reasons } = JSON.parse(text) as { state: string; reasons: { code: string }[] };
    return [status, state, ...reasons.map(({ code }) => code)];
  };
  assert.deepEqual(await ask(), [200, 'complete']);
  now = standing({ bus: busCounters });
  assert.deepEqual(await ask(), [200, 'degraded', 'bus-away']);
  now = standing({ shedStep: 2 });
  assert.deepEqual(await ask(), [200, 'degraded', 'shedding']);
  now = standing({ sources: 2, silentSources: 1 });
  assert.deepEqual(await ask(), [200, 'degraded', 'silent']);
  now = standing({ sources: 2, silentSources: 2 });
  assert.deepEqual(await ask(), [503, 'blind', 'silent']);
  await telemetry.close();
});

test('a sensor tells of its bus and of no stage that is elsewhere', async (t) => {
  const socket = join(folderOf(t), 'metrics');
  const now = standing({ bus: busCounters, weird: [{ name: 'tcp_gap', count: 5 }] });
  const telemetry = await Telemetry.open({ role: 'sensor', place: { socket }, standing: () => now, store: null });
  const { values } = parseScrape((await get(socket, '/metrics')).text);
  const told = (name: string) => values.get(name);
  assert.deepEqual(
    ['up', 'lag_messages', 'outbox_messages', 'poisoned_messages_total'].map((name) => told(`apiris_bus_${name}`)),
    [0, 7, 3, 4],
  );
  assert.equal(told('apiris_weird_events_total{name="tcp_gap"}'), 5);
  assert.equal(told('apiris_shard_lag_seconds{shard="1"}'), 1);
  assert.equal(told('apiris_ring_fill_ratio'), 0.25);
  assert.ok(![...values.keys()].some((key) => /stage="(judged|stored)"/.test(key)));
  assert.ok(![...values.keys()].some((key) => key.startsWith('apiris_store') || key.startsWith('apiris_findings')));
  // Two scrapes at once are two whole ones, and what grew is not added up.
  const [one, two] = await Promise.all([get(socket, '/metrics'), get(socket, '/metrics')]);
  for (const { text } of [one!, two!]) {
    assert.equal(parseScrape(text).values.get('apiris_bus_published_messages_total'), 12);
  }
  await telemetry.close();
});

test('a store is measured without being changed', async () => {
  const inner = new MemoryStore();
  const meter = new StoreMeter();
  const store = meter.over(Object.assign(inner, { digests: {} as never }));
  await store.insert('sources', [{ id: 'a', name: 'a', version: 1 }]);
  const gathering = store.gather('calls');
  gathering.add({ uid: 'x' });
  gathering.add({ uid: 'y' });
  assert.equal(meter.waiting, 2);
  const insert = gathering.take();
  gathering.add({ uid: 'z' });
  assert.equal(meter.waiting, 3);
  await insert();
  assert.deepEqual([meter.waiting, meter.rows.get('calls'), meter.rows.get('sources'), meter.inserts], [1, 2, 1, 2]);
  inner.insert = () => Promise.reject(new Error('no room'));
  await assert.rejects(store.insert('sources', [{}]), /no room/);
  assert.deepEqual([meter.failures, meter.waiting, meter.rows.get('sources')], [1, 1, 1]);
});

test('a place that is taken is said with what to do', async () => {
  const options = { role: 'run', standing, store: null } as const;
  const first = await Telemetry.open({ ...options, place: { host: '127.0.0.1', port: 0 } });
  const port = Number(new URL(first.address).port);
  await assert.rejects(Telemetry.open({ ...options, place: { host: '127.0.0.1', port } }), {
    name: 'ConfigError',
    message: /it is taken.*name another address/,
  });
  await first.close();
});

function get(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.on('error', reject).end();
  });
}

test('the configuration names the place, and a mistake in it is said with its line', (t) => {
  const file = join(folderOf(t), 'apiris.yaml');
  writeFileSync(file, 'zone: UTC\nmetrics: 127.0.0.1:9464\n');
  assert.equal(loadConfig(file, {}).metrics, '127.0.0.1:9464');
  assert.equal(loadConfig(undefined, {}).metrics, '');
  writeFileSync(file, 'zone: UTC\nmetrics: "9464"\n');
  assert.throws(() => loadConfig(file, {}), {
    name: 'ConfigError',
    message: /metrics "9464" is no address at .*apiris\.yaml:2:10; write host:port/,
  });
});
