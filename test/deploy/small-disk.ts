/** A store on the small disk of the folder that is named: it is filled, and rows are stored all the same. Says what came of it. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { recordOperation, sealed, verifyAudit } from '../../deploy/audit/audit.ts';
import { DiskWatch, volumeOf } from '../../deploy/disk.ts';
import { DiskReserve } from '../../deploy/disk-reserve.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { callRows } from '../storage/store/rows.ts';

const folder = process.argv[2]!;
const dayUs = 86_400e6;
const data = join(folder, 'data');
const told: string[] = [];
const tell = (sentence: string) => void told.push(sentence);
const raw = await openEmbeddedStore(data, { patience: { tell } });
const { store, chain } = await sealed(raw, data, {});

function rows(from: number, age: number): Record<string, unknown>[] {
  return callRows(from, 80).map((row) => {
    const [ts, completedTs] = [Number(row['ts']) - age * dayUs, Number(row['completedTs']) - age * dayUs];
    return { ...row, ts, completedTs };
  });
}

/** Values that no codec makes small. */
async function storeValues(calls: readonly Record<string, unknown>[], seed: number): Promise<void> {
  let state = seed;
  const digits = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state.toString(16).padStart(8, '0');
  };
  const many = Array.from({ length: 150_000 }, (_, index) => {
    const { uid, ts, app } = calls[index % calls.length]!;
    return { valueHash: digits() + digits(), ts, app, uid, direction: 'response', label: 'mobile', place: 'body.m' };
  });
  await store.insert('values', many);
}

const [old, older] = [rows(80, 40), rows(160, 70)];
for (const calls of [rows(0, 0), old, older]) await store.insert('calls', calls);
await storeValues(old, 1);
await storeValues(older, 2);
const evidence = [String(old[3]!['uid'])];
await store.insert('findings', [{ id: 'f', kind: 'event', status: 'unconfirmed', evidence, version: 1 }]);

const reserve = new DiskReserve(data, 4);
await reserve.hold((await volumeOf(data)()).free);

// Another program takes all that is left.
const filler = openSync(join(folder, 'filler'), 'w');
try {
  for (;;) writeSync(filler, Buffer.alloc(16_384, 1));
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
}
closeSync(filler);

const watch = new DiskWatch({
  ...{ measure: volumeOf(data), config: { warn: '15 %', drop: '5 %' }, thinning: raw.engine.thinning, tell, reserve },
  before: async (table, month) => {
    await recordOperation(store, { kind: 'retention', subject: table, value: { months: [month] } });
    if (table === 'calls') await chain.close(Number(month));
  },
  after: (month) => chain.sealLeft(Number(month)),
  changed: () => {},
});
let stored = false;
const storing = store.insert('calls', rows(240, 0)).then(() => (stored = true));
await wait(1500);
const waited = !stored;
const until = performance.now() + 60_000;
while (!stored && performance.now() < until) {
  await watch.look();
  await wait(250);
}
// The disk stays as full as it is: what may go, goes, and that it is all is said.
while (!watch.state.isStuck && watch.state.mark === 2 && performance.now() < until) await watch.look();
rmSync(join(folder, 'filler'));
await Promise.race([storing, wait(30_000)]);
const calls = await raw.ask<{ uid: string }>('calls', { limit: 1000 });
const { problems } = await verifyAudit(raw, { data });
const keptEvidence = calls.some(({ uid }) => uid === evidence[0]);
const { dropped } = watch.state;
console.log(JSON.stringify({ waited, stored, dropped, calls: calls.length, keptEvidence, problems, told }));
await raw.close();
