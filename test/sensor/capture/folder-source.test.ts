/** A folder that another program fills. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FolderSource } from '../../../sensor/capture/folder-source.ts';
import { emptyPacket } from '../../../sensor/capture/packet.ts';
import { createRing, Pump } from '../../../sensor/sensor.ts';
import { type Frame, pcapFile, pcapRecord } from './made-captures.ts';

function folderOf(t: TestContext): {
  folder: string;
  put: (name: string, times: readonly number[], age: number) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'apiris-folder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const put = (name: string, times: readonly number[], age: number) => {
    const path = join(folder, name);
    writeFileSync(path, pcapFile('le', times.map(frameAt)));
    utimesSync(path, 1_000_000 - age, 1_000_000 - age);
    return path;
  };
  return { folder, put };
}

const frameAt = (seconds: number): Frame => ({ time: [1_000_000_000 + seconds, 0], data: Buffer.alloc(60) });

/** Seconds of the packets that come until there is nothing more, or `looks` looks have passed. */
function secondsOf(source: FolderSource): number[] {
  const packet = emptyPacket();
  const seconds: number[] = [];
  while (source.read(packet)) seconds.push(packet.ts / 1e6 - 1_000_000_000);
  return seconds;
}

/** Ends after some looks; `at` is called before each. */
function looks(most: number, at: (look: number) => void = () => {}): () => boolean {
  let look = 0;
  return () => {
    at(++look);
    return look <= most;
  };
}

test('complete files in the order of their first packets, whatever their names; the youngest is waited for', (t) => {
  const { folder, put } = folderOf(t);
  put('b', [1, 2], 30);
  put('a', [3, 4], 20);
  put('c', [5], 10);
  const source = new FolderSource(folder, new Set(), { onWait: looks(3) }, 0);
  assert.deepEqual(secondsOf(source), [1, 2, 3, 4]);
  assert.deepEqual(
    source.take().finished.map(({ packets, firstTs, lastTs }) => [packets, lastTs - firstTs]),
    [
      [2, 1e6],
      [2, 1e6],
    ],
  );
  assert.deepEqual(source.damage, []);
});

test('the youngest is read when a younger one comes, or when it has been quiet for long', (t) => {
  const { folder, put } = folderOf(t);
  put('a', [1], 30);
  const onWait = looks(200, (look) => {
    if (look === 5) put('b', [2], 20);
  });
  assert.deepEqual(secondsOf(new FolderSource(folder, new Set(), { onWait }, 0)), [1, 2]);
  assert.deepEqual(secondsOf(new FolderSource(folder, new Set(), { onWait: looks(20) }, 0)), [1], 'not before');
});

test('each is read once: under another name, and after a restart', (t) => {
  const { folder, put } = folderOf(t);
  put('a', [1, 2], 30);
  put('same', [1, 2], 25);
  put('b', [3], 20);
  put('youngest', [9], 0);
  const first = new FolderSource(folder, new Set(), { onWait: looks(3) }, 0);
  assert.deepEqual(secondsOf(first), [1, 2, 3]);
  const known = first.take().finished.map(({ id }) => id);
  assert.deepEqual(secondsOf(new FolderSource(folder, known, { onWait: looks(3) }, 0)), []);
});

test('what is no capture is passed over; what is cut or grows later is told', (t) => {
  const { folder, put } = folderOf(t);
  writeFileSync(join(folder, 'notes.txt'), 'no capture');
  utimesSync(join(folder, 'notes.txt'), 1, 1);
  const cut = put('cut', [1, 2], 30);
  appendFileSync(cut, pcapRecord('le', frameAt(3)).subarray(0, 20));
  utimesSync(cut, 900_000, 900_000);
  const grows = put('grows', [4], 20);
  put('youngest', [9], 0);
  const onWait = looks(3, (look) => {
    if (look !== 2) return;
    appendFileSync(grows, pcapRecord('le', frameAt(5)));
    utimesSync(grows, 999_980, 999_980);
  });
  const source = new FolderSource(folder, new Set(), { onWait }, 0);
  assert.deepEqual(secondsOf(source), [1, 2, 4]);
  assert.deepEqual(
    source.damage.map(({ input }) => input),
    [cut, grows],
  );
  assert.match(source.damage[1]!.reason, /grew after it was read/);
  assert.equal(source.damaged, 2);
  const { finished, damage } = source.take();
  assert.deepEqual(
    [finished.flatMap((file) => file.damage.map(({ input }) => input)), damage.map(({ input }) => input)],
    [[cut], [grows]],
  );
});

