/** The keys that say what is allowed: sources, working hours, volumes. */
import { readNetworks } from './analysis.ts';
import type { Node } from './document.ts';
import { readInteger, readMapping, readText, type Take } from './fields.ts';
import type { Problems } from './problems.ts';

/** One application and the networks that alone may use it. */
export interface AllowedSource {
  /** Host it answers to, or `ip:port`. */
  readonly app: string;
  readonly cidr: readonly string[];
}

export interface VolumeLimit {
  readonly app: string;
  /** Persons an account may be given in a day. */
  readonly max: number;
}

export interface WorkingHoursConfig {
  /** `HH:MM` of local time. */
  readonly from: string;
  readonly to: string;
  /** Days of the week, 1 (Monday) … 7. */
  readonly days: readonly number[];
}

export const usualWorkingHours: WorkingHoursConfig = { from: '07:00', to: '21:00', days: [1, 2, 3, 4, 5] };

const PERSONS = { least: 1, most: 10_000_000, unit: 'persons' };
const WEEKDAY = { least: 1, most: 7, unit: '' };

/** Minutes after midnight of `HH:MM`; 24:00 is the end of the day. */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}

export function readAllowedSources(node: Node, path: string, problems: Problems): readonly AllowedSource[] {
  return readList(node, path, problems, ['app', 'cidr'], (item, at) => {
    let app: string | undefined;
    let cidr: readonly string[] | undefined;
    const takes: Record<string, Take> = {
      app: ({ value }, full) => (app = readText(value, full, problems)?.toLowerCase()),
      cidr: ({ value }, full) => (cidr = readNetworks(value, full, problems)),
    };
    readMapping(item, at, takes, ['path', 'accounts'], problems);
    if (app !== undefined && cidr !== undefined && cidr.length > 0) return { app, cidr };
    problems.add(`${at} is not whole`, item.place, 'give app and cidr, with one network at least');
    return undefined;
  });
}

export function readVolumeLimits(node: Node, path: string, problems: Problems): readonly VolumeLimit[] {
  return readList(node, path, problems, ['app', 'max'], (item, at) => {
    let app: string | undefined;
    let max: number | undefined;
    const takes: Record<string, Take> = {
      app: ({ value }, full) => (app = readText(value, full, problems)?.toLowerCase()),
      max: ({ value }, full) => (max = readInteger(value, full, PERSONS, problems)),
    };
    readMapping(item, at, takes, ['api', 'label', 'per'], problems);
    if (app !== undefined && max !== undefined) return { app, max };
    problems.add(`${at} is not whole`, item.place, 'give app and max, in persons a day');
    return undefined;
  });
}

export function readWorkingHours(node: Node, path: string, problems: Problems): WorkingHoursConfig {
  const hours: { -readonly [K in keyof WorkingHoursConfig]: WorkingHoursConfig[K] } = { ...usualWorkingHours };
  const time =
    (key: 'from' | 'to'): Take =>
    ({ value }, full) => {
      const text = readText(value, full, problems);
      if (text === undefined) return;
      if (/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)) hours[key] = text;
      else problems.add(`${full} "${text}" is no time`, value.place, 'write it as "07:30", in quotes');
    };
  const takes: Record<string, Take> = {
    from: time('from'),
    to: time('to'),
    days({ value }, full) {
      if (value.kind !== 'list') {
        problems.add(`${full} is not a list`, value.place, 'write [1, 2, 3, 4, 5]; 1 is Monday');
        return;
      }
      const days = value.items.map((item, i) => readInteger(item, `${full}[${i}]`, WEEKDAY, problems));
      hours.days = [...new Set(days.filter((day) => day !== undefined))].sort();
    },
  };
  readMapping(node, path, takes, ['zone'], problems);
  if (minutesOf(hours.from) >= minutesOf(hours.to)) {
    problems.add(
      `${path} begin at ${hours.from} and end at ${hours.to}`,
      node.place,
      'let them end later than they begin',
    );
  }
  return hours;
}

const MOST = 10_000;

export function readList<T>(
  node: Node,
  path: string,
  problems: Problems,
  keys: readonly string[],
  take: (item: Node, path: string) => T | undefined,
): readonly T[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, `begin each entry with "- ", then ${keys.join(', ')}`);
    return [];
  }
  if (node.items.length > MOST) {
    problems.add(`${path} has ${node.items.length} entries`, node.place, `at most ${MOST} are accepted`);
    return [];
  }
  return node.items.flatMap((item, index) => take(item, `${path}[${index}]`) ?? []);
}
