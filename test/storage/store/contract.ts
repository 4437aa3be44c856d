/** What every Store must do. */
import { findingsContract } from './findings-contract.ts';
import { hoursContract } from './hours-contract.ts';
import { lifeContract } from './life-contract.ts';
import { marksContract } from './marks-contract.ts';
import type { OpenedStore } from './opened-store.ts';
import { questionsContract } from './questions-contract.ts';
import { rowsContract } from './rows-contract.ts';
import { subjectsContract } from './subjects-contract.ts';
import { templateContract } from './template-contract.ts';
import { tlsContract } from './tls-contract.ts';

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  questionsContract(name, open);
  rowsContract(name, open);
  findingsContract(name, open);
  subjectsContract(name, open);
  lifeContract(name, open);
  marksContract(name, open);
  templateContract(name, open);
  tlsContract(name, open);
  hoursContract(name, open);
}
