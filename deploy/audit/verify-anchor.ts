/**
 * The chain against the anchor: the folder's own, or a copy that was put aside or that a log host stored. A copy proves
 * the folder only if it says something of it, so one that is not there, cannot be read or is another's is a problem.
 */
import type { KeyObject } from 'node:crypto';
import { KeyError } from '../key-file.ts';
import { type AnchorContent, anchorPath, readAnchor, type TornLine } from './anchor.ts';
import { isSignedBy } from './audit-key.ts';
import type { AuditReport, Problem, ProblemKind } from './claims.ts';
import type { Seal } from './seal.ts';

/** The chains of the store. */
export interface Chains {
  readonly hashes: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly ends: ReadonlyMap<string, Seal>;
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Those that must be there: the store has them, a chain of it names them, or the public key does. */
  readonly ours: ReadonlySet<string>;
}

/** `copy`: a file that was put aside; nobody expects it to have what came after it was made. */
export function verifyAnchor(
  data: string,
  copy: string | undefined,
  chains: Chains,
  problems: Problem[],
): AuditReport['anchor'] {
  const { hashes, ends, keys, ours } = chains;
  const anchor = copy === undefined ? readAnchor(anchorPath(data)) : readCopy(copy, problems);
  if (anchor === undefined) return { path: copy!, lines: 0, damaged: [], others: [] };
  const anchored = new Map<string, number>();
  const others = new Map<string, number>();
  for (const { writer, number, hash, signature, fromHost } of anchor.lines) {
    // Other appliances may tell the same log host. A file that was copied has this folder's lines only.
    if (fromHost && !ours.has(writer)) {
      others.set(writer, (others.get(writer) ?? 0) + 1);
      continue;
    }
    const key = keys.get(writer);
    const stored = hashes.get(writer)?.get(number);
    anchored.set(writer, Math.max(anchored.get(writer) ?? -1, number));
    const tell = (kind: ProblemKind, where: 'anchor' | 'seal') =>
      problems.push({ kind, where, number, rows: 0, row: ends.has(writer) ? '' : writer });
    // A line of a forged chain proves nothing against the true one.
    if (key !== undefined && !isSignedBy(key, hash, signature)) tell('altered', 'anchor');
    else if (stored === undefined) tell(number > (ends.get(writer)?.number ?? -1) ? 'truncated' : 'missing', 'seal');
    else if (stored !== hash) tell('altered', 'seal');
  }
  if (copy === undefined) checkOwn(anchored, ends, problems);
  else checkCopy(anchor, anchored, ours, problems);
  const lines = anchor.lines.length - [...others.values()].reduce((sum, count) => sum + count, 0);
  return {
    ...{ path: anchor.path, lines, damaged: anchor.damaged },
    others: [...others].map(([writer, count]) => ({ writer, lines: count })),
  };
}

function readCopy(path: string, problems: Problem[]): AnchorContent | undefined {
  const tell = (kind: ProblemKind) => problems.push({ kind, where: 'copy', number: 0, rows: 0, row: path });
  try {
    const copy = readAnchor(path);
    if (copy.exists) return copy;
    tell('missing');
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    tell('unreadable');
  }
  return undefined;
}

function checkOwn(
  anchored: ReadonlyMap<string, number>,
  ends: ReadonlyMap<string, Pick<Seal, 'number'>>,
  problems: Problem[],
): void {
  for (const [writer, { number }] of ends) {
    // A process that ended between the two left one seal without its line.
    const written = anchored.get(writer) ?? -1;
    if (number - written > 1) {
      problems.push({ kind: 'truncated', where: 'anchor', number: written + 1, rows: number - written, row: '' });
    }
  }
}

function checkCopy(
  { path, lines, torn }: AnchorContent,
  anchored: ReadonlyMap<string, number>,
  ours: ReadonlySet<string>,
  problems: Problem[],
): void {
  const tell = (kind: ProblemKind, row: string, number = 0) =>
    problems.push({ kind, where: 'copy', number, rows: 0, row });
  if (anchored.size === 0) tell('foreign', path);
  const whole = new Set(lines.map(({ writer, number }) => `${writer} ${number}`));
  const isWrittenAgain = ({ writer, number, before }: TornLine): boolean => {
    if (writer !== undefined && number !== undefined) return whole.has(`${writer} ${number}`);
    const [last, next] = [lines[before - 1], lines[before]];
    return last !== undefined && next?.writer === last.writer && next.number === last.number + 1;
  };
  for (const each of torn) {
    if (each.writer !== undefined && !ours.has(each.writer)) continue;
    // A process that ended in the middle of a line has its next start write the line again.
    if (!isWrittenAgain(each)) tell('unreadable', `${path}:${each.line}`, each.number);
  }
}
