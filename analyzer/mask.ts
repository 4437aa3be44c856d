/**
 * What of a query string and a Referer may leave `read`: names stay, values go. A value stays only under the name of
 * a paging, sorting, format or function selector, and only as a plain word or a small number.
 */
import { classOf, isStrong } from './discover/segment.ts';
import { templateOf } from './discover/template.ts';
import { decodeText } from './discover/text-decode.ts';

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

/** `query` as sent, without its question mark. */
export function maskQuery(query: string): string {
  if (query === '') return '';
  let out = '';
  let at = 0;
  const end = Math.min(query.length, longestQuery);
  for (let pairs = 0; at <= end; pairs++) {
    let stop = query.indexOf('&', at);
    if (stop < 0 || stop > end) stop = end;
    const masked = maskPair(query.slice(at, stop));
    if (pairs >= mostPairs || out.length + masked.length + 2 > longestResult) return `${out}&${cutMarker}`;
    out = pairs === 0 ? masked : `${out}&${masked}`;
    at = stop + 1;
  }
  return end < query.length ? `${out}&${cutMarker}` : out;
}

function maskPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair === '' || isPlainWord(pair) ? pair : hidden;
  const name = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  const shownName = maskName(name);
  return `${shownName}=${value === '' || mayStay(name, value) ? value : hidden}`;
}

/** A name that reads as a value (a time stamp against caches, a token) is one. */
function maskName(name: string): string {
  const { text, encoded } = decodeText(name.length > longestName ? name.slice(0, longestName) : name);
  if (isStrong(classOf(text)) || encoded.length > 3 * longestName) return hidden;
  return name.length > longestName ? encoded + cutMarker : encoded;
}

function mayStay(name: string, value: string): boolean {
  if (name.length > 20 || value.length > longestValue) return false;
  const key = name.indexOf('_') < 0 && name.indexOf('-') < 0 ? name : name.replaceAll('_', '').replaceAll('-', '');
  const digits = allowed.get(key) ?? allowed.get(key.toLowerCase());
  if (digits === undefined) return false;
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

/** User-Agent without long numbers and names of mailboxes; at most 512 characters. */
export function maskUserAgent(text: string): string {
  const kept = text.length > longestUserAgent ? text.slice(0, longestUserAgent) : text;
  const safe = kept.includes('@') ? kept.replace(mailbox, '***@') : kept;
  return /\d{8}/.test(safe) ? safe.replace(longNumber, '***') : safe;
}

const scheme = /^([a-z][a-z0-9+.-]{0,15}):\/\/([^/?#]*)/i;
const authority = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** Origin and masked path of a Referer; no query, fragment or user name. Empty for an empty one. */
export function maskReferer(url: string): string {
  if (url === '' || url === 'about:blank') return url;
  const absolute = scheme.exec(url.length > longestQuery ? url.slice(0, longestQuery) : url);
  if (absolute === null) return url.charCodeAt(0) === 0x2f ? templateOf(withoutQuery(url)).masked : hidden;
  const named = absolute[2]!.slice(absolute[2]!.lastIndexOf('@') + 1);
  const host = authority.test(named) ? named.toLowerCase() : hidden;
  const path = withoutQuery(url.slice(absolute[0].length));
  return `${absolute[1]!.toLowerCase()}://${host}${path === '' ? '/' : templateOf(path).masked}`;
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
