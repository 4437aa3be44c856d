/** The same capture gives the same rows: with any number of shards, in any form, once or twice. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { fileSink, PcapngWriter } from '../../deploy/traffic/pcap-writer.ts';
import {
  brokerage,
  cutIntoFiles,
  folderOf,
  mixIn,
  type Replayed,
  readPackets,
  replayed,
  storedIn,
} from './replaying.ts';

/** Captures that put the pipeline's order to the test: gaps, reuse of ports, one-sided, retransmission, many flows. */
const sharedCaptures = [
  'zeek/misc/wikipedia.pcap',
  'zeek/http/methods.pcap',
  'zeek/http/pipelined-requests.pcap',
  'zeek/http/http-desync-request-response-5.pcap',
  'arkime/wireshark-retrans.pcap',
  'arkime/tcp-reassembly-synthetic.pcap',
  'suricata-verify/http-gap-simple/input.pcap',
  'tcpflow/test4.pcap',
  'zeek/misc/mixed-vlan-mpls.pcap',
  'ndpi/WebattackSQLinj.pcap',
];

const replayer = fileURLToPath(new URL('./replayer.js', import.meta.url));

/** Everything that must not depend on how the work was shared out. */
function result({ state, exchanges, stored, weird, imbalances }: Replayed): object {
  const { rows, apis, summary, judge, ledger } = state;
  return { rows, apis, summary, judge, ledger, exchanges, stored, weird, imbalances };
}

async function sameWithAnyShards(t: TestContext, inputs: readonly string[], counts: readonly number[]): Promise<void> {
  const one = await replayed(join(folderOf(t), 'data'), inputs, { shards: 1 });
  assert.ok(one.stored > 0);
  assert.equal(one.stored, one.exchanges);
  assert.equal(one.state.rows.length, one.stored);
  assert.deepEqual(one.imbalances, []);
  for (const shards of counts) {
    assert.deepEqual(result(await replayed(join(folderOf(t), 'data'), inputs, { shards })), result(one));
  }
}

test('1, 2 and 4 shards give the same rows: the brokerage', (t) => sameWithAnyShards(t, [brokerage], [2, 4]));

test('1, 2 and 4 shards give the same rows: made traffic', async (t) => {
  const mix = mixIn(folderOf(t), { exchanges: 3000, concurrency: 100 });
  await sameWithAnyShards(t, [mix], [2, 4]);
});

test('1 and 4 shards give the same rows: captures by others, as one stream', async (t) => {
  const archive = fileURLToPath(
    new URL('../shared/captures/captures.tar.gz', import.meta.resolve('#root/package.json')),
  );
  if (!existsSync(archive)) {
    t.diagnostic('absent: ../shared/captures');
    return;
  }
  const folder = folderOf(t);
  const unpacked = spawnSync('tar', ['-xzf', archive, '-C', folder, ...sharedCaptures.map((path) => `./${path}`)]);
  assert.equal(unpacked.status, 0, String(unpacked.stderr));
  await sameWithAnyShards(
    t,
    sharedCaptures.map((path) => join(folder, path)),
    [4],
  );
});

/** What a second reading must leave as it was. */
function kept({ state }: Replayed): object {
  const { rows, apis, summary, judge, ledger, weird } = state;
  return { rows, apis, summary, judge, ledger, weird };
}

test('a capture that was read is known, under another name as well', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges: 800 });
  const first = await replayed(data, [capture]);
  assert.deepEqual(
    first.sources.map(({ state }) => state),
    ['read'],
  );
  const renamed = join(folder, 'renamed.bin');
  copyFileSync(capture, renamed);
  for (const inputs of [[capture], [renamed], [renamed, capture]]) {
    const again = await replayed(data, inputs);
    assert.deepEqual(
      again.sources.map(({ state }) => state),
      ['known'],
    );
    assert.deepEqual([again.exchanges, again.stored, again.packets], [0, 0, 0]);
    assert.deepEqual(kept(again), kept(first));
    assert.deepEqual(again.state.sources, first.state.sources);
  }
});

