/** Hashes of stored rows, and what they are hashed by (row-digests.ts): the contract of whoever seals and proves them. */
import type { Store } from './store.ts';

/** Tables whose rows are sealed. */
export type SealedTable = 'calls' | 'findings' | 'decisions';

export interface FormColumn {
  readonly name: string;
  readonly type: string;
}

/** What rows are hashed as, and how their hashes are put together: earlier ones did so otherwise. */
export const rowEncoding = 'RowBinary/3';

/** How rows are hashed: these columns, in this encoding. */
export interface RowForm {
  readonly encoding: typeof rowEncoding;
  readonly columns: readonly FormColumn[];
}

/** Calls of one insert and month. */
export interface BlockDigest {
  readonly block: number;
  /** 202611 */
  readonly month: number;
  readonly rows: number;
  /** Rows that differ in their key; fewer than `rows` where one was inserted twice; counted with `checks`. */
  readonly keys: number;
  /**
   * SHA-256 of the list of the rows' hashes as RowBinary has it, its length first; they ascend as numbers whose last octet
   * is the highest. 64 hex digits.
   */
  readonly digest: string;
  /** First four octets of each row's hash in order of (app, ts, flow, depth), base64; empty unless asked for. */
  readonly checks: string;
  /** Packet time, µs. */
  readonly firstTs: number;
  readonly lastTs: number;
}

export interface BlockRange {
  /** First and last block. */
  readonly from: number;
  readonly to: number;
  /** Only this month; 0 for all. */
  readonly month?: number;
  /** Of rows with one key only the one that counts. */
  readonly final?: boolean;
  readonly checks?: boolean;
}

/** A call as it is named to people. */
export interface NamedCall {
  readonly uid: string;
  readonly ts: number;
  readonly app: string;
  /** First four octets of its hash, 8 hex digits. */
  readonly check: string;
}

/** A row of a table of few rows. */
export interface RowDigest {
  readonly id: string;
  /** Its version; of decisions the time, µs. */
  readonly version: number;
  readonly hash: string;
}

export interface RowDigests {
  /** The columns a table has now. */
  formOf(table: SealedTable): Promise<RowForm>;
  blocks(form: RowForm, range: BlockRange): Promise<BlockDigest[]>;
  /** The calls of a block and month in their order. */
  calls(form: RowForm, block: number, month: number): Promise<NamedCall[]>;
  /** Rows of the other tables, each once: those named, or all that are not older than a version. */
  rows(
    table: Exclude<SealedTable, 'calls'>,
    form: RowForm,
    which: { readonly ids?: readonly string[]; readonly since?: number },
  ): Promise<RowDigest[]>;
}

/** A store whose rows can be hashed where they lie. */
export interface AuditedStore extends Store {
  readonly digests: RowDigests;
}