test('what could not be looked at for a moment is not read once more', (t) => {
  const { folder, put } = folderOf(t);
  const away = `${folder}-away`;
  const [whole, single] = [put('whole', [1, 2], 40), put('single', [3], 30)];
  put('youngest', [9], 0);
  const grow = (path: string, age: number) => {
    appendFileSync(path, pcapRecord('le', frameAt(5)));
    utimesSync(path, 1_000_000 - age, 1_000_000 - age);
  };
  const onWait = looks(6, (look) => {
    if (look === 2) renameSync(folder, away);
    if (look === 3) {
      renameSync(away, folder);
      grow(whole, 40);
    }
    // A file that is there, and of which nothing can be told.
    if (look === 4) {
      renameSync(single, away);
      symlinkSync(single, single);
    }
    if (look === 5) {
      rmSync(single);
      renameSync(away, single);
      grow(single, 30);
    }
  });
  const source = new FolderSource(folder, [], { onWait }, 0);
  assert.deepEqual(secondsOf(source), [1, 2, 3]);
  assert.deepEqual(
    source.damage.map(({ input }) => input),
    [folder, whole, single],
  );
});

test('a file that was chosen when its folder went is read when that is back, and is no damage', (t) => {
  const { folder, put } = folderOf(t);
  const away = `${folder}-away`;
  put('a', [1, 2], 40);
  put('b', [3], 30);
  put('c', [4], 25);
  put('youngest', [9], 0);
  const onWait = looks(6, (look) => {
    if (look === 4) renameSync(away, folder);
  });
  const source = new FolderSource(folder, [], { onWait }, 0);
  const packet = emptyPacket();
  assert.ok(source.read(packet));
  renameSync(folder, away);
  assert.deepEqual(secondsOf(source), [2, 3, 4]);
  assert.deepEqual(
    source.damage.map(({ input }) => input),
    [folder],
  );
  assert.deepEqual(
    source.take().finished.map(({ packets }) => packets),
    [2, 1, 1],
  );
});

test('what is finished is told once and let go: two thousand files leave nothing behind', (t) => {
  const { folder, put } = folderOf(t);
  const count = 2000;
  for (let i = 0; i < count; i++) put(`f${i}`, [i, i + 1], count - i);
  put('youngest', [1e6], 0);
  const source = new FolderSource(folder, [], { onWait: looks(1) }, 0);
  const pump = new Pump(source, [createRing(1 << 20)]);
  const told = new Set<string>();
  let most = 0;
  let reports = 0;
  pump.run(() => {
    const { finished } = source.take();
    for (const { id } of finished) {
      assert.ok(!told.has(id), 'once');
      told.add(id);
    }
    most = Math.max(most, finished.length);
    reports++;
    return true;
  });
  for (const { id } of source.take().finished) told.add(id);
  assert.equal(told.size, count);
  assert.ok(reports > 2 && most <= 1024, `${most} files at once in ${reports} reports`);
  assert.deepEqual([source.inputs.length, pump.extents.length, pump.extents[0]!.packets], [1, 1, 2 * count]);
  assert.deepEqual(source.take(), { finished: [], current: null, damage: [] });
});

test('broken files are all counted, and the first ones are told', (t) => {
  const { folder, put } = folderOf(t);
  for (let i = 0; i < 400; i++) {
    const path = put(`f${i}`, [i], 500 - i);
    appendFileSync(path, pcapRecord('le', frameAt(3)).subarray(0, 20));
    utimesSync(path, 900_000, 900_000);
  }
  put('youngest', [1e6], 0);
  const source = new FolderSource(folder, [], { onWait: looks(1) }, 0);
  secondsOf(source);
  assert.deepEqual([source.damaged, source.damage.length], [400, 256]);
});

test('a folder that is not there is told', () => {
  assert.throws(() => new FolderSource('no-such-folder', new Set(), { onWait: looks(1) }), /there is no such file/);
});

test('a folder that goes away is told of once, and read on when it is back', (t) => {
  const { folder, put } = folderOf(t);
  put('a', [1], 30);
  put('b', [2], 20);
  const away = `${folder}-away`;
  const at = (look: number) => {
    if (look === 2) renameSync(folder, away);
    if (look === 6) {
      renameSync(away, folder);
      put('c', [3], 10);
    }
  };
  const source = new FolderSource(folder, [], { onWait: looks(9, at) }, 0);
  assert.deepEqual(secondsOf(source), [1, 2]);
  assert.equal(source.damaged, 1);
  const [{ input, reason } = { input: '', reason: '' }] = source.take().damage;
  assert.equal(input, folder);
  assert.match(
    reason,
    /^the folder can no longer be read: there is no such file\. .* It is looked for until it is back\.$/,
  );
});
