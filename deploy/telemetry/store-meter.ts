/** How a store keeps up: rows by table, inserts and what they take, rows that wait. */
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Gathering, TableName } from '../../storage/store/store.ts';
import { over } from '../audit/sealing-store.ts';

export class StoreMeter {
  /** Rows stored, by table. */
  readonly rows = new Map<TableName, number>();
  /** Rows handed over that are not stored yet. */
  waiting = 0;
  inserts = 0;
  /** Inserts that the store refused or could not do. */
  failures = 0;
  /** Time inserts took, seconds. */
  seconds = 0;

  readonly #handed = new Map<TableName, { rows: number }>();

  /** Rows handed over that were not stored, by table: they wait, or an insert of theirs failed. */
  get unwritten(): readonly (readonly [TableName, number])[] {
    const all = [...this.#handed].map(([table, { rows }]) => [table, rows - (this.rows.get(table) ?? 0)] as const);
    return all.filter(([, rows]) => rows > 0);
  }

  #handedOf(table: TableName): { rows: number } {
    let handed = this.#handed.get(table);
    if (handed === undefined) this.#handed.set(table, (handed = { rows: 0 }));
    return handed;
  }

  /** The same store, measured. */
  over<T extends AuditedStore>(store: T): T {
    return over(store, {
      insert: (table, rows) => {
        this.waiting += rows.length;
        this.#handedOf(table).rows += rows.length;
        return this.#measured(table, rows.length, () => store.insert(table, rows));
      },
      gather: (table) => this.#gathering(table, store.gather(table)),
    });
  }

  #gathering(table: TableName, inner: Gathering): Gathering {
    const handed = this.#handedOf(table);
    let gathered = 0;
    return {
      get octets() {
        return inner.octets;
      },
      add: (row) => {
        inner.add(row);
        gathered++;
        handed.rows++;
        this.waiting++;
      },
      take: () => {
        const insert = inner.take();
        const rows = gathered;
        gathered = 0;
        return () => this.#measured(table, rows, insert);
      },
    };
  }

  async #measured(table: TableName, rows: number, insert: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    try {
      await insert();
      this.rows.set(table, (this.rows.get(table) ?? 0) + rows);
      if (rows > 0) this.inserts++;
    } catch (error) {
      this.failures++;
      throw error;
    } finally {
      this.waiting -= rows;
      this.seconds += (performance.now() - begun) / 1000;
    }
  }
}
