/**
 * Every bound of reading leaves, in one table, and what happens at it. What a bound keeps back is counted in
 * `LeafCounts`, never lost in silence.
 */
export interface LeafLimits {
  /** Octets of a value. A longer one is handed over cut at this length, maybe inside a character, with `cut` true. */
  readonly valueBytes: number;
  /** Leaves of a message that are handed over. Later ones are read past and counted (`leavesOverLimit`). */
  readonly leaves: number;
  /** Objects, arrays or elements inside one another. Values deeper down are skipped and counted (`deepValues`). */
  readonly depth: number;
  /** JSON inside strings inside JSON. A string further down is an ordinary value. */
  readonly embedded: number;
  /** Octets of anything before the first JSON value (`)]}',`, `callback(`), or that tell the format. */
  readonly prefixBytes: number;
  /** Columns of CSV. Values further right are skipped and counted (`valuesUnplaced`). */
  readonly columns: number;
  /** Parts of a multipart body. Later ones are skipped and counted (`partsSkipped`). */
  readonly parts: number;
  /** Octets of a multipart part's header section. Of a longer one the beginning is read. */
  readonly partHeaderBytes: number;
}

export const leafLimits: LeafLimits = {
  valueBytes: 64 * 1024,
  leaves: 1_000_000,
  depth: 64,
  embedded: 2,
  prefixBytes: 512,
  columns: 1_000,
  parts: 1_000,
  partHeaderBytes: 16 * 1024,
};

export interface TreeLimits {
  /** Places of a message. Those met later share one node per part of the message, with the path `**`. */
  readonly nodes: number;
  /** Keys of one place that get a node of their own in a message. Later ones are dynamic: they share `*`. */
  readonly children: number;
  /** Octets of a key. A longer one is dynamic. */
  readonly keyBytes: number;
  /** Characters of a path. A longer one is not built: the place shares `**`. */
  readonly pathLength: number;
}

export const treeLimits: TreeLimits = { nodes: 2_000, children: 200, keyBytes: 128, pathLength: 1_024 };

/** What reading came to. One may serve any number of messages; the numbers only grow. */
export class LeafCounts {
  /** Leaves handed over. */
  leaves = 0;
  /** Leaves handed over that were cut at `valueBytes`. */
  cutValues = 0;
  /** Leaves beyond `leaves` of their message. */
  leavesOverLimit = 0;
  /** Values deeper than `depth`. */
  deepValues = 0;
  /** Values right of the last column that has a name. */
  valuesUnplaced = 0;
  /** Parts beyond `parts` of their message. */
  partsSkipped = 0;
  /** Entries of archives that are encrypted. */
  archivesEncrypted = 0;
  /** Archives, and entries of archives, that are larger than is opened. */
  archivesBeyond = 0;
  /** Messages or parts that could not be read to their end as their format says. */
  stopped = 0;
}
