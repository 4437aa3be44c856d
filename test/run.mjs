/**
 * Runs the compiled tests: `node test/run.mjs test|long [filter…] [--node-option…]`. A filter is a part of a test's path.
 * Ends with Node's own counts. Tests that lack material they can do without say `absent: …`; those are counted, and where
 * CI=true only material beside the repository (`../shared`) may be absent. What failed is told again, with its errors, in the
 * file that APIRIS_FAILURES names: it is lost among thousands of lines.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Long tests measure and fill memory, so they run one at a time. `minutes` a file end one that hangs. */
const KINDS = {
  test: { suffix: '.test.js', concurrency: availableParallelism(), minutes: () => 10 },
  long: {
    suffix: '.long.js',
    concurrency: 1,
    minutes: (file) => MORE.find(([part]) => file.includes(part))?.[1] ?? 10,
  },
};
/** Long files that need more: whole pipelines over gigabytes; all captures of a collection. */
const MORE = [
  ['deploy/memory', 40],
  ['sensor/conformance', 20],
  ['evaluation', 20],
  ['evaluate/', 20],
  ['fixtures/range', 20],
];
/** Node's closing lines, of its reporters `tap` and `spec`. */
const COUNT = /^[#ℹ] (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;
/** What a process that was told to end has left, ms. */
const GRACE_MS = 15_000;

function collect(folder, suffix) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** What the TAP reports say: the lines of missing material, tests that ran out of time, and Node's closing lines, added up. */
function summarise(taps) {
  const lines = taps.flatMap((tap) => tap.split('\n'));
  const absent = lines
    .map((line) => /^\s*# (absent: .*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .sort();
  const late = [];
  let failed = '';
  const counts = new Map();
  for (const line of lines) {
    failed = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1] ?? failed;
    if (/^\s*failureType: 'testTimeoutFailure'/.test(line)) late.push(failed.replace(root, ''));
    const closing = COUNT.exec(line);
    if (closing !== null) counts.set(closing[1], (counts.get(closing[1]) ?? 0) + Number(closing[2]));
  }
  return {
    absent,
    late,
    closing: [...counts].map(([name, count]) => `# ${name} ${count}`),
    tests: counts.get('tests') ?? 0,
  };
}

/** Lines of an error that are told again. */
const ERROR_LINES = 40;

/** Each failing test of TAP reports with its error; not those above it, which fail because it does. */
function failuresOf(tap) {
  const failures = [];
  let open = null;
  for (const line of tap.split('\n')) {
    const name = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1];
    if (name !== undefined) open = [name];
    else if (open === null) continue;
    else if (/^\s*\.\.\.$/.test(line)) {
      if (!open.some((text) => text.includes("failureType: 'subtestsFailed'")))
        failures.push(open.slice(0, ERROR_LINES));
      open = null;
    } else if (!/^\s*---$/.test(line)) open.push(line.trimEnd());
  }
  return failures.map((lines) => lines.join('\n').replaceAll(root, '.'));
}

/** Runs files; answers whether they passed, and the TAP report. The whole group is killed when it does not end by itself. */
async function run(files, concurrency, minutes, report, isPart) {
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${minutes * 60_000}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${report}`,
      ...options,
      ...files,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  // The counts of one file among many are left to the sum at the end.
  const told = createInterface({ input: child.stdout });
  told.on('line', (line) => {
    if (!isPart || !COUNT.test(line)) console.log(line);
  });
  const end = (signal) => process.kill(-child.pid, signal);
  let isKilled = false;
  const begun = Date.now();
  // Of many files each has its own time, and all of them as much as that comes to.
  const all = minutes * 60_000 * Math.ceil(files.length / concurrency) + GRACE_MS;
  const timer = setTimeout(() => {
    isKilled = true;
    end('SIGKILL');
  }, all);
  const pass = (signal) => {
    end(signal);
    process.exitCode = 1;
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  const status = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  process.off('SIGINT', pass).off('SIGTERM', pass);
  clearTimeout(timer);
  const tap = existsSync(report) ? readFileSync(report, 'utf8') : '';
  return { status, tap, isKilled, seconds: Math.round((Date.now() - begun) / 1000) };
}

const [kind, ...args] = process.argv.slice(2);
const { suffix, concurrency, minutes } = KINDS[kind];
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
const taps = [];
const killed = [];
let failed = 0;
// One by one where one runs at a time: each then has the time it needs, and a file that hangs costs no other.
const batches = concurrency === 1 ? files.map((file) => [file]) : [files];
for (const batch of batches) {
  const limit = Math.max(...batch.map((file) => minutes(file)));
  const { status, tap, isKilled, seconds } = await run(batch, concurrency, limit, report, batches.length > 1);
  rmSync(report, { force: true });
  taps.push(tap);
  failed ||= status;
  if (isKilled) killed.push(`${batch.join(' ')} did not end and was killed after ${seconds} s`);
  if (process.exitCode !== undefined) break;
}
const { absent, late, closing, tests } = summarise(taps);
rmSync(folder, { recursive: true });

if (batches.length > 1) console.log(closing.map((line) => line.replace('#', 'ℹ')).join('\n'));
const reasons = [];
if (failed !== 0) reasons.push('a test failed');
for (const name of late) reasons.push(`out of time: ${name}`);
reasons.push(...killed);
if (tests === 0) reasons.push('no test ran');
const needed = absent.filter((line) => !line.startsWith('absent: ../shared'));
if (process.env.CI === 'true' && needed.length > 0) {
  reasons.push(`${needed.length} part(s) were absent that CI provides:\n  ${needed.join('\n  ')}`);
}
if (process.env.APIRIS_FAILURES !== undefined && reasons.length > 0) {
  const told = [...taps.flatMap(failuresOf), ...reasons.map((reason) => `not passed: ${reason}`)];
  appendFileSync(process.env.APIRIS_FAILURES, `${told.join('\n')}\n`);
}
for (const line of new Set(absent)) console.log(line);
console.log(`absent parts: ${absent.length}`);
for (const reason of reasons) console.log(`not passed: ${reason}`);
console.log(closing.join('\n'));
process.exitCode = reasons.length > 0 ? failed || 1 : 0;
