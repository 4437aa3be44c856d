/** A store under test. */
import type { Store } from '../../../storage/store/store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again. */
  reopen(): Promise<Store>;
  /** Closes it and removes everything. */
  dispose(): Promise<void>;
}
