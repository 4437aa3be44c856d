/** Every validator by the name recognizers call it. Those of numbers with check digits are in checksums.ts. */
import { isAddress } from './address.ts';
import { checksums, isDay, type Validator } from './checksums.ts';
import { isPersonName, isTypicalName } from './chinese.ts';
import { images } from './images.ts';
import { digitValue, isAlphanumeric, isDigit, leadsHan, textOf } from './octets.ts';

function digitsIn(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) count += isDigit[bytes[i]!]!;
  return count;
}

/** First three digits in use: 130–139, 145–153, 155–159, 162, 165–167, 170–178, 180–193, 195–199. */
const mobilePrefixes = new Uint8Array(1000);
for (const [from, to] of [
  [130, 139],
  [145, 153],
  [155, 159],
  [162, 162],
  [165, 167],
  [170, 178],
  [180, 193],
  [195, 199],
] as const) {
  mobilePrefixes.fill(1, from, to + 1);
}

const mobilePrefix: Validator = (bytes, start, end) => {
  if (end - start === 11) {
    return mobilePrefixes[bytes[start]! * 100 + bytes[start + 1]! * 10 + bytes[start + 2]! - 0x30 * 111] === 1;
  }
  let seen = 0;
  let at = end;
  while (at > start && seen < 11) seen += isDigit[bytes[--at]!]!;
  let prefix = 0;
  for (let taken = 0; taken < 3; at++) {
    if (isDigit[bytes[at]!] === 0) continue;
    prefix = prefix * 10 + bytes[at]! - 0x30;
    taken++;
  }
  return mobilePrefixes[prefix] === 1;
};

/** 010, 02x with x ≠ 6, 03xx … 09xx; an area code of three digits has a number of eight. */
const areaCode: Validator = (bytes, start, end) => {
  const second = bytes[start + 1]! - 0x30;
  const digits = digitsIn(bytes, start, end);
  if (second === 1) return bytes[start + 2] === 0x30 && digits === 11;
  if (second === 2) return bytes[start + 2] !== 0x36 && digits === 11;
  return second >= 3 && digits >= 11;
};

const hasHyphen: Validator = (bytes, start, end) => bytes.subarray(start, end).includes(0x2d);

/** Four octets, none above 255, no leading zero. */
const ipv4: Validator = (bytes, start, end) => {
  let value = -1;
  for (let i = start; i <= end; i++) {
    const octet = i === end ? 0x2e : bytes[i]!;
    if (octet === 0x2e) {
      if (value < 0 || value > 255) return false;
      value = -1;
    } else {
      if (value === 0) return false;
      value = (value < 0 ? 0 : value * 10) + octet - 0x30;
    }
  }
  return true;
};

/** Version strings have four small parts too: an address mostly has two parts above 30. */
const twoLargeOctets: Validator = (bytes, start, end) => {
  const parts = textOf(bytes, start, end).split('.');
  return parts.filter((part) => Number(part) > 30).length >= 2;
};

const ipv6: Validator = (bytes, start, end) => {
  const text = textOf(bytes, start, end);
  const groups = text.split(':');
  const gaps = text.split('::').length - 1;
  if (gaps > 1 || groups.some((group) => group.length > 4)) return false;
  return gaps === 1 ? groups.length >= 4 && groups.length <= 8 : groups.length === 8;
};

/** Hex pairs that are no filler: 00:00:… and ff:ff:… name nobody. */
const unicastMac: Validator = (bytes, start, end) => {
  const text = textOf(bytes, start, end).toLowerCase();
  return /[1-9a-e]/.test(text) && text.includes(':') !== text.includes('-');
};

const calendarDate: Validator = (bytes, start, end) => {
  const digits = textOf(bytes, start, end).match(/\d+/g) ?? [];
  const [year, month, day] =
    digits.length === 1 && digits[0]!.length === 8
      ? [digits[0]!.slice(0, 4), digits[0]!.slice(4, 6), digits[0]!.slice(6)]
      : digits;
  return isDay(Number(year), Number(month), Number(day));
};

/** Longitude 73–135.1 and latitude 3.8–53.6, in either order or alone: the box around China. */
const chinaPosition: Validator = (bytes, start, end) => {
  const numbers = (textOf(bytes, start, end).match(/\d+\.\d+/g) ?? []).map(Number);
  const [first, second] = numbers;
  const isLongitude = (n: number | undefined) => n !== undefined && n >= 73 && n <= 135.1;
  const isLatitude = (n: number | undefined) => n !== undefined && n >= 3.8 && n <= 53.6;
  if (numbers.length === 1) return isLongitude(first) || isLatitude(first);
  return (isLongitude(first) && isLatitude(second)) || (isLatitude(first) && isLongitude(second));
};

/** Part one is a JSON object with `alg` (RFC 7515 §4.1.1), in the URL's base64 alphabet. */
const jwt: Validator = (bytes, start, end) => {
  const text = textOf(bytes, start, Math.min(end, start + 4096));
  const head = Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString('latin1');
  return head.startsWith('{') && /"alg"\s*:/.test(head);
};

