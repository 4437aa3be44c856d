/** Captures, folders and threads that are not as they should be: a sentence, and an end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openStoreForReading, replay, sense } from '../../deploy/appliance.ts';
import type { Config } from '../../deploy/config.ts';
import { openKeys } from '../../deploy/keys.ts';
import { runSensing } from '../../deploy/sensing.ts';
import { writeMix } from '../../deploy/traffic/mix.ts';
import { defaultSensorLimits } from '../../sensor/sensor.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { brokerage, config, cutIntoFiles, folderOf, mixIn, replayed, storedIn, writeBeginning } from './replaying.ts';

const replayer = fileURLToPath(new URL('./replayer.js', import.meta.url));

/** Threads and ports that the process still has. */
function handles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name));
}

test('a damaged capture: what came before is stored, the damage is told, also later', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 600 });
  const [whole] = cutIntoFiles(mix, folder, 2) as [string];
  const cut = join(folder, 'cut.pcap');
  // 16 octets of a record's header and 5 of its frame.
  const next = Buffer.alloc(21, 1);
  next.writeUInt32LE(60, 8);
  next.writeUInt32LE(60, 12);
  writeFileSync(cut, Buffer.concat([readFileSync(whole), next]));
  const sound = await replayed(join(folder, 'sound'), [whole]);
  const damaged = await replayed(join(folder, 'damaged'), [cut]);
  assert.deepEqual(damaged.state.calls, sound.state.calls);
  assert.ok(damaged.stored > 100);
  assert.deepEqual(damaged.imbalances, []);
  assert.equal(damaged.damage.length, 1);
  const [{ input, offset, reason }] = damaged.damage as [(typeof damaged.damage)[0]];
  assert.deepEqual([input, offset], [cut, statSync(whole).size]);
  assert.match(reason, /ends inside record/);
  assert.deepEqual(JSON.parse(damaged.state.sources[0]!.damage), damaged.damage);

  const gzip = join(folder, 'cut.pcap.gz');
  writeFileSync(join(folder, 'whole.gz'), gzipSync(readFileSync(mix)));
  writeBeginning(join(folder, 'whole.gz'), gzip, Math.floor(statSync(join(folder, 'whole.gz')).size / 2));
  const compressed = await replayed(join(folder, 'compressed'), [gzip]);
  assert.ok(compressed.stored > 100);
  assert.equal(compressed.damage[0]?.input, gzip);
  const again = await replayed(join(folder, 'compressed'), [gzip]);
  assert.deepEqual(again.state.calls, compressed.state.calls);
});

test('inputs that are no captures: a sentence that names each, and nothing left behind', async (t) => {
  const folder = folderOf(t);
  const place = (name: string) => join(folder, name);
  writeFileSync(place('empty.pcap'), '');
  writeFileSync(place('text.pcap'), 'this is no capture at all, but a letter to whom it may concern');
  writeBeginning(brokerage, place('head.pcap'), 20);
  mkdirSync(place('hollow'));
  mkdirSync(place('papers'));
  copyFileSync(place('text.pcap'), place('papers/letter.txt'));
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['missing.pcap'], /missing\.pcap: there is no such file/],
    [['empty.pcap'], /empty\.pcap: it is empty/],
    [['text.pcap'], /text\.pcap: .*neither pcap nor pcapng/],
    [['head.pcap'], /head\.pcap: /],
    [['hollow'], /hollow: the folder holds no capture/],
    [['papers'], /papers: the folder holds no capture/],
    [['missing.pcap', 'text.pcap', 'hollow'], /missing\.pcap: .*\n.*text\.pcap: .*\n.*hollow: /],
  ];
  for (const [names, sentence] of cases) {
    const inputs = names.map(place);
    // Twice: a first attempt must not make a file known.
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(replay({ inputs, data: place('data'), config }), {
        name: 'CaptureError',
        message: sentence,
      });
    }
    if (names.length === 1 && names[0] !== 'hollow') continue;
    await assert.rejects(sense({ inputs, config, bodies: false, write: () => {} }), {
      name: 'CaptureError',
      message: sentence,
    });
  }
  assert.deepEqual(handles(), []);
  assert.deepEqual((await storedIn(place('data'))).sources, []);
});

test('what cannot be read beside a good capture is told each time', async (t) => {
  const folder = folderOf(t);
  const good = join(folder, 'good.pcap');
  writeMix(good, { exchanges: 200 });
  writeFileSync(join(folder, 'empty.pcap'), '');
  const inputs = [join(folder, 'missing.pcap'), good, join(folder, 'empty.pcap')];
  const told = [inputs[0], inputs[2]];
  for (const stored of [200, 0]) {
    const { damage, ...summary } = await replayed(join(folder, 'data'), inputs);
    assert.equal(summary.stored, stored);
    assert.deepEqual(damage.map(({ input }) => input).sort(), told.sort());
    assert.deepEqual(
      summary.sources.map(({ name }) => name),
      [good],
    );
  }
});

