/** What bounds of reading kept out, of all exchanges of a shard so far; told in the ledger. */
import { LeafCounts } from '../leaves/limits.ts';

export class ReadCounts extends LeafCounts {
  /** Places, values and masked forms that a list of a call had no room for. */
  factsOverLimit = 0;
}
