/**
 * Proves that the log is what was sealed: the chain of seals, the anchor beside it, and the rows themselves. What is wrong
 * is named in the order of the chain.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AuditedStore, RowDigest } from '../../storage/store/digests.ts';
import { isSignedBy, readPublicKey, writerOf } from './audit-key.ts';
import { type AuditReport, Claims, type Problem, type ProblemKind, type ProvenCount } from './claims.ts';
import { hashOf, type Seal, zeroHash } from './seal.ts';
import { verifyAnchor } from './verify-anchor.ts';
import { verifyBlocks } from './verify-blocks.ts';
import { verifyValues } from './verify-values.ts';

export interface VerifyOptions {
  readonly data: string;
  /** A copy of the anchor that was put aside; the folder's own when absent. */
  readonly anchor?: string;
  /** The public key that was put aside. */
  readonly key?: string;
  /** Calls of this month only (202611); the chain, the anchor and all else are proven whole. */
  readonly month?: number;
  /** Also what calls say of their values: reads all of them. */
  readonly values?: boolean;
}

/** Throws KeyError, StoreError. */
export async function verifyAudit(store: AuditedStore, options: VerifyOptions): Promise<AuditReport> {
  const problems: Problem[] = [];
  const pinned = readPublicKey(options.data, options.key);
  const trusted = pinned === undefined ? undefined : writerOf(pinned);
  const claims = new Claims();
  const ends = new Map<string, Seal & { seals: number }>();
  const hashes = new Map<string, Map<number, string>>();
  const keys = new Map<string, KeyObject>();
  const earlier: End[] = [];
  if (pinned !== undefined) keys.set(trusted!, createPublicKey(pinned));
  for await (const seal of store.stream<Seal>('seals')) {
    const last = ends.get(seal.writer);
    checkSeal(seal, last, keys, problems);
    if (seal.kind === 'begun') earlier.push(...earlierOf(seal));
    const known = hashes.get(seal.writer) ?? new Map<number, string>();
    hashes.set(seal.writer, known.set(seal.number, seal.hash));
    ends.set(seal.writer, { ...seal, seals: (last?.seals ?? 0) + 1 });
    claims.take(seal, problems);
  }
  for (const { writer, number, hash } of earlier) {
    if (hashes.get(writer)?.get(number) === hash) continue;
    problems.push({ kind: 'missing', where: 'seal', number, rows: 0, row: writer });
  }
  const ours = new Set([...ends.keys(), ...earlier.map(({ writer }) => writer)]);
  if (trusted !== undefined) ours.add(trusted);
  const anchor = verifyAnchor(options.data, options.anchor, { hashes, ends, keys, ours }, problems);
  if (trusted !== undefined && !ends.has(trusted) && (ends.size > 0 || options.key !== undefined)) {
    problems.push({ kind: 'forged', where: 'seal', number: 0, rows: 0, row: '' });
  }
  const calls = await verifyBlocks(store, claims, problems, options.month);
  const findings = await verifyRows(store, 'findings', claims, problems);
  const decisions = await verifyRows(store, 'decisions', claims, problems);
  const values = options.values === true ? await verifyValues(store, claims, problems, options.month) : undefined;
  return {
    ...(values === undefined ? {} : { values }),
    writers: [...ends.values()].map(({ writer, seals, ts, hash }) => ({ writer, seals, lastTs: ts, hash })),
    ...{ calls, findings, decisions, adopted: claims.adopted },
    closed: [...claims.closed.keys()].sort((a, b) => a - b),
    anchor,
    keyFrom: options.key !== undefined ? 'file' : pinned === undefined ? 'chain' : 'folder',
    problems,
  };
}

/** A seal against the one before it, its own hash and its signature. */
function checkSeal(seal: Seal, last: Seal | undefined, keys: Map<string, KeyObject>, problems: Problem[]): void {
  const { writer, number } = seal;
  const tell = (kind: ProblemKind) => problems.push({ kind, where: 'seal', number, rows: 0, row: '' });
  const expected = last === undefined ? 0 : last.number + 1;
  if (number < expected) tell('inserted');
  else if (number > expected) {
    problems.push({ kind: 'missing', where: 'seal', number: expected, rows: number - expected, row: '' });
  } else if (seal.previous !== (last?.hash ?? zeroHash)) tell('reordered');
  if (hashOf(seal) !== seal.hash) tell('altered');
  if (seal.kind === 'begun' && !keys.has(writer)) {
    const key = keyOf(seal);
    if (key !== undefined) keys.set(writer, key);
  }
  const key = keys.get(writer);
  if (key === undefined || !isSignedBy(key, seal.hash, seal.signature)) tell('forged');
}

/** The key that a chain begins with; it must be the one its writer is named by. */
function keyOf(seal: Seal): KeyObject | undefined {
  try {
    const { publicKey } = JSON.parse(seal.body) as { publicKey: string };
    return writerOf(publicKey) === seal.writer ? createPublicKey(publicKey) : undefined;
  } catch {
    return undefined;
  }
}

type End = Pick<Seal, 'writer' | 'number' | 'hash'>;

/** Ends of the chains that were there when this one began. */
function earlierOf({ body }: Seal): readonly End[] {
  try {
    const { earlier } = JSON.parse(body) as { earlier?: unknown };
    const all = Array.isArray(earlier) ? (earlier as readonly (End | null)[]) : [];
    return all.filter((each) => each !== null);
  } catch {
    return [];
  }
}

async function verifyRows(
  store: AuditedStore,
  table: 'findings' | 'decisions',
  claims: Claims,
  problems: Problem[],
): Promise<ProvenCount> {
  const claimed = claims.rows[table];
  const stored = new Map<string, RowDigest>();
  // Rows of each form are hashed in it.
  const forms = new Map([...claimed.values()].map(({ form }) => [JSON.stringify(form), form]));
  const hashed = new Map<string, Map<string, RowDigest>>();
  for (const [name, form] of forms) {
    const rows = await store.digests.rows(table, form, {});
    hashed.set(name, new Map(rows.map((row) => [row.id, row])));
    for (const row of rows) stored.set(row.id, row);
  }
  if (forms.size === 0) {
    for (const row of await store.digests.rows(table, await store.digests.formOf(table), {})) stored.set(row.id, row);
  }
  const found: Problem[] = [];
  let unsealed = 0;
  let sealed = 0;
  for (const [id, { version, hash, number, form }] of claimed) {
    const row = hashed.get(JSON.stringify(form))!.get(id);
    const tell = (kind: ProblemKind) => found.push({ kind, where: table, number, rows: 1, row: id });
    if (row === undefined || row.version < version) tell('missing');
    else if (row.version > version) row.version > claims.lastTs - SLACK ? unsealed++ : tell('inserted');
    else if (row.hash !== hash) tell('altered');
    else sealed++;
  }
  for (const [id, { version }] of stored) {
    if (claimed.has(id)) continue;
    // What was stored before there was a chain is nobody's claim.
    if (claims.lastBlocks.size > 0 && version <= claims.lastTs - SLACK) {
      found.push({ kind: 'inserted', where: table, number: 0, rows: 1, row: id });
    } else unsealed++;
  }
  problems.push(...found.sort((a, b) => a.number - b.number));
  return { sealed, unsealed };
}

/** A row's own time may be this long before the seal of what came before it, µs: a finding's version is made first. */
const SLACK = 60e6;
