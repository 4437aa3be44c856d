/**
 * Compiles the Kaitai descriptions (*.ksy) to the JavaScript readers beside them, in generated/. A reader whose first
 * line names the present description and compiler is left alone, so the second run costs a few milliseconds.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folders = ['sensor/capture/formats', 'sensor/tls/formats', 'storage/bus/kafka'];

/** The readers as they should be: file name of the reader → description and the line that marks it. */
function planReaders(folder, compilerVersion) {
  const plan = new Map();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.ksy')) continue;
    const path = join(folder, file);
    const description = readFileSync(path, 'utf8');
    const digest = createHash('sha256').update(compilerVersion).update('\n').update(description).digest('hex');
    plan.set(file.replace(/\.ksy$/, '.cjs'), { path, description, mark: `// description ${digest}` });
  }
  return plan;
}

function isCurrent(path, mark) {
  try {
    return readFileSync(path, 'utf8').startsWith(`${mark}\n`);
  } catch {
    return false;
  }
}

async function compileDescription(require, path, description) {
  // Loaded only here: the compiler is 3 MB of JavaScript.
  const compiler = require('kaitai-struct-compiler');
  const { parse } = require('yaml');
  try {
    return await compiler.compile('javascript', parse(description), null, false);
  } catch (error) {
    throw new Error(`${path} does not compile: ${error.message ?? error}`);
  }
}

/** `root` is the package's root folder. Returns the readers written and those found current, by file name. */
export async function generateReaders(root) {
  const require = createRequire(join(resolve(root), 'package.json'));
  const compilerVersion = require('kaitai-struct-compiler/package.json').version;
  const written = [];
  const current = [];
  for (const folder of folders.map((name) => join(root, name)).filter((path) => existsSync(path))) {
    const target = join(folder, 'generated');
    const plan = planReaders(folder, compilerVersion);
    mkdirSync(target, { recursive: true });
    const stale = readdirSync(target).filter((file) => file.endsWith('.cjs') && !plan.has(file));
    for (const file of stale) rmSync(join(target, file), { force: true });
    for (const [file, { path, description, mark }] of plan) {
      if (isCurrent(join(target, file), mark)) {
        current.push(file);
        continue;
      }
      const sources = await compileDescription(require, path, description);
      // CommonJS by its extension: the compiler writes UMD modules and the package is ESM.
      const unfinished = join(target, `${file}.${process.pid}`);
      writeFileSync(unfinished, `${mark}\n${Object.values(sources).join('\n')}`);
      renameSync(unfinished, join(target, file));
      written.push(file);
    }
  }
  return { written, current };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { written, current } = await generateReaders(fileURLToPath(new URL('../..', import.meta.url)));
  process.stdout.write(`readers: ${written.length} generated, ${current.length} up to date\n`);
}
