/** The stored calls against the blocks they were sealed in. */
import type { AuditedStore, BlockDigest, NamedCall } from '../../storage/store/digests.ts';
import { type AuditReport, blocksOf, type Claims, type Problem, type SealedBlock } from './claims.ts';

/** Rows that the engine hashes at a time: it holds some 40 octets of each. */
const ROWS_AT_ONCE = 1_000_000;

export async function verifyBlocks(
  store: AuditedStore,
  claims: Claims,
  problems: Problem[],
  /** Only this month (202611). */
  month?: number,
): Promise<AuditReport['calls']> {
  const all = blocksOf(claims);
  const sealed = month === undefined ? all : all.filter((block) => block.month === month);
  const found: Problem[] = [];
  let rows = 0;
  for (const range of ranges(sealed)) rows += await verifyRange(store, range, found);
  const stored = await storedBlocks(store, claims, all, found);
  problems.push(...found.sort((a, b) => a.number - b.number));
  return { sealed: rows, blocks: sealed.length, ...stored };
}

/** Blocks of one month and form, in order, so many at a time. */
function* ranges(sealed: readonly SealedBlock[]): Iterable<readonly SealedBlock[]> {
  let range: SealedBlock[] = [];
  let rows = 0;
  for (const block of sealed) {
    const [first] = range;
    const fits = first !== undefined && first.month === block.month && first.form === block.form;
    if (first !== undefined && (!fits || rows + block.rows > ROWS_AT_ONCE)) {
      yield range;
      range = [];
      rows = 0;
    }
    range.push(block);
    rows += block.rows;
  }
  if (range.length > 0) yield range;
}

/** Answers how many rows are as they were sealed. */
async function verifyRange(store: AuditedStore, range: readonly SealedBlock[], found: Problem[]): Promise<number> {
  const { month, form } = range[0]!;
  const within = { from: range[0]!.block, to: range.at(-1)!.block, month };
  const digests = await store.digests.blocks(form, within);
  const now = new Map(digests.map((digest) => [digest.block, digest]));
  let rows = 0;
  for (const sealed of range) {
    if (isAsSealed(sealed, now.get(sealed.block))) {
      rows += sealed.rows;
      continue;
    }
    // Rows that others took the place of may still lie there.
    const only = { from: sealed.block, to: sealed.block, month, final: true };
    const [left] = await store.digests.blocks(form, only);
    if (isAsSealed(sealed, left)) rows += sealed.rows;
    else found.push(await nameDamage(store, sealed));
  }
  return rows;
}

function isAsSealed({ rows, digest }: SealedBlock, found: BlockDigest | undefined): boolean {
  return found === undefined ? rows === 0 : found.digest === digest;
}

/** What became of a block, and the first row that it became of. */
async function nameDamage(store: AuditedStore, sealed: SealedBlock): Promise<Problem> {
  const { block, month, number, writer, form } = sealed;
  const [row] = await store.ask<{ checks: string }>('seal-checks', { writer, number });
  const octets = Buffer.from(row?.checks ?? '', 'base64').toString('hex');
  const checks = octets.match(/.{8}/g) ?? [];
  const calls = await store.digests.calls(form, block, month);
  return { number, where: 'calls', ...compare(checks, calls) };
}

/** Checks as sealed beside the calls as they are, both in order. */
export function compare(
  checks: readonly string[],
  calls: readonly NamedCall[],
): Pick<Problem, 'kind' | 'rows' | 'row' | 'between'> {
  let at = 0;
  while (at < checks.length && at < calls.length && checks[at] === calls[at]!.check) at++;
  const left = new Map<string, number>();
  for (const check of checks) left.set(check, (left.get(check) ?? 0) + 1);
  const strangers: NamedCall[] = [];
  for (const call of calls) {
    const count = left.get(call.check) ?? 0;
    if (count > 0) left.set(call.check, count - 1);
    else strangers.push(call);
  }
  const lost = checks.length - (calls.length - strangers.length);
  const [stranger] = strangers;
  const around = [nameOf(calls[at - 1]), nameOf(calls[at])] as const;
  if (strangers.length === 0 && lost > 0) return { kind: 'missing', rows: lost, row: '', between: around };
  if (stranger === undefined)
    return { kind: 'reordered', rows: Math.max(1, calls.length - at), row: nameOf(calls[at]) };
  const kind = calls.length > checks.length && lost === 0 ? 'inserted' : 'altered';
  return { kind, rows: Math.max(strangers.length, lost), row: nameOf(stranger) };
}

function nameOf(call: NamedCall | undefined): string {
  return call === undefined ? '' : `${call.uid} ${new Date(Math.floor(call.ts / 1000)).toISOString()} ${call.app}`;
}

/** Calls under numbers that nobody sealed. */
async function storedBlocks(
  store: AuditedStore,
  claims: Claims,
  sealed: readonly SealedBlock[],
  found: Problem[],
): Promise<{ readonly unsealed: number; readonly before: number }> {
  const known = new Set(sealed.map(({ block, month }) => `${block} ${month}`));
  const newest = Math.max(0, ...claims.lastBlocks.values());
  let unsealed = 0;
  let before = 0;
  for await (const { block, month, rows } of store.stream<{ block: number; month: number; rows: number }>(
    'call-blocks',
  )) {
    if (known.has(`${block} ${month}`)) continue;
    if (block === 0) before += rows;
    else if (block > newest) unsealed += rows;
    // Of a closed month they may be what retention has not come to.
    else if (!claims.closed.has(month)) found.push({ kind: 'inserted', where: 'calls', number: 0, rows, row: '' });
  }
  if (claims.lastBlocks.size > 0 && before > claims.before) {
    found.push({ kind: 'inserted', where: 'calls', number: 0, rows: before - claims.before, row: '' });
  }
  return { unsealed, before };
}
