/** Data folders whose log is sealed, and hands that change them behind its back. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AuditReport, sealed, verifyAudit } from '../../../deploy/audit/audit.ts';
import type { Chain } from '../../../deploy/audit/chain.ts';
import { shippedFiles } from '../../../storage/store/client-store.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../../storage/store/embedded.ts';
import { callRows } from '../../storage/store/rows.ts';

export const rowsABlock = 120;
const dayUs = 86_400e6;

/** The `n`th insert: calls of days of their own. */
export function blockRows(n: number): Record<string, unknown>[] {
  return callRows(n * rowsABlock, rowsABlock).map((row) => ({
    ...row,
    ts: Number(row['ts']) + n * dayUs,
    completedTs: Number(row['completedTs']) + n * dayUs,
  }));
}

export function findingRow(id: string, version: number): object {
  return {
    id,
    kind: 'event',
    rule: 'data-traversal',
    title: 'A traversal',
    level: 'high',
    measured: { name: 'ids', value: 61 },
    version,
  };
}

export function decisionRow(id: string): object {
  const ts = Date.now() * 1000;
  return { id, kind: 'finding-status', subject: 'f1', value: '{"status":"fixed"}', by: 'li.lei', note: 'done', ts };
}

async function withSealed<T>(
  data: string,
  work: (store: EmbeddedStore, chain: Chain, raw: EmbeddedStore) => Promise<T>,
): Promise<T> {
  const raw = await openEmbeddedStore(data);
  try {
    const { store, chain } = await sealed(raw, data, {});
    return await work(store, chain, raw);
  } finally {
    await raw.close();
  }
}

/** Three inserts of calls, two findings (one told twice), a decision. */
export function fill(data: string): Promise<void> {
  return withSealed(data, async (store) => {
    for (const n of [0, 1, 2]) await store.insert('calls', blockRows(n));
    const version = Date.now() * 1000;
    await store.insert('findings', [findingRow('f1', version), findingRow('f2', version)]);
    await store.insert('findings', [findingRow('f1', version + 1)]);
    await store.insert('decisions', [decisionRow('d1')]);
  });
}

/** Verifies a copy of the folder in which the statements were carried out. */
export async function tampered(data: string, copy: string, statements: readonly string[]): Promise<AuditReport> {
  cpSync(data, copy, { recursive: true });
  return verified(copy, statements);
}

export async function verified(data: string, statements: readonly string[] = []): Promise<AuditReport> {
  const shipped = shippedFiles();
  const tables = join(data, 'tables');
  mkdirSync(tables, { recursive: true });
  cpSync(shipped.tables, tables, { recursive: true });
  // A hand that can change tables has the engine carry out what it likes.
  if (statements.length > 0) writeFileSync(join(tables, '900-by-hand.sql'), `${statements.join(';\n')};\n`);
  const store = await openEmbeddedStore(data, { files: { ...shipped, tables: pathToFileURL(`${tables}/`) } });
  try {
    return await verifyAudit(store, { data });
  } finally {
    await store.close();
  }
}
