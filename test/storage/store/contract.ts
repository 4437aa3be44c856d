/** What every Store must do. */
import type { OpenedStore } from './opened-store.ts';
import { questionsContract } from './questions-contract.ts';
import { rowsContract } from './rows-contract.ts';

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  questionsContract(name, open);
  rowsContract(name, open);
}
