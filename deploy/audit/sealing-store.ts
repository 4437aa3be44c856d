/** A store that seals what the log must prove: calls an insert at a time, findings and decisions row by row. */
import type { AuditedStore } from '../../storage/store/digests.ts';
import type { Gathering, TableName } from '../../storage/store/store.ts';
import type { Chain } from './chain.ts';

export function sealingStore<T extends AuditedStore>(store: T, chain: Chain): T {
  return over(store, {
    gather: (table) => (table === 'calls' ? sealedCalls(store.gather(table), chain) : store.gather(table)),
    insert: (table, rows) => insertSealed(store, chain, table, rows),
  });
}

/** For a process that mostly asks: its chain is opened with its first word on something. */
export function sealingOnDemand<T extends AuditedStore>(store: T, open: () => Promise<Chain>): T {
  let chain: Promise<Chain> | undefined;
  return over(store, {
    // A chain adopts what is there when it is opened: before, so that these rows are not among it.
    insert: async (table, rows) => insertSealed(store, await (chain ??= open()), table, rows),
  });
}

export function over<T extends AuditedStore>(store: T, changed: Partial<AuditedStore>): T {
  const plain: AuditedStore = {
    digests: store.digests,
    insert: (table, rows) => store.insert(table, rows),
    gather: (table) => store.gather(table),
    ask: (question, parameters) => store.ask(question, parameters),
    stream: (question, parameters) => store.stream(question, parameters),
    close: () => store.close(),
  };
  // What else the store has (its engine) is read through to it.
  return Object.assign(Object.create(store) as T, plain, changed);
}

async function insertSealed(
  store: AuditedStore,
  chain: Chain,
  table: TableName,
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return;
  if (table === 'calls') {
    const calls = sealedCalls(store.gather(table), chain);
    for (const row of rows) calls.add(row);
    return calls.take()();
  }
  await store.insert(table, rows);
  if (table !== 'findings' && table !== 'decisions') return;
  await chain.sealRows(
    table,
    rows.map((row) => (row as { id: string }).id),
  );
}

function sealedCalls(calls: Gathering, chain: Chain): Gathering {
  let block = 0;
  let firstTs = 0;
  let lastTs = 0;
  return {
    get octets() {
      return calls.octets;
    },
    add(row) {
      const call = row as { readonly ts: number; block?: number };
      if (block === 0) {
        block = chain.nextBlock();
        firstTs = call.ts;
        lastTs = call.ts;
      }
      call.block = block;
      if (call.ts < firstTs) firstTs = call.ts;
      if (call.ts > lastTs) lastTs = call.ts;
      calls.add(row);
    },
    take() {
      const store = calls.take();
      if (block === 0) return store;
      const taken = block;
      const span = [firstTs, lastTs] as const;
      block = 0;
      return async () => {
        const before = chain.mayReplace(span[0]) ? await chain.lookWithin(...span) : [];
        await store();
        await chain.sealBlock(taken);
        if (before.length > 0) await chain.amend(before, taken);
      };
    },
  };
}