test('a process ends by itself after a failure', (t) => {
  const folder = folderOf(t);
  const run = (...inputs: string[]) => {
    const { stdout, signal, stderr } = spawnSync(process.execPath, [replayer, join(folder, 'data'), '3', ...inputs], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(signal, null, 'it hung');
    assert.equal(stderr, '');
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { name: string; message: string };
  };
  assert.equal(run(join(folder, 'missing.pcap')).name, 'CaptureError');
});

test('a data folder that another process holds', async (t) => {
  const data = join(folderOf(t), 'data');
  const store = await openEmbeddedStore(data);
  const { stdout } = spawnSync(process.execPath, [replayer, data, '1', brokerage], { encoding: 'utf8' });
  const told = JSON.parse(stdout) as { name: string; code: string; message: string };
  assert.deepEqual([told.name, told.code], ['StoreError', 'locked']);
  assert.ok(told.message.includes(data), told.message);
  await store.close();
  assert.deepEqual((await storedIn(data)).calls, []);
});

test('a data folder that cannot be made', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'file'), '');
  const places = [join(folder, 'file'), join(folder, 'file', 'inside', 'deep')];
  // Below it nothing can be made, and what says so does not look like a refusal.
  if (existsSync('/proc/self')) places.push('/proc/apiris', '/proc/apiris/data', '/proc/self/apiris');
  for (const data of places) {
    await assert.rejects(replay({ inputs: [brokerage], data, config }), (error: Error & { code: string }) => {
      assert.deepEqual([error.name, error.code], ['StoreError', 'unwritable']);
      assert.ok(error.message.includes(data), error.message);
      return true;
    });
  }
});

test('questions are asked of a store, not of any folder', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  for (const data of [folder, join(folder, 'nowhere')]) {
    await assert.rejects(openStoreForReading(data, config), (error: Error) => {
      assert.equal(error.name, 'StoreError');
      assert.ok(error.message.includes(`${data} holds no store`), error.message);
      return true;
    });
  }
  assert.deepEqual(readdirSync(folder), ['notes.txt']);
  const data = join(folder, 'data');
  await (await openEmbeddedStore(data)).close();
  const store = await openStoreForReading(data, config);
  assert.deepEqual(await store.ask('dump-calls'), []);
  await store.close();
});

/** A setting of a kind that nobody can write into a file, on which a shard stumbles at its first coded body. */
Object.defineProperty(BigInt.prototype, 'toJSON', { value: String });
const stumbling: Config = { ...config, capture: { ...config.capture, maxDecodedBody: 1n as unknown as number } };

test('a shard that throws: the replay says so and ends, and what was judged stays', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  // The capture with coded bodies is the later one: the shard has done much when it comes to it.
  const coded = join(dirname(brokerage), 'small/unanswered.pcap');
  const inputs = [mixIn(folder, { exchanges: 1500, gzipShare: 0 }), coded];
  for (const shards of [1, 3]) {
    await assert.rejects(replay({ inputs, data, config: stumbling, shards }), {
      message: /^The shard \d of \d failed: .*BigInt.*\. What was stored before stays\.$/,
    });
    assert.deepEqual(handles(), []);
  }
  const { calls, sources } = await storedIn(data);
  assert.ok(calls.length > 0);
  assert.ok(sources.every(({ state }) => state === 'reading'));
  const keys = openKeys(data);
  const { state } = await replayed(data, inputs, { keys });
  const undisturbed = await replayed(join(folder, 'undisturbed'), inputs, { keys });
  assert.deepEqual(
    [state.calls, state.apis, state.judge],
    [undisturbed.state.calls, undisturbed.state.apis, undisturbed.state.judge],
  );
});

test('a capture thread that throws ends the shards as well', async () => {
  const output = { kind: 'count' } as const;
  const take = async (): Promise<void> => {};
  await assert.rejects(
    runSensing({ inputs: [7 as unknown as string], shards: 3, limits: defaultSensorLimits, output, take }),
    /^(Error: The capture thread failed|CaptureError)/,
  );
  await assert.rejects(
    runSensing({ inputs: null as unknown as string[], shards: 3, limits: defaultSensorLimits, output, take }),
    /^Error: The capture thread failed: .* What was stored before stays\.$/,
  );
  assert.deepEqual(handles(), []);
});

test('a reader of records that takes no more: its own failure comes back, at any moment', async (t) => {
  const mix = mixIn(folderOf(t), { exchanges: 1000, gzipShare: 1 });
  for (const last of [1, 100, 900]) {
    const gone = new Error('gone');
    let lines = 0;
    const write = async (): Promise<void> => {
      if (++lines >= last) throw gone;
    };
    await assert.rejects(sense({ inputs: [mix], config, shards: 2, bodies: true, write }), gone);
    assert.equal(lines, last);
    assert.deepEqual(handles(), []);
  }
});
