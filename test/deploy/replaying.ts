/** Replays under test: folders that go away, what a store holds afterwards, captures to feed them. */

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JudgeSnapshot } from '../../analyzer/judge-snapshot.ts';
import { type ReplayOptions, type ReplaySummary, replayInto } from '../../deploy/appliance.ts';
import { loadConfig } from '../../deploy/config.ts';
import { unpackJson } from '../../deploy/packed-json.ts';
import { type MixOptions, writeMix } from '../../deploy/traffic/mix.ts';
import { fileSink, PcapWriter } from '../../deploy/traffic/pcap-writer.ts';
import { emptyPacket } from '../../sensor/capture/packet.ts';
import { openSource } from '../../sensor/sensor.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import type { Row, Store } from '../../storage/store/store.ts';
import { keys } from '../equipment.ts';

export const config = loadConfig(undefined, {});

export const brokerage = fileURLToPath(
  new URL('fixtures/captures/brokerage.pcap', import.meta.resolve('#root/package.json')),
);

export function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-replay-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A capture of made traffic in a folder. */
export function mixIn(folder: string, options: MixOptions): string {
  const path = join(folder, 'mix.pcap');
  writeMix(path, options);
  return path;
}

export interface State {
  /** Every stored call, in order, as text. */
  readonly rows: readonly string[];
  /** The same without the column that says which capture it came from. */
  readonly calls: readonly string[];
  readonly apis: readonly Row[];
  readonly summary: Row;
  /** Judge's memory of captures that were read to their end. */
  readonly judge: JudgeSnapshot | null;
  readonly ledger: readonly Row[];
  readonly weird: readonly Row[];
  readonly sources: readonly (Row & { readonly id: string; readonly state: string; readonly damage: string })[];
}

export async function stateOf(store: Store): Promise<State> {
  const rows: string[] = [];
  const calls: string[] = [];
  for await (const row of store.stream('dump-calls')) {
    rows.push(JSON.stringify(row));
    calls.push(JSON.stringify({ ...row, source: '' }));
  }
  const [snapshot] = await store.ask<{ payload: string }>('snapshot', { name: 'judge' });
  return {
    rows,
    calls,
    apis: await store.ask('apis', { state: 'all', includeAssets: 1 }),
    summary: (await store.ask('summary'))[0]!,
    judge: snapshot === undefined ? null : unpackJson<{ judge: JudgeSnapshot }>(snapshot.payload).judge,
    ledger: await store.ask('ledger'),
    weird: await store.ask('weird'),
    sources: await store.ask('sources'),
  };
}

export type Replayed = ReplaySummary & { readonly state: State };

type Options = Partial<Omit<ReplayOptions, 'data' | 'inputs'>> &
  Partial<Pick<Parameters<typeof replayInto>[1], 'pace' | 'keys'>>;

/** Opens the store in `data`, replays, and looks at what it holds then. */
export async function replayed(data: string, inputs: readonly string[], options: Options = {}): Promise<Replayed> {
  const store = await openEmbeddedStore(data);
  try {
    const summary = await replayInto(store, { inputs, config, shards: 2, keys, ...options });
    return { ...summary, state: await stateOf(store) };
  } finally {
    await store.close();
  }
}

/** The state of a store that nobody has open. */
export async function storedIn(data: string): Promise<State> {
  const store = await openEmbeddedStore(data);
  try {
    return await stateOf(store);
  } finally {
    await store.close();
  }
}

/** The packets of a capture cut into `count` files of as many packets each; their paths in order of time. */
export function cutIntoFiles(capture: string, folder: string, count: number): string[] {
  const total = readPackets(capture, () => {});
  const paths = Array.from({ length: count }, (_, index) => join(folder, `part-${index}.pcap`));
  const files = paths.map((path) => openSync(path, 'w'));
  const writers = files.map((fd) => new PcapWriter(fileSink(fd)));
  readPackets(capture, (ts, frame, number) => {
    writers[Math.min(count - 1, Math.floor(((number - 1) * count) / total))]!.packet(ts, frame);
  });
  for (const writer of writers) writer.close();
  for (const fd of files) closeSync(fd);
  return paths;
}

/** Calls `take` with each packet of a capture; answers their number. */
export function readPackets(capture: string, take: (ts: number, frame: Buffer, number: number) => void): number {
  const source = openSource([capture]);
  const packet = emptyPacket();
  let number = 0;
  while (source.read(packet)) take(packet.ts, packet.data.subarray(packet.start, packet.end), ++number);
  source.close();
  return number;
}

/** Writes the first `octets` of a file to another. */
export function writeBeginning(from: string, to: string, octets: number): void {
  writeFileSync(to, readFileSync(from).subarray(0, octets));
}
