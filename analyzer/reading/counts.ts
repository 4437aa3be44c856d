/** What bounds of reading kept out, of all exchanges of a shard so far; told in the ledger. */
import { LeafCounts } from '../leaves/limits.ts';

export class ReadCounts extends LeafCounts {
  /** Values that a call had no room for, so that no trace finds it by them. */
  identifiersOverLimit = 0;
  /** Objects' ids, places and masked forms that a list of a call had no room for. */
  factsOverLimit = 0;
}
