/** A store in memory with what judging needs of one, that can die: from some insert on nothing is taken any more. */
import type { Gathering, Row, Store, TableName } from '../../storage/store/store.ts';
import { gatherRows } from '../storage/gathered-rows.ts';

const keys: Partial<Record<TableName, (row: Row) => string>> = {
  calls: (row) => `${row['app']} ${row['ts']} ${row['uid']}`,
  valueLists: (row) => `${row['uid']} ${row['direction']}`,
  findings: (row) => String(row['id']),
  handshakes: (row) => `${row['id']} ${row['stream']}`,
  bindings: (row) => String(row['app']),
  apis: (row) => String(row['id']),
  snapshots: (row) => String(row['name']),
  sources: (row) => String(row['id']),
  schemas: (row) => String(row['id']),
  profiles: (row) => `${row['kind']} ${row['app']} ${row['id']}`,
  sheddings: (row) => `${row['source']} ${row['number']}`,
  ledgerMinutes: (row) => `${row['source']} ${row['minute']}`,
  ledger: (row) => `${row['source']} ${row['stage']} ${row['name']}`,
};

/** Of a call, what the table has no column for: what `read` found for judging, and what rules ask judging for. */
const leftOut = new Set([
  ...['caller', 'sent', 'given', 'asked', 'envelope', 'encrypted', 'statement', 'parts', 'responseLevel', 'records'],
  ...['credentialPresent', 'passwordForm', 'passwordHash', 'weakPassword', 'urlSecrets', 'signals', 'requestHash'],
  ...[
    'foreignOrigin',
    'cookieFlaws',
    'tokenFlaws',
    'mobileHash',
    'sourcePolicy',
    'register',
    'listed',
    'inside',
    'region',
    'organisation',
    'abroad',
    'askedTemplate',
    'sensitiveKinds',
    'proofs',
    'signature',
  ],
]);

function columnsOf(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !leftOut.has(name)));
}

export class Death extends Error {}

export class MemoryStore implements Store {
  private readonly tables = new Map<TableName, Map<string, Row>>();
  /** Inserts taken so far. */
  inserts = 0;
  /** Inserts that are taken before it dies. */
  life = Number.POSITIVE_INFINITY;
  /** Number of the one insert that fails, from 0; the store lives on. */
  failing = -1;

  async insert(table: TableName, rows: readonly object[]): Promise<void> {
    await null;
    if (this.inserts >= this.life) throw new Death();
    if (this.inserts++ === this.failing) throw new Death();
    const stored = this.tables.get(table) ?? new Map<string, Row>();
    this.tables.set(table, stored);
    for (const row of rows.map((each) => structuredClone(each as Row))) {
      const key = keys[table]!(row);
      const before = stored.get(key);
      // As the engine does: the highest version stands, of equal ones the last.
      if (before !== undefined && Number(before['version'] ?? 0) > Number(row['version'] ?? 0)) continue;
      stored.set(key, row);
    }
  }

  gather(table: TableName): Gathering {
    return gatherRows((rows) => this.insert(table, table === 'calls' ? rows.map(columnsOf) : rows));
  }

  rows(table: TableName): Row[] {
    return [...(this.tables.get(table) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  async ask<T = Row>(question: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<T[]> {
    if (question === 'snapshot')
      return this.rows('snapshots').filter((row) => row['name'] === parameters['name']) as T[];
    // Nobody has said anything.
    if (['field-marks', 'template-words', 'register', 'baseline-words'].includes(question)) return [];
    if (question === 'sources') return this.rows('sources') as T[];
    if (question === 'last-version') {
      const versions = [...this.tables.keys()].flatMap((table) =>
        this.rows(table).map((row) => Number(row['version'] ?? 0)),
      );
      return [{ version: Math.max(0, ...versions) }] as T[];
    }
    throw new Error(`no answer to ${question}`);
  }

  async *stream<T = Row>(question: string): AsyncGenerator<T> {
    yield* await this.ask<T>(question);
  }

  async close(): Promise<void> {}
}
