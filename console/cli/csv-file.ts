/** Files that people bring, as text and as the lines of a table. */
import { readFileSync, statSync } from 'node:fs';
import { CommandFailure } from './faults.ts';
import type { Texts } from './text/en.ts';

/** Octets; longer files are refused unread. */
const longestFile = 16 * 2 ** 20;

/** Text of a file that somebody wants taken in. */
export function textOf(file: string, texts: Texts): string {
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
export function linesOf(text: string): { readonly cells: string[]; readonly line: number }[] {
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
