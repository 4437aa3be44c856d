/**
 * Grants: the approver's half of one kept exchange, for a stated time. Each is a file of mode 600 that goes when its time
 * is over; what was granted to whom stays in the operators' log, without the half.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptFolder, namesIn } from './folder.ts';

export interface Grant {
  readonly v: 1;
  /** The request that was granted: the id of its entry in the operators' log. */
  readonly request: string;
  readonly uid: string;
  /** Who asked, and alone may look. */
  readonly by: string;
  readonly approver: string;
  /** What may be seen: values of these labels; null: the whole exchange. */
  readonly labels: readonly string[] | null;
  /** ms of wall clock. */
  readonly until: number;
  /** Base64. */
  readonly half: string;
}

const END = '.grant';

function grantFolder(data: string): string {
  return join(keptFolder(data), 'grants');
}

export function writeGrant(data: string, grant: Grant): void {
  mkdirSync(grantFolder(data), { recursive: true, mode: 0o700 });
  writeFileSync(join(grantFolder(data), `${grant.request}${END}`), JSON.stringify(grant), { mode: 0o600 });
}

/** Those in force at `now`, by request. */
export function grants(data: string, now: number): readonly Grant[] {
  return allGrants(data).filter(({ until }) => until > now);
}

/** Removes those that are over at `now`, and the one of `request`. True when there was one of it. */
export function endGrants(data: string, now: number, request?: string): boolean {
  const over = allGrants(data).filter((grant) => grant.until <= now || grant.request === request);
  for (const grant of over) rmSync(join(grantFolder(data), `${grant.request}${END}`), { force: true });
  return over.some((grant) => grant.request === request);
}

function allGrants(data: string): Grant[] {
  return namesIn(grantFolder(data))
    .filter((name) => /^[0-9a-f]{16}\.grant$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(grantFolder(data), name), 'utf8')) as Grant);
}
