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

/** What a data folder has in it. */
const OURS: ReadonlySet<string> = new Set([
  ...['engine', 'spool', 'outbox', 'audit.key', 'audit.pub', 'audit.anchor', 'identity.key', 'trace.key', 'keys.json'],
  ...['access.token', 'address', 'reserve'],
]);
/** A trace key that was changed stays beside the new one. */
const earlierKey = /^trace-[^/]+\.key$/;

/**
 * Makes a data folder the user's own, with all that is in it: from then on it is written without root's rights. Throws
 * ConfigError for a folder that holds anything else: a home given by mistake would change hands as a whole.
 */
export function handOver(folder: string, user: User): void {
  mkdirSync(folder, { recursive: true });
  const foreign = readdirSync(folder).find((name) => !OURS.has(name) && !earlierKey.test(name));
  if (foreign !== undefined) {
    throw new ConfigError([
      `${folder} holds ${foreign}, so it is no data folder that may become ${user.name}'s; name a folder of its own with --data`,
    ]);
  }
  own(folder, user);
}

/** Links are not followed: the user may have laid one to what is root's. */
function own(folder: string, user: User): void {
  lchownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) own(path, user);
    else lchownSync(path, user.uid, user.gid);
  }
}

/** For all threads of the process, and for good. */
export function becomeUser({ name, uid, gid }: User): void {
  (process as { initgroups?: (user: string, group: number) => void }).initgroups!(name, gid);
  process.setgid!(gid);
  process.setuid!(uid);
  if (process.getuid!() !== uid || process.geteuid!() !== uid) throw new Error(`root's rights could not be given up`);
}
