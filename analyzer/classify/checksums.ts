/**
 * Check characters and structure of numbers, over octets as they lie. Separators (space, hyphen, brackets) are stepped
 * over where people write them.
 */
import { digitValue, isDigit } from './octets.ts';
import type { Tables } from './tables.ts';

export type Validator = (bytes: Uint8Array, start: number, end: number, tables: Tables) => boolean;

function number(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + bytes[i]! - 0x30;
  return value;
}

const days = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the Gregorian calendar between 1850 and 2100. */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1850 || year > 2100 || month < 1 || month > 12 || day < 1 || day > days[month]!) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** Weights of GB 11643-1999 §4.5: 2^(17-i) mod 11. */
const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Resident id of 18 characters: check character (ISO 7064 MOD 11-2). */
const gb11643: Validator = (bytes, start, end) => {
  if (end - start !== 18) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (bytes[start + i]! - 0x30) * idWeights[i]!;
  const check = (12 - (sum % 11)) % 11;
  const last = bytes[end - 1]!;
  return check === 10 ? (last | 0x20) === 0x78 : last - 0x30 === check;
};

/** Births behind this year are taken for chance. There is no clock here but packet time, which validators don't see. */
const latestBirth = 2040;

const idBirth: Validator = (bytes, start, end) => {
  const length = end - start;
  if (length === 18) {
    const at = start + 6;
    const year = number(bytes, at, at + 4);
    return year <= latestBirth && isDay(year, number(bytes, at + 4, at + 6), number(bytes, at + 6, at + 8));
  }
  const at = start + 6;
  return isDay(1900 + number(bytes, at, at + 2), number(bytes, at + 2, at + 4), number(bytes, at + 4, at + 6));
};

/** GB/T 2260 province codes. */
const provinces = new Uint8Array(100);
for (const code of [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46]) {
  provinces[code] = 1;
}
for (const code of [50, 51, 52, 53, 54, 61, 62, 63, 64, 65]) provinces[code] = 1;

const province: Validator = (bytes, start) => provinces[number(bytes, start, start + 2)] === 1;

/** The permanent residence card for foreigners, form of 2023: 9, then the province. */
const provinceSecond: Validator = (bytes, start) => provinces[number(bytes, start + 1, start + 3)] === 1;

/** Known now or once: people keep the code of a district that is gone. */
const region: Validator = (bytes, start, _end, { regions }) => regions.has(number(bytes, start, start + 6));

