/**
 * Values that a mask may stand for: `138****5678` is one of ten thousand mobile numbers, and each can be looked for by its
 * hash. Weaker than a value, since several people may share a mask; what leaves too much open is not tried.
 */
import { KeyedHash } from '../analyzer/analyzer.ts';
import { type Environment, readEarlierTraceKeys, readKey } from './keys.ts';

/** Values tried for one mask. */
const mostValues = 200_000;
/** Years of birth. */
const years = [1900, 2035] as const;
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checks = '10X98765432';

/** Answers the hashes of all values that a mask may stand for, under each trace key; null for what is no such mask. */
export function maskSearch(data: string, environment?: Environment): (mask: string) => readonly string[] | null {
  const keys = [readKey(data, 'trace', environment), ...readEarlierTraceKeys(data)].map((key) => new KeyedHash(key));
  return (mask) => {
    const values = valuesOf(mask);
    return values === null ? null : values.flatMap((value) => keys.map((key) => key.hexOfText(value)));
  };
}

/** In the form that values are hashed in; null where there are too many, or the mask is of no kind with a fixed length. */
export function valuesOf(mask: string): readonly string[] | null {
  const text = mask
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[*•●×]/g, '*')
    .replace(/[\s-]/g, '')
    .replace(/^\+?86(?=1[\d*xX]{10}$)/, '')
    // An X in the middle hides a digit; at the end of eighteen it is one.
    .replace(/x/gi, (letter, at: number, all: string) => (at === 17 && all.length === 18 ? letter.toUpperCase() : '*'));
  if (!text.includes('*')) return null;
  if (/^1[3-9*][\d*]{9}$/.test(text)) return filled(text)?.filter((value) => /^1[3-9]/.test(value)) ?? null;
  if (/^[1-9][\d*]{16}[\dX*]$/.test(text)) {
    const persons = identities(text);
    if (persons !== null) return persons;
  }
  return /^[3-6][\d*]{15,18}$/.test(text) ? (filled(text, 10)?.filter(isLuhn) ?? null) : null;
}

/** Every digit for every star; `share`: one of so many is expected to stay. */
function filled(text: string, share = 1): readonly string[] | null {
  const open = text.split('*').length - 1;
  if (10 ** open > mostValues * share) return null;
  let values = [''];
  for (const char of text) {
    const digits = char === '*' ? '0123456789' : char;
    values =
      digits.length === 1
        ? values.map((value) => value + digits)
        : values.flatMap((v) => [...digits].map((d) => v + d));
  }
  return values;
}

/** Resident identity numbers: place, date of birth, order, and a check character (GB 11643). */
function identities(text: string): readonly string[] | null {
  const [place, date, order, check] = [text.slice(0, 6), text.slice(6, 14), text.slice(14, 17), text[17]!];
  const days = datesOf(date);
  const open = `${place}${order}`.split('*').length - 1;
  if (days.length * 10 ** open > mostValues * (check === '*' ? 1 : 11)) return null;
  const found: string[] = [];
  for (const head of filled(place)!) {
    for (const day of days) {
      for (const tail of filled(order)!) {
        const body = head + day + tail;
        const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
        const last = checks[sum % 11]!;
        if (check === '*' || check === last) found.push(body + last);
      }
    }
  }
  return found;
}

function datesOf(mask: string): string[] {
  const pattern = new RegExp(`^${mask.replaceAll('*', '\\d')}$`);
  const days: string[] = [];
  for (let time = Date.UTC(years[0], 0, 1); time < Date.UTC(years[1], 0, 1); time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
    if (pattern.test(day)) days.push(day);
  }
  return days;
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = Number(digits[i]) * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
