/**
 * What one path segment is, by its spelling alone. All classes but `word` and `version` are strong: the segment is a
 * value of a parameter at first sight. A word may still be a value (a login, a slug); only behaviour can tell.
 * To take an operation for a value hides an API, which costs more than a split: in doubt a segment is a word.
 */
import { digit, kindOf, other, upperCase } from './character.ts';
import { isKnownName } from './lexicon.ts';
import {
  dateClass,
  digitsDate,
  isEmail,
  isIdCard,
  isIpAddress,
  isJwt,
  isMacAddress,
  isMobile,
  isTicker,
  isUuid,
  isVersion,
} from './typed-value.ts';
import { hasRandomTail, isBase64, isUnspeakable, isWordy, looksRandom, wordBefore } from './wording.ts';

export type SegmentClass =
  | 'word' // static
  | 'version' // static: v1, 2.0
  | 'uuid'
  | 'date'
  | 'datetime'
  | 'time'
  | 'ip'
  | 'email'
  | 'mobile' // of mainland China
  | 'id-card' // of mainland China
  | 'integer'
  | 'decimal'
  | 'hex' // 16 digits or more
  | 'objectid' // 24 hex digits
  | 'ulid'
  | 'ksuid'
  | 'prefixed' // cus_…, ORD2024…, user-123
  | 'code' // letters mixed with digits
  | 'ticker' // a security
  | 'token' // base64url of high entropy
  | 'jwt'
  | 'list' // values of these classes joined by commas
  | 'text'; // too long to be a name

/** Longer segments are no names. */
const longestWord = 128;
/** Longer segments are not looked at closely. */
const longestTyped = 2048;
const longestList = 64;

export function isStrong(segmentClass: SegmentClass): boolean {
  return segmentClass !== 'word' && segmentClass !== 'version';
}

export function classOf(text: string): SegmentClass {
  const { length } = text;
  if (length > longestTyped) return 'text';
  let digits = 0;
  let letters = 0;
  let hex = 0;
  let run = 0;
  let longestRun = 0;
  let comma = false;
  let at = false;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    const kind = kindOf(c);
    if (kind === digit) {
      digits++;
      hex++;
      if (++run > longestRun) longestRun = run;
      continue;
    }
    run = 0;
    if (kind !== other) {
      letters++;
      if ((c | 0x20) <= 0x66) hex++;
    } else if (c === 0x2c) comma = true;
    else if (c === 0x40) at = true;
  }
  if (digits === length) return length === 0 ? 'word' : digitsClass(text);
  if (at && isEmail(text)) return 'email';
  if (comma && isTypedList(text)) return 'list';
  if (digits === 0) return withoutDigits(text, letters, hex);
  if (isVersion(text)) return 'version';
  if (isKnownName(text)) return 'word';
  if (digits + letters === length) return alphanumericClass(text, digits, hex, longestRun);
  return punctuatedClass(text, digits, letters, longestRun);
}

function digitsClass(text: string): SegmentClass {
  if (text.length >= 8) {
    const date = digitsDate(text);
    if (date !== null) return date;
    if (isMobile(text)) return 'mobile';
    if (isIdCard(text)) return 'id-card';
  }
  return 'integer';
}

function withoutDigits(text: string, letters: number, hex: number): SegmentClass {
  const { length } = text;
  if (length < 16) return foreignSymbolLike(text, letters) && isTicker(text) ? 'ticker' : 'word';
  if (hex === length) return 'hex';
  if (isUuid(text)) return 'uuid';
  if (isJwt(text)) return 'jwt';
  if (letters === length && isUnspeakable(text)) return 'token';
  return length > longestWord ? 'text' : 'word';
}

function foreignSymbolLike(text: string, letters: number): boolean {
  return letters === text.length - 1 && kindOf(text.charCodeAt(0)) === upperCase;
}

const crockford = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const zeroX = /^0x[0-9a-f]{8,}$/i;

