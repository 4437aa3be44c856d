/** `rateLimits:` — how often somebody may call. */
import type { Node } from './document.ts';
import { readInteger, readMapping, readText, type Take } from './fields.ts';
import { nearestName, type Problems } from './problems.ts';

export const ratePers = ['client', 'account', 'api', 'function', 'app'] as const;

export interface RateLimitConfig {
  readonly per: (typeof ratePers)[number];
  /** `1s`, `1m`, `1h`, `1d`. */
  readonly every: string;
  /** Calls that are within the limit. */
  readonly max: number;
  /** Host or `ip:port`; absent: any. */
  readonly app?: string;
  /** Template (`/api/orders/{orderId}`) or id of an API; absent: any. */
  readonly api?: string;
  /** `login`, `export` …; absent: any. */
  readonly function?: string;
}

const CALLS = { least: 1, most: 1_000_000_000, unit: 'calls' };
const most = 200;
const units: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };

/** µs of `1s`, `10m`, `1h`, `1d`; null for anything else. */
export function timeOf(text: string): number | null {
  const found = /^(\d{1,4})([smhd])$/.exec(text);
  if (found === null) return null;
  const time = Number(found[1]) * units[found[2]!]!;
  return time >= 1e6 && time <= 7 * 86_400e6 ? time : null;
}

export function readRateLimits(node: Node, path: string, problems: Problems): readonly RateLimitConfig[] {
  if (node.kind !== 'list') {
    problems.add(`${path} is not a list`, node.place, 'begin each entry with "- ", then per, every and max');
    return [];
  }
  if (node.items.length > most) {
    problems.add(`${path} has ${node.items.length} entries`, node.place, `at most ${most} are accepted`);
    return [];
  }
  return node.items.flatMap((item, i) => readLimit(item, `${path}[${i}]`, problems) ?? []);
}

function readLimit(node: Node, path: string, problems: Problems): RateLimitConfig | undefined {
  const limit: { -readonly [K in keyof RateLimitConfig]?: RateLimitConfig[K] } = {};
  const before = node.kind === 'mapping' ? node.entries.map(({ key }) => key) : [];
  let isSound = true;
  const wrong = (what: string, at: Node, advice: string): void => {
    isSound = false;
    problems.add(what, at.place, advice);
  };
  const takes: Record<string, Take> = {
    per({ value }, full) {
      const text = readText(value, full, problems);
      const known = ratePers.find((each) => each === text);
      if (known !== undefined) limit.per = known;
      else if (text !== undefined) {
        const near = nearestName(text, ratePers);
        wrong(
          `${full} "${text}"`,
          value,
          near === undefined ? `write ${ratePers.join(', ')}` : `did you mean "${near}"?`,
        );
      } else isSound = false;
    },
    every({ value }, full) {
      const text = readText(value, full, problems);
      if (text !== undefined && timeOf(text) !== null) limit.every = text;
      else if (text !== undefined) wrong(`${full} "${text}" is no time`, value, 'write 1s, 1m, 1h or 1d; at most 7d');
      else isSound = false;
    },
    max({ value }, full) {
      const max = readInteger(value, full, CALLS, problems);
      if (max === undefined) isSound = false;
      else limit.max = max;
    },
  };
  for (const key of ['app', 'api', 'function'] as const) {
    takes[key] = ({ value }, full) => {
      const text = readText(value, full, problems);
      if (text !== undefined) limit[key] = key === 'api' ? text : text.toLowerCase();
    };
  }
  readMapping(node, path, takes, [], problems);
  const { per, every, max } = limit;
  if (per !== undefined && every !== undefined && max !== undefined) return { ...limit, per, every, max };
  const missing = ['per', 'every', 'max'].filter((key) => !before.includes(key));
  if (isSound && missing.length > 0) problems.add(`${path} has no ${missing.join(', ')}`, node.place, 'add it');
  return undefined;
}
