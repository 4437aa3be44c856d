/** What bounds of reading kept out, of all exchanges of a shard so far; told in the ledger. */
import { C } from '../../sensor/ledger.ts';
import { LeafCounts } from '../leaves/limits.ts';

export class ReadCounts extends LeafCounts {
  /** Values that a call had no room for, so that no trace finds it by them. */
  identifiersOverLimit = 0;
  /** Objects' ids, places and masked forms that a list of a call had no room for. */
  factsOverLimit = 0;

  /** `counts`: a ledger's; `partsCut`: parts of rules that were cut off. */
  tell(counts: Float64Array, partsCut: number): void {
    counts[C.contentUnread] = this.stopped;
    counts[C.valuesOverLimit] = this.leavesOverLimit;
    counts[C.valuesSkipped] = this.deepValues + this.valuesUnplaced;
    counts[C.valuesCut] = this.cutValues;
    counts[C.partsSkipped] = this.partsSkipped;
    counts[C.archivesEncrypted] = this.archivesEncrypted;
    counts[C.archivesBeyond] = this.archivesBeyond;
    counts[C.identifiersOverLimit] = this.identifiersOverLimit;
    counts[C.factsOverLimit] = this.factsOverLimit + partsCut;
  }
}
