/**
 * Are the installed packages those of package-lock.json? Compares with the record npm itself leaves at the end of an
 * installation, so an installation by hand counts and one that was interrupted does not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function sameRecord(a, b) {
  return JSON.stringify(a ?? {}) === JSON.stringify(b ?? {});
}

/** True when `npm ci` would change nothing. */
export function packagesAreCurrent(root) {
  const manifest = readJson(join(root, 'package.json'));
  const locked = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!manifest || !locked || !installed) return false;
  // A manifest edited without its lock: npm ci is to say so.
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    if (!sameRecord(manifest[kind], locked['']?.[kind])) return false;
  }
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '') continue;
    const present = installed[path];
    // An optional package may be for another operating system or processor.
    if (!present && wanted.optional) continue;
    if (present?.version !== wanted.version || present?.integrity !== wanted.integrity) return false;
  }
  return Object.keys(installed).every((path) => path in locked);
}
