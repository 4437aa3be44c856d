/**
 * Runs the compiled tests: `node test/run.mjs test|long [filter…] [--node-option…]`. A filter is a part of a test's path.
 * Ends with Node's own counts. Tests that lack material they can do without say `absent: …`; those are counted, and where
 * CI=true only material beside the repository (`../shared`) may be absent.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Long tests measure and fill memory, so they run one at a time. `timeout` (minutes a file) ends a test that hangs. */
const KINDS = {
  test: { suffix: '.test.js', concurrency: availableParallelism(), timeout: 10 },
  long: { suffix: '.long.js', concurrency: 1, timeout: 40 },
};

function collect(folder, suffix) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** What the TAP report says: the lines of missing material, and Node's closing lines. */
function summarise(tap) {
  const lines = tap.split('\n');
  const absent = lines
    .map((line) => /^\s*# (absent: .*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .sort();
  const closing = lines.filter((line) =>
    /^# (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(line),
  );
  return { absent, closing, tests: Number(closing.find((line) => line.startsWith('# tests '))?.slice(8) ?? 0) };
}

const [kind, ...args] = process.argv.slice(2);
const { suffix, concurrency, timeout } = KINDS[kind];
const options = args.filter((arg) => arg.startsWith('--'));
const filters = args.filter((arg) => !arg.startsWith('--'));
const files = collect(join(root, 'dist/test'), suffix).filter(
  (file) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/\.ts$/, ''))),
);
if (files.length === 0) {
  console.error(
    `no ${suffix} file${filters.length > 0 ? ` whose path has ${filters.join(' or ')}` : ''} under dist/test`,
  );
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'apiris-test-'));
const report = join(folder, 'report.tap');
const child = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeout * 60_000}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report}`,
    ...options,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
const { absent, closing, tests } = summarise(existsSync(report) ? readFileSync(report, 'utf8') : '');
rmSync(folder, { recursive: true });

const reasons = [];
if (child.status !== 0) reasons.push('a test failed');
if (tests === 0) reasons.push('no test ran');
const needed = absent.filter((line) => !line.startsWith('absent: ../shared'));
if (process.env.CI === 'true' && needed.length > 0) {
  reasons.push(`${needed.length} part(s) were absent that CI provides:\n  ${needed.join('\n  ')}`);
}
for (const line of new Set(absent)) console.log(line);
console.log(`absent parts: ${absent.length}`);
for (const reason of reasons) console.log(`not passed: ${reason}`);
console.log(closing.join('\n'));
process.exitCode = reasons.length > 0 ? child.status || 1 : 0;
