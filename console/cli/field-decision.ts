/** A person's word that a field of an API holds no such data, or does after all. Words are added, never changed. */
import { createHash } from 'node:crypto';
import { fieldMatcher } from '../../analyzer/analyzer.ts';
import type { Row, Store } from '../../storage/store/store.ts';
import { UsageFault } from './faults.ts';
import type { Cell } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime } from './time.ts';

export interface FieldDecisionOptions {
  readonly notSensitive?: string;
  readonly sensitive?: string;
  readonly by?: string;
  readonly note?: string;
}

interface FieldName {
  readonly direction: 'request' | 'response' | '';
  readonly field: string;
  readonly label: string;
}

export interface FieldDecision extends FieldName {
  readonly marked: boolean;
  readonly by: string;
  readonly note: string;
}

/** As the question `field-marks` answers. */
export interface FieldMarkRow extends FieldName {
  readonly history: number;
  readonly by: string;
  readonly note: string;
  /** Wall clock, µs. */
  readonly ts: number;
}

/** The decision that the options make; null where there is none. Half a decision is refused before anything is opened. */
export function readFieldDecision(options: FieldDecisionOptions, texts: Texts): FieldDecision | null {
  const { errors } = texts.fields;
  const { notSensitive, sensitive } = options;
  if (notSensitive === undefined && sensitive === undefined) return null;
  if (notSensitive !== undefined && sensitive !== undefined) throw new UsageFault(errors.both);
  const name = readFieldName((notSensitive ?? sensitive)!, texts);
  const [by, note] = [options.by?.trim() ?? '', options.note?.trim() ?? ''];
  if (by === '') throw new UsageFault(errors.needs('--by NAME'));
  if (note === '') throw new UsageFault(errors.needs('--note TEXT'));
  return { ...name, marked: notSensitive !== undefined, by, note };
}

/** `[request.|response.]FIELD[=LABEL]` */
function readFieldName(given: string, texts: Texts): FieldName {
  const at = given.lastIndexOf('=');
  const label = at < 0 ? '' : given.slice(at + 1).trim();
  const written = (at < 0 ? given : given.slice(0, at)).trim();
  const [, side = '', field = ''] = /^(?:(request|response)\.)?(.*)$/s.exec(written)!;
  if (field === '' || field.length > 300 || (at >= 0 && !/^[a-z0-9][a-z0-9-]*$/.test(label))) {
    throw new UsageFault(texts.fields.errors.badField(given));
  }
  return { direction: side as FieldName['direction'], field, label };
}

/** Stores it. True when earlier calls are shown by it too: no other field of the API is known to have given the label. */
export async function storeFieldDecision(
  store: Store,
  api: string,
  decision: FieldDecision,
  ts: number,
): Promise<boolean> {
  const { direction, field, label, marked, by, note } = decision;
  const history = marked && (await isAlone(store, api, decision));
  const value = JSON.stringify({ direction, field, label, marked, history });
  const row = { kind: 'api-field', subject: api, value, by, note, ts };
  const id = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16);
  await store.insert('decisions', [{ id, ...row } satisfies Row]);
  return history;
}

/** Calls keep labels without their places; values that can be traced have them. */
async function isAlone(store: Store, api: string, { direction, field, label }: FieldName): Promise<boolean> {
  if (field === '*') return true;
  if (label === '') return false;
  const rows = await store.ask<{ direction: string; place: string }>('label-places', { api, label });
  const fits = fieldMatcher(field);
  const met = rows.filter((row) => direction === '' || row.direction === direction);
  return (
    met.length > 0 &&
    met.every(({ place }) => {
      const dot = place.indexOf('.');
      return dot < 0 ? fits(place, '') : fits(place.slice(0, dot), place.slice(dot + 1));
    })
  );
}

export function fieldMarksJson(marks: readonly FieldMarkRow[]): Record<string, unknown> {
  if (marks.length === 0) return {};
  return {
    notSensitive: marks.map(({ direction, field, label, history, by, note, ts }) => ({
      ...(direction === '' ? {} : { direction }),
      field,
      ...(label === '' ? {} : { label }),
      earlierCalls: Number(history) === 1,
      by,
      note,
      ts: isoTime(ts),
    })),
  };
}

export function fieldMarkPairs(marks: readonly FieldMarkRow[], texts: Texts): (readonly [string, Cell])[] {
  const labels: Readonly<Record<string, string>> = texts.terms.labels;
  return marks.map(({ direction, field, label, by, note }) => {
    const name = direction === '' ? field : `${direction}.${field}`;
    const what = label === '' ? name : `${name} (${labels[label] ?? label})`;
    return [texts.fields.title, `${what}; ${by}: ${note}`];
  });
}
