/** A person's word on learning: nothing more of a subject becomes usual, or all of it is learnt anew. Rows are added and never changed. */
import { createHash } from 'node:crypto';
import type { Row, Store } from '../../storage/store/store.ts';
import type { BaselineSubject } from './baseline-subject.ts';
import { UsageFault } from './faults.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';

export interface BaselineDecisionOptions {
  readonly by?: string;
  readonly note?: string;
  readonly clear?: boolean;
}

export interface BaselineDecision {
  readonly action: 'freeze' | 'relearn' | 'clear';
  readonly by: string;
  readonly note: string;
}

/** As the question `baseline-words` answers. */
export interface BaselineWordRow {
  readonly kind: string;
  readonly id: string;
  /** The last one. */
  readonly action: BaselineDecision['action'];
  readonly by: string;
  readonly note: string;
  /** Wall clock, µs. */
  readonly ts: number;
  /** When it was last to be learnt anew, wall clock µs; 0: never. */
  readonly relearnt: number;
}

/** Half a decision is refused before anything is opened. */
export function readBaselineDecision(
  action: 'freeze' | 'relearn',
  options: BaselineDecisionOptions,
  texts: Texts,
): BaselineDecision {
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (by === '') throw new UsageFault(texts.traits.errors.needs('--by NAME'));
  if (note === '') throw new UsageFault(texts.traits.errors.needs('--note TEXT'));
  return { action: options.clear === true ? 'clear' : action, by, note };
}

export async function storeBaselineDecision(
  store: Store,
  { kind, id }: BaselineSubject,
  { action, by, note }: BaselineDecision,
  ts: number,
): Promise<void> {
  const row = { kind: 'baseline', subject: id, value: JSON.stringify({ kind, id, action }), by, note, ts };
  const name = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  await store.insert('decisions', [{ id: name, ...row } satisfies Row]);
}

/** What was said of a subject; `ids` are all under which it is known. */
export async function askBaselineWord(
  store: Store,
  kind: string,
  ids: readonly string[],
): Promise<BaselineWordRow | undefined> {
  const words = await store.ask<BaselineWordRow>('baseline-words');
  return words.findLast((word) => word.kind === kind && ids.includes(word.id));
}

export function isFrozen({ action }: BaselineWordRow): boolean {
  return action === 'freeze';
}

export function baselineWordJson(word: BaselineWordRow | undefined): Record<string, unknown> {
  if (word === undefined) return {};
  const { by, note, ts, relearnt } = word;
  return {
    ...(isFrozen(word) ? { frozen: { since: isoTime(ts), by, note } } : {}),
    ...(relearnt > 0 ? { relearnt: isoTime(relearnt) } : {}),
  };
}

/** «frozen since …, by …: …», or that it was learnt anew; empty where nobody said anything that counts. */
export function baselineWordText(word: BaselineWordRow | undefined, texts: Texts, zone: string): string {
  const say = texts.baseline;
  if (word === undefined) return '';
  const when = (ts: number) => zonedTime(ts, zone).slice(0, 16);
  if (isFrozen(word)) return say.frozen(when(word.ts), word.by, word.note);
  return word.relearnt > 0 ? say.relearnt(when(word.relearnt)) : '';
}
