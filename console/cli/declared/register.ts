/**
 * The register of APIs that were approved and of those that were retired, from a CSV file: app,method,template,state,retired.
 * All of it, or nothing.
 */
import { createHash } from 'node:crypto';
import type { Row } from '../../../storage/store/store.ts';
import { linesOf, textOf } from '../csv-file.ts';
import { CommandFailure } from '../faults.ts';
import { offsetSeconds } from '../filters.ts';
import type { Texts } from '../text/en.ts';
import type { RegisterEntry } from './difference.ts';

const columns = ['app', 'method', 'template', 'state', 'retired'];
const needed = ['app', 'template', 'state'];
const methodName = /^(?:\*|[A-Z]{3,20})$/;

export function readRegister(file: string, zone: string, texts: Texts): RegisterEntry[] {
  const { errors } = texts.drift;
  const of = texts.applications.errors;
  const [names, ...rows] = linesOf(textOf(file, texts));
  const head = (names?.cells ?? []).map((cell) => cell.toLowerCase());
  for (const name of head)
    if (!columns.includes(name)) throw new CommandFailure(of.unknownColumn(file, name, columns.join(', ')));
  for (const name of needed) if (!head.includes(name)) throw new CommandFailure(of.noColumn(file, name));
  const entries = rows.map(({ cells, line }): RegisterEntry => {
    const at = String(line);
    if (cells.length !== head.length)
      throw new CommandFailure(of.fields(file, at, String(cells.length), String(head.length)));
    const cell = (name: string) => cells[head.indexOf(name)] ?? '';
    const app = cell('app').toLowerCase();
    if (app === '') throw new CommandFailure(of.noAppIn(file, at));
    const [method, template] = [cell('method').toUpperCase() || '*', cell('template')];
    if (!methodName.test(method) || !template.startsWith('/')) throw new CommandFailure(errors.badApi(file, at));
    const state = cell('state').toLowerCase();
    if (state !== 'approved' && state !== 'retired') throw new CommandFailure(errors.badState(file, at, state));
    const day = cell('retired');
    const retired = day === '' ? 0 : startOf(day, zone);
    if (Number.isNaN(retired)) throw new CommandFailure(errors.badDay(file, at, day));
    return { app, method, template, state, retired, day };
  });
  if (entries.length === 0) throw new CommandFailure(errors.emptyRegister(file));
  return entries;
}

/** The day's first moment in the zone, µs; not a number for what is no day. */
function startOf(day: string, zone: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return Number.NaN;
  const utc = Date.parse(`${day}T00:00:00Z`) * 1000;
  return Number.isNaN(utc) ? utc : utc - offsetSeconds(utc, zone) * 1e6;
}

/** Rows of the table `decisions`. `ts`: wall clock, µs. */
export function registerRows(entries: readonly RegisterEntry[], by: string, note: string, ts: number): Row[] {
  return entries.map(({ app, ...entry }) => {
    const row = { kind: 'api-register', subject: app, value: JSON.stringify(entry), by, note, ts };
    return { id: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16), ...row };
  });
}
