/** Names of path parameters: what the segment before says (`/customers/{customerId}`), else what the value is. */
import { BoundedCache } from '../bounded-cache.ts';
import { isVerb } from './lexicon.ts';
import type { SegmentClass } from './segment.ts';

/** Classes whose own name says more than the segment before. */
const ownNames: Partial<Record<SegmentClass, string>> = {
  date: 'date',
  datetime: 'dateTime',
  time: 'time',
  ip: 'ip',
  email: 'email',
  mobile: 'mobile',
  'id-card': 'idCard',
  decimal: 'number',
  ticker: 'ticker',
  jwt: 'token',
  text: 'text',
};

/** Names of the other classes where no word stands before. */
const fallbackNames: Partial<Record<SegmentClass, string>> = {
  uuid: 'uuid',
  hex: 'hash',
  objectid: 'objectId',
  code: 'code',
  token: 'token',
  list: 'ids',
};

/** `before` is the segment before the parameter, or empty when that is none or a parameter itself. */
export function parameterName(before: string, segmentClass: SegmentClass): string {
  const own = ownNames[segmentClass];
  if (own !== undefined) return own;
  const noun = nounOf(before);
  if (noun === '') return fallbackNames[segmentClass] ?? 'id';
  return segmentClass === 'list' ? `${noun}s` : noun;
}

/** Words that stand before values and name no thing. */
const empty = new Set([
  'api',
  'rest',
  'v',
  'id',
  'ids',
  'by',
  'by-id',
  'byid',
  'index',
  'detail',
  'details',
  'info',
  'item',
  'items',
]);

const nouns = new BoundedCache<string>(2048);

/** Name of the id of what a segment names, or empty. Cached: an application has few such words. */
function nounOf(before: string): string {
  if (before.length > 32) return '';
  let noun = nouns.get(before);
  if (noun === undefined) nouns.set(before, (noun = inferNoun(before)));
  return noun;
}

function inferNoun(before: string): string {
  if (before.length < 2 || !/^[a-z][\w-]*$/i.test(before) || /\d/.test(before)) return '';
  if (empty.has(before.toLowerCase())) return '';
  const words = before
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter((word) => word !== '');
  while (words.length > 0 && isVerb(words[0]!) && !isThing(words[0]!)) words.shift();
  if (words.length === 0) return '';
  const last = words.length - 1;
  words[last] = singular(words[last]!.toLowerCase());
  const noun = words
    .map((word, i) => (i === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1).toLowerCase()))
    .join('');
  return /(?:id|no|code|key|number)$/i.test(noun) ? noun : `${noun}Id`;
}

/** Verbs that are also what is asked for: `/order/123`, `/trade/123`. */
function isThing(word: string): boolean {
  return /^(?:order|trade|transfer|deposit|batch|audit|release|archive)$/i.test(word);
}

const irregular = new Map([
  ['people', 'person'],
  ['children', 'child'],
  ['indices', 'index'],
  ['movies', 'movie'],
  ['series', 'series'],
  ['news', 'news'],
  ['status', 'status'],
  ['analysis', 'analysis'],
  ['address', 'address'],
]);

export function singular(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:ss|sh|ch|x|zz|[^aeo]us)es$/.test(word)) return word.slice(0, -2);
  return /(?:ss|us|is)$/.test(word) ? word : word.slice(0, -1);
}
