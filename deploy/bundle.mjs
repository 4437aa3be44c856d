#!/usr/bin/env node
/**
 * One file that installs without a registry, a compiler or a network: `node deploy/bundle.mjs [--with-node] [--out FOLDER]`.
 *
 *   apiris-VERSION-linux-x64.tar.gz   what package.json lists under "files", production packages as they are installed here
 *                                     (native ones are for this system and processor), bin/apiris, with --with-node this Node
 *   ….tar.gz.sha256                   for `sha256sum -c`
 *
 * The same tree gives the same octets: names are sorted, times and owners are fixed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Compiled for tests, the benchmark and recording alone. */
const LEFT_OUT = ['dist/test', 'dist/fixtures', 'dist/.stamp'];
/** Beside what npm would pack: pages and units for whoever installs it. */
const PAGES = [
  'deploy/README.md',
  'deploy/clickhouse.md',
  'deploy/metrics.md',
  'deploy/mirror.md',
  'deploy/operations.md',
];
const MORE = [...PAGES, 'deploy/sizing.md', 'deploy/security.md', 'deploy/systemd'];

const LAUNCHER = `#!/bin/sh
# Node beside it where the bundle has one, else the machine's.
here=$(dirname "$(readlink -f "$0")")
node=$here/node
[ -x "$node" ] || node=node
exec "$node" "$here/../dist/console/cli/main.js" "$@"
`;

function fail(sentence) {
  process.stderr.write(`bundle: ${sentence}\n`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`${command} ended with ${status}`);
}

function readArguments(argv) {
  const options = { withNode: false, out: process.cwd() };
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--with-node') options.withNode = true;
    else if (argv[i] === '--out' && argv[i + 1] !== undefined) options.out = resolve(argv[++i]);
    else fail(`unknown argument ${argv[i]}; there are --with-node and --out FOLDER`);
  }
  return options;
}

/** Folders of packages that running takes: those of the lock that are not for development alone, as far as they are here. */
async function productionPackages() {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const found = [];
  for (const [path, { dev, optional, peer }] of Object.entries(packages)) {
    if (path === '' || dev) continue;
    if (await isThere(join(root, path))) found.push(path);
    else if (!optional && !peer) fail(`${path} is not installed: run \`npm ci\` first`);
  }
  return found;
}

async function isThere(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function copy(path, into) {
  const target = join(into, path);
  await mkdir(dirname(target), { recursive: true });
  const filter = (source) => {
    const inner = relative(root, source);
    if (LEFT_OUT.some((each) => inner === each || inner.startsWith(`${each}/`))) return false;
    return !(inner.startsWith('dist/') && inner.endsWith('.map'));
  };
  await cp(join(root, path), target, { recursive: true, filter, verbatimSymlinks: true });
}

/** A package without the packages within it, which are listed by themselves. */
async function copyPackage(path, into) {
  const target = join(into, path);
  await mkdir(dirname(target), { recursive: true });
  const within = join(root, path, 'node_modules');
  await cp(join(root, path), target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source !== within,
  });
}

async function digestOf(file) {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

const { withNode, out } = readArguments(process.argv.slice(2));
run(process.execPath, [join(root, 'deploy/setup.mjs'), 'build']);
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const name = `apiris-${manifest.version}-${process.platform}-${process.arch}`;
const scratch = await mkdtemp(join(tmpdir(), 'apiris-bundle-'));
try {
  const into = join(scratch, name);
  await mkdir(into);
  for (const path of ['package.json', ...manifest.files, ...MORE]) {
    if (await isThere(join(root, path))) await copy(path, into);
    else fail(`${path} is not there`);
  }
  for (const path of await productionPackages()) await copyPackage(path, into);
  await mkdir(join(into, 'bin'));
  await writeFile(join(into, 'bin/apiris'), LAUNCHER);
  await chmod(join(into, 'bin/apiris'), 0o755);
  if (withNode) {
    await cp(process.execPath, join(into, 'bin/node'), { dereference: true });
    await chmod(join(into, 'bin/node'), 0o755);
  }
  await mkdir(out, { recursive: true });
  const file = join(out, `${name}.tar.gz`);
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w'];
  run('tar', [...fixed, '--use-compress-program=gzip -n', '-cf', file, '-C', scratch, name]);
  const digest = await digestOf(file);
  await writeFile(`${file}.sha256`, `${digest}  ${basename(file)}\n`);
  const { size } = await stat(file);
  process.stderr.write(`bundle: ${file}, ${(size / 2 ** 20).toFixed(0)} MiB\n`);
  process.stdout.write(`${file}\n`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
