/** What `Store.gather` has to do, for stores of tests that take rows as objects. */
import type { Gathering, Row } from '../../storage/store/store.ts';

export function gatherRows(insert: (rows: readonly Row[]) => Promise<void>): Gathering {
  let rows: Row[] = [];
  return {
    get octets() {
      return rows.length;
    },
    add: (row) => rows.push(row as Row),
    take: () => {
      const taken = rows;
      rows = [];
      return async () => {
        if (taken.length > 0) await insert(taken);
      };
    },
  };
}
