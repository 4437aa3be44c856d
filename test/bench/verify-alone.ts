/**
 * Proof of the log alone: `node verify-alone.js FILE FOLDER`. The capture is replayed into the folder first; what counts
 * is a verification of all it left, the first one not: it finds the engine cold.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { verifyAudit } from '../../deploy/audit/audit.ts';
import { openEmbeddedStore } from '../../storage/store/embedded.ts';
import { median } from './report.ts';

const passes = 3;
const [file, folder] = process.argv.slice(2) as [string, string];
const apiris = fileURLToPath(new URL('../../console/cli/main.js', import.meta.url));
const { status, stderr } = spawnSync(process.execPath, [apiris, 'replay', file, '--data', folder], {
  encoding: 'utf8',
});
if (status !== 0) throw new Error(stderr);

const store = await openEmbeddedStore(folder, { threads: availableParallelism() });
const seconds: number[] = [];
let rows = 0;
try {
  for (let pass = 0; pass <= passes; pass++) {
    const begun = performance.now();
    const report = await verifyAudit(store, { data: folder });
    seconds.push((performance.now() - begun) / 1000);
    if (report.problems.length > 0) throw new Error(JSON.stringify(report.problems[0]));
    rows = report.calls.sealed;
  }
} finally {
  await store.close();
}
console.log(JSON.stringify({ exchanges: rows, stageSeconds: median(seconds.slice(1)) }));