/** Letters and digits, at least one of each. */
function alphanumericClass(text: string, digits: number, hex: number, longestRun: number): SegmentClass {
  const { length } = text;
  if (hex === length && length >= 16) return length === 24 ? 'objectid' : 'hex';
  if (zeroX.test(text)) return 'hex';
  if (isTicker(text)) return 'ticker';
  if (length === 18 && isIdCard(text)) return 'id-card';
  if (digits >= 12 && longestRun >= 8 && dateClass(text) !== null) return 'datetime';
  if (longestRun >= 6 && isPrefixedNumber(text, longestRun)) return 'prefixed';
  if (longestRun >= 5) return 'code';
  if (length >= 6 && digits >= 2 && !isWordy(text)) {
    if (length === 26 && crockford.test(text)) return 'ulid';
    if (length === 27) return 'ksuid';
    return length >= 16 && looksRandom(text) ? 'token' : 'code';
  }
  if (length >= 16 && looksRandom(text)) return 'token';
  return length > longestWord ? 'text' : 'word';
}

/** A few letters, then digits to the end: `ORD20240001`. */
function isPrefixedNumber(text: string, longestRun: number): boolean {
  const prefix = text.length - longestRun;
  if (prefix > 8) return false;
  for (let i = 0; i < prefix; i++) {
    if (kindOf(text.charCodeAt(i)) === digit) return false;
  }
  return true;
}

const decimal = /^[+-]?\d{1,20}\.\d{1,20}$/;
const signed = /^[+-]\d{1,20}$/;

/** Digits beside something that is neither a letter nor a digit. */
function punctuatedClass(text: string, digits: number, letters: number, longestRun: number): SegmentClass {
  if (isUuid(text)) return 'uuid';
  if (letters <= 8) {
    if (isMobile(text)) return 'mobile';
    if (signed.test(text)) return 'integer';
    if (isIpAddress(text)) return 'ip';
    const date = dateClass(text);
    if (date !== null) return date;
    if (decimal.test(text)) return 'decimal';
    if (isTicker(text)) return 'ticker';
  } else if (isIpAddress(text)) {
    return 'ip';
  }
  if (isMacAddress(text)) return 'code';
  if (isJwt(text)) return 'jwt';
  if (text.length >= 16 && isBase64(text) && looksRandom(text)) return wordBefore(text, '_') ? 'prefixed' : 'token';
  const compound = compoundClass(text, digits, letters);
  if (compound !== 'word') return compound;
  if (longestRun >= 5) return 'code';
  return text.length > longestWord ? 'text' : 'word';
}

/** A segment of tokens: `user-123`, `cus_9sXk2LmQ`, `2024-000123`. One strong token makes the whole a value. */
function compoundClass(text: string, digits: number, letters: number): SegmentClass {
  if (letters === 0) return digits >= 3 && isAscii(text) ? 'code' : 'word';
  let tokens = 0;
  let strongAt = -1;
  let shortNumber = false;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && kindOf(text.charCodeAt(i)) !== other) continue;
    if (i > from) {
      const strength = tokenStrength(text, from, i);
      if (strength === 2 && strongAt < 0) strongAt = tokens;
      if (strength === 1) shortNumber = true;
      tokens++;
    }
    from = i + 1;
  }
  if (strongAt >= 0) return strongAt === 0 ? 'code' : 'prefixed';
  if (tokens === 2 && hasRandomTail(text)) return 'prefixed';
  return shortNumber && tokens === 2 && kindOf(text.charCodeAt(0)) !== digit ? 'prefixed' : 'word';
}

/** 2: an id wherever it stands; 1: a number of three or four digits, no year: an id after a single word; 0: neither. */
function tokenStrength(text: string, from: number, to: number): 0 | 1 | 2 {
  const length = to - from;
  if (length < 3) return 0;
  let digits = 0;
  let hex = 0;
  let run = 0;
  let longestRun = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (kindOf(c) === digit) {
      digits++;
      hex++;
      if (++run > longestRun) longestRun = run;
    } else {
      run = 0;
      if ((c | 0x20) <= 0x66) hex++;
    }
  }
  if (digits === 0) return 0;
  if (digits === length) {
    if (length >= 5) return 2;
    const year = length === 4 ? +text.slice(from, to) : 0;
    return year >= 1900 && year <= 2099 ? 0 : 1;
  }
  if (longestRun >= 5 || (hex === length && length >= 8)) return 2;
  if (length < 6 || digits < 2) return 0;
  const token = text.slice(from, to);
  return isVersion(token) || isKnownName(token) || isWordy(token) ? 0 : 2;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** True when every item of a comma list is a strong value. */
function isTypedList(text: string): boolean {
  const items = text.split(',', longestList + 1);
  if (items.length < 2 || items.length > longestList) return false;
  for (const item of items) if (item === '' || !isStrong(classOf(item))) return false;
  return true;
}