/** ISO/IEC 7812-1 annex B. A number of one repeated digit is a filler. */
const luhn: Validator = (bytes, start, end) => {
  let sum = 0;
  let count = 0;
  let same = true;
  let last = -1;
  for (let i = end - 1; i >= start; i--) {
    const octet = bytes[i]!;
    if (isDigit[octet] === 0) continue;
    let digit = octet - 0x30;
    if (last >= 0 && digit !== last) same = false;
    last = digit;
    if (count++ % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return count > 8 && sum % 10 === 0 && !same;
};

const bankBin: Validator = (bytes, start, end, { bins, binBegins }) => {
  let prefix = 0;
  let length = 0;
  for (let i = start; i < end && length < 10; i++) {
    const octet = bytes[i]!;
    if (isDigit[octet] === 0) continue;
    prefix = prefix * 10 + octet - 0x30;
    length++;
    if (length === 6) {
      if (binBegins[prefix] !== 2) return binBegins[prefix] === 1;
    } else if (length > 6 && bins[length]?.has(prefix) === true) return true;
  }
  return false;
};

/** Issuer ranges of the international schemes (ISO/IEC 7812-1), with the lengths each uses. */
const cardScheme: Validator = (bytes, start, end) => {
  let first = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (isDigit[octet] === 0) continue;
    if (count++ < 4) first = first * 10 + octet - 0x30;
  }
  const two = Math.floor(first / 100);
  if (two === 34 || two === 37) return count === 15;
  if (Math.floor(two / 10) === 4) return count === 13 || count === 16 || count === 19;
  if ((two >= 51 && two <= 55) || (first >= 2221 && first <= 2720)) return count === 16;
  if (two === 36 || two === 38 || two === 39 || (first >= 3000 && first <= 3059)) return count === 14 || count === 16;
  if (first >= 3528 && first <= 3589) return count >= 16;
  if (first === 1800 || first === 2131) return count === 15;
  if (first === 6011 || two === 65 || (first >= 6440 && first <= 6499)) return count >= 16;
  if (two === 62) return count >= 16;
  return (two === 50 || (two >= 56 && two <= 58) || two === 67 || two === 63) && count >= 12;
};

const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const usccValue = new Int8Array(256).fill(-1);
for (const [index, letter] of [...usccAlphabet].entries()) {
  usccValue[letter.charCodeAt(0)] = index;
  usccValue[letter.toLowerCase().charCodeAt(0)] = index;
}

/** GB 32100-2015 annex A: weights 3^(i-1) mod 31. */
const uscc: Validator = (bytes, start, end) => {
  if (end - start !== 18) return false;
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < 17; i++) {
    const value = usccValue[bytes[start + i]!]!;
    if (value < 0) return false;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return (31 - (sum % 31)) % 31 === usccValue[bytes[end - 1]!];
};

const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/** The nine inner characters are an organisation code of their own (GB 11714-1997: letters count from A = 10). */
const organisation: Validator = (bytes, start) => {
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += digitValue[bytes[start + 8 + i]!]! * organisationWeights[i]!;
  const check = (11 - (sum % 11)) % 11;
  return digitValue[bytes[start + 16]!] === (check === 10 ? 33 : check);
};

/** Division digits of a credit code: a province, or 10 for the state's own offices. */
const usccRegion: Validator = (bytes, start) => {
  const code = number(bytes, start + 2, start + 4);
  return code === 10 || provinces[code] === 1;
};

/** Hong Kong identity card: weights 9 (8) … 2, 1; a missing first letter counts 36. */
const hongKongId: Validator = (bytes, start, end) => {
  const digits = end - 9;
  const second = digitValue[bytes[digits - 1]!]!;
  let sum = (digits - 1 === start ? 36 : digitValue[bytes[start]!]!) * 9 + second * 8;
  for (let i = 0; i < 6; i++) sum += (bytes[digits + i]! - 0x30) * (7 - i);
  return (sum + digitValue[bytes[end - 2]!]!) % 11 === 0;
};

/** Letters of Taiwan's identity numbers in the order of their values, from 10. */
const taiwanOrder = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

const taiwanId: Validator = (bytes, start) => {
  const value = 10 + taiwanOrder.indexOf(String.fromCharCode(bytes[start]! & 0xdf));
  let sum = Math.floor(value / 10) + (value % 10) * 9;
  for (let i = 1; i <= 8; i++) sum += (bytes[start + i]! - 0x30) * (9 - i);
  return (sum + bytes[start + 9]! - 0x30) % 10 === 0;
};

/** Type allocation codes begin with the reporting body: 01, 35, 86, 99 and the tens between. */
const imeiBody: Validator = (bytes, start) => {
  const body = number(bytes, start, start + 2);
  return body === 1 || body === 35 || body === 86 || body === 99 || body === 45 || body === 49 || body === 52;
};

/** Lengths by country, as the registry of ISO 13616-2 has them: one in 97 of other texts has the right check digits. */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((each) => [each.charCodeAt(0) * 256 + each.charCodeAt(1), Number(each.slice(2))]),
);

/** ISO 13616-1: country and check digits go to the end, letters count from A = 10, the whole is 1 modulo 97. */
const iban: Validator = (bytes, start, end) => {
  let rest = 0;
  let count = 0;
  const take = (octet: number) => {
    if (octet === 0x20) return;
    const value = digitValue[octet]!;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    count++;
  };
  for (let i = start + 4; i < end; i++) take(bytes[i]!);
  for (let i = start; i < start + 4; i++) take(bytes[i]!);
  return rest === 1 && count === ibanLengths.get((bytes[start]! & 0xdf) * 256 + (bytes[start + 1]! & 0xdf));
};

export const checksums = {
  gb11643,
  'id-birth': idBirth,
  province,
  'province-second': provinceSecond,
  region,
  luhn,
  'bank-bin': bankBin,
  'card-scheme': cardScheme,
  uscc,
  'uscc-region': usccRegion,
  'organisation-code': organisation,
  'hong-kong-id': hongKongId,
  'taiwan-id': taiwanId,
  'imei-body': imeiBody,
  iban,
};
