/**
 * Which content is left unread at which step of overload. Heads are always read and paired, so each exchange is counted
 * and judged by what its heads say; what was not read of it is counted, and told with it.
 */
import type { Endpoint, RequestHead, Side } from '../transaction.ts';
import type { ShedBoard } from './board.ts';
import { ShedReader } from './board.ts';
import type { Priority } from './priorities.ts';

/**
 * 1: responses of low priority; 2: those of medium priority too, and of what the table does not know; 3: all responses
 * but of `never`; 4: requests too. 0: everything is read.
 */
export const MAX_STEP = 4;

/** The first step at which a response is left unread. */
const steps: Readonly<Record<Priority, number>> = { low: 1, medium: 2, high: 3, never: MAX_STEP + 1 };
const UNKNOWN = steps.medium;
const unseen: Pick<RequestHead, 'host' | 'target' | 'method'> = { host: '', target: '', method: '' };

export class Shedder {
  readonly #board: ShedReader;

  constructor(
    board: ShedBoard,
    /** The ledger's. */
    readonly counts: Float64Array,
  ) {
    this.#board = new ShedReader(board);
  }

  /** Looks for a new table; called between segments. */
  refresh(): void {
    this.#board.refresh();
  }

  /** Content is shed at all now. */
  get active(): boolean {
    return this.#board.step > 0;
  }

  /** Whether content that begins now is left unread. `request`: null for an exchange whose request was not seen. */
  sheds(side: Side, request: RequestHead | null, server: Endpoint | null): boolean {
    const { step, table } = this.#board;
    if (table === null || step === 0) return false;
    const { host, target, method } = request ?? unseen;
    const priority = table.of(host, target, server === null ? '' : nameOf(server), method);
    if (side === 'request') return step === MAX_STEP && priority !== 'never';
    return step >= (priority === null ? UNKNOWN : steps[priority]);
  }
}

function nameOf({ ip, port }: Endpoint): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
