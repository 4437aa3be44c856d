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
 * Who made the file. `own`: we did, so nobody else may read it. `handed over`: whoever runs this, who decides who may
 * read it (orchestrators mount secrets with mode 444 or 644 into a place that only the process sees); that others could
 * put another key there is refused.
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
    const seen = (mode & 0o777).toString(8);
    if (audience === 'own' && (mode & 0o077) !== 0) {
      throw new KeyError(`${path} is open to others (mode ${seen}): run \`chmod 600 ${quoted(path)}\`.`);
    }
    if ((mode & 0o022) !== 0) {
      throw new KeyError(`${path} can be changed by others (mode ${seen}): run \`chmod go-w ${quoted(path)}\`.`);
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
 * another name, and linked, which fails when another process was faster. Where the file system has no hard links it is
 * made under its own name: never over another, but a process that starts in the same moment may meet it unfinished, and
 * is then told that it holds no key.
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
    writeNew(draft, text);
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!withoutLinks.has(codeOf(error))) throw error;
      writeNew(path, text);
    }
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

/** What file systems without hard links say: FAT, exFAT, some network and FUSE mounts, restricted containers. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** Fails with EEXIST where there is one; leaves none behind that is not whole. */
function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    // Rows that were hashed with a key must not outlive it.
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
