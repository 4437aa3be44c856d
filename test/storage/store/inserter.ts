/**
 * A process to be killed: opens the store in a folder, inserts batches of call rows from a number on and prints the
 * number reached after each one that was acknowledged. With 0 batches it only opens. A failure is printed as JSON.
 */
import { openEmbeddedStore } from '../../../storage/store/embedded.ts';
import type { StoreError } from '../../../storage/store/store.ts';
import { callRows } from './rows.ts';

const [folder, from, batch, batches] = process.argv.slice(2);
try {
  const store = await openEmbeddedStore(folder!);
  let reached = Number(from);
  for (let i = 0; i < Number(batches); i++) {
    await store.insert('calls', callRows(reached, Number(batch)));
    reached += Number(batch);
    process.stdout.write(`${reached}\n`);
  }
  await store.close();
} catch (error) {
  const { name, code, message } = error as StoreError;
  process.stdout.write(`${JSON.stringify({ name, code, message })}\n`);
}
