/**
 * Is dist/ what the sources say? A stamp over path, size and modification time of every source answers in milliseconds;
 * tsc alone takes longer than that to find out.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders tsconfig.json includes. */
const SOURCES = ['sensor', 'analyzer', 'storage', 'console', 'deploy', 'fixtures', 'test'];
const STAMP = 'dist/.stamp';

function filesUnder(root, folder, suffix) {
  const found = [];
  const pending = [folder];
  while (pending.length > 0) {
    const at = pending.pop();
    if (!existsSync(join(root, at))) continue;
    for (const entry of readdirSync(join(root, at), { withFileTypes: true })) {
      const path = `${at}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      else if (path.endsWith(suffix)) found.push(path);
    }
  }
  return found.sort();
}

function sources(root) {
  return SOURCES.flatMap((folder) => filesUnder(root, folder, '.ts'));
}

/** What the sources are now. Taken before compiling, so that a file saved meanwhile is compiled the next time. */
export function currentStamp(root) {
  const hash = createHash('sha256');
  for (const file of ['tsconfig.json', 'package.json', 'package-lock.json', ...sources(root)]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** The output of a source; undefined for a declaration file, which has none. */
function outputOf(source) {
  return source.endsWith('.d.ts') ? undefined : `dist/${source.slice(0, -'.ts'.length)}.js`;
}

function outputs(root) {
  return sources(root)
    .map(outputOf)
    .filter((output) => output !== undefined);
}

function missesOutput(root) {
  return outputs(root).some((output) => !existsSync(join(root, output)));
}

export function compiledIsCurrent(root, stamp) {
  const file = join(root, STAMP);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp && !missesOutput(root);
}

export function stampCompiled(root, stamp) {
  writeFileSync(join(root, STAMP), stamp);
}

/** Removes outputs whose source is gone (a deleted test would still run), and tsc's own record where outputs are missing. */
export function removeStale(root) {
  const wanted = new Set(outputs(root));
  for (const output of [...filesUnder(root, 'dist', '.js'), ...filesUnder(root, 'dist', '.js.map')]) {
    if (!wanted.has(output.replace(/\.map$/, ''))) rmSync(join(root, output));
  }
  // tsc believes that record, not the folder: with it, a deleted output would never come back.
  if (missesOutput(root)) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
}
