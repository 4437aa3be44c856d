/** What around a number says that it is no identifier: a decimal point, a unit, a mask. */
import { isDigit } from './octets.ts';

/** Characters of quantities right behind a number, as their three octets in one. */
const units = new Set(
  [...'元股万亿手份张笔％年月日个条次岁美港'].map((unit) => packed(new TextEncoder().encode(unit), 0)),
);

function packed(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

/**
 * True when `bytes[from, to)` begins or ends with a digit that belongs to a longer number, to a quantity, or to a
 * masked value.
 */
export function isNumberPart(bytes: Uint8Array, start: number, from: number, to: number, end: number): boolean {
  const before = from > start ? bytes[from - 1]! : 0;
  const after = to < end ? bytes[to]! : 0;
  if (before === 0x2a || after === 0x2a) return true;
  if (isDigit[bytes[from]!] === 1 && before === 0x2e && from - 2 >= start && isDigit[bytes[from - 2]!] === 1) {
    return true;
  }
  if (isDigit[bytes[to - 1]!] === 0) return false;
  if (after === 0x2e && to + 1 < end && isDigit[bytes[to + 1]!] === 1) return true;
  if (after === 0x25) return true;
  return after >= 0xe4 && to + 2 < end && units.has(packed(bytes, to));
}
