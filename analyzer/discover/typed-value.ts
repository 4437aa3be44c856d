/** Values with a grammar of their own: each test is anchored, without nested repetition, so it takes linear time. */
import { isIPv6 } from 'node:net';
import { hexValue } from './text-decode.ts';

export function isUuid(text: string): boolean {
  let from = 0;
  if (text.length === 38 && text[0] === '{' && text[37] === '}') from = 1;
  else if (text.length === 45 && text.slice(0, 9).toLowerCase() === 'urn:uuid:') from = 9;
  else if (text.length !== 36) return false;
  for (let i = 0; i < 36; i++) {
    const c = text.charCodeAt(from + i);
    const dash = i === 8 || i === 13 || i === 18 || i === 23;
    if (dash ? c !== 0x2d : hexValue(c) < 0) return false;
  }
  return true;
}

function validDate(year: number, month: number, day: number): boolean {
  return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** `20241227`, `20241227093000`, with milliseconds; digits alone. */
export function digitsDate(text: string): 'date' | 'datetime' | null {
  const { length } = text;
  if (length !== 8 && length !== 14 && length !== 17) return null;
  if (!validDate(+text.slice(0, 4), +text.slice(4, 6), +text.slice(6, 8))) return null;
  if (length === 8) return 'date';
  return +text.slice(8, 10) < 24 && +text.slice(10, 12) < 60 && +text.slice(12, 14) < 60 ? 'datetime' : null;
}

const isoDate = /^(\d{4})([-._])(\d{1,2})\2(\d{1,2})(?:[T _]([\dZ:.+-]{2,22}))?$/;
const compactDateTime = /^(\d{4})(\d\d)(\d\d)T\d{4,6}(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?$/;
const yearMonth = /^(?:19|20)\d\d[-._](?:0[1-9]|1[0-2])$/;
const dayFirst = /^(\d{1,2})([-._])(\d{1,2})\2(\d{4})$/;
const chineseDate = /^(\d{4})年(\d{1,2})月(?:(\d{1,2})日?)?$/;
const timeOfDay = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?Z?$/;

export function dateClass(text: string): 'date' | 'datetime' | 'time' | null {
  if (text.length > 35) return null;
  const iso = isoDate.exec(text);
  if (iso !== null && validDate(+iso[1]!, +iso[3]!, +iso[4]!)) return iso[5] === undefined ? 'date' : 'datetime';
  const compact = compactDateTime.exec(text);
  if (compact !== null && validDate(+compact[1]!, +compact[2]!, +compact[3]!)) return 'datetime';
  if (yearMonth.test(text)) return 'date';
  const reversed = dayFirst.exec(text);
  if (reversed !== null) {
    const a = +reversed[1]!;
    const b = +reversed[3]!;
    if (validDate(+reversed[4]!, Math.min(a, b), Math.max(a, b))) return 'date';
  }
  const chinese = chineseDate.exec(text);
  if (chinese !== null && validDate(+chinese[1]!, +chinese[2]!, +(chinese[3] ?? 1))) return 'date';
  return timeOfDay.test(text) ? 'time' : null;
}

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5}|\/\d{1,2})?$/;

export function isIpAddress(text: string): boolean {
  const four = ipv4.exec(text);
  if (four !== null) return +four[1]! < 256 && +four[2]! < 256 && +four[3]! < 256 && +four[4]! < 256;
  if (text.length < 3 || text.length > 47) return false;
  const first = text.indexOf(':');
  if (first < 0 || text.indexOf(':', first + 1) < 0) return false;
  return isIPv6(text[0] === '[' && text.endsWith(']') ? text.slice(1, -1) : text);
}

const email = /^[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/;
const mobile = /^(?:\+?86-?|0086)?1[3-9]\d{9}$/;
const macAddress = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;
const jwt = /^eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*$/;

export function isEmail(text: string): boolean {
  return text.length <= 254 && email.test(text);
}

/** A mobile number of mainland China, with or without the country code. */
export function isMobile(text: string): boolean {
  return text.length >= 11 && text.length <= 15 && mobile.test(text);
}

export function isMacAddress(text: string): boolean {
  return text.length === 17 && macAddress.test(text);
}

export function isJwt(text: string): boolean {
  return text.startsWith('eyJ') && jwt.test(text);
}

const idCardWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A resident identity number of China (GB 11643-1999): 17 digits, among them a date of birth, and a check character. */
export function isIdCard(text: string): boolean {
  if (text.length !== 18 || !validDate(+text.slice(6, 10), +text.slice(10, 12), +text.slice(12, 14))) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    sum += digit * idCardWeights[i]!;
  }
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase();
}

const marketFirst = /^(?:sh|sz|bj|hk|of)\d{5,6}$/i;
const marketLast = /^\d{4,6}\.(?:sh|ss|sz|bj|hk|of|xshg|xshe|xhkg)$/i;
const indexFuture = /^(?:IF|IH|IC|IM|TF|TS|TL|T)\d\d(?:0[1-9]|1[0-2])(?:\.CF[EX]|\.CFFEX)?$/;
const commodityFuture = /^[A-Za-z]{1,2}\d{3,4}\.(?:SHF|SHFE|DCE|CZC|CZCE|INE|GFE|GFEX)$/;
const foreignSymbol = /^[A-Z]{1,5}\.(?:US|N|O|OQ)$/;

/** A security as Chinese quote systems write it: `sh600000`, `600000.SH`, `00700.HK`, `IF2412`, `AAPL.US`. */
export function isTicker(text: string): boolean {
  if (text.length < 3 || text.length > 14) return false;
  return (
    marketFirst.test(text) ||
    marketLast.test(text) ||
    indexFuture.test(text) ||
    commodityFuture.test(text) ||
    foreignSymbol.test(text)
  );
}

const markedVersion =
  /^v\d{1,3}(?:\.\d{1,4}){0,3}(?:[-._]?(?:alpha|beta|rc|pre|preview|snapshot|release|final|p)[-._]?\d{0,3}){0,2}$/i;
const datedVersion = /^v(?:19|20)\d\d[-.]?(?:0[1-9]|1[0-2])[-.]?\d\d$/i;
const bareVersion = /^\d{1,2}\.\d$|^\d{1,2}\.\d{1,2}\.\d{1,3}$/;

/** `v1`, `v2.1`, `v1beta1`, `1.0`, `1.33.2`. A number with two decimals is an amount, not a version. */
export function isVersion(text: string): boolean {
  if (text.length < 2 || text.length > 24) return false;
  return (text.charCodeAt(0) | 0x20) === 0x76
    ? markedVersion.test(text) || datedVersion.test(text)
    : bareVersion.test(text);
}
