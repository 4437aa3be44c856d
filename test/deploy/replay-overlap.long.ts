/** Captures that hold some traffic twice, read one after the other: parts of one, and two that overlap. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileSink, PcapWriter } from '../../deploy/traffic/pcap-writer.ts';
import {
  cutIntoFiles,
  folderOf,
  mixIn,
  type Replayed,
  readPackets,
  replayed,
  type State,
  storedIn,
} from './replaying.ts';

const replayer = fileURLToPath(new URL('./replayer.js', import.meta.url));

const exchanges = 900;
/** Exchanges that a cut divides: each stands in two halves then. */
const concurrency = 20;

/** Judge has counted each stored call once, by its inventory. Half an exchange succeeds at nothing, and fails at nothing. */
function assertCountedOnce(state: State): void {
  const { apis, candidates } = state.judge!.inventory;
  const entries = [...apis, ...candidates] as readonly { successes: number; failures: number }[];
  const counted = entries.reduce((sum, { successes, failures }) => sum + successes + failures, 0);
  const stored = state.calls.map((call) => JSON.parse(call) as { method: string; status: number });
  assert.equal(counted, stored.filter(({ method, status }) => method !== '' && status > 0).length);
}

function countersOf({ ledger }: Replayed, ...names: readonly string[]): number[] {
  return names.map((name) => ledger.find((entry) => entry.name === name)!.value);
}

/** The packets of a capture from one share of them to another. */
function span(capture: string, path: string, from: number, to: number): string {
  const total = readPackets(capture, () => {});
  const fd = openSync(path, 'w');
  const writer = new PcapWriter(fileSink(fd));
  readPackets(capture, (ts, frame, number) => {
    if (number > from * total && number <= to * total) writer.packet(ts, frame);
  });
  writer.close();
  closeSync(fd);
  return path;
}

test('parts of a capture that was read, each by itself: known but for the exchanges that a cut divides', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges, concurrency });
  const whole = await replayed(data, [capture]);
  assertCountedOnce(whole.state);
  const parts = cutIntoFiles(capture, folder, 3);
  let added = 0;
  for (const part of parts) {
    const again = await replayed(data, [part], { shards: 1 });
    assert.deepEqual(again.imbalances, []);
    const [judged, known] = countersOf(again, 'callsJudged', 'callsKnown') as [number, number];
    assert.equal(judged + known, again.exchanges);
    assert.ok(again.exchanges > exchanges / 4, `${again.exchanges} exchanges`);
    assert.ok(again.stored <= 2 * concurrency, `${again.stored} stored anew`);
    assert.match(again.notices.join(), new RegExp(`\\b${known} calls .* already`));
    added += again.stored;
    // What is stored stands as it was, and judge has counted each call of the store once.
    const rows = new Set(again.state.rows);
    assert.ok(whole.state.rows.every((row) => rows.has(row)));
    assert.equal(rows.size, exchanges + added);
    assertCountedOnce(again.state);
  }
  const all = await replayed(data, parts);
  assert.deepEqual(
    all.sources.map(({ state }) => state),
    ['known', 'known', 'known'],
  );
});

test('captures that overlap, and the whole after its parts', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges, concurrency });
  const first = await replayed(data, [span(capture, join(folder, 'first.pcap'), 0, 0.7)]);
  assert.deepEqual(first.notices, []);
  const second = await replayed(data, [span(capture, join(folder, 'second.pcap'), 0.3, 1)]);
  const [known] = countersOf(second, 'callsKnown') as [number];
  assert.ok(known > exchanges / 4, `${known} known`);
  const both = first.stored + second.stored;
  assert.ok(both >= exchanges && both <= exchanges + 4 * concurrency, `${both} stored`);
  assertCountedOnce(second.state);

  const whole = await replayed(data, [capture]);
  assert.ok(whole.stored <= 2 * concurrency, `${whole.stored} stored anew`);
  assertCountedOnce(whole.state);
  assert.equal(whole.state.rows.length, both + whole.stored);
});

test('a pipe that holds more than was read before: the rest is new', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges, concurrency });
  const begun = await replayed(data, [span(capture, join(folder, 'begun.pcap'), 0, 0.5)]);
  const piped = spawnSync(process.execPath, [replayer, data, '2', '-'], {
    input: readFileSync(capture),
    encoding: 'utf8',
  });
  const { stored, states } = JSON.parse(piped.stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
  assert.deepEqual(states, ['read']);
  const total = begun.stored + Number(stored);
  assert.ok(total >= exchanges && total <= exchanges + 2 * concurrency, `${total} stored`);
  const state = await storedIn(data);
  assert.equal(state.rows.length, total);
  assertCountedOnce(state);
});

test('a capture that was not read to its end makes nothing known: its calls are judged when it comes again', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges: 200 });
  await replayed(data, [capture], { signal: AbortSignal.abort() });
  const part = await replayed(data, [span(capture, join(folder, 'part.pcap'), 0, 0.6)]);
  assert.equal(part.stored, part.exchanges);
  const whole = await replayed(data, [capture]);
  assertCountedOnce(whole.state);
});