/** Octets of a secret that are looked at. */
const farthest = 512;
/** By octet: how often it came; all 0 between calls. */
const counts = new Uint16Array(256);
/** Octets in the order in which they came first. */
const came = new Uint8Array(256);

/** Whether the octets have at least so many bits of Shannon entropy each. */
function isVaried(bytes: Uint8Array, start: number, end: number, least: number): boolean {
  const length = end - start;
  let different = 0;
  let most = 0;
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    const count = ++counts[octet];
    if (count === 1) came[different++] = octet;
    if (count > most) most = count;
  }
  // It is never less than that of the most frequent octet alone; 12 is more than 2 to the power of 3.5.
  let varied = length > most * (least <= 3 ? 8 : 12);
  if (!varied) {
    let bits = 0;
    for (let i = 0; i < different; i++) {
      const share = counts[came[i]!]! / length;
      bits -= share * Math.log2(share);
    }
    varied = bits >= least;
  }
  for (let i = 0; i < different; i++) counts[came[i]!] = 0;
  return varied;
}

/** Random enough to be a key: letters and digits, 3.5 bits an octet; hex has 4 symbols less a bit: 3.0 suffices. */
const entropyOfKey: Validator = (bytes, start, end) => {
  const stop = Math.min(end, start + farthest);
  let digits = 0;
  let letters = 0;
  let hex = 0;
  for (let i = start; i < stop; i++) {
    const octet = bytes[i]!;
    digits += isDigit[octet]!;
    letters += isAlphanumeric[octet]! - isDigit[octet]!;
    hex += digitValue[octet]! < 16 ? 1 : 0;
  }
  if (digits === 0 || letters === 0) return false;
  return isVaried(bytes, start, stop, hex === stop - start ? 3 : 3.5);
};

/** Not one symbol again and again: 3 bits an octet, letters alone too. */
const varied: Validator = (bytes, start, end) => isVaried(bytes, start, Math.min(end, start + farthest), 3);

/** Keys of documentation and templates. */
const placeholder = /x{6}|example|\$\{|\{\{|<[^>]*>|your[-_]?|placeholder|changeme/i;
/** Runs of one character, and the order of keys: where they are most of the value, nobody drew it by lot. */
const fillers = /(.)\1{5,}|0?123456789?0?|abcdefg?h?i?j?/gi;

const notPlaceholder: Validator = (bytes, start, end) => {
  const text = textOf(bytes, start, end);
  if (placeholder.test(text)) return false;
  let filled = 0;
  for (const [run] of text.matchAll(fillers)) filled += run.length;
  return filled * 2 <= text.length;
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const notUuid: Validator = (bytes, start, end) => end - start !== 36 || !uuid.test(textOf(bytes, start, end));

const flags = new Set(
  (
    'true false null none undefined yes no on off set unset empty default enabled disabled password passwd pwd md5 sha1 ' +
    'sha256 rsa sm2 sm3 sm4 aes text string hidden required plain encrypted success fail failed error expired'
  ).split(' '),
);

/** A secret a person typed or a form of it: no flag, no label, no repeated placeholder. */
const notFlag: Validator = (bytes, start, end) => {
  for (let i = start; i < end; i++) if (leadsHan(bytes[i]!)) return false;
  const text = textOf(bytes, start, end);
  return !flags.has(text.toLowerCase()) && !/^[*•.?-]+$/.test(text) && !/^(?:\$\{.*\}|\{\{.*\}\}|<.*>|%s)$/.test(text);
};

/** A sum of money of a person or a firm: at most 11 digits before the point, no price of many decimals, no exponent. */
const plainAmount: Validator = (bytes, start, end) => {
  let whole = 0;
  let decimals = -1;
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (octet === 0x2e) decimals = 0;
    else if (isDigit[octet] === 1) {
      if (decimals >= 0) decimals++;
      else whole++;
    }
  }
  return whole >= 1 && whole <= 11 && decimals <= 4 && decimals !== 0;
};

export const validators: Readonly<Record<string, Validator>> = {
  ...checksums,
  ...images,
  'mobile-prefix': mobilePrefix,
  'area-code': areaCode,
  hyphen: hasHyphen,
  ipv4,
  ipv6,
  'two-large-octets': twoLargeOctets,
  'unicast-mac': unicastMac,
  'calendar-date': calendarDate,
  'china-position': chinaPosition,
  jwt,
  entropy: entropyOfKey,
  varied,
  'not-placeholder': notPlaceholder,
  'not-flag': notFlag,
  'not-uuid': notUuid,
  'plain-amount': plainAmount,
  'person-name': isPersonName,
  'typical-name': isTypicalName,
  'address-words': (bytes, start, end) => isAddress(bytes, start, end, 2),
  'address-detail': (bytes, start, end) => isAddress(bytes, start, end, 4),
};
