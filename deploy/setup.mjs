#!/usr/bin/env node
/**
 * The way in on a bare machine: `node deploy/setup.mjs [target] [arguments…]`. Brings packages, generated readers and
 * compiled output up to date, then runs the target. Plain Node without packages, because it runs before any is there.
 * What it says goes to stderr, one line per step that had work to do: stdout belongs to the target.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledIsCurrent, currentStamp, removeStale, stampCompiled } from './build/compiled.mjs';
import { packagesAreCurrent } from './build/packages.mjs';
import { generateReaders } from './build/readers.mjs';
import { writeSbom } from './build/sbom.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Target name → the commands it runs, in order; user arguments go to the last one. */
const TARGETS = {
  build: [],
  demo: [['dist/console/cli/main.js', 'demo']],
  test: [['test/run.mjs', 'test']],
  'test:long': [['test/run.mjs', 'long']],
  bench: [['dist/test/bench/main.js']],
  evaluate: [['dist/test/evaluate/main.js']],
  'fixtures:record': [['dist/fixtures/record.js']],
};

function fail(sentence, code = 1) {
  process.stderr.write(`setup: ${sentence}\n`);
  process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Apiris needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.`);
}

/** Runs `work`; when it says that it did something, one line tells what and how long it took. */
async function step(done, work) {
  const begin = performance.now();
  const did = await work();
  if (did) process.stderr.write(`setup: ${done} (${((performance.now() - begin) / 1000).toFixed(1)} s)\n`);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

function installPackages() {
  if (packagesAreCurrent(root)) return false;
  // npm names the script that is running it; the same npm then installs, whatever is first on PATH.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('npm-cli.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  // Captured and shown only on failure: what npm says on success is of no use to the reader.
  // The optional pcap is built with this Node's own headers: without them it is left out, and nothing is fetched.
  const env = { npm_config_nodedir: dirname(dirname(process.execPath)), ...process.env };
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
  if (result.error) fail(`cannot run npm: ${result.error.message}. It comes with Node.js.`);
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    fail('npm ci failed; what it said is above. It needs a package registry (npm config get registry).');
  }
  return true;
}

async function makeReaders() {
  try {
    const { written } = await generateReaders(root);
    return written.length > 0;
  } catch (error) {
    return fail(`the Kaitai readers cannot be generated: ${error.message}`);
  }
}

function compile() {
  const stamp = currentStamp(root);
  if (compiledIsCurrent(root, stamp)) return false;
  removeStale(root);
  const status = run(process.execPath, ['node_modules/typescript/bin/tsc']);
  if (status !== 0) fail('the sources do not compile; what tsc said is above.');
  writeSbom(root);
  stampCompiled(root, stamp);
  return true;
}

const [target = 'build', ...args] = process.argv.slice(2);
const commands = TARGETS[target];
if (!commands) fail(`there is no target "${target}"; there are ${Object.keys(TARGETS).join(', ')}.`, 2);
checkNode();
await step('packages installed', installPackages);
await step('Kaitai readers generated', makeReaders);
await step('sources compiled', compile);
let failed = 0;
for (const [index, command] of commands.entries()) {
  const more = index === commands.length - 1 ? args : [];
  const status = run(process.execPath, [...command, ...more]);
  failed ||= status;
}
process.exitCode = failed;
