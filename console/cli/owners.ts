/** Owners of applications from a CSV file, as an inventory of a house or a spreadsheet exports it. All of it, or nothing. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Row } from '../../storage/store/store.ts';
import { type AppFacts, factNames } from './app-facts.ts';
import { CommandFailure } from './faults.ts';
import type { Texts } from './text/en.ts';

interface Owned {
  readonly app: string;
  readonly facts: AppFacts;
}

/** Octets of a file of owners; longer ones are refused unread. */
const longestFile = 16 * 2 ** 20;
const columns = ['app', ...factNames] as const;

export function readOwners(file: string, texts: Texts): Owned[] {
  const { errors } = texts.applications;
  const [names, ...rows] = linesOf(textOf(file, texts));
  const head = (names?.cells ?? []).map((cell) => cell.toLowerCase());
  for (const name of head) {
    if (!(columns as readonly string[]).includes(name)) {
      throw new CommandFailure(errors.unknownColumn(file, name, columns.join(', ')));
    }
  }
  if (!head.includes('app')) throw new CommandFailure(errors.noColumn(file, 'app'));
  const owned = rows.map(({ cells, line }): Owned => {
    if (cells.length !== head.length) {
      throw new CommandFailure(errors.fields(file, String(line), String(cells.length), String(head.length)));
    }
    const found = Object.fromEntries(head.map((name, i) => [name, cells[i]!]).filter(([, value]) => value !== ''));
    const { app = '', ...facts } = found as Record<string, string>;
    if (app === '') throw new CommandFailure(errors.noAppIn(file, String(line)));
    return { app: app.toLowerCase(), facts };
  });
  if (owned.length === 0) throw new CommandFailure(errors.empty(file));
  return owned;
}

function textOf(file: string, texts: Texts): string {
  try {
    if (statSync(file).size > longestFile) throw new Error(`> ${longestFile >> 20} MiB`);
    // A byte order mark, as spreadsheets write it, is left out.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new CommandFailure(texts.applications.errors.unreadable(file, reason));
  }
}

/** RFC 4180: fields in quotes may hold commas and doubled quotes; empty lines are passed over. */
function linesOf(text: string): { readonly cells: string[]; readonly line: number }[] {
  return text
    .split(/\r?\n/)
    .map((raw, i) => ({ cells: cellsOf(raw), line: i + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
}

function cellsOf(line: string): string[] {
  const cells: string[] = [];
  // A comma in front makes every field, an empty first one too, begin with one.
  for (const [, quoted, bare] of `,${line}`.matchAll(/,(?:\s*"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))/g)) {
    cells.push((quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"')).trim());
  }
  return cells;
}

/** Rows of the table `decisions`. `ts`: wall clock, µs. */
export function ownerRows(owned: readonly Owned[], by: string, note: string, ts: number): Row[] {
  return owned.map(({ app, facts }) => {
    const row = { kind: 'app-owner', subject: app, value: JSON.stringify(facts), by, note, ts };
    return { id: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16), ...row };
  });
}
