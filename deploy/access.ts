/**
 * How other processes reach a running appliance: a token, made once for a data folder (mode 600), and where it listens,
 * which stands there for as long as it runs. Whoever may read the folder may ask.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOnce, readSecretFile } from './key-file.ts';

const TOKEN = 'access.token';
const ADDRESS = 'address';

/** Names no process. */
const NOBODY = 0;

export interface Access {
  /** `http://127.0.0.1:18123`, or `unix:/run/apiris.sock` */
  readonly url: string;
  readonly token: string;
}

/** Throws KeyError. */
export function openToken(data: string): string {
  const path = join(data, TOKEN);
  createOnce(path, () => `${randomBytes(24).toString('hex')}\n`);
  return readSecretFile(path, 'own').trim();
}

export function tellAddress(data: string, url: string): void {
  writeFileSync(join(data, ADDRESS), `${url} ${process.pid}\n`, { mode: 0o600 });
}

export function forgetAddress(data: string): void {
  rmSync(join(data, ADDRESS), { force: true });
}

/**
 * Null where no appliance has said where it listens, or another than `holder`, who has the store open: one that was
 * killed leaves its address, and who listens there now must not be given the token. Throws KeyError.
 */
export function readAccess(data: string, holder = NOBODY): Access | null {
  const path = join(data, ADDRESS);
  if (!existsSync(path) || !existsSync(join(data, TOKEN))) return null;
  // The way to a socket may have blanks in it.
  const [, url = '', pid] = /^(.*) (\d+)$/.exec(readFileSync(path, 'utf8').trim()) ?? [];
  if (url === '' || (holder !== NOBODY && Number(pid) !== holder)) return null;
  return { url, token: readSecretFile(join(data, TOKEN), 'own').trim() };
}
