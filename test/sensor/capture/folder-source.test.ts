/** A folder that another program fills. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FolderSource } from '../../../sensor/capture/folder-source.ts';
import { emptyPacket } from '../../../sensor/capture/packet.ts';
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
    source.files.map(({ isRead }) => isRead),
    [true, true],
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
  const known = new Set(first.files.map(({ id }) => id));
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
});

test('a folder that is not there is told', () => {
  assert.throws(() => new FolderSource('no-such-folder', new Set(), { onWait: looks(1) }), /there is no such file/);
});
