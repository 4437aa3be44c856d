/**
 * Grants: the approver's half of one kept exchange, for a stated time. Each is a file of mode 600 that goes when its time
 * is over; what was granted to whom stays in the operators' log, without the half.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { keptFolder, namesIn, removeAll } from './folder.ts';

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

const GRANT = /^([0-9a-f]{16})\.grant$/;
/** Half written; of a process that was ended meanwhile it stays. */
const DRAFT = /^[0-9a-f]{16}\.grant\.draft$/;
const DRAFT_MS = 60_000;

function grantFolder(data: string): string {
  return join(keptFolder(data), 'grants');
}

/** Whole or not at all, whenever the process ends. */
export function writeGrant(data: string, grant: Grant): void {
  const folder = grantFolder(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${grant.request}.grant`);
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, JSON.stringify(grant));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** Those in force at `now`, by request. */
export function grants(data: string, now: number): readonly Grant[] {
  const folder = grantFolder(data);
  return namesIn(folder)
    .sort()
    .flatMap((name) => readGrant(join(folder, name)) ?? [])
    .filter(({ until }) => until > now);
}

/**
 * Removes those that are over at `now`, the one of `request`, and files that are damaged, since they grant nothing and may
 * hold a half. What cannot go keeps no other from going; then it throws what the system said. True when there was one of
 * `request`.
 */
export function endGrants(data: string, now: number, request?: string): boolean {
  const folder = grantFolder(data);
  let found = false;
  removeAll(
    namesIn(folder).map((name) => join(folder, name)),
    (path, name) => {
      if (DRAFT.test(name)) return now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > DRAFT_MS;
      if (!GRANT.test(name)) return false;
      const grant = readGrant(path);
      const isAsked = GRANT.exec(name)![1] === request;
      if (grant !== null && isAsked) found = true;
      return grant === null || isAsked || grant.until <= now;
    },
  );
  return found;
}

/** Null for what is no grant, is damaged or is gone. Throws what the system says of one that cannot be read. */
function readGrant(path: string): Grant | null {
  const request = GRANT.exec(basename(path))?.[1];
  if (request === undefined) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const grant = JSON.parse(text) as Grant | null;
    const isWhole =
      grant?.v === 1 &&
      grant.request === request &&
      Number.isFinite(grant.until) &&
      [grant.uid, grant.by, grant.approver, grant.half].every((part) => typeof part === 'string') &&
      (grant.labels === null || Array.isArray(grant.labels));
    return isWhole ? grant : null;
  } catch {
    return null;
  }
}
