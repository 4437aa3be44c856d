/**
 * What of a query string and a Referer may leave `read`: names stay, values go. A value stays only under the name of
 * a paging, sorting, format or function selector, and only as a plain word or a small number.
 */
import { classOf, isStrong } from './discover/segment.ts';
import type { IsClear, PathTemplates } from './discover/template.ts';
import { decodeText } from './discover/text-decode.ts';
import { RepeatCache } from './repeat-cache.ts';

const hidden = '***';
const cutMarker = '…';
/** Octets of a query that are looked at, characters of the result, and pairs: what follows is cut with `…`. */
const longestQuery = 8192;
const longestResult = 2048;
const mostPairs = 128;
const longestName = 64;
const longestValue = 48;

const paging = (
  'page pageno pagenum pagenumber pageindex pagesize curpage currentpage size limit offset start rows perpage count ' +
  'sort sorts sortby sortorder sortfield order orderby dir direction asc desc lang language locale charset encoding ' +
  'v ver version apiversion format fmt output alt view type mode pretty wsdl xsd'
).split(' ');
const selectors = (
  'funcno func function functionid functionno funcid funccode action act method cmd command op operation operationname ' +
  'service servicename servicecode svc api apiname apicode interface module msgtype trcode trancode txcode bizcode ' +
  'transcode serviceid m a do'
).split(' ');

/** Most digits of a number that stays, by parameter name: page numbers are short, function numbers have 6 to 8. */
const allowed = new Map<string, number>([
  ...paging.map((name): [string, number] => [name, 6]),
  ...selectors.map((name): [string, number] => [name, 8]),
]);

/** Texts of each kind that are remembered, and characters of the longest: at most 3 MB. */
const remembered = 1024;
const longestRemembered = 512;

/** Remembers what came of a text: callers send the same ones again and again. */
export class HeadMask {
  readonly #queries = new RepeatCache<string>(remembered, longestRemembered);
  readonly #referers = new RepeatCache<string>(remembered, longestRemembered);
  readonly #userAgents = new RepeatCache<string>(remembered, longestRemembered);
  readonly #maskQuery: (query: string) => string;
  readonly #maskReferer: (url: string) => string;

  /** `isClear`: a name in a query that is somebody's name or number itself. */
  constructor(templates: PathTemplates, isClear: IsClear) {
    this.#maskQuery = (query) => maskQuery(query, isClear);
    this.#maskReferer = (url) => maskReferer(url, templates);
  }

  /** `query` as sent, without its question mark. */
  query(query: string): string {
    return query === '' ? '' : (this.#queries.get(query) ?? this.#queries.make(query, this.#maskQuery));
  }

  /** Origin and masked path of a Referer; no query, fragment or user name. Empty for an empty one. */
  referer(url: string): string {
    return url === '' ? '' : (this.#referers.get(url) ?? this.#referers.make(url, this.#maskReferer));
  }

  /** User-Agent without long numbers and names of mailboxes; at most 512 characters. */
  userAgent(text: string): string {
    return text === '' ? '' : (this.#userAgents.get(text) ?? this.#userAgents.make(text, maskUserAgent));
  }
}

function maskQuery(query: string, isClear: IsClear): string {
  let out = '';
  let at = 0;
  const end = Math.min(query.length, longestQuery);
  for (let pairs = 0; at <= end; pairs++) {
    let stop = query.indexOf('&', at);
    if (stop < 0 || stop > end) stop = end;
    const masked = maskPair(query.slice(at, stop), isClear);
    if (pairs >= mostPairs || out.length + masked.length + 2 > longestResult) return `${out}&${cutMarker}`;
    out = pairs === 0 ? masked : `${out}&${masked}`;
    at = stop + 1;
  }
  return end < query.length ? `${out}&${cutMarker}` : out;
}

function maskPair(pair: string, isClear: IsClear): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair === '' || isPlainWord(pair) ? pair : hidden;
  const name = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const shownName = maskName(name, isClear);
  return `${shownName}=${value === '' || mayStay(name, value) ? value : hidden}`;
}

/** A name that reads as a value (a time stamp against caches, a token) is one. */
function maskName(name: string, isClear: IsClear): string {
  const { text, encoded } = decodeText(name.length > longestName ? name.slice(0, longestName) : name);
  if (isStrong(classOf(text)) || encoded.length > 3 * longestName || isClear(text)) return hidden;
  return name.length > longestName ? encoded + cutMarker : encoded;
}

/** Most digits of a number that a parameter of that name shows; 0 when it shows none. */
export function digitsShown(name: string): number {
  if (name.length > 20) return 0;
  const key = name.indexOf('_') < 0 && name.indexOf('-') < 0 ? name : name.replaceAll('_', '').replaceAll('-', '');
  return allowed.get(key) ?? allowed.get(key.toLowerCase()) ?? 0;
}

function mayStay(name: string, value: string): boolean {
  if (value.length > longestValue) return false;
  const digits = digitsShown(name);
  if (digits === 0) return false;
  return isSmallNumber(value, digits) || isPlainWord(value);
}

function isSmallNumber(value: string, most: number): boolean {
  if (value.length > most) return false;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return false;
  }
  return true;
}

const word = /^[A-Za-z][A-Za-z0-9]*(?:[._:/-][A-Za-z0-9]+)*$/;
const version = /^\d{1,2}(?:\.\d{1,2}){1,2}$/;

/** Letters, perhaps dotted or with few digits, that are no id: `trade.query`, `desc`, `zh-CN`, `2.0`. */
function isPlainWord(text: string): boolean {
  if (text.length > longestValue) return false;
  if (version.test(text)) return true;
  return word.test(text) && !isStrong(classOf(text));
}

const longestUserAgent = 512;
/** Longer runs of digits are telephones, devices and accounts; builds and versions are shorter. */
const longNumber = /\d{8,}/g;
const mailbox = /[\w.+-]+@(?=[\w-]+\.)/g;

function maskUserAgent(text: string): string {
  const kept = text.length > longestUserAgent ? text.slice(0, longestUserAgent) : text;
  const safe = kept.includes('@') ? kept.replace(mailbox, '***@') : kept;
  return /\d{8}/.test(safe) ? safe.replace(longNumber, '***') : safe;
}

const scheme = /^([a-z][a-z0-9+.-]{0,15}):\/\/([^/?#]*)/i;
const authority = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

function maskReferer(url: string, templates: PathTemplates): string {
  if (url === 'about:blank') return url;
  const absolute = scheme.exec(url.length > longestQuery ? url.slice(0, longestQuery) : url);
  if (absolute === null) return url.charCodeAt(0) === 0x2f ? templates.of(url).masked : hidden;
  const named = absolute[2]!.slice(absolute[2]!.lastIndexOf('@') + 1);
  const host = authority.test(named) ? named.toLowerCase() : hidden;
  const path = withoutQuery(url.slice(absolute[0].length));
  return `${absolute[1]!.toLowerCase()}://${host}${path === '' ? '/' : templates.of(path).masked}`;
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
