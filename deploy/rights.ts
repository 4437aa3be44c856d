/** Giving up root once the ports are open: what parses the wire needs no rights. */
import { lchownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config/problems.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Whether there is anything to give up. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Throws ConfigError for a name that the system does not know. */
export function lookUpUser(name: string): User {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [found, , uid, gid] = line.split(':');
    if (found === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new ConfigError([`there is no user ${name} in /etc/passwd; name one that is there, such as nobody`]);
}

/** Makes the folder the user's own, with all that is in it: from then on it is written without root's rights. */
export function handOver(folder: string, { uid, gid }: User): void {
  mkdirSync(folder, { recursive: true });
  const own = (path: string): void => lchownSync(path, uid, gid);
  own(folder);
  for (const entry of readdirSync(folder, { recursive: true })) own(join(folder, String(entry)));
}

/** For all threads of the process, and for good. */
export function becomeUser({ name, uid, gid }: User): void {
  (process as { initgroups?: (user: string, group: number) => void }).initgroups!(name, gid);
  process.setgid!(gid);
  process.setuid!(uid);
  if (process.getuid!() !== uid || process.geteuid!() !== uid) throw new Error(`root's rights could not be given up`);
}
