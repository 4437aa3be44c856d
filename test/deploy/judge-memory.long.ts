/** A data folder that another version of the program wrote: what it knows is taken up as far as it can be. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type JudgeSnapshot, judgeVersion } from '../../analyzer/analyzer.ts';
import { replayInto } from '../../deploy/appliance.ts';
import { contentDigest, loadAnalysis } from '../../deploy/content/analysis.ts';
import { unpackJson } from '../../deploy/packed-json.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { keys } from '../equipment.ts';
import { brokerage, config, folderOf, mixIn, replayed } from './replaying.ts';
import { watched } from './watched-store.ts';

/** Rewrites a snapshot as an older version would have left it: other memories in other shapes. */
async function grownOld(data: string, name: 'judge' | 'judge-open'): Promise<void> {
  const store = await openEmbeddedStore(data);
  try {
    const [row] = await store.ask<{ version: number; payload: string }>('snapshot', { name });
    const state = unpackJson<{ judge: JudgeSnapshot }>(row!.payload);
    const { cursors, inventory } = state.judge;
    const judge = { v: judgeVersion - 1, cursors, inventory, binding: [1, 2], profiles: 'all of them' };
    // The same version of the row: what was begun on it still fits.
    await store.insert('snapshots', [{ name, version: row!.version, payload: JSON.stringify({ ...state, judge }) }]);
  } finally {
    await store.close();
  }
}

test('an older snapshot: captures stay known, the inventory stays, the rest is learnt anew and a person is told', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const mix = mixIn(folder, { exchanges: 400 });
  const first = await replayed(data, [brokerage]);
  assert.deepEqual(first.notices, []);
  await grownOld(data, 'judge');

  const known = await replayed(data, [brokerage]);
  assert.deepEqual([known.sources[0]?.state, known.stored], ['known', 0]);

  const second = await replayed(data, [mix]);
  assert.equal(second.stored, 400);
  assert.match(second.notices.join(), /another version/);
  const before = new Map(first.state.apis.map((api) => [api['id'], api]));
  const after = new Map(second.state.apis.map((api) => [api['id'], api]));
  for (const [id, api] of before) assert.equal(after.get(id)?.['firstSeen'], api['firstSeen'], String(id));
  assert.equal(second.state.judge?.v, judgeVersion);
  const third = await replayed(data, [mix]);
  assert.deepEqual([third.sources[0]?.state, third.notices], ['known', []]);
});

test('an older snapshot of a stream under way is dropped: it is read from its beginning, and counted once', async (t) => {
  const folder = folderOf(t);
  const mix = mixIn(folder, { exchanges: 3000 });
  const undisturbed = await replayed(join(folder, 'undisturbed'), [mix]);
  const data = join(folder, 'data');
  const store = await openEmbeddedStore(data);
  const stop = new AbortController();
  const stopping = watched(store, (table) => {
    if (table === 'calls') stop.abort();
  });
  const pace = { rows: 150, octets: 1 << 20, insertEveryMs: 0, saveEveryMs: 0, saveRest: 0 };
  const { stored } = await replayInto(stopping, { inputs: [mix], config, shards: 2, pace, keys, signal: stop.signal });
  await store.close();
  assert.ok(stored > 0 && stored < 3000, `${stored} stored`);
  await grownOld(data, 'judge-open');

  const { state, ...again } = await replayed(data, [mix]);
  assert.equal(again.stored, 3000);
  assert.deepEqual(state.calls, undisturbed.state.calls);
  assert.deepEqual(state.apis, undisturbed.state.apis);
  assert.deepEqual(state.judge, undisturbed.state.judge);
});

const ownRule = `title: Calls of curl
id: 5d2c1d7e-0000-4000-8000-000000000001
status: stable
description: Somebody tries things out.
logsource: { product: apiris, service: call }
detection:
  selection: { userAgent|startswith: curl/ }
  condition: selection
level: low
`;

test('a known capture says when it was judged by other rules than those in force', async (t) => {
  const folder = folderOf(t);
  const data = join(folder, 'data');
  const changed = /^Rules or recognizers have changed since/;
  const own = { ...config, rules: [join(folder, 'own.yml')] };
  writeFileSync(join(folder, 'own.yml'), ownRule);
  const mix = mixIn(folder, { exchanges: 200 });
  assert.deepEqual((await replayed(data, [mix])).notices, []);
  assert.deepEqual((await replayed(data, [mix])).notices, []);

  const later = await replayed(data, [mix], { config: own });
  assert.equal(later.sources[0]?.state, 'known');
  assert.equal(later.notices.filter((notice) => changed.test(notice)).length, 1, later.notices.join());
  // Compressed, it is known by its calls, and was judged no other way.
  const gzip = join(folder, 'mix.pcap.gz');
  writeFileSync(gzip, gzipSync(readFileSync(mix)));
  const compressed = await replayed(data, [gzip], { config: own });
  assert.deepEqual([compressed.sources[0]?.state, compressed.stored], ['known', 0]);
  assert.ok(compressed.notices.some((notice) => changed.test(notice)));
  // What is new is judged by what is in force.
  const { notices } = await replayed(data, [brokerage], { config: own });
  assert.deepEqual(
    notices,
    later.notices.filter((notice) => !changed.test(notice)),
  );
  assert.ok(!(await replayed(data, [brokerage], { config: own })).notices.some((notice) => changed.test(notice)));
  assert.ok((await replayed(data, [brokerage])).notices.some((notice) => changed.test(notice)));
});

test('content is named by what it says, not by where it lies', async (t) => {
  const folder = folderOf(t);
  const digestOf = async (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return contentDigest(await loadAnalysis({ rules: [path], labels: [] }));
  };
  const shipped = contentDigest(await loadAnalysis({ rules: [], labels: [] }));
  const one = await digestOf('one.yml', ownRule);
  assert.match(shipped, /^[0-9a-f]{32}$/);
  assert.notEqual(one, shipped);
  assert.equal(await digestOf('two.yml', `# moved\n${ownRule}`), one);
  assert.notEqual(await digestOf('three.yml', ownRule.replace('curl/', 'wget/')), one);
});
