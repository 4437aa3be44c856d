/** What the chain says is stored, and what a verification tells. */
import { type RowForm, rowEncoding, type SealedTable } from '../../storage/store/digests.ts';
import { StoreError } from '../../storage/store/store.ts';
import type { RowsBody, Seal } from './seal.ts';

export type ProblemKind =
  | 'altered'
  | 'missing'
  | 'inserted'
  | 'reordered'
  | 'truncated'
  | 'forged'
  | 'unproven'
  | 'unreadable'
  | 'foreign';

export interface Problem {
  readonly kind: ProblemKind;
  /** seal: of the chain itself; anchor: a line of its file; copy: the file given as a copy of it; else the table. */
  readonly where: 'seal' | 'anchor' | 'copy' | 'values' | SealedTable;
  /** Number of the seal it was found by. */
  readonly number: number;
  /** Rows concerned; 0 where nobody can say. */
  readonly rows: number;
  /** The first of them, as exactly as it can be named; '' where it cannot. */
  readonly row: string;
  /** Sealed rows before and behind the place of one that is missing. */
  readonly between?: readonly [string, string];
}

export interface ProvenCount {
  readonly sealed: number;
  /** Stored, and not sealed yet: by a running appliance, or by a process that ended before it could. */
  readonly unsealed: number;
}

/** Values held against the calls that say what theirs come to. */
export interface ProvenValues {
  /** Values of calls that are there. */
  readonly rows: number;
  readonly calls: number;
  /** Calls from before they said so. */
  readonly before: number;
  /** Values that lead to no call: a process ended before their calls were stored. No trace finds them. */
  readonly strangers: number;
  /** Months that retention has dropped values or calls of, and what is stored of them all the same: nothing proves it. */
  readonly unproven: readonly { readonly month: number; readonly values: number }[];
}

export interface AuditReport {
  readonly writers: readonly {
    readonly writer: string;
    readonly seals: number;
    readonly lastTs: number;
    readonly hash: string;
  }[];
  readonly calls: ProvenCount & { readonly blocks: number; readonly before: number };
  /** Only where it was asked for. */
  readonly values?: ProvenValues;
  readonly findings: ProvenCount;
  readonly decisions: ProvenCount;
  /** Seals made of what stood there unsealed. */
  readonly adopted: number;
  /** Months that retention has dropped. */
  readonly closed: readonly number[];
  readonly anchor: {
    readonly path: string;
    readonly lines: number;
    readonly damaged: readonly number[];
    /** Chains that a log host has beside those of this store: other appliances', or one that was removed here. */
    readonly others: readonly { readonly writer: string; readonly lines: number }[];
  };
  /** Where the public key came from: a file put aside, the folder, or the chain itself, which proves less. */
  readonly keyFrom: 'file' | 'folder' | 'chain';
  readonly problems: readonly Problem[];
}

/** A block of calls as it was sealed last. */
export interface SealedBlock {
  readonly block: number;
  readonly month: number;
  readonly rows: number;
  readonly digest: string;
  readonly number: number;
  readonly writer: string;
  /** Wall clock of the seal, µs. */
  readonly ts: number;
  readonly form: RowForm;
}

interface SealedRow {
  readonly version: number;
  readonly hash: string;
  readonly number: number;
  readonly form: RowForm;
  /** Found without a seal: whoever may insert rows can have written it. */
  readonly adopted: boolean;
}

const noForm: RowForm = { encoding: rowEncoding, columns: [] };

/** Throws StoreError for one that rows are not hashed in any more. */
function readForm(body: string): RowForm {
  const form = JSON.parse(body) as Partial<RowForm>;
  if (form.encoding === rowEncoding) return form as RowForm;
  throw new StoreError(
    'failed',
    'Rows of this store were sealed by a version that hashed them otherwise: that version proves them. Replay the captures into a new data folder to have them sealed by this one.',
  );
}

/** What the chain says is stored. */
export class Claims {
  readonly blocks = new Map<string, SealedBlock>();
  /** When each month was closed, wall clock, µs. */
  readonly closed = new Map<number, number>();
  readonly rows = { findings: new Map<string, SealedRow>(), decisions: new Map<string, SealedRow>() };
  readonly lastBlocks = new Map<string, number>();
  adopted = 0;
  before = 0;
  /** Wall clock of the last seal, µs. */
  lastTs = 0;
  readonly #forms = new Map<string, RowForm>();

  take(seal: Seal, problems: Problem[]): void {
    const { writer, number, kind, subject, block, month, rows, digest, body } = seal;
    this.lastTs = Math.max(this.lastTs, seal.ts);
    const form = this.#forms.get(`${writer} ${subject}`) ?? noForm;
    if (kind === 'begun' && this.lastBlocks.size === 0) this.before = rows;
    if (kind === 'begun') this.lastBlocks.set(writer, 0);
    if (kind === 'form') this.#forms.set(`${writer} ${subject}`, readForm(body));
    if (kind === 'block' || kind === 'adopted' || kind === 'amended') {
      const key = `${block} ${month}`;
      const sealed = { block, month, rows, digest, number, writer, ts: seal.ts, form };
      // Another writer may have amended it.
      if ((this.blocks.get(key)?.ts ?? 0) <= seal.ts) this.blocks.set(key, sealed);
      this.lastBlocks.set(writer, Math.max(this.lastBlocks.get(writer) ?? 0, block));
      if (kind === 'adopted') this.adopted++;
    }
    if (kind === 'unproven') problems.push({ kind, where: 'calls', number, rows: 0, row: '' });
    if (kind === 'closed') this.closed.set(month, Math.max(this.closed.get(month) ?? 0, seal.ts));
    if (kind === 'rows' && (subject === 'findings' || subject === 'decisions')) {
      const list = JSON.parse(body) as RowsBody;
      if (list.adopted) this.adopted++;
      for (const [id, version, hash] of list.rows) {
        const row = this.rows[subject].get(id);
        // One that was sealed by who wrote it stays so, however often it was found.
        const adopted = list.adopted === true && !(row?.adopted === false && row.hash === hash);
        if (row === undefined || row.version <= version)
          this.rows[subject].set(id, { version, hash, number, form, adopted });
      }
    }
  }
}

/** Blocks that retention has not dropped, by month and in the order they were stored. */
export function blocksOf({ blocks, closed }: Claims): SealedBlock[] {
  return [...blocks.values()]
    .filter(({ month, ts }) => ts > (closed.get(month) ?? 0))
    .sort((a, b) => a.month - b.month || a.block - b.block);
}
