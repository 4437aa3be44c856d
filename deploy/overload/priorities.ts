/**
 * The table by which content is shed (sensor/shedding): people's rows, then what the inventory knows. Logins, accounts and
 * trade are never shed; of the rest the grade decides, with a person's word on it before the engine's. An API that is not
 * graded yet is left out: what nobody knows goes with the middle.
 */
import {
  moreOf,
  type Priority,
  type PriorityRow,
  type ShedBoard,
  vitalOf,
  writePriorities,
} from '../../sensor/sensor.ts';
import type { Store } from '../../storage/store/store.ts';
import type { PriorityConfig } from '../config/priorities.ts';

/** As `queries/priorities.sql` answers. */
export interface GradedApi {
  readonly app: string;
  readonly template: string;
  readonly format: string;
  readonly functions: readonly string[];
  readonly grade: string;
}

/** What must stay whole whatever comes. */
const vital = new Set([
  ...['login', 'logout', 'register', 'sms-code', 'sms-verify', 'password-reset', 'order', 'payment'],
]);
const grades: Readonly<Record<string, Priority>> = { high: 'high', medium: 'medium', low: 'low', none: 'low' };
/** In this order rows are kept where there is no room for all: what is missing counts as medium. */
const order: readonly Priority[] = ['never', 'high', 'low', 'medium'];

/** Null for what is better left out. */
export function priorityOf({ template, format, functions, grade }: GradedApi): Priority | null {
  if (functions.some((name) => vital.has(name))) return 'never';
  if (format === 'asset') return 'low';
  const named = vitalOf(template);
  // Quotes lie below `trade` often, and are none.
  if (named === 'act' || (named === 'area' && !functions.includes('quote'))) return 'never';
  return grades[grade] ?? null;
}

export function priorityRows(configured: readonly PriorityConfig[], apis: readonly GradedApi[]): PriorityRow[] {
  const learnt = new Map<string, PriorityRow>();
  for (const api of apis) {
    const priority = priorityOf(api);
    if (priority === null) continue;
    const key = `${api.app} ${api.template}`;
    learnt.set(key, {
      host: api.app,
      path: api.template,
      priority: moreOf(learnt.get(key)?.priority ?? null, priority),
    });
  }
  const rows = [...learnt.values()].sort(
    (a, b) =>
      order.indexOf(a.priority) - order.indexOf(b.priority) || compare(a.host, b.host) || compare(a.path, b.path),
  );
  return [...configured.map(({ app, path, priority }) => ({ host: app, path, priority, decided: true })), ...rows];
}

/** Whatever order the store answers in, the same inventory is the same table. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Between two looks at the inventory, ms. */
const EVERY_MS = 60_000;

/** Keeps a board's table as the inventory is, until it is ended. */
export class PriorityFeed {
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly board: ShedBoard,
    private readonly store: Pick<Store, 'ask'>,
    private readonly configured: readonly PriorityConfig[],
    everyMs = EVERY_MS,
  ) {
    void this.feed();
    this.#timer = setInterval(() => void this.feed(), everyMs);
    this.#timer.unref();
  }

  /** A store that fails is met by judging; the table stays as it was. */
  async feed(): Promise<void> {
    try {
      writePriorities(this.board, priorityRows(this.configured, await this.store.ask<GradedApi>('priorities')));
    } catch {
      return;
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
