/** Owners of applications from a CSV file, as an inventory of a house or a spreadsheet exports it. All of it, or nothing. */
import { createHash } from 'node:crypto';
import type { Row } from '../../storage/store/store.ts';
import { type AppFacts, factNames } from './app-facts.ts';
import { linesOf, textOf } from './csv-file.ts';
import { CommandFailure } from './faults.ts';
import type { Texts } from './text/en.ts';

interface Owned {
  readonly app: string;
  readonly facts: AppFacts;
}

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

/** Rows of the table `decisions`. `ts`: wall clock, µs. */
export function ownerRows(owned: readonly Owned[], by: string, note: string, ts: number): Row[] {
  return owned.map(({ app, facts }) => {
    const row = { kind: 'app-owner', subject: app, value: JSON.stringify(facts), by, note, ts };
    return { id: createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16), ...row };
  });
}
