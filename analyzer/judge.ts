/**
 * JUDGE: the half of analysis with all the memory. It takes the calls of every application in order, and keeps what
 * was learnt: here, the inventory.
 *
 * Twice is once: per source it remembers the last order key it applied, and passes over what is not behind it.
 * Bounds: the inventory has its own; cursors are as many as sources that were begun and not read to their end.
 */
import type { ApiCall } from './call.ts';
import { type ApiEntry, Inventory, type InventorySnapshot, isSuccess } from './discover/inventory.ts';

/** What judging adds to a call, in place: a copy of its three dozen fields costs more than judging it. */
export interface JudgedCall extends ApiCall {
  /** The server did what was asked, as far as the response shows. */
  success: boolean;
  /** Id of the source it was read from. */
  source: string;
}

/** The last call applied of a source. */
interface Cursor {
  completedTs: number;
  uid: string;
}

/** All of judge's memory as JSON-safe data. */
export interface JudgeSnapshot {
  readonly v: 1;
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly inventory: InventorySnapshot;
}

export class Judge {
  readonly #cursors = new Map<string, Cursor>();
  /** The cursors as they were restored: what an earlier run applied, and this one did not. */
  readonly #restored = new Map<string, Cursor>();
  readonly #inventory = new Inventory();

  /** Judges one call, which becomes the answer. Null when it was judged before: then nothing changes. */
  apply(call: ApiCall, source: string): JudgedCall | null {
    const cursor = this.#cursors.get(source);
    if (cursor === undefined) {
      this.#cursors.set(source, { completedTs: call.completedTs, uid: call.uid });
    } else {
      if (!isBehind(call, cursor)) return null;
      cursor.completedTs = call.completedTs;
      cursor.uid = call.uid;
    }
    return this.#take(call, source);
  }

  /**
   * Judges a call that comes after calls behind it were judged: whoever ordered them ran out of room, and each comes
   * once. Null when an earlier run had judged it.
   */
  applyLate(call: ApiCall, source: string): JudgedCall | null {
    const known = this.#restored.get(source);
    return known === undefined || isBehind(call, known) ? this.#take(call, source) : null;
  }

  #take(call: ApiCall, source: string): JudgedCall {
    this.#inventory.observe(call);
    const judged = call as JudgedCall;
    judged.success = isSuccess(call.status);
    judged.source = source;
    return judged;
  }

  /** A source that has been read to its end needs no cursor: it is known as a whole. */
  forget(source: string): void {
    this.#cursors.delete(source);
    this.#restored.delete(source);
  }

  /** Every API there is, by id. */
  apis(): ApiEntry[] {
    return this.#inventory.entries();
  }

  /** APIs that are new or have changed since the last time. */
  changedApis(): ApiEntry[] {
    return this.#inventory.changed();
  }

  snapshot(): JudgeSnapshot {
    return {
      v: 1,
      cursors: Object.fromEntries(
        [...this.#cursors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, cursor]) => [source, { ...cursor }]),
      ),
      inventory: this.#inventory.snapshot(),
    };
  }

  restore(snapshot: JudgeSnapshot): void {
    this.#cursors.clear();
    this.#restored.clear();
    for (const [source, cursor] of Object.entries(snapshot.cursors)) {
      this.#cursors.set(source, { ...cursor });
      this.#restored.set(source, { ...cursor });
    }
    this.#inventory.restore(snapshot.inventory);
  }
}

function isBehind(call: ApiCall, cursor: Cursor): boolean {
  return call.completedTs > cursor.completedTs || (call.completedTs === cursor.completedTs && call.uid > cursor.uid);
}
