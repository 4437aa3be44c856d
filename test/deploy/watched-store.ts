import type { Store } from '../../storage/store/store.ts';

/** A store that tells of each insert before it happens. */
export function watched(store: Store, before: (table: string, number: number) => void): Store {
  let inserts = 0;
  return {
    insert: async (table, rows) => {
      before(table, ++inserts);
      await store.insert(table, rows);
    },
    gather: (table) => {
      const gathering = store.gather(table);
      return {
        get octets() {
          return gathering.octets;
        },
        add: (row) => gathering.add(row),
        take: () => {
          const stored = gathering.take();
          return () => {
            before(table, ++inserts);
            return stored();
          };
        },
      };
    },
    ask: (question, parameters) => store.ask(question, parameters),
    stream: (question, parameters) => store.stream(question, parameters),
    close: () => store.close(),
  };
}
