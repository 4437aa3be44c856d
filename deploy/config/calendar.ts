/** A calendar file: which days are free and which are for work, against their days of the week. */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Node, parseYaml } from './document.ts';
import { readInteger, readMapping, readText, type Take } from './fields.ts';
import { Problems } from './problems.ts';

export interface CalendarDays {
  /** Years it knows, ascending. */
  readonly years: readonly number[];
  /** Days since 1970, local: free ones, weekend days that are worked, days on which exchanges alone are closed. */
  readonly free: readonly number[];
  readonly work: readonly number[];
  readonly closed: readonly number[];
}

const dayMs = 86_400_000;
const mostFile = 2 ** 18;
const mostDays = 20_000;
const longestSpan = 366;
const YEAR = { least: 2000, most: 2100, unit: '' };
const spelling = 'write 2026-10-01, or 2026-10-01 to 2026-10-07';

function shippedCalendar(): string {
  return fileURLToPath(new URL('rules/calendars/china.yaml', import.meta.resolve('#root/package.json')));
}

/** Null when the file cannot be read or is none; `problems` say why. */
export function readCalendar(file: string, problems: Problems): CalendarDays | null {
  const place = { file, line: 1, column: 1 };
  let tree: Node | undefined;
  try {
    if (statSync(file).size > mostFile) throw new RangeError(`more than ${mostFile} octets`);
    tree = parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)), file, problems);
  } catch (error) {
    problems.add(`the calendar cannot be read (${(error as Error).message})`, place, 'name a calendar file');
    return null;
  }
  if (tree === undefined) {
    problems.add('the calendar is empty', place, 'write years, free and work');
    return null;
  }
  const lists: Record<'free' | 'work' | 'closed', number[]> = { free: [], work: [], closed: [] };
  let years: readonly number[] = [];
  const takes: Record<string, Take> = {
    title: ({ value }, full) => readText(value, full, problems),
    years({ value }, full) {
      if (value.kind !== 'list') problems.add(`${full} is not a list`, value.place, 'write [2026, 2027]');
      else years = value.items.flatMap((item, i) => readInteger(item, `${full}[${i}]`, YEAR, problems) ?? []);
    },
  };
  for (const key of ['free', 'work', 'closed'] as const)
    takes[key] = ({ value }, full) => lists[key].push(...readDays(value, full, problems));
  readMapping(tree, '', takes, [], problems);
  if (years.length === 0) problems.add('the calendar names no years', tree.place, 'write years: [2026]');
  for (const key of ['free', 'work', 'closed'] as const) {
    const odd = lists[key].find((day) => !years.includes(new Date(day * dayMs).getUTCFullYear()));
    if (odd === undefined) continue;
    const day = new Date(odd * dayMs).toISOString().slice(0, 10);
    problems.add(`${key} has ${day}, which is in no year of the list`, tree.place, 'add its year to years');
  }
  return { years: [...years].sort((a, b) => a - b), ...lists };
}

function readDays(node: Node, path: string, problems: Problems): number[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, spelling);
    return [];
  }
  const days: number[] = [];
  for (const [i, item] of node.items.entries()) {
    const text = readText(item, `${path}[${i}]`, problems);
    if (text === undefined) continue;
    const parts = /^(\d{4}-\d{2}-\d{2})(?: +to +(\d{4}-\d{2}-\d{2}))?$/.exec(text.trim());
    const first = dayOf(parts?.[1]);
    const last = parts?.[2] === undefined ? first : dayOf(parts[2]);
    if (first === null || last === null || last < first || last - first > longestSpan) {
      problems.add(`${path}[${i}] "${text}" is no day`, item.place, spelling);
    } else for (let day = first; day <= last && days.length < mostDays; day++) days.push(day);
  }
  return days;
}

/** Null for what is no date of the calendar. */
function dayOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return null;
  return ms / dayMs;
}

/** The calendar in force: of a file that was checked before, or the one that is shipped. */
export function loadCalendar(file: string): CalendarDays {
  const problems = new Problems();
  const days = readCalendar(file === '' ? shippedCalendar() : file, problems);
  problems.throwIfAny();
  return days ?? { years: [], free: [], work: [], closed: [] };
}
