/** The name of a flow: 16 hex digits of a hash. */
import { hash } from 'node:crypto';

const LENGTH = 16;
const digits = Buffer.alloc(LENGTH);

export function uidOf(key: string): string {
  // A slice of the long text would keep all of it, in every flow.
  digits.write(hash('sha256', key, 'hex'), 0, LENGTH, 'latin1');
  return digits.toString('latin1');
}
