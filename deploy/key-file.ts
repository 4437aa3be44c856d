/** Secret files: made once whatever happens at the same time, and read only where nobody else can read them. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A key can't be used. The message names the file and says what to do; it never repeats what the file holds. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** Octets of a file that may be read as a secret; more is another file given by mistake. */
const longest = 1024;

/**
 * Who may read the file besides its owner. `own`: nobody, since we made it. `handed over`: its group, which is how
 * orchestrators give a secret to a process that is not root.
 */
export type Audience = 'own' | 'handed over';

export function readSecretFile(path: string, audience: Audience): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') throw new KeyError(`There is no ${path}: name the file that holds the key.`);
    throw new KeyError(`${path} can't be read (${code}): let the user this runs as own it.`, { cause: error });
  }
  try {
    const { mode, size } = fstatSync(file);
    const open = mode & (audience === 'own' ? 0o077 : 0o027);
    if (open !== 0) {
      const wanted = audience === 'own' ? '600' : '640';
      const seen = (mode & 0o777).toString(8);
      throw new KeyError(`${path} is open to others (mode ${seen}): run \`chmod ${wanted} ${quoted(path)}\`.`);
    }
    if (size > longest) throw new KeyError(`${path} has ${size} octets, which is no key: name the file that holds it.`);
    const bytes = Buffer.alloc(longest);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, longest, 0));
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw new KeyError(`${path} can't be read (${codeOf(error)}): name the file that holds the key.`, { cause: error });
  } finally {
    closeSync(file);
  }
}

/**
 * Makes the file with what `content` gives unless it is there. It appears whole or not at all: it is written under
 * another name, and linked, which fails when another process was faster.
 */
export function createOnce(path: string, content: () => string): void {
  if (existsSync(path)) return;
  try {
    writeLinked(path, content());
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw new KeyError(
      `${path} can't be made (${codeOf(error)}): make ${dirname(path)} a writable folder, or name another one.`,
      { cause: error },
    );
  }
}

function writeLinked(path: string, text: string): void {
  // One level: below /proc Node's recursive way tries for ever.
  if (!existsSync(dirname(path))) mkdirSync(dirname(path));
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, text);
      // Rows that were hashed with a key must not outlive it.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