test('the same traffic in another form is known once it was read: gzip, pcapng, a pipe, parts in any order', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const capture = mixIn(folder, { exchanges: 800 });
  const first = await replayed(data, [capture]);

  const gzip = join(folder, 'again.pcap.gz');
  writeFileSync(gzip, gzipSync(readFileSync(capture)));
  const pcapng = join(folder, 'again.pcapng');
  const fd = openSync(pcapng, 'w');
  const writer = new PcapngWriter(fileSink(fd), { interfaces: [{ resolution: 'ns' }] });
  readPackets(capture, (ts, frame) => writer.packet(ts, frame, { nanoseconds: 789 }));
  writer.close();
  closeSync(fd);
  const parts = join(folder, 'parts');
  mkdirSync(parts);
  const files = cutIntoFiles(capture, parts, 5);
  writeFileSync(join(parts, 'notes.txt'), 'what the tap wrote down');
  const pipe = join(folder, 'pipe');
  makePipe(pipe);

  const forms: readonly (readonly [string, readonly string[]])[] = [
    ['gzip', [gzip]],
    ['pcapng', [pcapng]],
    ['a folder of parts', [parts]],
    ['a pipe', [pipe]],
  ];
  for (const [form, inputs] of forms) {
    if (form === 'a pipe') feed(t, capture, pipe);
    const again = await replayed(data, inputs);
    assert.ok(
      again.sources.every(({ state }) => state === 'known'),
      form,
    );
    assert.equal(again.exchanges, first.exchanges, form);
    assert.deepEqual(again.damage, [], form);
    assert.deepEqual(again.state.calls, first.state.calls, form);
    const { rows: _rows, ...others } = kept(again) as { rows: unknown };
    const { rows: _before, ...before } = kept(first) as { rows: unknown };
    assert.deepEqual(others, before, form);
  }
  // The parts are known by themselves now.
  const partly = await replayed(data, [files[3]!, files[1]!]);
  assert.equal(partly.packets, 0);

  // Read for the first time, they give the same calls and the same knowledge.
  for (const [form, inputs] of [['a pipe', [pipe]] as const, ['parts in another order', files.toReversed()] as const]) {
    if (form === 'a pipe') feed(t, capture, pipe);
    const fresh = await replayed(join(folderOf(t), 'data'), inputs);
    assert.ok(
      fresh.sources.every(({ state }) => state === 'read'),
      form,
    );
    assert.deepEqual(fresh.state.calls, first.state.calls, form);
    assert.deepEqual(fresh.state.apis, first.state.apis, form);
    assert.deepEqual(fresh.state.judge, first.state.judge, form);
    assert.deepEqual(fresh.imbalances, [], form);
  }
});

function makePipe(path: string): void {
  const made = spawnSync('sh', ['-c', 'mkfifo "$0"', path], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
}

/** Writes a capture into a named pipe, from another process. */
function feed(t: TestContext, capture: string, pipe: string): void {
  const cat = spawn('sh', ['-c', 'cat "$0" > "$1"', capture, pipe]);
  t.after(() => cat.kill());
}

test('traffic after a known capture is new: pipes are told apart by what they held', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const pipe = join(folder, 'pipe');
  makePipe(pipe);
  feed(t, mixIn(folder, { exchanges: 200, seed: 1 }), pipe);
  const first = await replayed(data, [pipe]);
  feed(t, mixIn(folder, { exchanges: 300, seed: 2 }), pipe);
  const second = await replayed(data, [pipe]);
  assert.deepEqual(
    second.sources.map(({ state }) => state),
    ['read'],
  );
  assert.equal(second.stored, 300);
  assert.equal(second.state.rows.length, first.stored + 300);
  const packets = second.state.ledger.find(({ name }) => name === 'packetsRead');
  assert.equal(packets?.['value'], first.packets + second.packets);
});

test('standard input', async (t) => {
  const folder = folderOf(t);
  const capture = mixIn(folder, { exchanges: 200 });
  const data = join(folder, 'data');
  for (const [state, stored, octets] of [
    ['read', 200, readFileSync(capture)],
    ['known', 0, gzipSync(readFileSync(capture))],
  ] as const) {
    const { stdout } = spawnSync(process.execPath, [replayer, data, '2', '-'], { input: octets, encoding: 'utf8' });
    const told = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as object;
    assert.deepEqual(told, { states: [state], stored });
  }
  const piped = await storedIn(data);
  const { state } = await replayed(join(folder, 'file'), [capture]);
  assert.deepEqual([piped.calls, piped.apis, piped.judge], [state.calls, state.apis, state.judge]);
});
