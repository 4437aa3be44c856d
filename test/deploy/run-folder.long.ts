/** The appliance on a folder that fills, and on a stream: what another machine captures. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openStoreForReading } from '../../deploy/appliance.ts';
import { startApiris } from '../network.ts';
import { brokerage, config, cutIntoFiles, folderOf, replayed, storedIn } from './replaying.ts';

/** Until the ledger of a running appliance says that all packets of so many of the three parts came. */
async function untilRead(data: string, parts: number): Promise<void> {
  const store = await openStoreForReading(data, config);
  for (let tries = 0; tries < 120; tries++) {
    const sources = await store.ask<{ id: string; packets: number }>('sources');
    const read = sources.filter(({ id }) => !id.startsWith('live ')).reduce((sum, { packets }) => sum + packets, 0);
    if (read >= 2997 * parts) break;
    await wait(2000);
  }
  await store.close();
}

/** What was judged may be learnt in another order; what was seen must be the same. */
function seen(calls: readonly string[]): string[] {
  const names = [
    'ts',
    'uid',
    'app',
    'client',
    'clientPort',
    'method',
    'path',
    'query',
    'status',
    'pairing',
    'durationUs',
  ];
  return calls.map((line) => JSON.stringify(names.map((name) => JSON.parse(line)[name]))).sort();
}

test('a folder of rotated captures is read file by file, each once, and flows go on across them', async (t) => {
  const folder = folderOf(t);
  const [parts, filling, data] = ['parts', 'filling', 'live'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [parts, filling]) mkdirSync(each);
  const files = cutIntoFiles(brokerage, parts, 3);
  const put = (index: number) => {
    const path = join(filling, `part-${index}.pcap`);
    copyFileSync(files[index]!, path);
    utimesSync(path, 1_700_000_000 + index, 1_700_000_000 + index);
  };
  // Both stand there from the start, with names against their order in time.
  put(0);
  put(1);
  const argv = ['run', '--read-folder', filling, '--data', data, '--format', 'json'];
  const first = await startApiris(t, ...argv);
  await untilRead(data, 1);
  const early = await first.end('SIGTERM');
  assert.equal(early.code, 0, early.stderr);
  const one = await storedIn(data);
  assert.deepEqual(
    one.sources.filter(({ id }) => !id.startsWith('live ')).map(({ state }) => state),
    ['finished'],
  );

  const second = await startApiris(t, ...argv);
  put(2);
  // The youngest waits until a younger one stands beside it.
  copyFileSync(files[0]!, join(filling, 'again.pcap'));
  await untilRead(data, 3);
  const ended = await second.end('SIGTERM');
  assert.equal(ended.code, 0, ended.stderr);
  const { sources, calls } = await storedIn(data);
  const read = sources.filter(({ id }) => !id.startsWith('live '));
  assert.deepEqual(
    read.map(({ state }) => state),
    ['finished', 'finished', 'finished'],
  );
  const whole = await replayed(join(folder, 'file'), [brokerage]);
  // A file that ended a run ends its flows: the first ends the one exchange or other that went on behind it.
  assert.ok(Math.abs(calls.length - whole.state.calls.length) <= 20, `${calls.length} of ${whole.state.calls.length}`);
});

test('a stream is analysed as it comes, and its end is the end', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'live');
  const run = await startApiris(t, 'run', '--read', '-', '--data', data, '--format', 'json');
  const octets = readFileSync(brokerage);
  const middle = octets.length >> 1;
  run.child.stdin!.write(octets.subarray(0, middle));
  // Amid a record the stream stands still: what came before is stored all the same.
  const store = await openStoreForReading(data, config);
  let stored = 0;
  for (let tries = 0; tries < 120 && stored < 900; tries++) {
    await wait(2000);
    stored = (await store.ask('calls', { limit: 10_000 })).length;
  }
  await store.close();
  assert.ok(stored >= 900, `${stored} calls`);
  run.child.stdin!.end(octets.subarray(middle));
  const ended = await run.end();
  assert.equal(ended.code, 0, ended.stderr);
  const whole = await replayed(join(folder, 'file'), [brokerage]);
  assert.deepEqual(seen((await storedIn(data)).calls), seen(whole.state.calls));
});
