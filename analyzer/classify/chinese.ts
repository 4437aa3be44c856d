/** What Chinese names of people look like. A name alone proves little: 方正证券 begins with a surname. */
import { Names, type Tables } from './tables.ts';

const middleDot = 0xb7;
/** Characters of the longest name, with a middle dot (names of minorities). */
const longestName = 12;

/** Code units of the name at hand; names are looked at one at a time. */
const units = new Uint16Array(longestName);

/** Fills `units`; the count of them, -1 when the value is longer than any name or is no well-formed UTF-8. */
function readName(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; ) {
    if (count === longestName) return -1;
    const octet = bytes[i]!;
    if (octet < 0x80) {
      units[count++] = octet;
      i++;
    } else if (octet >= 0xe0 && octet < 0xf0 && i + 2 < end) {
      units[count++] = ((octet & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f);
      i += 3;
    } else if (octet >= 0xc2 && octet < 0xe0 && i + 1 < end) {
      units[count++] = ((octet & 0x1f) << 6) | (bytes[i + 1]! & 0x3f);
      i += 2;
    } else return -1;
  }
  return count;
}

/** Surname and given name, 2 to 4 characters; with a middle dot up to 12. */
export function isPersonName(bytes: Uint8Array, start: number, end: number, tables: Tables): boolean {
  return isName(readName(bytes, start, end), tables);
}

function isName(count: number, { names, surnames }: Tables): boolean {
  if (count < 2) return false;
  for (let i = 0; i < count; i++) {
    if (units[i] === middleDot) return count >= 4 && units[0] !== middleDot && units[count - 1] !== middleDot;
  }
  if (count > 4 || (names[units[count - 1]!]! & Names.unlikelyEnd) !== 0) return false;
  if (count > 2 && surnames.has(units[0]! * 65_536 + units[1]!)) return true;
  if ((names[units[0]!]! & Names.surname) === 0) return false;
  return count <= 3 || (names[units[1]!]! & Names.surname) !== 0;
}

/** Every character behind the surname is one that given names are made of. */
export function isTypicalName(bytes: Uint8Array, start: number, end: number, tables: Tables): boolean {
  const count = readName(bytes, start, end);
  if (!isName(count, tables)) return false;
  const compound = count > 2 && tables.surnames.has(units[0]! * 65_536 + units[1]!);
  for (let i = compound ? 2 : 1; i < count; i++) {
    if ((tables.names[units[i]!]! & Names.givenName) === 0) return false;
  }
  return true;
}
