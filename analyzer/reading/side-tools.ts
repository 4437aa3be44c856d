/** What the sides of exchanges are read with: the same for all of a shard. */
import type { Classifier } from '../classify/classifier.ts';
import type { ShapeBook } from '../discover/shape.ts';
import type { CallerReader } from '../identify/caller.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import type { LeafNode } from '../leaf.ts';
import type { AppOffsets } from './asked.ts';
import type { ReadCounts } from './counts.ts';

export interface SideTools {
  readonly classifier: Classifier;
  readonly identity: KeyedHash;
  readonly trace: KeyedHash;
  readonly callers: CallerReader;
  readonly offsets: AppOffsets;
  /** A place as it may be shown. */
  readonly shown: (node: LeafNode) => string;
  /** The same as shapes have it: of a query behind `?`, of content without a prefix. */
  readonly shownPath: (node: LeafNode) => string;
  readonly shapes: ShapeBook;
  readonly counts: ReadCounts;
}
